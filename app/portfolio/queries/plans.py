"""What initiatives are worth in runs, for the pages of the initiatives themselves."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.initiatives.models import Initiative
from app.initiatives.queries import PLAN_VALUES, PLANS, PlanName, PlanValues
from app.portfolio.models import Run
from app.portfolio.queries.runs import list_runs_to_compare
from app.values.canonical import digest
from app.values.quarter import Quarter

MOST_RUNS = 12
_PREFIX = "run-"


def list_run_names(session: Session, initiative: Initiative) -> Sequence[PlanName]:
    """The newest runs of the initiative's cycle that have an answer."""
    if initiative.cycle_id is None:
        return []
    runs = list_runs_to_compare(session, initiative.cycle_id, limit=MOST_RUNS)
    return [
        PlanName(
            f"{_PREFIX}{run.id}", f"Run {run.id} of “{run.scenario.name}”", "portfolio.run",
            {"run_id": run.id},
        )
        for run in runs
    ]  # fmt: skip


def find_run_values(session: Session, initiative: Initiative, plan: PlanName) -> PlanValues | None:
    """What the run's answer says of the initiative, if it funds it.

    The answer was recounted when it was stored; here its digest is checked.
    """
    if not plan.key.startswith(_PREFIX):
        return None
    row = session.execute(
        select(Run.result, Run.result_digest).where(Run.id == plan.place["run_id"])
    ).one_or_none()
    if row is None or row.result is None or digest(row.result) != row.result_digest:
        return None
    for one in json.loads(row.result).get("funded") or ():
        if one["initiative"] == initiative.key:
            return PlanValues(
                option=one["option"],
                start=Quarter.parse(one["start"]),
                standalone=one["value_standalone"],
                allocated=one["value_allocated"],
                marginal=one["value_marginal"],
            )
    return None


PLANS.append(list_run_names)
PLAN_VALUES.append(find_run_values)
