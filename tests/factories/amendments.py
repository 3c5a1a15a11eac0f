"""Amendments of criteria, asked for and answered."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Tranche
from app.roadmap.rules.wanted import Wanted
from app.roadmap.services import ask_amendment, end_amendment
from tests.factories.roadmap import criterion_of


def ask(
    session: Session,
    tranche: Tranche,
    threshold: int | str,
    *,
    actor: Person,
    now: datetime,
    sample: int | None = 200,
    seen: int = 0,
    reason: str = "The pilot reaches fewer callers",
    key: str | None = None,
) -> int:
    """Ask for another threshold of the hurdle's first criterion; gives the amendment's id."""
    return ask_amendment(
        session, tranche, criterion_of(session, tranche).id, Wanted(Decimal(threshold), sample),
        seen=seen, reason=reason, once_key=key or uuid4().hex, actor=actor, now=now,
    )  # fmt: skip


def answer(
    session: Session,
    tranche: Tranche,
    amendment_id: int,
    *,
    actor: Person,
    now: datetime,
    agrees: bool = True,
    words: str = "The case still holds with it",
    key: str | None = None,
) -> None:
    """Agree to an amendment, or decline it."""
    end_amendment(
        session, tranche, amendment_id, agrees=agrees, answer=words,
        once_key=key or uuid4().hex, actor=actor, now=now,
    )  # fmt: skip
