"""The plan that a result file states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.portfolio.engine.counting import Account
from app.portfolio.engine.plan import Plan, PlanStatus
from app.portfolio.engine.problem import Placement, Problem
from app.portfolio.engine.reporting import Verdict, plan_from


def stated_plan(problem: Problem, result: Mapping[str, Any]) -> Plan:
    """A plan with the choices, the bound and the status of a verified result, recounted."""
    account = None
    if result["value"] is not None:
        account = Account(problem, _choices(problem, result))
    verdict = Verdict(
        status=PlanStatus(result["status"]),
        bound=result["bound"],
        approximation=result["approximation"],
        ties_settled=bool(result["ties_settled"]),
        conflict=tuple(result["conflict"]),
        solver=result["solver"],
        seconds=result["seconds"],
        message=result["message"],
    )
    return plan_from(problem, account, None, verdict)


def _choices(problem: Problem, result: Mapping[str, Any]) -> tuple[Placement, ...]:
    places = {one.key: place for place, one in enumerate(problem.initiatives)}
    found = []
    for row in result["funded"]:
        place = places[row["initiative"]]
        options = [option.key for option in problem.initiatives[place].options]
        start = problem.quarters.index(row["start"])
        found.append(Placement(place, options.index(row["option"]), start))
    return tuple(sorted(found, key=lambda placement: placement.initiative))
