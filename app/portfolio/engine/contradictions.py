"""Rules that cannot hold together whatever is chosen, found without solving."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from app.portfolio.engine.faults import Fault
from app.portfolio.engine.problem import (
    Bound,
    Count,
    Initiative,
    Pin,
    Requires,
    Rule,
    Together,
    price_of,
)


def contradiction_faults(
    every_rule: Sequence[Rule],
    initiatives: tuple[Initiative, ...],
    quarters: tuple[str, ...],
    paths: Mapping[str, str],
) -> list[Fault]:
    """Circles of dependencies and pins against each other or against a rule.

    ``paths`` maps rule keys to JSON paths. Soft rules contradict nothing: they can be paid for.
    """
    rules = [rule for rule in every_rule if price_of(rule) is None]
    pins = [rule for rule in rules if isinstance(rule, Pin)]
    excluded = {pin.initiative: pin for pin in pins if pin.kind == "exclude"}
    wanted = {pin.initiative: pin for pin in pins if pin.kind != "exclude"}
    names = [initiative.key for initiative in initiatives]
    found = list(_circles(rules, names, paths))
    for place in sorted(excluded.keys() & wanted.keys()):
        other = wanted[place]
        message = f"excludes {names[place]}, which rule {other.key} funds; drop one of the two."
        found.append(Fault(paths[excluded[place].key], message))
    found.extend(_clashing_fixes(pins, initiatives, paths))
    for rule in rules:
        clash = _against_pins(rule, excluded, wanted, names)
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
        chain = " → ".join(names[place] for place in circle)
        message = f"closes a circle of dependencies ({chain}); drop one, or use “together”."
        yield Fault(paths[max(rule.key for rule in involved)], message)


def _clashing_fixes(
    pins: Sequence[Pin], initiatives: tuple[Initiative, ...], paths: Mapping[str, str]
) -> Iterator[Fault]:
    fixes: dict[int, list[Pin]] = {}
    for pin in pins:
        if pin.kind == "fix":
            fixes.setdefault(pin.initiative, []).append(pin)
    for place, same in fixes.items():
        initiative = initiatives[place]
        possible = any(
            all(pin.allows(o, start) for pin in same)
            for o, option in enumerate(initiative.options)
            for start in option.starts
        )
        if not possible:
            keys = " and ".join(pin.key for pin in same)
            message = f"{keys} fix {initiative.key} in ways that exclude each other; keep one."
            yield Fault(paths[same[-1].key], message)


def _against_pins(
    rule: Rule, excluded: Mapping[int, Pin], wanted: Mapping[int, Pin], names: Sequence[str]
) -> str | None:
    if isinstance(rule, Requires) and rule.initiative in wanted and rule.needs in excluded:
        funded, barred = wanted[rule.initiative], excluded[rule.needs]
        return (
            f"{names[rule.initiative]} is funded by rule {funded.key} but needs "
            f"{names[rule.needs]}, which rule {barred.key} excludes; drop one of the three."
        )
    if isinstance(rule, Together):
        pinned = [place for place in rule.initiatives if place in wanted]
        barred_ones = [place for place in rule.initiatives if place in excluded]
        if pinned and barred_ones:
            return (
                f"{names[pinned[0]]} is funded by a rule and {names[barred_ones[0]]} excluded by "
                "another, but they go together; drop one of the three."
            )
    if isinstance(rule, Count):
        funded_count = sum(place in wanted for place in rule.initiatives)
        open_count = sum(place not in excluded for place in rule.initiatives)
        if rule.bound is Bound.AT_MOST and funded_count > rule.count:
            return f"allows {rule.count}, but rules fund {funded_count} of them; raise the count."
        if rule.bound is Bound.AT_LEAST and open_count < rule.count:
            return f"asks for {rule.count}, but rules leave only {open_count}; lower the count."
    return None
