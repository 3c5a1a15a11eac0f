"""The registry as a file for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.initiatives.queries import LineFigures, RegistryLine
from app.journeys.rules import StaleBaseline
from app.values.spreadsheets import csv_line, inert

HEAD = (
    "Key", "Title", "Journey", "Organisation unit", "Mainly changes", "Owner", "Cycle", "State",
    "Planned start", "Currency", "Cost", "Standalone value", "Value is declared", "Next step",
    "Flag", "Stale baselines",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RegistryChunk:
    """Some lines with their figures and, by id, the stale baselines their values stand on."""

    lines: Sequence[RegistryLine]
    figures: Mapping[int, LineFigures]
    stale: Mapping[int, Sequence[StaleBaseline]]


def registry_csv(chunks: Iterable[RegistryChunk]) -> Iterator[str]:
    """The registry line by line, amounts as plain decimals in their currency."""
    yield csv_line(HEAD)
    for chunk in chunks:
        for line in chunk.lines:
            marks = chunk.stale.get(line.id, ())
            yield csv_line(_cells(line, chunk.figures[line.id], marks))


def _cells(line: RegistryLine, figures: LineFigures, stale: Sequence[StaleBaseline]) -> list[str]:
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
        inert("; ".join(f"{mark.name}: {mark.words}" for mark in stale)),
    ]
