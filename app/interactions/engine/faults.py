"""All that is wrong with a file's rows as CSV, of which a report names only the first."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.interactions.engine.draft import Reading, shown
from app.interactions.engine.known import changed_kind, changed_rows
from app.interactions.engine.log import FREE_TEXTS
from app.interactions.engine.rejects import real_row, reject_issues
from app.interactions.engine.screening import COPY, SECOND, Bars, column_of, listed, told_as
from app.values.spreadsheets import inert

HEAD = ("Row", "Column", "Value", "Kind", "Reason")
_AT_ONCE = 10_000
Line = tuple[int, str, str, str, str]


def write_faults(reading: Reading, bars: Bars, target: Path) -> None:
    """Write row, column, value, kind and reason of every fault, fault by fault in row order.

    What looks like a formula gets an apostrophe before it. Personal data are not repeated.
    """
    with target.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(HEAD)
        for row, column, value, kind, reason in _lines(reading, bars):
            writer.writerow((row, inert(column), inert(value), kind, inert(reason)))


def _lines(reading: Reading, bars: Bars) -> Iterator[Line]:
    for one in reject_issues(reading.lines):
        yield one.row, "", "", "error", one.message
    lines = sorted(reading.lines)
    for check in reading.checks.found:
        kind = "error" if check.is_error else "note"
        cell = reading.names[check.columns[0]]
        query = (
            f"SELECT draft.row, file.{cell} FROM {reading.scan} AS draft JOIN numbered AS file"
            f" ON file.row = draft.row WHERE draft.doubts & {check.mask} <> 0 ORDER BY draft.row"
        )
        for row, found in _rows(reading, query):
            said = check.said(found, shown(found))
            yield real_row(row, lines), check.columns[0], _value(found), kind, said
    name = reading.request.mapping.id or ""
    if bars.has_copies:
        query = f"{SECOND.format(scan=reading.scan)} ORDER BY row"
        for row, found in _rows(reading, query):
            yield real_row(row, lines), name, _value(found), "error", COPY.format(shown(found))
    if bars.known is not None:
        for row, found, said in changed_rows(reading, bars.known):
            yield row, name, _value(found), changed_kind(reading), said
    yield from _personal(reading, bars.texts, lines)


def _personal(reading: Reading, texts: dict[str, str], lines: list[int]) -> Iterator[Line]:
    if not texts:
        return
    is_mask, what = told_as(reading)
    for name in FREE_TEXTS:
        column = column_of(reading, name)
        if column is None:
            continue
        query = (
            f"SELECT row, {name} FROM {reading.scan} WHERE {name} IN ({listed(texts)}) ORDER BY row"
        )
        for row, text in _rows(reading, query):
            said = f"This seems to hold {texts[text]}; {what}."
            yield real_row(row, lines), column, "", "note" if is_mask else "error", said


def _rows(reading: Reading, query: str) -> Iterator[tuple[Any, ...]]:
    found = reading.engine.raw_sql(query)
    while some := found.fetchmany(_AT_ONCE):
        yield from some


def _value(cell: Any) -> str:
    """A cell in one line, whole but for what no spreadsheet's cell would show."""
    return " ".join(str("" if cell is None else cell).split())[:1_000]
