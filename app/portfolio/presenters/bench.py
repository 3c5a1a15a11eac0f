"""The limits of the workbench: budgets as fields with their range, teams as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.portfolio.models import Scenario
from app.portfolio.presenters.results import ResultView
from app.portfolio.queries.answers import Answer
from app.values.money import CURRENCY_DIGITS, Money
from app.web.filters import money_short, number

STEPS = 200
"""Steps of a slider, about."""


@dataclass(frozen=True, slots=True)
class Slider:
    """The range of a budget in whole units of money; ``note`` tells what the cycle itself has."""

    low: int
    high: int
    step: int
    low_word: str
    high_word: str
    note: str


def fund_names(scenario: Scenario, field: Mapping[int, str]) -> dict[int, tuple[str, str]]:
    """Field and label by fund id."""
    return {f.fund_id: (field[f.fund_id], f.fund.name) for f in scenario.cycle.funds}


def sliders(scenario: Scenario, totals: Mapping[int, int]) -> dict[int | None, Slider]:
    """A range per fund, and one for all of them under None: to twice what is there."""
    currency = scenario.cycle.currency
    own = {
        fund.fund_id: sum(
            b.amount_minor for b in fund.budgets if b.quarter in scenario.cycle.quarters
        )
        for fund in scenario.cycle.funds
    }
    found: dict[int | None, Slider] = {
        i: _slider(total, own.get(i, 0), currency) for i, total in totals.items()
    }
    found[None] = _slider(sum(totals.values()), sum(own.values()), currency)
    return found


def _slider(total: int, of_cycle: int, currency: str) -> Slider:
    unit = 10 ** CURRENCY_DIGITS.get(currency, 2)
    largest = max(total, of_cycle, unit * STEPS) * 2
    step = _round_step(largest // unit // STEPS)
    high = -(-largest // unit // step) * step
    note = f"cycle {money_short(Money(of_cycle, currency))}" if total != of_cycle else ""
    zero, most = Money(0, currency), Money(high * unit, currency)
    return Slider(0, high, step, money_short(zero), money_short(most), note)


def _round_step(exact: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50 …"""
    step = 1
    while step < exact:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step


def team_bars(answer: Answer, view: ResultView) -> list[Mapping[str, Any]]:
    """What the plan uses of each team over all quarters; amber where a quarter is used up."""
    return [
        {
            "label": row.name,
            "value": f"{row.total['used']} / {number(_whole(one['available']))}",
            "share": row.total["share"],
            "tone": "warn" if row.is_full else "fill",
        }
        for row, one in zip(view.capacities, answer.result["capacities"], strict=True)
    ]


def _whole(days: Sequence[float]) -> Decimal:
    return sum((Decimal(repr(one)) for one in days), Decimal(0))


def budget_of(result: Mapping[str, Any]) -> int:
    """All that the funds of a result have, in minor units."""
    return sum(sum(fund["budget"]) for fund in result["funds"])


def short_difference(value: Money) -> str:
    """A difference in short, with its sign: +€1.2m."""
    if not value:
        return "±0"
    return f"+{money_short(value)}" if value.minor > 0 else money_short(value)


def names_listed(names: Sequence[str], most: int = 4) -> str:
    """Names one after the other, the many in short."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
