"""Freed money and the plan it buys now, beside the portfolio as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.portfolio.presenters.names import Names
from app.portfolio.queries.answers import Answer
from app.roadmap.queries.freed import Freed, FreedCell, RunningLine
from app.roadmap.rules import HurdleAction
from app.values.money import Money
from app.web.filters import counted, money, quarter

SHOWN = 60
"""Initiatives that go on, listed one by one."""


@dataclass(frozen=True, slots=True)
class FreedTable:
    """Freed money by quarter and fund, to the minor unit; ``again`` can still be planned."""

    rows: Sequence[tuple[str, str, str, str]]
    total: Money
    again: Money


def freed_table(cells: Sequence[FreedCell], currency: str) -> FreedTable:
    return FreedTable(
        rows=[
            (
                quarter(cell.quarter),
                cell.fund,
                money(Money(cell.minor, currency)),
                "yes" if cell.can_be_planned else "no, its time is over or no open cycle plans it",
            )
            for cell in cells
        ],
        total=Money(sum(cell.minor for cell in cells), currency),
        again=Money(sum(cell.minor for cell in cells if cell.can_be_planned), currency),
    )


@dataclass(frozen=True, slots=True)
class PortfolioChange:
    """The portfolio before the decision and with the new plan: added, dropped, unchanged.

    ``gains`` is what the added are worth, ``gives_up`` what the dropped was approved to bring.
    """

    added: Sequence[tuple[str, str, str, str, str]]
    dropped: Sequence[tuple[str, str, str]]
    unchanged: Sequence[tuple[str, str, str]]
    unchanged_count: int
    spend: Money
    gains: Money
    gives_up: Money

    @property
    def difference(self) -> Money:
        return self.gains - self.gives_up

    @property
    def words(self) -> str:
        return (
            f"{counted(len(self.added), 'initiative')} added, {len(self.dropped)} dropped, "
            f"{self.unchanged_count} unchanged."
        )


def portfolio_change(
    freed: Freed, running: Sequence[RunningLine], answer: Answer
) -> PortfolioChange:
    """Hold a finished plan against what was approved and ran before the decision."""
    currency = freed.commitment.currency
    names = Names(answer.inputs)
    funded: Sequence[Mapping[str, Any]] = answer.result["funded"]
    dropped = freed.action is HurdleAction.STOP
    return PortfolioChange(
        added=[_added(row, names, currency) for row in funded],
        dropped=[_dropped(freed)] if dropped else [],
        unchanged=[
            (one.key, one.title, f"{one.option} from {quarter(one.start)}")
            for one in running[:SHOWN]
        ],
        unchanged_count=len(running),
        spend=Money(sum(row["spend"] + row["spend_beyond"] for row in funded), currency),
        gains=Money(sum(row["value_allocated"] for row in funded), currency),
        gives_up=Money(freed.commitment.value_minor if dropped else 0, currency),
    )


def _added(row: Mapping[str, Any], names: Names, currency: str) -> tuple[str, str, str, str, str]:
    key = row["initiative"]
    return (
        key,
        names.title(key),
        f"{names.option(key, row['option'])} from {quarter(row['start'])}",
        money(Money(row["spend"] + row["spend_beyond"], currency)),
        money(Money(row["value_allocated"], currency)),
    )


def _dropped(freed: Freed) -> tuple[str, str, str]:
    one = freed.commitment
    return (
        one.initiative.key,
        one.initiative.title,
        f"{one.option.name} from {quarter(one.start)}",
    )


_HEADLINES = {
    HurdleAction.STOP: "{freed} is free again. What no longer paid ends here.",
    HurdleAction.FINISH: "{freed} is free again. The value is captured and stays.",
    HurdleAction.RESCOPE: "{freed} is free again. It goes on with a smaller option.",
}


def headline(freed: Freed) -> str:
    """What the decision freed, in plain words."""
    return _HEADLINES[freed.action].format(
        freed=money(Money(freed.minor, freed.commitment.currency))
    )
