"""Pages of proposals and the ledger."""

from app.approvals.routes import deciding, ledger, listing, submitting
from app.approvals.routes.blueprint import bp

__all__ = ["bp", "deciding", "ledger", "listing", "submitting"]
