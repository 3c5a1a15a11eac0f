"""What a plan uses of funds and teams per quarter, and what it leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.portfolio.presenters.names import Names
from app.values.money import Money
from app.web.filters import money, money_short, number


@dataclass(frozen=True)
class UsedRow:
    """A fund or team: cells for the bars, exact rows for the table, and whether it is used up."""

    name: str
    cells: Sequence[Mapping[str, Any]]
    total: Mapping[str, Any]
    exact: Sequence[Sequence[str]]
    is_full: bool


def fund_rows(result: Mapping[str, Any], names: Names) -> list[UsedRow]:
    """A row per fund. The share of a bar counts what was carried over as money to spend."""
    return [_fund_row(fund, result, names) for fund in result["funds"]]


def _fund_row(fund: Mapping[str, Any], result: Mapping[str, Any], names: Names) -> UsedRow:
    currency, quarters = result["currency"], result["quarters"]
    arrived = [0, *fund["carried"][:-1]]
    committed = fund_committed(fund)
    cells, exact = [], []
    for t, quarter in enumerate(quarters):
        spend, left = fund["spend"][t], fund["left"][t]
        cells.append(
            {
                "used": money_short(Money(spend, currency)),
                "left": f"{money_short(Money(left, currency))} left",
                "share": share_of(spend, spend + left),
                "tone": "warn" if spend and not left else "",
                "over": False,
            }
        )
        row = (fund["budget"][t], arrived[t], committed[t], spend, left, fund["carried"][t])
        exact.append((quarter, *(money(Money(minor, currency)) for minor in row)))
    spent, budget = sum(fund["spend"]), sum(fund["budget"]) - sum(committed)
    total = {
        "used": money_short(Money(spent, currency)),
        "left": f"{money_short(Money(budget - spent, currency))} left",
        "share": share_of(spent, budget),
        "tone": "accent",
        "over": False,
    }
    full = any(s and not rest for s, rest in zip(fund["spend"], fund["left"], strict=True))
    return UsedRow(names.fund(fund["key"]), cells, total, exact, full)


def fund_committed(fund: Mapping[str, Any]) -> Sequence[int]:
    """What was committed of a result's fund before its plan, per quarter in minor units."""
    found: Sequence[int] = fund.get("committed", [0] * len(fund["budget"]))
    return found


def capacity_rows(result: Mapping[str, Any], names: Names) -> list[UsedRow]:
    """A row per team, in its unit."""
    return [_capacity_row(one, result, names) for one in result["capacities"]]


def _capacity_row(one: Mapping[str, Any], result: Mapping[str, Any], names: Names) -> UsedRow:
    used = [_days(amount) for amount in one["used"]]
    available = [_days(amount) for amount in one["available"]]
    cells, exact, full = [], [], False
    for t, quarter in enumerate(result["quarters"]):
        left = available[t] - used[t]
        full = full or (bool(used[t]) and left <= 0)
        cells.append(
            {
                "used": number(used[t]),
                "left": f"{number(max(left, Decimal(0)))} left",
                "share": share_of(used[t], available[t]),
                "tone": "bad" if left < 0 else "warn" if used[t] and not left else "",
                "over": left < 0,
            }
        )
        exact.append((quarter, number(available[t]), number(used[t]), number(left)))
    spent, given = sum(used, Decimal(0)), sum(available, Decimal(0))
    total = {
        "used": number(spent),
        "left": f"{number(given - spent)} left",
        "share": share_of(spent, given),
        "tone": "accent",
        "over": False,
    }
    return UsedRow(names.team(one["key"]), cells, total, exact, full)


def share_of(part: Decimal | int, whole: Decimal | int) -> float:
    """A bar's length from 0 to 100; something of nothing is full."""
    if not whole:
        return 100.0 if part else 0.0
    share = round(100 * Decimal(part) / Decimal(whole), 1)
    return float(min(max(share, Decimal(0)), Decimal(100)))


def _days(amount: float) -> Decimal:
    return Decimal(repr(amount)).quantize(Decimal("0.01"))
