"""What somebody changed about an initiative between two rounds, beside its option, start and spend.

A plan that funds the same items can still be another one: with easier hurdles, more money before
the first of them, or a larger claim.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.approvals.rules.frozen import FrozenCriterion, FrozenItem, FrozenMilestone
from app.approvals.rules.tranches import MONTHS_A_QUARTER
from app.values.money import Money
from app.values.quarter import Quarter, months_later
from app.values.written import day_words


def revised(before: FrozenItem, after: FrozenItem, currency: str) -> list[str]:
    """What is otherwise about the same initiative, in parts of a sentence; empty if nothing is.

    What follows from another option or start alone is not named again.
    """
    found = [*_worth(before, after, currency), *_people(before, after)]
    if before.grades != after.grades:
        found.append(f"evidence {_grades(before)} → {_grades(after)}")
    months = MONTHS_A_QUARTER * (Quarter.parse(after.start) - Quarter.parse(before.start))
    known = {one.id: one for one in before.milestones}
    kept = {one.id for one in after.milestones}
    found += [f"hurdle “{one.name}” dropped" for one in before.milestones if one.id not in kept]
    for one in after.milestones:
        was = known.get(one.id)
        words = [*_hurdle(was, one, months)] if was else ["new"]
        if words:
            found.append(f"hurdle “{one.name}”: {', '.join(words)}")
    return found


def _worth(before: FrozenItem, after: FrozenItem, currency: str) -> Iterator[str]:
    """Its standalone value moves with its claims or its pools, never with the other items."""
    is_placed_alike = (before.option_key, before.start) == (after.option_key, after.start)
    then, now = before.value_standalone_minor, after.value_standalone_minor
    if is_placed_alike and then != now:
        yield f"standalone value {Money(then, currency)} → {Money(now, currency)}"


def _people(before: FrozenItem, after: FrozenItem) -> Iterator[str]:
    if before.owner.id != after.owner.id:
        yield f"owner {before.owner.name} → {after.owner.name}"


def _grades(item: FrozenItem) -> str:
    return "/".join(one.upper() for one in item.grades) or "none"


def _hurdle(before: FrozenMilestone, after: FrozenMilestone, months: int) -> Iterator[str]:
    if before.name != after.name:
        yield f"was “{before.name}”"
    if months_later(before.due_on, months) != after.due_on:
        yield f"due {day_words(before.due_on)} → {day_words(after.due_on)}"
    if before.share != after.share:
        yield f"holds {_percent(before)} → {_percent(after)}"
    if before.action_if_missed != after.action_if_missed:
        yield "another action if missed"
    if (before.kind, before.target_error) != (after.kind, after.target_error):
        yield "another kind of hurdle"
    yield from _criteria(before, after)


def _percent(hurdle: FrozenMilestone) -> str:
    return f"{(hurdle.share * 100).normalize():f}\u202f%"


def _criteria(before: FrozenMilestone, after: FrozenMilestone) -> Iterator[str]:
    """Criteria have names and no ids in a snapshot; a renamed one is dropped and new."""
    known = {one.metric: one for one in before.criteria}
    kept = {one.metric for one in after.criteria}
    for one in before.criteria:
        if one.metric not in kept:
            yield f"no longer asks for {one.metric}"
    for one in after.criteria:
        was = known.get(one.metric)
        if was is None:
            yield f"asks for {one.metric} {_asked(one)}"
        elif _asked(was) != _asked(one):
            yield f"{one.metric} {_asked(was)} → {_asked(one)}"
        elif was.baseline != one.baseline:
            yield f"another baseline of {one.metric}"


def _asked(one: FrozenCriterion) -> str:
    text = f"{one.threshold.normalize():,f}".replace("-", "\u2212")
    words = f"{one.direction.replace('_', ' ')} {text}"
    words += f"\u202f{one.unit}" if one.unit else ""
    if one.minimum_sample is not None:
        words += f" of {one.minimum_sample:,} or more"
    return words if one.is_must_meet else f"{words}, not must-meet"
