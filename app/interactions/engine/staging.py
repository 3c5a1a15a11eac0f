"""The cells a mapping reads, parsed once each before anything is made of them.

First every cell as text, then numbers and moments; what follows names these columns, so that no
engine parses a cell as often as it is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Names
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from app.interactions.engine import cells
from app.interactions.engine.mapping import Mapping, MetCounts, MetInTime, MomentColumn
from app.interactions.engine.vocabulary import NOTHING, Vocabulary
from app.interactions.engine.workbook import UNSOLVED

Settle = Callable[[ir.Table], ir.Table]
"""Fixes a stage, where an engine would melt it into the next one; else gives it as it is."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What an engine does in its own way: ``settle`` a stage, look at cells.

    ``has_blanks``: rows may be nothing but separators; those are none. ``unsolved`` are the columns
    of a workbook in which a formula has no result. ``few`` are columns whose cells are known to be
    of a few words, with which nothing is wrong.
    """

    settle: Settle = lambda table: table
    bare: cells.Bare = cells.bare
    is_longer: cells.IsLonger = cells.is_longer
    is_turned: cells.IsTurned = cells.is_turned
    has_blanks: bool = False
    unsolved: frozenset[str] = frozenset()
    few: Vocabulary = field(default_factory=lambda: NOTHING)


IN_PLACE = Ways()
"""A warehouse, which plans a whole expression by itself."""


@dataclass(frozen=True, slots=True)
class Staged:
    """The parsed cells: ``places`` is a column's number in the table's own names.

    Text that only explains a number or a moment that is none is worked out where it is asked for.
    """

    table: ir.Table
    places: Names[str, int]
    utc: frozenset[str]
    ways: Ways

    def text(self, name: str) -> ir.StringValue:
        place = self.places[name]
        if f"t{place}" in self.table.columns:
            return self.table[f"t{place}"]
        return cells.text(self.table[f"r{place}"], bare=self.ways.bare)

    def is_longer(self, name: str, signs: int) -> ir.BooleanValue:
        """Whether a cell has more signs, of which a word of few never has too many."""
        if name in self.ways.few:
            return ibis.literal(False)
        return self.ways.is_longer(self.text(name), signs)

    def is_turned(self, name: str) -> ir.BooleanValue:
        if name in self.ways.few:
            return ibis.literal(False)
        return self.ways.is_turned(self.text(name))

    def is_one_of(self, name: str, words: Sequence[str]) -> ir.BooleanValue:
        """As `cells.is_one_of`; of few words it is known beforehand which of them are meant."""
        few = self.ways.few.get(name, ())
        if not few or not all(word.isascii() for word in few):
            return cells.is_one_of(self.text(name), words)
        wanted = {word.strip().lower() for word in words}
        meant = [word for word in few if word.lower() in wanted]
        if not meant:
            return ibis.literal(False)
        return ibis.ifelse(self.text(name).isin(meant), True, False)

    def is_unsolved(self, name: str) -> ir.BooleanValue | None:
        """Whether the cell holds a formula without a result; None: no cell of the column does."""
        flag = f"u{self.places[name]}"
        return self.table[flag] if flag in self.table.columns else None

    def number(self, name: str) -> ir.DecimalValue:
        return self.table[f"n{self.places[name]}"]

    def moment(self, name: str, zone: str) -> tuple[ir.TimestampValue, ir.TimestampValue]:
        """UTC, and as the clocks of the zone showed it."""
        moment = self.table[f"m{self.places[name]}"]
        if name in self.utc:
            return moment, cells.to_local(moment, zone)
        return cells.to_utc(moment, zone), moment

    @property
    def is_blank(self) -> ir.BooleanValue:
        """Whether the row has nothing in any column."""
        return self.table["is_blank"]


def staged(
    table: ir.Table, names: Names[str, str], mapping: Mapping, ways: Ways = IN_PLACE
) -> Staged:
    """Parse what the mapping reads. ``names``: its columns → the table's."""
    places = {name: place for place, name in enumerate(mapping.columns())}
    columns = {place: table[names[name]] for name, place in places.items()}
    flags = {
        places[name]: columns[places[name]] == UNSOLVED for name in ways.unsolved & set(places)
    }
    columns |= {p: ibis.ifelse(flag, ibis.null("string"), columns[p]) for p, flag in flags.items()}
    parsed = {places[name] for name in (*_numbers(mapping), *(m.column for m in _moments(mapping)))}
    raw = {p: one for p, one in columns.items()
           if p in parsed and not (one.type().is_string() and mapping.missing)}  # fmt: skip
    kept = {name: table[name] for name in ("row",) if name in table.columns}
    kept |= {f"u{p}": flag.fill_null(False) for p, flag in flags.items()}
    kept["is_blank"] = _is_blank(table, names) if ways.has_blanks else ibis.literal(False)
    known = {places[name] for name in ways.few}
    texts = {
        f"t{p}": one if p in known else cells.text(one, mapping.missing, ways.bare)
        for p, one in columns.items()
        if p not in raw
    }
    raws = {f"r{p}": cells.said(one, mapping.missing) for p, one in raw.items()}
    first = ways.settle(table.select(**kept, **texts, **raws))
    cut = Staged(first, places, frozenset(), ways)
    found, utc = _parsed(cut, mapping)
    again = {name: first[name] for name in first.columns}
    return Staged(ways.settle(first.select(**again, **found)), places, utc, ways)


def _is_blank(table: ir.Table, names: Names[str, str]) -> ir.BooleanValue:
    """Whether all cells are empty; only where the first is are the others looked at."""
    first, *others = (table[one].cast("string") for one in names.values())
    rest = ibis.coalesce(*others).isnull() if others else ibis.literal(True)
    return ibis.ifelse(first.isnull(), rest, False)


def _parsed(cut: Staged, mapping: Mapping) -> tuple[dict[str, ir.Value], frozenset[str]]:
    """Numbers and moments, and which columns of moments are in UTC."""

    def raw(name: str) -> ir.Column:
        place = cut.places[name]
        return cut.table[f"r{place}" if f"r{place}" in cut.table.columns else f"t{place}"]

    found: dict[str, ir.Value] = {
        f"n{cut.places[name]}": cells.number(raw(name), mapping.decimal)
        for name in _numbers(mapping)
    }
    utc = set()
    for part in _moments(mapping):
        name = part.column
        moment, is_utc = cells.moment(raw(name), cut.text(name), part.format, mapping.zone)
        found[f"m{cut.places[name]}"] = moment
        if is_utc:
            utc.add(name)
    return found, frozenset(utc)


def _numbers(mapping: Mapping) -> dict[str, None]:
    names = [mapping.contacts, mapping.invited, *(one.contacts for one in mapping.spread)]
    names += [part.column for part in (mapping.cost, mapping.minutes, mapping.score) if part]
    if isinstance(mapping.met, MetCounts):
        names += [*mapping.met.judged, *mapping.met.met]
    return {name: None for name in names if name is not None}


def _moments(mapping: Mapping) -> list[MomentColumn]:
    parts: list[object] = [mapping.when, mapping.expected_by]
    if isinstance(mapping.met, MetInTime):
        parts.append(mapping.met.ended)
    return [part for part in parts if isinstance(part, MomentColumn)]
