"""Pages of proposals and the ledger."""

from app.approvals.routes import conditions, deciding, ledger, limits, listing, submitting
from app.approvals.routes.blueprint import bp

__all__ = ["bp", "conditions", "deciding", "ledger", "limits", "listing", "submitting"]
