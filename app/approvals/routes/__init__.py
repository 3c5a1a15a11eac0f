"""Pages of proposals and the ledger."""

from app.approvals.routes import (
    conditions,
    deciding,
    exposure,
    ledger,
    limits,
    listing,
    spending,
    submitting,
)
from app.approvals.routes.blueprint import bp

__all__ = [
    "bp",
    "conditions",
    "deciding",
    "exposure",
    "ledger",
    "limits",
    "listing",
    "spending",
    "submitting",
]
