"""Pages of proposals and the ledger."""

from app.approvals.routes import deciding, exposure, ledger, listing, spending, submitting
from app.approvals.routes.blueprint import bp

__all__ = ["bp", "deciding", "exposure", "ledger", "listing", "spending", "submitting"]
