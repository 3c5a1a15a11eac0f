"""A bounded look at a changed problem: the best plan within about a second, recounted exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from time import monotonic

from app.portfolio.engine.checking import is_allowed
from app.portfolio.engine.counting import Account
from app.portfolio.engine.plan import Plan, PlanStatus, Progress
from app.portfolio.engine.problem import Pin, Placement, Problem
from app.portfolio.engine.sandbox import HIGHS, MOVES
from app.portfolio.engine.solving import solve

Choice = tuple[str, str, str]
"""Keys of initiative and option, and the quarter it starts in."""

ENOUGH = 2e-3
"""The relative gap a look is content with."""

REPAIR_SECONDS = 0.2
PATIENCE = 1.2
"""Seconds more that a bound is waited for."""
LIST_PATIENCE = 1.0
"""Seconds more that the ranked list is waited for, where there is no plan at all."""


def try_out(
    problem: Problem,
    *,
    seconds: float,
    known: Iterable[Choice] = (),
    gap: float = ENOUGH,
    memory_bytes: int = HIGHS.memory_bytes,
) -> Plan:
    """The best plan found within ``seconds``, beginning with what of the ``known`` choices still
    stands; a little longer where nothing is known by then of how good it is."""
    watch = _Watch(seconds)
    plan = solve(
        problem,
        time_limit=seconds + PATIENCE,
        gap=gap,
        on_progress=watch.told,
        should_stop=watch.is_over,
        backends=(replace(HIGHS, memory_bytes=memory_bytes),),
        beside=(replace(MOVES, memory_bytes=memory_bytes),),
        start=repaired(problem, placements(problem, known)),
        patience=LIST_PATIENCE,
    )
    if plan.status is PlanStatus.STOPPED:
        plan = replace(plan, status=PlanStatus.TIME_LIMIT)
    return plan


class _Watch:
    """Ends a look when its time is up and a bound is there, or when patience ends."""

    def __init__(self, seconds: float) -> None:
        self._began = monotonic()
        self._seconds = seconds
        self._knows = False

    def told(self, progress: Progress) -> None:
        self._knows = self._knows or (progress.gap is not None)

    def is_over(self) -> bool:
        passed = monotonic() - self._began
        return passed > self._seconds + (0 if self._knows else PATIENCE)


def placements(problem: Problem, known: Iterable[Choice]) -> list[Placement]:
    """The choices as far as this problem has them."""
    places = {one.key: place for place, one in enumerate(problem.initiatives)}
    starts = {quarter: place for place, quarter in enumerate(problem.quarters)}
    chosen = []
    for key, option, start in known:
        place = places.get(key, -1)
        options = [one.key for one in problem.initiatives[place].options] if place >= 0 else []
        if option in options and start in starts:
            placement = Placement(place, options.index(option), starts[start])
            if placement in problem.position_of:
                chosen.append(placement)
    return chosen


def repaired(problem: Problem, chosen: list[Placement]) -> tuple[Placement, ...]:
    """The choices with what must be in, without what must not and what pays least for its money,
    until every limit holds; then what fits besides, the best for its money first."""
    until = monotonic() + REPAIR_SECONDS
    pins = [rule for rule in problem.rules if isinstance(rule, Pin)]
    must = {pin.initiative for pin in pins if pin.kind == "fund"}
    out = {pin.initiative for pin in pins if pin.kind == "exclude"}
    kept = [one for one in chosen if one.initiative not in out]
    kept += _cheapest(problem, must - {one.initiative for one in kept})
    order = sorted(kept, key=lambda one: (one.initiative in must, _yield(problem, one)))
    dropped: list[Placement] = []
    while order and monotonic() < until and not _stands(problem, kept):
        dropped.append(order.pop(0))
        kept.remove(dropped[-1])
    others = _best_first(problem, out, until)
    for one in (*reversed(dropped), *others):
        if monotonic() > until:
            break
        taken = {other.initiative for other in kept}
        if one.initiative not in taken and _stands(problem, [*kept, one]):
            kept.append(one)
    return tuple(kept)


def _best_first(problem: Problem, out: set[int], until: float) -> list[Placement]:
    """What could come in besides, by what it is worth for its money; as many as time allows."""
    found = []
    for one in problem.placements:
        if monotonic() > until:
            break
        if one.initiative not in out:
            found.append((_yield(problem, one), one))
    found.sort(key=lambda pair: -pair[0])
    return [one for worth, one in found if worth > 0]


def _stands(problem: Problem, chosen: list[Placement]) -> bool:
    ordered = tuple(sorted(chosen, key=lambda one: one.initiative))
    return is_allowed(Account(problem, ordered))


def _cheapest(problem: Problem, wanted: set[int]) -> list[Placement]:
    """The placement of each that takes the least money within the horizon."""
    found: dict[int, Placement] = {}
    for one in problem.placements:
        if one.initiative in wanted:
            known = found.get(one.initiative)
            if known is None or problem.spend(one) < problem.spend(known):
                found[one.initiative] = one
    return list(found.values())


def _yield(problem: Problem, placement: Placement) -> float:
    """What it is worth alone for its money."""
    return Account(problem, (placement,)).value / max(1, problem.spend(placement))
