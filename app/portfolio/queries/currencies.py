"""In which currency amounts of runs stand, for the audit trail."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, select

from app.calendar.models import Cycle
from app.portfolio.models import Run, Scenario


def run_currencies(ids: Collection[int]) -> Select[int, str]:
    """Id of runs and the currency of their cycle, which stays once something was run in it."""
    return (
        select(Run.id, Cycle.currency)
        .join(Scenario, Scenario.id == Run.scenario_id)
        .join(Cycle, Cycle.id == Scenario.cycle_id)
        .where(Run.id.in_(ids))
    )
