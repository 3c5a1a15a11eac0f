"""The cells a mapping reads, parsed once each before anything is made of them.

First every cell as text, then numbers and moments; what follows names these columns, so that no
engine parses a cell as often as it is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Names
from dataclasses import dataclass

import ibis.expr.types as ir

from app.interactions.engine import cells
from app.interactions.engine.mapping import Mapping, MetCounts, MetInTime, Moment

Settle = Callable[[ir.Table], ir.Table]
"""Fixes a stage, where an engine would melt it into the next one; else gives it as it is."""


@dataclass(frozen=True, slots=True)
class Staged:
    """The parsed cells: ``places`` is a column's number in the table's own names."""

    table: ir.Table
    places: Names[str, int]
    utc: frozenset[str]

    def text(self, name: str) -> ir.StringValue:
        return self.table[f"t{self.places[name]}"]

    def number(self, name: str) -> ir.DecimalValue:
        return self.table[f"n{self.places[name]}"]

    def moment(self, name: str, zone: str) -> tuple[ir.TimestampValue, ir.TimestampValue]:
        """UTC, and as the clocks of the zone showed it."""
        moment = self.table[f"m{self.places[name]}"]
        if name in self.utc:
            return moment, cells.to_local(moment, zone)
        return cells.to_utc(moment, zone), moment


def staged(
    table: ir.Table, names: Names[str, str], mapping: Mapping, settle: Settle = lambda table: table
) -> Staged:
    """Parse what the mapping reads. ``names``: its columns → the table's."""
    places = {name: place for place, name in enumerate(mapping.columns())}
    columns = {place: table[names[name]] for name, place in places.items()}
    row = {"row": table["row"]} if "row" in table.columns else {}
    texts = {f"t{place}": cells.text(one, mapping.missing) for place, one in columns.items()}
    typed = {f"r{p}": one for p, one in columns.items() if not one.type().is_string()}
    first = settle(table.select(**row, **texts, **typed))

    def raw(place: int) -> ir.Column:
        return first[f"r{place}"] if f"r{place}" in typed else first[f"t{place}"]

    parsed: dict[str, ir.Value] = {}
    for name in _numbers(mapping):
        place = places[name]
        parsed[f"n{place}"] = cells.number(raw(place), first[f"t{place}"], mapping.decimal)
    utc = set()
    for part in _moments(mapping):
        place = places[part.column]
        moment, is_utc = cells.moment(raw(place), first[f"t{place}"], part.format, mapping.zone)
        parsed[f"m{place}"] = moment
        if is_utc:
            utc.add(part.column)
    kept = {name: first[name] for name in (*row, *texts)}
    return Staged(settle(first.select(**kept, **parsed)), places, frozenset(utc))


def _numbers(mapping: Mapping) -> dict[str, None]:
    names = [mapping.contacts, mapping.invited, *(one.contacts for one in mapping.spread)]
    names += [part.column for part in (mapping.cost, mapping.minutes, mapping.score) if part]
    if isinstance(mapping.met, MetCounts):
        names += [*mapping.met.judged, *mapping.met.met]
    return {name: None for name in names if name is not None}


def _moments(mapping: Mapping) -> list[Moment]:
    parts: list[object] = [mapping.when, mapping.expected_by]
    if isinstance(mapping.met, MetInTime):
        parts.append(mapping.met.ended)
    return [part for part in parts if isinstance(part, Moment)]
