"""Two answers side by side: what one chooses otherwise than the other, and what that is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import InvalidError
from app.portfolio.presenters.names import Names
from app.portfolio.presenters.results import ResultView, result_view
from app.portfolio.queries.answers import Answer
from app.values.money import Money
from app.web.filters import money, number, quarter, signed


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
    """Changes by kind, the largest first, and figures as (name, first, second, difference)."""

    added: Sequence[Change]
    dropped: Sequence[Change]
    moved: Sequence[Change]
    rescoped: Sequence[Change]
    kept: int
    figures: Sequence[tuple[str, str, str, str]]

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
        figures=_figures(first, second),
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


def _figures(first: Answer, second: Answer) -> list[tuple[str, str, str, str]]:
    one, other = result_view(first), result_view(second)
    rows = [
        _money_row("Value", one.totals.value, other.totals.value),
        _money_row("Spend", one.totals.spend, other.totals.spend),
        _money_row("Left", one.totals.left, other.totals.left),
        _ratio_row(one, other, first.result["currency"]),
        (
            "Funded",
            number(len(one.funded)),
            number(len(other.funded)),
            signed(len(other.funded) - len(one.funded)),
        ),
    ]
    spent_one, spent_other = _fund_spend(first), _fund_spend(second)
    for fund in [*spent_one, *(name for name in spent_other if name not in spent_one)]:
        zero = Money.zero(first.result["currency"])
        before, after = spent_one.get(fund, zero), spent_other.get(fund, zero)
        rows.append(_money_row(f"Spend from {fund}", before, after))
    rows.append(("Status", one.verdict.word, other.verdict.word, ""))
    return rows


def _money_row(name: str, one: Money, other: Money) -> tuple[str, str, str, str]:
    return name, money(one), money(other), signed(other - one)


def _ratio_row(one: ResultView, other: ResultView, currency: str) -> tuple[str, str, str, str]:
    before, after = one.totals.per_money, other.totals.per_money
    difference = signed(after - before) if after is not None and before is not None else ""
    return f"Value per {currency} spent", number(before, 2), number(after, 2), difference


def _fund_spend(answer: Answer) -> dict[str, Money]:
    names, currency = Names(answer.inputs), answer.result["currency"]
    return {
        names.fund(fund["key"]): Money(sum(fund["spend"]), currency)
        for fund in answer.result["funds"]
    }
