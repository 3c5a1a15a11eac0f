"""What accounts do with other people's protocols: sign-in at a provider by OpenID Connect."""

from app.accounts.engine.asking import ProviderFaultError
from app.accounts.engine.claims import Claims, checked_claims
from app.accounts.engine.provider import Provider, Wanted

__all__ = ["Claims", "Provider", "ProviderFaultError", "Wanted", "checked_claims"]
