"""Sources of interactions and what they add up to, as an import leaves them, without a log."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.journeys.models import InteractionMoment, InteractionMonth, InteractionSource
from app.journeys.rules import MonthSpan, SourceState

_LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)
LOGGED_MONTH = date(2027, 1, 1)


def make_source(
    session: Session,
    person: Person,
    *,
    name: str = "Contact log",
    first_on: date = date(2026, 1, 1),
    last_on: date = date(2026, 12, 31),
    state: SourceState = SourceState.COUNTED,
) -> InteractionSource:
    """Add a counted source whose contacts span the days given."""
    source = InteractionSource(
        name=name,
        digest=name,
        mapping_name="own",
        state=state,
        row_count=0,
        first_on=first_on,
        last_on=last_on,
        issues=[],
        mapping={},
        imported_by=person,
        imported_at=_LONG_AGO,
        counted_at=_LONG_AGO,
    )
    session.add(source)
    session.flush()
    return source


def make_month(
    session: Session, source: InteractionSource, touchpoint_id: int, **changes: Any
) -> InteractionMonth:
    """Add what was logged in a month; with ``contacts`` alone all of them were judged and met."""
    values: dict[str, Any] = {
        "month": LOGGED_MONTH,
        "reason": "Where is my claim?",
        "segment": "Private motor customers",
        "expected": "A date",
        "is_prospect": False,
        "contacts": 100,
    } | changes
    values.setdefault("judged", values["contacts"])
    values.setdefault("keyed", values["contacts"] if values.get("repeats") else 0)
    for measure in ("minutes", "score_sum"):
        if measure in values:
            values[measure] = Decimal(values[measure])
    month = InteractionMonth(source_id=source.id, touchpoint_id=touchpoint_id, **values)
    session.add(month)
    session.flush()
    return month


def make_months(
    session: Session,
    source: InteractionSource,
    touchpoint_id: int,
    *,
    first: date = date(2026, 1, 1),
    last: date = date(2026, 12, 1),
    **figures: Any,
) -> None:
    """Add a row a month: by default 1,000 contacts with every figure known."""
    values = {
        "contacts": 1_000,
        "judged": 800,
        "unmet": 200,
        "costed": 1_000,
        "cost_minor": 500_000,
        "timed": 500,
        "minutes": Decimal(3_000),
        "scored": 400,
        "score_sum": Decimal(2_400),
        "keyed": 0,
        "reason": "Status",
        "segment": "Private",
        "expected": "Answer",
    } | figures
    session.add_all(
        InteractionMonth(source=source, touchpoint_id=touchpoint_id, month=month, **values)
        for month in MonthSpan.through(first, last).each()
    )
    session.flush()


def make_moment(
    session: Session, source: InteractionSource, journey_id: int, **changes: Any
) -> InteractionMoment:
    """Add what followed some moments of a month: by default 100 of them, after which 20 left."""
    values: dict[str, Any] = {
        "month": LOGGED_MONTH,
        "reason": "Where is my claim?",
        "is_met": False,
        "contacts": 100,
        "repeated": 40,
        "escalated": 0,
        "silent": 30,
        "lost": 20,
        "lost_alone": 0 if changes.get("is_met") else 12,
    } | changes
    moment = InteractionMoment(source_id=source.id, journey_id=journey_id, **values)
    session.add(moment)
    session.flush()
    return moment
