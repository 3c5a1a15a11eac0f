"""What differs: between two rounds of a proposal, and between a run's inputs and today's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.approvals.rules.frozen import FrozenItem, FrozenProposal
from app.values.money import Money


@dataclass(frozen=True, slots=True)
class RoundChange:
    """One initiative that is new, gone or placed otherwise, with the money that moved."""

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
    """List what was added, dropped, re-scoped or moved."""
    before = {item.key: item for item in earlier.items}
    after = {item.key: item for item in later.items}
    return RoundChanges(
        spend_minor=later.spend_minor - earlier.spend_minor,
        value_minor=later.value_minor - earlier.value_minor,
        items=tuple(
            change
            for key in sorted(before | after)
            if (change := _change(before.get(key), after.get(key)))
        ),
    )


def _change(before: FrozenItem | None, after: FrozenItem | None) -> RoundChange | None:
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
    if before.spend_minor != after.spend_minor and not words:
        words.append("other spend")
    return _signed(after, ", ".join(words), before) if words else None


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


def problem_drift(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What changed between two problem files, one sentence each; empty when they are equal."""
    currency = str(now.get("currency"))
    return [
        *_plain_drift(then, now),
        *_funds_drift(then, now, currency),
        *_list_drift(then, now, "capacities", "The capacity of {key} changed."),
        *_list_drift(then, now, "pools", "The pool {key} changed."),
        *_initiatives_drift(then, now),
        *_list_drift(then, now, "rules", "The rule {key} changed."),
    ]


def _plain_drift(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    if then.get("currency") != now.get("currency"):
        yield f"The currency was {then.get('currency')} and is {now.get('currency')} now."
    if then.get("quarters") != now.get("quarters"):
        yield "The cycle plans other quarters now."


def _by_key(document: Mapping[str, Any], name: str) -> dict[str, Mapping[str, Any]]:
    return {entry["key"]: entry for entry in document.get(name, [])}


def _funds_drift(then: Mapping[str, Any], now: Mapping[str, Any], currency: str) -> Iterator[str]:
    before, after = _by_key(then, "funds"), _by_key(now, "funds")
    quarters = list(now.get("quarters", []))
    for key in sorted(before | after):
        if key not in before or key not in after:
            yield f"The fund {key} {'left the cycle' if key in before else 'is new'}."
            continue
        if before[key].get("carry_over") != after[key].get("carry_over"):
            yield f"The carry-over of {key} changed."
        for quarter, old, new in zip(
            quarters, before[key]["budget"], after[key]["budget"], strict=False
        ):
            if old != new:
                was, is_ = Money(old, currency), Money(new, currency)
                yield f"{key} in {quarter} has {is_} to give, not {was}."
        nothing = [0] * len(quarters)
        for quarter, old, new in zip(
            quarters,
            before[key].get("committed", nothing),
            after[key].get("committed", nothing),
            strict=False,
        ):
            if old != new:
                was, is_ = Money(old, currency), Money(new, currency)
                yield f"{is_} of {key} in {quarter} is committed already, not {was}."


def _list_drift(
    then: Mapping[str, Any], now: Mapping[str, Any], name: str, sentence: str
) -> Iterator[str]:
    before, after = _by_key(then, name), _by_key(now, name)
    for key in sorted(before | after):
        if before.get(key) != after.get(key):
            yield sentence.format(key=key)


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
    for key in sorted(before | after):
        if key not in after:
            yield f"{key} is no candidate any more."
        elif key not in before:
            yield f"{key} became a candidate."
        elif before[key] != after[key]:
            parts = ", ".join(_parts(before[key], after[key])) or "its name or tags"
            yield f"{key} changed: {parts}."


def _parts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    old, new = _by_key(before, "options"), _by_key(after, "options")
    found = {
        word
        for key in old.keys() & new.keys()
        for part, word in _PARTS.items()
        if old[key].get(part) != new[key].get(part)
    }
    return sorted(found | ({"options"} if old.keys() != new.keys() else set()))
