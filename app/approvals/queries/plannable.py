"""How much of the money given back can be planned again."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.queries.funding import list_given_back
from app.approvals.rules.tranches import can_be_planned
from app.calendar.models import Cycle
from app.calendar.rules import CycleState
from app.values.quarter import Quarter


def load_plannable_totals(session: Session, *, today: date) -> dict[tuple[int, str], int]:
    """Freed money in quarters an open cycle still plans, by cycle it was approved in and currency.

    Minor units; two queries, one where nothing was freed.
    """
    back = list_given_back(session)
    if not back:
        return {}
    cycles = session.scalars(select(Cycle).where(Cycle.state == CycleState.OPEN)).all()
    now = Quarter.containing(today)
    found: dict[tuple[int, str], int] = {}
    for one in back:
        spans = [cycle.quarters for cycle in cycles if cycle.currency == one.currency]
        again = sum(
            minor
            for (_, quarter), minor in one.freed.items()
            if can_be_planned(quarter, spans, now)
        )
        place = one.cycle_id, one.currency
        found[place] = found.get(place, 0) + again
    return found
