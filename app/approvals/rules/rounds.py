"""What differs: between two rounds of a proposal, and between a run's inputs and today's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.approvals.rules.frozen import FrozenItem, FrozenProposal
from app.approvals.rules.revisions import revised
from app.values.money import Money


@dataclass(frozen=True, slots=True)
class RoundChange:
    """One initiative that is new, gone, placed or planned otherwise, with the money that moved."""

    key: str
    title: str
    words: str
    spend_minor: int
    value_minor: int


@dataclass(frozen=True, slots=True)
class RoundChanges:
    """This round against an earlier one; differences are this round's minus the earlier's."""

    spend_minor: int
    value_minor: int
    items: tuple[RoundChange, ...]


def round_changes(earlier: FrozenProposal, later: FrozenProposal) -> RoundChanges:
    """List what was added, dropped, re-scoped or moved, and whose hurdles or claims are others."""
    before = {item.key: item for item in earlier.items}
    after = {item.key: item for item in later.items}
    return RoundChanges(
        spend_minor=later.spend_minor - earlier.spend_minor,
        value_minor=later.value_minor - earlier.value_minor,
        items=tuple(
            change
            for key in sorted(before | after)
            if (change := _change(before.get(key), after.get(key), later.cycle.currency))
        ),
    )


def _change(
    before: FrozenItem | None, after: FrozenItem | None, currency: str
) -> RoundChange | None:
    if before is None and after is not None:
        return _signed(after, f"new, {after.option_name} from {after.start}", None)
    if after is None and before is not None:
        return RoundChange(
            before.key, before.title, "dropped", -before.spend_minor, -before.value_allocated_minor
        )
    if before is None or after is None:
        return None
    words = []
    if before.option_key != after.option_key:
        words.append(f"{before.option_name} → {after.option_name}")
    if before.start != after.start:
        words.append(f"start {before.start} → {after.start}")
    if not words and before.spend != after.spend:
        is_other_sum = before.spend_minor != after.spend_minor
        words.append("other spend" if is_other_sum else "spend in other funds or quarters")
    parts = [*([", ".join(words)] if words else []), *revised(before, after, currency)]
    return _signed(after, "; ".join(parts), before) if parts else None


def _signed(after: FrozenItem, words: str, before: FrozenItem | None) -> RoundChange:
    spend = before.spend_minor if before else 0
    value = before.value_allocated_minor if before else 0
    return RoundChange(
        after.key,
        after.title,
        words,
        after.spend_minor - spend,
        after.value_allocated_minor - value,
    )


MOST_LINES = 4


def problem_drift(
    then: Mapping[str, Any], now: Mapping[str, Any], names: Mapping[str, str] | None = None
) -> list[str]:
    """What changed between two problem files in at most MOST_LINES sentences; empty when equal.

    ``names`` gives the names of funds and teams by key.
    """
    called = names or {}
    found = [
        *_plain_drift(then, now),
        *_funds_drift(then, now, called),
        *_list_drift(then, now, "capacities", "The days of {names} changed.", called),
        *_list_drift(then, now, "pools", "The value of the pools {names} changed.", called),
        *_initiatives_drift(then, now),
        *_list_drift(then, now, "rules", "The rules {names} changed.", called),
    ]
    if len(found) <= MOST_LINES:
        return found
    kept = MOST_LINES - 1
    return [*found[:kept], f"{len(found) - kept} more things changed."]


def _plain_drift(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    if then.get("currency") != now.get("currency"):
        yield f"The currency was {then.get('currency')} and is {now.get('currency')} now."
    if then.get("quarters") != now.get("quarters"):
        yield "The cycle plans other quarters now."


def _by_key(document: Mapping[str, Any], name: str) -> dict[str, Mapping[str, Any]]:
    return {entry["key"]: entry for entry in document.get(name, [])}


def _listed(names: Sequence[str]) -> str:
    """Names in a sentence, the first three of many."""
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _funds_drift(
    then: Mapping[str, Any], now: Mapping[str, Any], names: Mapping[str, str]
) -> Iterator[str]:
    before, after = _by_key(then, "funds"), _by_key(now, "funds")
    currency = str(now.get("currency"))
    if bound := _committed(after) - _committed(before):
        change = Money(abs(bound), currency)
        yield f"{change} {'more' if bound > 0 else 'less'} of the budgets is committed already."
    sides = ((before, after, "left the cycle"), (after, before, "came into the cycle"))
    for one, other, what in sides:
        for key in sorted(one.keys() - other.keys()):
            yield f"The fund {names.get(key, key)} {what}."
    both = sorted(before.keys() & after.keys())
    for part, words in (("budget", "The budgets of"), ("carry_over", "The carry-over of")):
        changed = [
            names.get(key, key) for key in both if before[key].get(part) != after[key].get(part)
        ]
        if changed:
            yield f"{words} {_listed(changed)} changed."


def _committed(funds: Mapping[str, Mapping[str, Any]]) -> int:
    return sum(sum(fund.get("committed", ())) for fund in funds.values())


def _list_drift(
    then: Mapping[str, Any],
    now: Mapping[str, Any],
    name: str,
    sentence: str,
    names: Mapping[str, str],
) -> Iterator[str]:
    before, after = _by_key(then, name), _by_key(now, name)
    changed = [key for key in sorted(before | after) if before.get(key) != after.get(key)]
    if changed:
        yield sentence.format(names=_listed([names.get(key, key) for key in changed]))


_PARTS = {
    "spend": "spend",
    "demand": "team days",
    "effects": "effects",
    "value": "own value",
    "start": "possible starts",
    "effort_minutes": "customer minutes",
    "risk": "risk",
}


def _initiatives_drift(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    before, after = _by_key(then, "initiatives"), _by_key(now, "initiatives")
    if gone := sorted(before.keys() - after.keys()):
        yield f"No candidates any more: {_listed(gone)}."
    if new := sorted(after.keys() - before.keys()):
        yield f"New candidates: {_listed(new)}."
    changed = [key for key in sorted(before.keys() & after.keys()) if before[key] != after[key]]
    if changed:
        parts = sorted({part for key in changed for part in _parts(before[key], after[key])})
        yield f"Changed: {_listed(changed)} ({', '.join(parts) or 'name or tags'})."


def _parts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    old, new = _by_key(before, "options"), _by_key(after, "options")
    found = {
        word
        for key in old.keys() & new.keys()
        for part, word in _PARTS.items()
        if old[key].get(part) != new[key].get(part)
    }
    return sorted(found | ({"options"} if old.keys() != new.keys() else set()))
