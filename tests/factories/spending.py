"""Payments out of released money."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment
from app.approvals.queries.balances import load_accounts
from app.approvals.rules.actuals import Account, Actual
from app.approvals.services.spending import book_spend
from app.values.quarter import Quarter


def account_of(session: Session, commitment_id: int) -> Account:
    """A commitment as one that pays, as it is now."""
    (found,) = load_accounts(session, Commitment.id == commitment_id)
    return found


def payment(account: Account, amount_minor: int, now: datetime, **changes: Any) -> Actual:
    """A payment out of the first fund, made on the day it is booked."""
    quarter = max(account.start, Quarter.containing(now.date()))
    values = {
        "commitment_id": account.commitment_id,
        "fund_id": next(iter(account.funds)),
        "quarter": quarter,
        "amount_minor": amount_minor,
        "spent_on": now.date(),
        "reference": f"R-{amount_minor}",
    }
    return Actual(**(values | changes))


def spend(
    session: Session,
    commitment_id: int,
    amount_minor: int,
    *,
    actor: Person,
    now: datetime,
    key: str = "5" * 32,
    **changes: Any,
) -> int:
    """Book a payment as Finance does; the transfer's id."""
    actual = payment(account_of(session, commitment_id), amount_minor, now, **changes)
    return book_spend(session, actual, request_key=key, actor=actor, now=now)
