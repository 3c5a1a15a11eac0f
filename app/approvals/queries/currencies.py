"""In which currency amounts of approvals and the ledger stand, for the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import Select, select

from app.approvals.models import Commitment, LedgerTransfer, Proposal, Tranche


def _currencies_of(model: Any) -> Callable[[Collection[int]], Select[int, str]]:
    """What finds id and currency of these rows; neither is ever changed."""
    return lambda ids: select(model.id, model.currency).where(model.id.in_(ids))


MONEY_CURRENCIES = {
    "proposal": _currencies_of(Proposal),
    "commitment": _currencies_of(Commitment),
    "tranche": _currencies_of(Tranche),
    "spend": _currencies_of(LedgerTransfer),
}
"""By kind of subject."""
