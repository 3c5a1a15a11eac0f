"""The sanity line: what ranked lists would have chosen under the same limits and rules.

Three lists: by value; by value per money, stopping at the first that does not fit; by value per
money, skipping what does not fit. Everything a choice drags along (what it needs, what goes
together with it) is taken with it or not at all; what is worth nothing by itself is taken only
where a rule or another choice asks for it. With soft rules a list is tried keeping them and
paying for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import expm1

from app.portfolio.engine.checking import breaches
from app.portfolio.engine.counting import Account
from app.portfolio.engine.measuring import Tally
from app.portfolio.engine.problem import (
    AverageRisk,
    Bound,
    Count,
    Keep,
    Pin,
    Placement,
    Problem,
    Requires,
    Rule,
    Share,
    SpendOn,
    Together,
    price_of,
)
from app.portfolio.engine.tray import Tray, bounds_above, is_floor


@dataclass(frozen=True, slots=True)
class GreedyList:
    """The best list that ends in an allowed plan."""

    name: str
    account: Account


@dataclass(frozen=True, slots=True)
class _Ranking:
    """Placements per initiative in the order to try, and initiatives in the order to serve.

    ``order`` holds all of them, ``wanted`` those worth more than nothing by themselves.
    """

    placements: dict[int, list[Placement]]
    order: list[int]
    wanted: frozenset[int]


def best_greedy_list(problem: Problem) -> GreedyList | None:
    """The best of the three lists, or None if none of them keeps every rule.

    Where rules are soft, those that skip what does not fit are tried a second time.
    """
    return max(greedy_lists(problem), key=lambda one: one.account.value, default=None)


def greedy_lists(problem: Problem) -> Iterator[GreedyList]:
    """Those that keep every rule, one after the other."""
    worth = {placement: _worth(problem, placement) for placement in problem.placements}
    wanted = frozenset(p.initiative for p in problem.placements if worth[p] > 0)
    by_value = _ranking(problem, wanted, lambda placement: (-worth[placement],))
    by_ratio = _ranking(
        problem, wanted, lambda placement: _ratio(problem, placement, worth[placement])
    )
    bundles = _bundles(problem)
    additions: dict[tuple[int, Placement], Tally] = {}
    for ignores in (False, True) if problem.soft_rules else (False,):
        for name, ranking, stops in (
            ("value/cost, skip", by_ratio, False),
            ("value", by_value, False),
            ("value/cost, stop", by_ratio, True),
        ):
            if not (ignores and stops):
                tray = Tray(problem, ignores_soft=ignores, additions=additions)
                account = _fill(tray, ranking, bundles, stops=stops, ignores_soft=ignores)
                if not breaches(account):
                    yield GreedyList(name, account)


def _worth(problem: Problem, placement: Placement) -> float:
    """Standalone value, close enough to rank by."""
    total = float(problem.own_value(placement))
    last = len(problem.quarters) - placement.start
    for effect in problem.option(placement).effects:
        values = problem.pools[effect.pool].value
        for offset, intensity in enumerate(effect.intensity[:last]):
            if intensity:
                total -= values[placement.start + offset] * expm1(-float(intensity))
    return total


def _ratio(problem: Problem, placement: Placement, worth: float) -> tuple[float, ...]:
    cost = problem.full_spend(placement)
    return (0.0, -worth) if cost == 0 else (1.0, -worth / cost)


def _ranking(
    problem: Problem, wanted: frozenset[int], rank: Callable[[Placement], tuple[float, ...]]
) -> _Ranking:
    placements: dict[int, list[Placement]] = {i: [] for i in range(len(problem.initiatives))}
    key = {
        placement: (*rank(placement), problem.full_spend(placement), position)
        for position, placement in enumerate(problem.placements)
    }
    for placement in problem.placements:
        placements[placement.initiative].append(placement)
    for options in placements.values():
        options.sort(key=lambda placement: key[placement])
    order = sorted(placements, key=lambda i: key[placements[i][0]])
    return _Ranking(placements, order, wanted)


def _bundles(problem: Problem) -> list[list[int]]:
    """Per initiative: it and all it drags along, what is needed first."""
    needs: list[set[int]] = [set() for _ in problem.initiatives]
    peers: list[set[int]] = [set() for _ in problem.initiatives]
    for rule in problem.rules:
        if isinstance(rule, Requires):
            needs[rule.initiative].add(rule.needs)
        elif isinstance(rule, Together):
            for place in rule.initiatives:
                peers[place].update(rule.initiatives)
    bundles = []
    for first in range(len(problem.initiatives)):
        members, waiting = {first}, [first]
        while waiting:
            place = waiting.pop()
            new = (needs[place] | peers[place]) - members
            members |= new
            waiting.extend(new)
        bundles.append(_in_order_of_need(sorted(members), needs))
    return bundles


def _in_order_of_need(members: Sequence[int], needs: Sequence[set[int]]) -> list[int]:
    """What is needed comes first; where soft rules need each other, either may."""
    done: dict[int, None] = {}
    begun: set[int] = set()
    waiting = list(reversed(members))
    while waiting:
        place = waiting[-1]
        if place in begun:
            waiting.pop()
            done.setdefault(place)
        else:
            begun.add(place)
            waiting += [one for one in sorted(needs[place], reverse=True) if one not in begun]
    return list(done)


def _fill(
    tray: Tray,
    ranking: _Ranking,
    bundles: Sequence[list[int]],
    *,
    stops: bool,
    ignores_soft: bool,
) -> Account:
    """The plan a list ends in; what rules demand is served before the list starts."""
    problem = tray.problem
    rules = [r for r in problem.rules if not (ignores_soft and price_of(r) is not None)]
    for place in _demanded(rules, ranking):
        tray.take(bundles[place], ranking.placements)
    _meet_floors(tray, rules, ranking, bundles)
    for _ in range(1 if stops else _rounds(rules)):
        before = len(tray.chosen)
        for place in ranking.order:
            if place in tray.chosen or place not in ranking.wanted:
                continue
            if not tray.is_worth_trying(ranking.placements[place]):
                continue
            if not tray.take(bundles[place], ranking.placements) and stops:
                break
        if len(tray.chosen) == before:
            break
    chosen = sorted(tray.chosen.values(), key=lambda placement: placement.initiative)
    return Account(problem, tuple(chosen))


def _rounds(rules: Sequence[Rule]) -> int:
    """How often to go through the list: again where one choice can make room for another."""
    makes_room = any(
        isinstance(rule, AverageRisk)
        or (isinstance(rule, Share) and rule.of == "spend" and bounds_above(rule))
        for rule in rules
    )
    return 2 if makes_room else 1


def _meet_floors(
    tray: Tray, rules: Sequence[Rule], ranking: _Ranking, bundles: Sequence[list[int]]
) -> None:
    """Take the best of those on whom a least amount of money must be spent, until it is."""
    for rule in rules:
        if isinstance(rule, Share | SpendOn) and is_floor(rule):
            members = set(rule.initiatives)
            for place in ranking.order:
                if place in members and place not in tray.chosen:
                    if tray.has_room(rule):
                        break
                    tray.take(bundles[place], ranking.placements)


def _demanded(rules: Sequence[Rule], ranking: _Ranking) -> list[int]:
    """What is pinned or kept, then the best of those of which a number must be funded."""
    pins = [r.initiative for r in rules if isinstance(r, Pin) and r.kind != "exclude"]
    kept = [place for r in rules if isinstance(r, Keep) for place in r.initiatives]
    barred = {r.initiative for r in rules if isinstance(r, Pin) and r.kind == "exclude"}
    wanted = list(dict.fromkeys([*pins, *kept]))
    rank = {place: position for position, place in enumerate(ranking.order)}
    for rule in rules:
        if isinstance(rule, Count) and rule.bound is Bound.AT_LEAST:
            open_ones = [p for p in rule.initiatives if p not in wanted and p not in barred]
            missing = rule.count - sum(place in wanted for place in rule.initiatives)
            wanted.extend(sorted(open_ones, key=lambda p: rank[p])[: max(0, missing)])
    return wanted
