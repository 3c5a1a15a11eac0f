"""The check of a result file by a complete recount."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.portfolio.engine.checking import breaches
from app.portfolio.engine.counting import Account
from app.portfolio.engine.faults import at
from app.portfolio.engine.plan import PlanStatus
from app.portfolio.engine.problem import Placement, Problem
from app.portfolio.engine.reporting import Verdict, plan_from
from app.portfolio.engine.results import result_json

UNCHECKED = {"solver", "seconds", "message", "ties_settled", "conflict"}
"""What only the run itself can know."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a result file and its recount part."""

    path: str
    stated: Any
    recounted: Any

    def __str__(self) -> str:
        return f"{self.path}: stated {self.stated}, recounted {self.recounted}"


def verify(problem: Problem, result: Mapping[str, Any]) -> list[Difference]:
    """Recount everything a result states from its choices alone.

    Empty when every figure holds, no limit is broken, and status, bound and gap agree with each
    other. The bound is the solver's word and can only be checked against the value, as can the
    ranked list's.
    """
    if result.get("digest") != problem.digest:
        return [Difference("$.digest", result.get("digest"), problem.digest)]
    if result.get("value") is None:
        return list(_without_plan(result))
    chosen, unknown = _choices(problem, result)
    if unknown:
        return unknown
    account = Account(problem, tuple(chosen))
    broken = [Difference("$.funded", "allowed", breach.text) for breach in breaches(account)]
    if broken:
        return broken
    return list(_differences("$", dict(result), _restated(problem, account, result)))


def _without_plan(result: Mapping[str, Any]) -> Iterator[Difference]:
    if result.get("funded"):
        yield Difference("$.funded", "choices without a value", [])
    if result.get("status") in (PlanStatus.OPTIMAL, PlanStatus.WITHIN_GAP):
        yield Difference("$.status", result["status"], "no plan")


def _choices(
    problem: Problem, result: Mapping[str, Any]
) -> tuple[list[Placement], list[Difference]]:
    places = {
        (
            problem.initiatives[placement.initiative].key,
            problem.option(placement).key,
            problem.quarters[placement.start],
        ): placement
        for placement in problem.placements
    }
    chosen, unknown = [], []
    rows = result.get("funded")
    for position, row in enumerate(rows if isinstance(rows, list) else []):
        named = isinstance(row, Mapping)
        key = tuple(str(row.get(f)) for f in ("initiative", "option", "start")) if named else ()
        if key in places:
            chosen.append(places[key])
        else:
            unknown.append(Difference(at("$.funded", position), key, "no such choice"))
    return sorted(chosen, key=lambda placement: placement.initiative), unknown


def _restated(problem: Problem, account: Account, result: Mapping[str, Any]) -> dict[str, Any]:
    """What the result should say, its own status and bound granted where they are possible."""
    bound = result.get("bound")
    if not isinstance(bound, int) or isinstance(bound, bool):
        bound = None
    bound = None if bound is None else max(bound, account.value)
    approximation = result.get("approximation")
    granted = approximation if isinstance(approximation, int) else 0
    status = next((s for s in PlanStatus if s.value == result.get("status")), PlanStatus.ERROR)
    unproven = bound is None or bound - account.value > granted + abs(account.value) // 10**6 + 1
    if status is PlanStatus.INFEASIBLE:
        status = PlanStatus.ERROR
    elif status is PlanStatus.OPTIMAL and unproven:
        status = PlanStatus.TIME_LIMIT
    verdict = Verdict(
        status=status,
        bound=bound,
        approximation=granted,
        ties_settled=False,
        conflict=(),
        solver="",
        seconds=0.0,
        message="",
    )
    restated = result_json(plan_from(problem, account, None, verdict))
    return restated | {"greedy": _agreeing_greedy(result.get("greedy"), account.value)}


def _agreeing_greedy(stated: Any, value: int) -> dict[str, Any] | None:
    """What the ranked list may say beside this value: never more, and the right shortfall.

    Its choices are not in the file, so its value itself is taken from there.
    """
    if not isinstance(stated, Mapping) or not isinstance(stated.get("value"), int):
        return None
    reached = min(stated["value"], value)
    return {"list": stated.get("list"), "value": reached, "shortfall": value - reached}


def _differences(path: str, stated: Any, recounted: Any) -> Iterator[Difference]:
    if path.count(".") == 1 and path.split(".")[1] in UNCHECKED:
        return
    if isinstance(stated, Mapping) and isinstance(recounted, Mapping):
        for name in sorted(stated.keys() | recounted.keys()):
            yield from _differences(at(path, name), stated.get(name), recounted.get(name))
    elif isinstance(stated, list) and isinstance(recounted, list) and len(stated) == len(recounted):
        for position, (one, other) in enumerate(zip(stated, recounted, strict=True)):
            yield from _differences(at(path, position), one, other)
    elif not _same(stated, recounted):
        yield Difference(path, stated, recounted)


def _same(stated: Any, recounted: Any) -> bool:
    numbers = all(
        isinstance(one, int | float) and not isinstance(one, bool) for one in (stated, recounted)
    )
    if numbers and (isinstance(stated, float) or isinstance(recounted, float)):
        return abs(stated - recounted) <= 1e-9 * max(1.0, abs(stated))
    return type(stated) is type(recounted) and stated == recounted
