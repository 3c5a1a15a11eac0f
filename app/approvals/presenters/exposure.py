"""What will still be paid out, for the page of the exposure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.approvals.rules import FundBudget, fund_uses
from app.approvals.rules.cells import Cells, Position, summed
from app.approvals.rules.exposure import Exposure, GateHistory, chances, exposure_cells
from app.portfolio.presenters.usage import share_of
from app.values.money import Money
from app.values.quarter import Quarter
from app.web.filters import counted, money, money_short, percent
from app.web.filters import quarter as quarter_words

FIGURE_HEAD = ("Spent", "Released", "To the next hurdle", "Expected", "Maximum")
SHOWN = 25
Row = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class ExposureView:
    """Key figures, sentences, bars by fund and exact tables; every table has the same total."""

    total: Exposure
    warnings: Sequence[str]
    quarters: Sequence[str]
    funds: Sequence[Mapping[str, object]]
    by_quarter: Sequence[Row]
    by_initiative: Sequence[Row]
    foot: Row
    hurdles: Sequence[Row]
    unjudged: str | None


def exposure_view(
    positions: Sequence[Position],
    history: GateHistory,
    budgets: Sequence[FundBudget],
    *,
    today: Quarter,
    currency: str,
) -> ExposureView:
    """All figures of the page from what is known about every commitment of the currency."""
    cells = [exposure_cells(one, history, today=today) for one in positions]
    by_cell: dict[tuple[int, Quarter], Exposure] = {}
    for found in cells:
        for cell, part in found.items():
            by_cell[cell] = by_cell.get(cell, Exposure()) + part
    total = sum(by_cell.values(), Exposure())
    wholes = [
        (one, sum(found.values(), Exposure())) for one, found in zip(positions, cells, strict=True)
    ]
    next_cells = {cell: part.at_next for cell, part in by_cell.items()}
    most_cells = {cell: part.maximum for cell, part in by_cell.items()}
    return ExposureView(
        total=total,
        warnings=[
            *_over(budgets, next_cells, currency, "are released or hang on a next hurdle"),
            *_over(budgets, most_cells, currency, "are paid if every hurdle passes"),
        ],
        quarters=[quarter_words(quarter) for quarter in (budgets[0].quarters if budgets else ())],
        funds=[_fund_row(fund, next_cells, currency) for fund in budgets],
        by_quarter=_by_quarter(by_cell, budgets, currency),
        by_initiative=_by_initiative(wholes, history, currency),
        foot=("All", *_figures(total, currency)),
        hurdles=_hurdles(history),
        unjudged=_unjudged(history),
    )


def _figures(part: Exposure, currency: str) -> list[str]:
    minors = (part.spent, part.released, part.at_next, part.expected, part.maximum)
    return [money(Money(minor, currency)) for minor in minors]


def _of(cells: Cells, fund_id: int) -> dict[Quarter, int]:
    return {quarter: minor for (fund, quarter), minor in cells.items() if fund == fund_id}


def _over(budgets: Sequence[FundBudget], cells: Cells, currency: str, words: str) -> Iterable[str]:
    """A sentence for each quarter in which a fund does not hold that much."""
    for fund in budgets:
        for use in fund_uses(fund, bound=_of(cells, fund.fund_id), asked={}):
            if use.is_overdrawn:
                wanted = money(Money(use.bound, currency))
                short = money(Money(-use.left, currency))
                yield (
                    f"{fund.name}, {quarter_words(use.quarter)}: {wanted} {words},"
                    f" {short} more than the fund has."
                )


def _fund_row(fund: FundBudget, cells: Cells, currency: str) -> dict[str, object]:
    shown = []
    for use in fund_uses(fund, bound=_of(cells, fund.fund_id), asked={}):
        has = use.budget + use.arrived
        shown.append(
            {
                "used": money_short(Money(use.bound, currency)),
                "left": f"of {money_short(Money(has, currency))}",
                "share": share_of(use.bound, max(has, 0)),
                "tone": "bad" if use.is_overdrawn else "accent",
                "over": use.is_overdrawn,
            }
        )
    return {"name": fund.name, "cells": shown, "total": None}


def _by_quarter(
    by_cell: Mapping[tuple[int, Quarter], Exposure],
    budgets: Sequence[FundBudget],
    currency: str,
) -> list[Row]:
    found: dict[Quarter, Exposure] = {}
    for (_, quarter), part in by_cell.items():
        found[quarter] = found.get(quarter, Exposure()) + part
    budget = summed(
        {(0, quarter): minor}
        for fund in budgets
        for quarter, minor in zip(fund.quarters, fund.budget, strict=True)
    )
    rows: list[Row] = []
    for quarter in sorted(found):
        has = budget.get((0, quarter))
        rows.append(
            (
                quarter_words(quarter),
                *_figures(found[quarter], currency),
                None if has is None else money(Money(has, currency)),
            )
        )
    return rows


def _by_initiative(
    wholes: Sequence[tuple[Position, Exposure]], history: GateHistory, currency: str
) -> list[Row]:
    """The commitments with the most at stake, and all others as one line."""
    ordered = sorted(wholes, key=lambda one: (-one[1].maximum, one[0].key))
    rows: list[Row] = []
    for position, part in ordered[:SHOWN]:
        steps = chances(position.open_hurdles, history)
        chance = _percent(steps[-1]) if steps else None
        name = f"{position.key} {position.title}"
        rows.append((name, *_figures(part, currency), chance))
    rest = [part for _, part in ordered[SHOWN:]]
    if rest:
        others = sum(rest, Exposure())
        rows.append((f"{len(rest):,} others", *_figures(others, currency), None))
    return rows


def _hurdles(history: GateHistory) -> list[Row]:
    return [
        (
            f"Hurdle {place}",
            f"{record.passed:,} of {record.decided:,}",
            _percent(record.chance),
        )
        for place, record in sorted(history.records.items())
    ]


def _unjudged(history: GateHistory) -> str | None:
    if not history.unjudged:
        return None
    ends = counted(history.unjudged, "early finish", "early finishes")
    return f"Without {ends} where the agreed criteria were not met: neither passed nor missed."


def _percent(chance: Fraction) -> str:
    return percent(Decimal(chance.numerator) / Decimal(chance.denominator))
