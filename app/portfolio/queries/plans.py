"""What initiatives are worth in runs, for the pages of the initiatives themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.initiatives.models import Initiative
from app.initiatives.queries import PLAN_VALUES, PLANS, PlanName, PlanValues
from app.portfolio.models import Inquiry, Run
from app.portfolio.queries.runs import list_runs_to_compare
from app.portfolio.rules import InquiryKind
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
            {"run_id": run.id}, run.id,
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
        select(Run.result, Run.result_digest, marginal_content(Run.id)).where(Run.id == plan.run_id)
    ).one_or_none()
    if row is None or row.result is None or digest(row.result) != row.result_digest:
        return None
    funded = _funded(row.result)
    values = funded.by_key.get(initiative.key)
    if values is None:
        return None
    option, start, standalone, allocated, marginal = values
    return PlanValues(
        option=option,
        start=Quarter.parse(start),
        standalone=standalone,
        allocated=allocated,
        marginal=marginal,
        resolved=resolved_value(row[2], initiative.key),
        members=funded.members,
    )


@dataclass(frozen=True, slots=True)
class _Funded:
    """What an answer funds, by initiative: option, start and three values; and the options."""

    by_key: Mapping[str, tuple[str, str, int, int, int]]
    members: Mapping[str, str]


@lru_cache(maxsize=4)
def _funded(result: bytes) -> _Funded:
    """Read an answer, once for the very same bytes: one of thousands takes longer than a page."""
    funded = json.loads(result).get("funded") or ()
    return _Funded(
        MappingProxyType(
            {
                one["initiative"]: (
                    one["option"], one["start"], one["value_standalone"], one["value_allocated"],
                    one["value_marginal"],
                )
                for one in funded
            }
        ),
        MappingProxyType({one["initiative"]: one["option"] for one in funded}),
    )  # fmt: skip


def marginal_content(run_id: Any) -> Any:
    """What a run answered last about marginal values, as a part of a query; None if never."""
    return (
        select(Inquiry.content)
        .where(
            Inquiry.run_id == run_id,
            Inquiry.kind == InquiryKind.MARGINAL,
            Inquiry.content_digest.is_not(None),
        )
        .order_by(Inquiry.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def resolved_value(content: bytes | None, key: str) -> int | None:
    """What the plan loses without an initiative when its money buys others, by such an answer."""
    return _resolved(content).get(key) if content else None


@lru_cache(maxsize=4)
def _resolved(content: bytes) -> Mapping[str, int]:
    rows = json.loads(content)["rows"]
    return MappingProxyType({row["initiative"]: row["resolved"] for row in reversed(rows)})


PLANS.append(list_run_names)
PLAN_VALUES.append(find_run_values)
