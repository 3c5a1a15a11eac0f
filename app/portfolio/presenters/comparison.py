"""Two answers side by side: what one chooses otherwise than the other, and what that is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import InvalidError
from app.portfolio.presenters.names import Names
from app.portfolio.queries.answers import Answer
from app.values.money import Money
from app.web.filters import quarter


@dataclass(frozen=True, slots=True)
class Change:
    """An initiative that stands otherwise in the second plan."""

    key: str
    title: str
    before: str
    after: str
    worth: Money


@dataclass(frozen=True, slots=True)
class Comparison:
    """Changes by kind, the largest first."""

    added: Sequence[Change]
    dropped: Sequence[Change]
    moved: Sequence[Change]
    rescoped: Sequence[Change]
    kept: int

    @property
    def is_same(self) -> bool:
        return not (self.added or self.dropped or self.moved or self.rescoped)


def compare(first: Answer, second: Answer) -> Comparison:
    """How the second plan differs from the first. Raises InvalidError when they can't be."""
    if first.result["currency"] != second.result["currency"]:
        raise InvalidError("These plans are in different currencies and can't be compared.")
    _check_cycle(first, second)
    one, other = _choices(first), _choices(second)
    both = one.keys() & other.keys()
    rescoped = {key for key in both if one[key]["option"] != other[key]["option"]}
    moved = {key for key in both - rescoped if one[key]["start"] != other[key]["start"]}
    return Comparison(
        added=_changes(first, second, other.keys() - one.keys()),
        dropped=_changes(first, second, one.keys() - other.keys()),
        moved=_changes(first, second, moved),
        rescoped=_changes(first, second, rescoped),
        kept=len(both - rescoped - moved),
    )


def _check_cycle(first: Answer, second: Answer) -> None:
    one, other = (answer.inputs.get("cycle", {}) for answer in (first, second))
    if one.get("id") != other.get("id"):
        raise InvalidError(
            f"These plans are of different cycles, {one.get('name')} and {other.get('name')}, so "
            "their quarters, budgets and candidates differ. Choose two runs of one cycle."
        )


def _choices(answer: Answer) -> Mapping[str, Mapping[str, Any]]:
    return {row["initiative"]: row for row in answer.result["funded"]}


def _changes(first: Answer, second: Answer, keys: Any) -> list[Change]:
    one, other = _choices(first), _choices(second)
    names_one, names_other = Names(first.inputs), Names(second.inputs)
    found = []
    for key in sorted(keys):
        before, after = one.get(key), other.get(key)
        worth = (after or {}).get("value_allocated", 0) - (before or {}).get("value_allocated", 0)
        names = names_other if after else names_one
        found.append(
            Change(
                key=key,
                title=names.title(key),
                before=_choice_words(before, names_one),
                after=_choice_words(after, names_other),
                worth=Money(worth, first.result["currency"]),
            )
        )
    return sorted(found, key=lambda change: -abs(change.worth.minor))


def _choice_words(row: Mapping[str, Any] | None, names: Names) -> str:
    if row is None:
        return ""
    option = names.option(row["initiative"], row["option"])
    return f"{option} from {quarter(row['start'])}"
