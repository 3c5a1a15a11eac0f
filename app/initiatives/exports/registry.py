"""The registry as a file for spreadsheets: the columns somebody looks at, of every page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from app.initiatives.queries import LineFigures, RegistryLine
from app.initiatives.rules import RegistryColumn
from app.journeys.rules import StaleBaseline
from app.values.spreadsheets import csv_line, inert


@dataclass(frozen=True, slots=True)
class RegistryChunk:
    """Some lines with their figures and, by id, the stale baselines their values stand on."""

    lines: Sequence[RegistryLine]
    figures: Mapping[int, LineFigures]
    stale: Mapping[int, Sequence[StaleBaseline]]


Value = str | Decimal | datetime | None


@dataclass(frozen=True, slots=True)
class _Entry:
    line: RegistryLine
    figures: LineFigures
    stale: Sequence[StaleBaseline]

    @property
    def stale_words(self) -> str:
        return "; ".join(f"{mark.name}: {mark.words}" for mark in self.stale)


def _value(one: _Entry) -> Value:
    return None if one.figures.value is None else one.figures.value.amount


Cell = tuple[str, Callable[[_Entry], Value]]
_CURRENCY: Cell = ("Currency", lambda one: one.line.currency)
_CELLS: Mapping[str, tuple[Cell, ...]] = {
    "key": (("Key", lambda one: one.line.key),),
    "title": (
        ("Title", lambda one: one.line.title),
        ("Organisation unit", lambda one: one.line.unit),
        ("Flag", lambda one: one.figures.flag),
        ("Stale baselines", lambda one: one.stale_words),
    ),
    "journey": (("Journey", lambda one: one.line.journey),),
    "unit": (("Organisation unit", lambda one: one.line.unit),),
    "lens": (("Mainly changes", lambda one: one.line.lens.word),),
    "owner": (("Owner", lambda one: one.line.owner),),
    "sponsor": (("Sponsor", lambda one: one.line.sponsor),),
    "cycle": (("Cycle", lambda one: one.line.cycle),),
    "start": (("Planned start", lambda one: str(one.line.planned_start)),),
    "state": (("State", lambda one: one.line.state.word),),
    "cost": (_CURRENCY, ("Cost", lambda one: one.line.cost.amount)),
    "value": (
        _CURRENCY,
        ("Standalone value", _value),
        ("Value is declared", lambda one: "yes" if one.figures.is_declared else "no"),
    ),
    "next": (("Next step", lambda one: one.figures.next_step),),
    "changed": (("Last change", lambda one: one.line.changed_at),),
}  # fmt: skip
"""What stands in a column of the page, each piece a column of the file."""


def file_columns(shown: Iterable[RegistryColumn]) -> dict[str, Callable[[_Entry], Value]]:
    """The file's columns for those of the page; a piece that two of them have stands once."""
    found: dict[str, Callable[[_Entry], Value]] = {}
    for column in shown:
        for head, read in _CELLS[column.name]:
            found.setdefault(head, read)
    return found


def registry_csv(chunks: Iterable[RegistryChunk], shown: Iterable[RegistryColumn]) -> Iterator[str]:
    """The registry line by line, amounts as plain decimals in their currency."""
    wanted = file_columns(shown)
    yield csv_line(list(wanted))
    for entry in _entries(chunks):
        yield csv_line([_written(read(entry)) for read in wanted.values()])


def _entries(chunks: Iterable[RegistryChunk]) -> Iterator[_Entry]:
    for chunk in chunks:
        for line in chunk.lines:
            yield _Entry(line, chunk.figures[line.id], chunk.stale.get(line.id, ()))


def _written(value: Value) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return inert(value) if isinstance(value, str) or value is None else str(value)


def registry_workbook(
    chunks: Iterable[RegistryChunk], shown: Iterable[RegistryColumn], facts: Mapping[str, str]
) -> bytes:
    """The same as a workbook; ``facts`` say on a second sheet what was exported."""
    content = BytesIO()
    with Workbook(content, {"constant_memory": True, "remove_timezone": True}) as book:
        _initiatives(book, file_columns(shown), _entries(chunks))
        about = book.add_worksheet("About this file")
        about.set_column(0, 1, 32)
        for place, (name, words) in enumerate(facts.items()):
            about.write_string(place, 0, name)
            about.write_string(place, 1, inert(words))
    return content.getvalue()


def _initiatives(
    book: Workbook,
    wanted: Mapping[str, Callable[[_Entry], Value]],
    entries: Iterable[_Entry],
) -> None:
    sheet = book.add_worksheet("Initiatives")
    head = book.add_format({"bold": True, "bottom": 1})
    formats = {
        Decimal: book.add_format({"num_format": "#,##0.00"}),
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    for place, name in enumerate(wanted):
        sheet.set_column(place, place, 44 if name in _WIDE else max(12, len(name) + 3))
    sheet.freeze_panes(1, 1)
    for place, name in enumerate(wanted):
        sheet.write_string(0, place, name, head)
    last = 0
    for last, entry in enumerate(entries, start=1):
        for place, read in enumerate(wanted.values()):
            value = read(entry)
            _write(sheet, (last, place), value, formats.get(type(value)))
    sheet.autofilter(0, 0, last, len(wanted) - 1)


_WIDE = frozenset({"Title", "Next step", "Flag", "Stale baselines", "Journey"})


def _write(sheet: Worksheet, at: tuple[int, int], value: Value, format_: object) -> None:
    if isinstance(value, Decimal):
        sheet.write_number(*at, value, format_)
    elif isinstance(value, datetime):
        sheet.write_datetime(*at, value, format_)
    else:
        sheet.write_string(*at, inert(value))
