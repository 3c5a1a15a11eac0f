"""The registry as a file for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from app.initiatives.queries import LineFigures, RegistryLine
from app.web.spreadsheets import csv_line, inert

HEAD = (
    "Key", "Title", "Journey", "Organisation unit", "Mainly changes", "Owner", "Cycle", "State",
    "Planned start", "Currency", "Cost", "Standalone value", "Value is declared", "Next step",
    "Flag",
)  # fmt: skip


def registry_csv(
    pages: Iterable[tuple[Sequence[RegistryLine], dict[int, LineFigures]]],
) -> Iterator[str]:
    """The registry line by line, amounts as plain decimals in their currency."""
    yield csv_line(HEAD)
    for lines, figures in pages:
        for line in lines:
            yield csv_line(_cells(line, figures[line.id]))


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
