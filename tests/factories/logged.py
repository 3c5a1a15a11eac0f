"""What a contact log adds up to, without a log."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.journeys.models import InteractionMonth, InteractionSource
from app.journeys.rules import SourceState

_LONG_AGO = datetime(2027, 1, 20, 9, tzinfo=UTC)
LOGGED_MONTH = date(2027, 1, 1)


def make_source(
    session: Session,
    person: Person,
    *,
    name: str = "calls.csv",
    state: SourceState = SourceState.COUNTED,
) -> InteractionSource:
    """Add a source of interactions that is counted."""
    source = InteractionSource(
        name=name,
        digest=f"digest of {name}",
        mapping_name="calls",
        state=state,
        row_count=1_000,
        first_on=date(2025, 1, 1),
        last_on=date(2027, 1, 31),
        issues=[],
        mapping={},
        imported_by_id=person.id,
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
    for measure in ("minutes", "score_sum"):
        if measure in values:
            values[measure] = Decimal(values[measure])
    month = InteractionMonth(source_id=source.id, touchpoint_id=touchpoint_id, **values)
    session.add(month)
    session.flush()
    return month
