"""Balances by fund, quarter, initiative or cycle: lines that add up across and down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from app.approvals.queries.standings import GroupStanding, InitiativeStandings
from app.approvals.rules.cells import Position, Standing, standing, standings
from app.web.filters import quarter as quarter_words


class Grouping(Enum):
    """What the lines of the balances are."""

    CYCLE = "cycle"
    FUND = "fund"
    QUARTER = "quarter"
    INITIATIVE = "initiative"

    @property
    def word(self) -> str:
        return self.value.capitalize()


FIGURES = ("approved", "released", "reserved", "on_hold", "freed", "spent")
"""The parts of a standing in the order they are shown."""

HEAD = (
    "Approved",
    "= Released",
    "+ Reserved",
    "+ On hold",
    "+ Freed",
    "Spent of released",
)


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One line: ``key`` names what it is about for a link, ``word`` for reading."""

    key: str
    word: str
    standing: Standing

    @property
    def figures(self) -> tuple[int, ...]:
        """Minor units in the order of `HEAD`."""
        return tuple(getattr(self.standing, name) for name in FIGURES)


@dataclass(frozen=True, slots=True)
class BalanceTable:
    """Lines and their total, which is the same however they are grouped."""

    grouping: Grouping
    lines: Sequence[BalanceLine]
    total: BalanceLine

    def first(self, count: int) -> BalanceTable:
        """The first lines, and the others as one, so that the table still adds up."""
        shown = self.lines[:count]
        return _with_others(self.grouping, shown, len(self.lines), self.total)


def _with_others(
    grouping: Grouping, shown: Sequence[BalanceLine], count: int, total: BalanceLine
) -> BalanceTable:
    """The lines shown, then what the total has beyond them where they are not all ``count``."""
    if count <= len(shown):
        return BalanceTable(grouping, shown, total)
    others = total.standing - sum((line.standing for line in shown), Standing())
    line = BalanceLine("", f"{count - len(shown):,} others", others)
    return BalanceTable(grouping, [*shown, line], total)


def cycle_table(found: Sequence[GroupStanding]) -> BalanceTable:
    """The money of cycles side by side."""
    total = sum((one.standing for one in found), Standing())
    return BalanceTable(Grouping.CYCLE, _lines(found), _all(total))


def initiative_table(found: InitiativeStandings) -> BalanceTable:
    """The money of a cycle's first initiatives, and that of the others as one."""
    return _with_others(Grouping.INITIATIVE, _lines(found.lines), found.count, _all(found.total))


def _lines(found: Sequence[GroupStanding]) -> list[BalanceLine]:
    return [BalanceLine(one.key, one.word, one.standing) for one in found]


def _all(total: Standing) -> BalanceLine:
    return BalanceLine("", "All", total)


def balance_table(
    positions: Sequence[Position], grouping: Grouping, funds: Mapping[int, str]
) -> BalanceTable:
    """The money of the positions in lines of one grouping; ``funds`` names funds by id."""
    found: dict[tuple[str, str], Standing] = {}
    for one in positions:
        for key, part in _parts(one, grouping, funds):
            found[key] = found.get(key, Standing()) + part
    if grouping is Grouping.QUARTER:
        found = {key: found[key] for key in sorted(found)}
    if grouping is Grouping.FUND:
        found = {key: found[key] for key in sorted(found, key=lambda key: key[1])}
    lines = [BalanceLine(key, word, part) for (key, word), part in found.items()]
    total = sum((line.standing for line in lines), Standing())
    return BalanceTable(grouping, lines, _all(total))


def _parts(
    position: Position, grouping: Grouping, funds: Mapping[int, str]
) -> list[tuple[tuple[str, str], Standing]]:
    if grouping is Grouping.CYCLE:
        return [((str(position.cycle_id), position.cycle), standing(position))]
    if grouping is Grouping.INITIATIVE:
        return [((position.key, f"{position.key} {position.title}"), standing(position))]
    by_cell = sorted(standings(position).items(), key=lambda cell: (cell[0][1], cell[0][0]))
    return [
        (
            (str(fund), funds.get(fund, str(fund)))
            if grouping is Grouping.FUND
            else (str(quarter), quarter_words(quarter)),
            part,
        )
        for (fund, quarter), part in by_cell
    ]
