"""Pages for signing in, the own account and the people of the organisation."""

from app.accounts.routes import (
    account,
    codes,
    feeds,
    invitations,
    links,
    people,
    provider,
    second_factor,
    tokens,
    typed,
)
from app.accounts.routes.blueprint import bp
from app.accounts.routes.sign_in import init_sign_in
from app.accounts.routes.step_up import init_step_up

__all__ = [
    "account",
    "bp",
    "codes",
    "feeds",
    "init_sign_in",
    "init_step_up",
    "invitations",
    "links",
    "people",
    "provider",
    "second_factor",
    "tokens",
    "typed",
]
