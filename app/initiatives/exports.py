"""The registry as a file for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from app.initiatives.queries import LineFigures, RegistryLine

HEAD = (
    "Key", "Title", "Journey", "Organisation unit", "Mainly changes", "Owner", "Cycle", "State",
    "Planned start", "Currency", "Cost", "Standalone value", "Value is declared", "Next step",
    "Flag",
)  # fmt: skip
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def inert(text: str | None) -> str:
    """Text that no spreadsheet takes for a formula: such a start gets an apostrophe before it."""
    return f"'{text}" if text and text.startswith(_FORMULA_STARTS) else text or ""


def registry_csv(
    pages: Iterable[tuple[Sequence[RegistryLine], dict[int, LineFigures]]],
) -> Iterator[str]:
    """The registry line by line, amounts as plain decimals in their currency."""
    yield _line(HEAD)
    for lines, figures in pages:
        for line in lines:
            yield _line(_cells(line, figures[line.id]))


def _cells(line: RegistryLine, figures: LineFigures) -> list[str]:
    return [
        inert(line.key),
        inert(line.title),
        inert(line.journey),
        inert(line.unit),
        line.lens.word,
        inert(line.owner),
        inert(line.cycle),
        line.state.word,
        str(line.planned_start),
        line.currency,
        str(line.cost.amount),
        "" if figures.value is None else str(figures.value.amount),
        "yes" if figures.is_declared else "no",
        inert(figures.next_step),
        inert(figures.flag),
    ]


def _line(cells: Sequence[str]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()
