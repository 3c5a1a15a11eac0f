"""Solve what was frozen once more, and say whether it gives the plan that was frozen.

Nothing but the frozen bytes is asked: the problem, the options of the run and its answer are in
them. The solver chooses anew, everything else is recounted exactly.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from app.approvals.rules.frozen import FORMAT, FrozenProposal, read_snapshot
from app.portfolio.engine import Plan, parse_problem, result_json, solve, verify
from app.portfolio.engine.problem import Problem
from app.portfolio.engine.sandbox import CBC, HIGHS, MOVES, Backend
from app.values.canonical import canonical_json, digest

MOST_FAULTS = 20


class Outcome(Enum):
    """What solving again came to."""

    SAME = "same"
    EQUAL = "equal"
    OTHER = "other"
    UNSOLVED = "unsolved"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class ChoiceChange:
    """An initiative chosen otherwise: option and start frozen, and now; None where left out."""

    key: str
    frozen: str | None
    now: str | None


@dataclass(frozen=True, slots=True)
class Replay:
    """The frozen plan beside the one that solving it again gives, money in minor units.

    ``faults`` say what of the frozen bytes does not hold; then nothing was solved.
    ``tolerance_minor`` is what two plans may differ in worth and both be good enough: the gap the
    run was content with, and what the overlap was approximated by.
    """

    outcome: Outcome
    digest: str
    currency: str = ""
    seconds: int = 0
    allowed_gap: str = ""
    frozen_value: int = 0
    frozen_status: str = ""
    frozen_solver: str = ""
    value: int | None = None
    status: str = ""
    solver: str = ""
    choices: int = 0
    tolerance_minor: int = 0
    changes: tuple[ChoiceChange, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def difference(self) -> int:
        """What the plan found now is worth more."""
        return (self.value or 0) - self.frozen_value


def replay(
    content: bytes,
    stated: str,
    *,
    backends: Sequence[Backend] = (HIGHS, CBC),
    beside: Sequence[Backend] = (MOVES, CBC),
) -> Replay:
    """Check the bytes against ``stated``, solve their problem under their options, compare."""
    found = digest(content)
    if found != stated:
        return Replay(Outcome.BROKEN, found, faults=(_other_bytes(found, stated),))
    frozen = read_snapshot(content)
    faults = tuple(_faults(frozen))
    if faults:
        return Replay(Outcome.BROKEN, found, faults=faults)
    problem = parse_problem(frozen.problem)
    plan = solve(
        problem,
        time_limit=frozen.run.time_limit_seconds,
        gap=float(frozen.run.allowed_gap),
        backends=backends,
        beside=beside,
    )
    return _compared(frozen, found, problem, plan)


def _other_bytes(found: str, stated: str) -> str:
    return (
        f"The bytes have the digest {found[:12]}, the proposal states {stated[:12]}: they are not "
        "what was submitted."
    )


def _faults(frozen: FrozenProposal) -> Iterator[str]:
    """What the frozen parts say of each other that does not hold."""
    if frozen.format != FORMAT:
        yield f"The snapshot's format is “{frozen.format}”, not “{FORMAT}”."
    if digest(frozen.problem.encode()) != frozen.run.digest:
        yield "The frozen problem is not the one its digest names."
    if digest(frozen.result.encode()) != frozen.run.result_digest:
        yield "The frozen answer is not the one its digest names."
    result = json.loads(frozen.result)
    differences = verify(parse_problem(frozen.problem), result)
    yield from (f"Recount of the frozen answer, {one}." for one in differences[:MOST_FAULTS])
    items = {item.key: (item.option_key, item.start) for item in frozen.items}
    if items != _chosen(result):
        yield "The frozen items are not what the frozen answer funds."


def _chosen(result: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    return {row["initiative"]: (row["option"], row["start"]) for row in result["funded"]}


def _compared(frozen: FrozenProposal, found: str, problem: Problem, plan: Plan) -> Replay:
    then = json.loads(frozen.result)
    # Written out and read back, as a stored answer would be.
    answer = json.loads(canonical_json(result_json(plan)))
    faults = tuple(f"Recount of the new answer, {one}." for one in verify(problem, answer))
    changes = tuple(_changes(_chosen(then), _chosen(answer)))
    tolerance = _tolerance(frozen, then)
    value = answer["value"]
    return Replay(
        outcome=_outcome(value, then["value"], tolerance, changes, faults),
        digest=found,
        currency=frozen.cycle.currency,
        seconds=frozen.run.time_limit_seconds,
        allowed_gap=str(frozen.run.allowed_gap),
        frozen_value=then["value"],
        frozen_status=then["status"],
        frozen_solver=then["solver"],
        value=value,
        status=answer["status"],
        solver=answer["solver"],
        choices=len(answer["funded"]),
        tolerance_minor=tolerance,
        changes=changes,
        faults=faults[:MOST_FAULTS],
    )


def _tolerance(frozen: FrozenProposal, then: Mapping[str, Any]) -> int:
    worth = abs(then["value"])
    return int(frozen.run.allowed_gap * worth) + int(then.get("approximation") or 0)


def _outcome(
    value: int | None,
    before: int,
    tolerance: int,
    changes: Collection[ChoiceChange],
    faults: Collection[str],
) -> Outcome:
    if faults:
        return Outcome.BROKEN
    if value is None:
        return Outcome.UNSOLVED
    if not changes and value == before:
        return Outcome.SAME
    return Outcome.EQUAL if abs(value - before) <= tolerance else Outcome.OTHER


def _changes(
    then: dict[str, tuple[str, str]], now: dict[str, tuple[str, str]]
) -> Iterator[ChoiceChange]:
    for key in sorted(then | now):
        before, after = then.get(key), now.get(key)
        if before != after:
            yield ChoiceChange(key, _words(before), _words(after))


def _words(choice: tuple[str, str] | None) -> str | None:
    return None if choice is None else f"{choice[0]} from {choice[1]}"
