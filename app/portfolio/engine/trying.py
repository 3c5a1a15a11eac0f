"""A bounded look at a changed problem: the best plan within about a second, recounted exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from time import monotonic

from app.portfolio.engine.checking import is_allowed, overspent, overworked, rule_states
from app.portfolio.engine.counting import Account
from app.portfolio.engine.plan import Plan, PlanStatus, Progress
from app.portfolio.engine.problem import Pin, Placement, Problem, Requires, Together
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
    """The choices with what must be in, without what must not and, of what breaks a limit, what
    pays least for its money; then what fits besides, the best for its money first."""
    until = monotonic() + REPAIR_SECONDS
    pins = [rule for rule in problem.rules if isinstance(rule, Pin) and rule.price is None]
    must = _with_needed(problem, {pin.initiative for pin in pins if pin.kind != "exclude"})
    out = {pin.initiative for pin in pins if pin.kind == "exclude"}
    kept = [one for one in chosen if one.initiative not in out]
    kept += _cheapest(problem, must - {one.initiative for one in kept})
    dropped: list[Placement] = []
    while monotonic() < until:
        to_blame = [one for one in _to_blame(_account(problem, kept)) if one.initiative not in must]
        if not to_blame:
            break
        dropped.append(min(to_blame, key=lambda one: _yield(problem, one)))
        kept.remove(dropped[-1])
    others = (*reversed(dropped), *_best_first(problem, out, until))
    for one in others:
        if monotonic() > until:
            break
        taken = {other.initiative for other in kept}
        if one.initiative not in taken and is_allowed(_account(problem, [*kept, one])):
            kept.append(one)
    return tuple(kept)


def _with_needed(problem: Problem, must: set[int]) -> set[int]:
    """These and all that have to come along with them."""
    while True:
        more = set(must)
        for rule in problem.rules:
            if isinstance(rule, Requires | Together) and rule.price is None:
                first = {rule.initiative} if isinstance(rule, Requires) else set(rule.initiatives)
                if first & more:
                    more |= {rule.needs} if isinstance(rule, Requires) else first
        if more == must:
            return must
        must = more


def _to_blame(account: Account) -> list[Placement]:
    """The choices that bear on a limit that does not hold; none where all hold."""
    problem = account.problem
    for fund, last, _ in overspent(account):
        return [
            one for one in account.chosen
            if any(flow.target == fund and any(q <= last for q, _ in problem.in_horizon(one, flow))
                   for flow in problem.option(one).spend)
        ]  # fmt: skip
    for team, quarter, _ in overworked(account):
        return [
            one for one in account.chosen
            if any(flow.target == team and quarter in dict(problem.in_horizon(one, flow))
                   for flow in problem.option(one).demand)
        ]  # fmt: skip
    for position, state in enumerate(rule_states(account)):
        if state.is_broken:
            rule = problem.rules[position]
            return [
                one for one in account.chosen
                if position in problem.rules_on[one.initiative]
                and not (isinstance(rule, Requires) and one.initiative == rule.needs)
            ] or list(account.chosen)  # fmt: skip
    return [] if is_allowed(account) else list(account.chosen)


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


def _account(problem: Problem, chosen: list[Placement]) -> Account:
    return Account(problem, tuple(sorted(chosen, key=lambda one: one.initiative)))


def _cheapest(problem: Problem, wanted: set[int]) -> list[Placement]:
    """The placement of each that takes the least money within the horizon, as pins let it."""
    found: dict[int, Placement] = {}
    pins = [rule for rule in problem.rules if isinstance(rule, Pin) and rule.price is None]
    held = [pin for pin in pins if pin.initiative in wanted]
    for one in problem.placements:
        is_free = all(
            p.allows(one.option, one.start) for p in held if p.initiative == one.initiative
        )
        if one.initiative in wanted and is_free:
            known = found.get(one.initiative)
            if known is None or problem.spend(one) < problem.spend(known):
                found[one.initiative] = one
    return list(found.values())


def _yield(problem: Problem, placement: Placement) -> float:
    """About what it is worth alone for its money: small intensities as if there were no overlap."""
    worth, last = float(problem.own_value(placement)), len(problem.quarters) - placement.start
    for effect in problem.option(placement).effects:
        values = problem.pools[effect.pool].value[placement.start :]
        worth += sum(v * float(a) for v, a in zip(values, effect.intensity[:last], strict=False))
    return worth / max(1, problem.spend(placement))
