"""Pages of proposals and the ledger."""

from app.approvals.routes import (
    beside,
    conditions,
    deciding,
    drift,
    exposure,
    freed,
    ledger,
    limits,
    listing,
    pack,
    paper,
    spending,
    submitting,
)
from app.approvals.routes.blueprint import bp

__all__ = [
    "beside",
    "bp",
    "conditions",
    "deciding",
    "drift",
    "exposure",
    "freed",
    "ledger",
    "limits",
    "listing",
    "pack",
    "paper",
    "spending",
    "submitting",
]
