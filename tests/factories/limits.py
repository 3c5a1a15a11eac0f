"""Approval limits, as an admin sets them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.services import set_limit
from app.db.session import transaction
from app.values.money import Money
from tests.factories.accounts import Cast


def limit(
    session: Session, cast: Cast, now: datetime, *people: Person, euros: int | None = 100_000
) -> None:
    """Limit each of the people, both in Finance unless some are named; None lifts it."""
    amount = None if euros is None else Money(euros * 100, "EUR")
    with transaction(session):
        for person in people or (cast.cfo, cast.cfo2):
            set_limit(
                session, session.get_one(Person, person.id), amount, currency="EUR",
                reason="Signing policy", actor=session.get_one(Person, cast.admin.id), now=now,
            )  # fmt: skip
