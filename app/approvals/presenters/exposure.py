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
    """Key figures, sentences, bars by quarter and fund, and exact tables, all of the same total.

    ``bars``: a line a quarter in which money was or can be paid; ``rest``: what the bars by fund
    leave out, in words.
    """

    kpis: Sequence[Mapping[str, str]]
    most: str
    open: Money
    initiatives: int
    warnings: Sequence[str]
    bars: Sequence[Mapping[str, object]]
    rest: str | None
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
    shown, rest = _shown_quarters(budgets, most_cells)
    return ExposureView(
        kpis=_kpis(total, currency),
        most=money(Money(total.maximum, currency)),
        initiatives=len(positions),
        open=Money(total.open_money, currency),
        warnings=[
            *_over(budgets, next_cells, currency, "are released or hang on a next hurdle"),
            *_over(budgets, most_cells, currency, "are paid if every hurdle passes"),
        ],
        bars=_bars(_quarters(by_cell), currency),
        rest=rest,
        quarters=[quarter_words(quarter) for quarter in shown],
        funds=[_fund_row(fund, next_cells, len(shown), currency) for fund in budgets],
        by_quarter=_by_quarter(_quarters(by_cell), budgets, currency),
        by_initiative=_by_initiative(wholes, history, currency),
        foot=("All", *_figures(total, currency)),
        hurdles=_hurdles(history),
        unjudged=_unjudged(history),
    )


def _kpis(total: Exposure, currency: str) -> list[Mapping[str, str]]:
    """The totals short, and exact beneath with what they mean."""
    notes = (
        "", ", spent or free to be spent", ", released and each next hurdle",
        ", each hurdle by its chance to pass", ", if every hurdle passes",
    )  # fmt: skip
    minors = (total.spent, total.released, total.at_next, total.expected, total.maximum)
    return [
        {
            "label": label,
            "value": money_short(Money(minor, currency)),
            "note": money(Money(minor, currency)) + note,
        }
        for label, minor, note in zip(FIGURE_HEAD, minors, notes, strict=True)
    ]


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


def _quarters(by_cell: Mapping[tuple[int, Quarter], Exposure]) -> dict[Quarter, Exposure]:
    """The exposure of each quarter over all funds, in their order."""
    found: dict[Quarter, Exposure] = {}
    for (_, quarter), part in sorted(by_cell.items(), key=lambda one: one[0][1]):
        found[quarter] = found.get(quarter, Exposure()) + part
    return found


def _bars(quarters: Mapping[Quarter, Exposure], currency: str) -> list[Mapping[str, object]]:
    """A bar a quarter: spent, then released, then what hangs on hurdles; a stroke at the expected.

    Positions are percentages of the largest maximum of a quarter.
    """
    most = max((part.maximum for part in quarters.values()), default=0)
    return [
        {
            "label": quarter_words(quarter),
            "value": _bar_words(part, currency),
            "parts": [
                {"x": share_of(start, most), "w": share_of(width, most), "tone": tone}
                for start, width, tone in (
                    (0, part.spent, "fill"),
                    (part.spent, part.unspent, "accent"),
                    (part.released, part.open_money, "pale"),
                )
                if width > 0
            ],
            "middle": share_of(part.expected, most) if part.open_money else None,
        }
        for quarter, part in quarters.items()
        if part.maximum
    ]


def _bar_words(part: Exposure, currency: str) -> str:
    """What a bar says: how much is expected and possible, or that all of it is sure."""
    if part.open_money:
        expected, most = (
            money_short(Money(one, currency)) for one in (part.expected, part.maximum)
        )
        return f"{expected} expected, at most {most}"
    words = "released" if part.unspent else "spent"
    return f"{money_short(Money(part.released, currency))} {words}"


def _shown_quarters(
    budgets: Sequence[FundBudget], most_cells: Cells
) -> tuple[Sequence[Quarter], str | None]:
    """The planning quarters up to the last into which money can fall, and a word on the others."""
    quarters = budgets[0].quarters if budgets else ()
    used = {quarter for (_, quarter), minor in most_cells.items() if minor}
    last = max((at for at, quarter in enumerate(quarters) if quarter in used), default=-1)
    shown = quarters[: last + 1]
    if len(shown) == len(quarters):
        return shown, None
    since = f"{quarter_words(quarters[last + 1])} to {quarter_words(quarters[-1])}"
    return shown, f"Nothing approved so far falls into {since}."


def _fund_row(fund: FundBudget, cells: Cells, count: int, currency: str) -> dict[str, object]:
    shown = []
    for use in fund_uses(fund, bound=_of(cells, fund.fund_id), asked={})[:count]:
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
    quarters: Mapping[Quarter, Exposure], budgets: Sequence[FundBudget], currency: str
) -> list[Row]:
    budget = summed(
        {(0, quarter): minor}
        for fund in budgets
        for quarter, minor in zip(fund.quarters, fund.budget, strict=True)
    )
    rows: list[Row] = []
    for quarter, part in quarters.items():
        has = budget.get((0, quarter))
        rows.append(
            (
                quarter_words(quarter),
                *_figures(part, currency),
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
