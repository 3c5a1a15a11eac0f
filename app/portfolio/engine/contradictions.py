"""Rules that cannot hold together whatever is chosen, found without solving.

Each fault names every rule it takes. Soft rules contradict nothing: they can be paid for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from app.portfolio.engine.faults import Fault
from app.portfolio.engine.problem import (
    Bound,
    ChangeLoad,
    Count,
    Initiative,
    Keep,
    Option,
    Pin,
    Requires,
    Rule,
    SpendOn,
    Together,
    price_of,
)

ENDS = 5
"""Initiatives named at either end of a circle too long to be told."""


def contradiction_faults(
    rules: Sequence[Rule],
    initiatives: tuple[Initiative, ...],
    quarters: tuple[str, ...],
    paths: Mapping[str, str],
) -> list[Fault]:
    """Circles of dependencies, and pins against each other or against a rule.

    ``paths`` maps rule keys to JSON paths.
    """
    hard = [rule for rule in rules if price_of(rule) is None]
    ground = _Ground(hard, initiatives, quarters)
    found = list(_circles(hard, ground.names, paths))
    for place in sorted(ground.excluded.keys() & ground.wanted.keys()):
        bar, other = ground.excluded[place], ground.wanted[place]
        message = f"excludes {ground.names[place]}, which rule {other} funds; drop one of the two."
        found.append(Fault(paths[bar], message))
    for place, same in ground.fixed.items():
        if not ground.possible(place):
            keys = " and ".join(f"rule {rule.key}" for rule in same)
            message = f"{keys} fix {ground.names[place]} in ways that exclude each other; keep one."
            found.append(Fault(paths[same[-1].key], message))
    if found:
        return found
    floors = ground.floors()
    for rule in hard:
        clash = ground.clash(rule) or _against_floor(rule, floors)
        if clash:
            found.append(Fault(paths[rule.key], clash))
    return found


def _circles(
    rules: Sequence[Rule], names: Sequence[str], paths: Mapping[str, str]
) -> Iterator[Fault]:
    needs: dict[int, set[int]] = {}
    for rule in rules:
        if isinstance(rule, Requires):
            needs.setdefault(rule.initiative, set()).add(rule.needs)
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        circle: list[int] = error.args[1]
        pairs = set(zip(circle[1:], circle, strict=False))
        involved = [
            rule
            for rule in rules
            if isinstance(rule, Requires) and (rule.initiative, rule.needs) in pairs
        ]
        chain = _chain([names[place] for place in circle])
        message = f"closes a circle of dependencies ({chain}); drop one, or use “together”."
        yield Fault(paths[max(rule.key for rule in involved)], message)


def _chain(names: Sequence[str]) -> str:
    """Names with arrows between them; of very many the first and the last."""
    rest = len(names) - 2 * ENDS
    if rest > 1:
        names = [*names[:ENDS], f"… {rest:,} more …", *names[-ENDS:]]
    return " → ".join(names)


Whom = tuple[type[Rule], tuple[int, ...]]


def _against_floor(rule: Rule, floors: Mapping[Whom, Count | SpendOn]) -> str | None:
    """An upper limit below a lower one on the same initiatives."""
    if not isinstance(rule, Count | SpendOn) or rule.bound is Bound.AT_LEAST:
        return None
    floor = floors.get((type(rule), rule.initiatives))
    if isinstance(rule, Count) and isinstance(floor, Count) and floor.count > rule.count:
        return f"allows {rule.count}, but rule {floor.key} asks for {floor.count}; change one."
    if isinstance(rule, SpendOn) and isinstance(floor, SpendOn) and floor.limit > rule.limit:
        return (
            f"allows {rule.limit:,}, but rule {floor.key} asks for {floor.limit:,} "
            "on the same; change one."
        )
    return None


class _Ground:
    """What hard pins and keeps leave open, each with the rule that says so."""

    def __init__(
        self, rules: Sequence[Rule], initiatives: tuple[Initiative, ...], quarters: tuple[str, ...]
    ) -> None:
        self.rules = rules
        self.initiatives = initiatives
        self.quarters = quarters
        self.names = [initiative.key for initiative in initiatives]
        self.excluded: dict[int, str] = {}
        self.wanted: dict[int, str] = {}
        self.fixed: dict[int, list[Pin | Keep]] = {}
        for rule in rules:
            if isinstance(rule, Pin) and rule.kind == "exclude":
                self.excluded[rule.initiative] = rule.key
            elif isinstance(rule, Pin | Keep):
                for place in (rule.initiative,) if isinstance(rule, Pin) else rule.initiatives:
                    self.wanted.setdefault(place, rule.key)
                    if isinstance(rule, Keep) or rule.kind == "fix":
                        self.fixed.setdefault(place, []).append(rule)
        self._ways: dict[int, list[tuple[Option, int]]] = {}

    def possible(self, place: int) -> list[tuple[Option, int]]:
        """The (option, start) pairs that fixes and keeps leave an initiative."""
        if place not in self._ways:
            same = self.fixed.get(place, ())
            self._ways[place] = [
                (option, start)
                for o, option in enumerate(self.initiatives[place].options)
                for start in option.starts
                if all(_allows(rule, place, o, start) for rule in same)
            ]
        return self._ways[place]

    def floors(self) -> dict[Whom, Count | SpendOn]:
        """The highest lower limit per list of initiatives."""
        found: dict[Whom, Count | SpendOn] = {}
        for rule in self.rules:
            if isinstance(rule, Count | SpendOn) and rule.bound is Bound.AT_LEAST:
                whom: Whom = (type(rule), rule.initiatives)
                other = found.get(whom)
                if other is None or _figure(other) < _figure(rule):
                    found[whom] = rule
        return found

    def clash(self, rule: Rule) -> str | None:
        """Why the rule cannot hold beside pins and keeps; None where nothing speaks against it."""
        match rule:
            case Requires():
                return self._against_need(rule)
            case Together():
                return self._against_bond(rule)
            case Count():
                return self._against_count(rule)
            case SpendOn():
                return self._against_money(rule)
            case ChangeLoad():
                return self._against_load(rule)
        return None

    def _against_need(self, rule: Requires) -> str | None:
        mine, theirs = self.names[rule.initiative], self.names[rule.needs]
        if rule.initiative not in self.wanted:
            return None
        by = self.wanted[rule.initiative]
        if rule.needs in self.excluded:
            return (
                f"{mine} is funded by rule {by} but needs {theirs}, which rule "
                f"{self.excluded[rule.needs]} excludes; drop one of the three."
            )
        latest = max(start for _, start in self.possible(rule.initiative))
        earliest = min(start for _, start in self.possible(rule.needs)) + rule.lag
        if earliest <= latest:
            return None
        late = "1 quarter" if earliest == latest + 1 else f"{earliest - latest} quarters"
        told = f"rule {by}"
        if rule.needs in self.fixed:
            told += f" and rule {self.wanted[rule.needs]}"
        return (
            f"{mine} starts in {self.quarters[latest]} at the latest by {told}, "
            f"but {theirs} would be {late} too late for it; change one."
        )

    def _against_bond(self, rule: Together) -> str | None:
        pinned = [place for place in rule.initiatives if place in self.wanted]
        barred = [place for place in rule.initiatives if place in self.excluded]
        if not pinned or not barred:
            return None
        return (
            f"{self.names[pinned[0]]} is funded by rule {self.wanted[pinned[0]]} and "
            f"{self.names[barred[0]]} excluded by rule {self.excluded[barred[0]]}, but they go "
            "together; drop one of the three."
        )

    def _pinned(self, rule: Count | SpendOn | ChangeLoad) -> list[int]:
        members = set(rule.initiatives)
        return [place for place in self.wanted if place in members]

    def _naming(self, places: Sequence[int]) -> str:
        """The rules that fund some initiatives: “rule A and rule B”, a few of them."""
        keys = list(dict.fromkeys(self.wanted[place] for place in places))
        more = f" and {len(keys) - 4} more" if len(keys) > 4 else ""
        return ", ".join(f"rule {key}" for key in keys[:4]) + more

    def _against_count(self, rule: Count) -> str | None:
        if rule.bound is Bound.AT_MOST:
            funded = self._pinned(rule)
            if len(funded) > rule.count:
                return (
                    f"allows {rule.count}, but {len(funded)} of them are funded by "
                    f"{self._naming(funded)}; raise the count."
                )
            return None
        members = set(rule.initiatives)
        barred = [key for place, key in self.excluded.items() if place in members]
        left = len(members) - len(barred)
        if left < rule.count:
            keys = ", ".join(f"rule {key}" for key in barred[:4])
            return f"asks for {rule.count}, but {keys} leave only {left}; lower the count."
        return None

    def _against_money(self, rule: SpendOn) -> str | None:
        if rule.bound is Bound.AT_MOST:
            funded = self._pinned(rule)
            least = sum(min(self._spends(place)) for place in funded)
            if least > rule.limit:
                return (
                    f"allows {rule.limit:,}, but at least {least:,} goes to what is funded by "
                    f"{self._naming(funded)}; raise the limit."
                )
            return None
        open_ones = [place for place in rule.initiatives if place not in self.excluded]
        most = sum(max(self._spends(place), default=0) for place in open_ones)
        if most < rule.limit:
            return f"asks for {rule.limit:,}, but all of them cost {most:,} at most; lower it."
        return None

    def _spends(self, place: int) -> list[int]:
        last = len(self.quarters)
        return [
            sum(int(sum(flow.amounts[: last - start])) for flow in option.spend)
            for option, start in self.possible(place)
        ]

    def _against_load(self, rule: ChangeLoad) -> str | None:
        """Fixed initiatives that are live in one quarter whichever way is left to them."""
        if rule.capacity is not None:
            return None
        live: dict[int, list[int]] = {}
        for place in self._pinned(rule):
            always = set.intersection(
                *(set(range(start, start + option.live)) for option, start in self.possible(place))
            )
            for quarter in always:
                live.setdefault(quarter, []).append(place)
        for quarter in sorted(live):
            if quarter < len(self.quarters) and len(live[quarter]) > rule.count:
                return (
                    f"allows {rule.count} in {self.quarters[quarter]}, but {len(live[quarter])} "
                    f"funded by {self._naming(live[quarter])} are live then; raise the count."
                )
        return None


def _allows(rule: Pin | Keep, place: int, option: int, start: int) -> bool:
    if isinstance(rule, Pin):
        return rule.allows(option, start)
    one = next(held for held in rule.held if held.initiative == place)
    return rule.may_move or (one.option, one.start) == (option, start)


def _figure(rule: Count | SpendOn) -> int:
    return rule.count if isinstance(rule, Count) else rule.limit
