"""Rows of a mapped table as drafts of initiatives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.table import Row, Table
from app.registry.engine import cells
from app.registry.engine.drafts import (
    CriterionDraft,
    ImportDraft,
    InitiativeDraft,
    MilestoneDraft,
    ReadingDraft,
)
from app.registry.engine.issues import Issue, Severity
from app.registry.engine.mapping import DirectionColumn, Mapping
from app.values.money import CURRENCY_DIGITS, allocate
from app.values.quarter import Quarter, QuarterSpan

_PPM = 1_000_000
T = TypeVar("T")


@dataclass(slots=True)
class _Piece:
    """What one good row says."""

    line: int
    name: str
    starts_on: date
    due_on: date
    cost_minor: int
    benefit_minor: int
    criterion: CriterionDraft | None
    readings: list[ReadingDraft]
    merge_key: tuple[str, ...]


@dataclass(slots=True)
class _Group:
    """Rows of one initiative."""

    line: int
    key: str
    title: str
    unit: str
    pieces: list[_Piece] = field(default_factory=list)
    row_count: int = 0
    left_out: int = 0


@dataclass(slots=True)
class _Reader:
    """Reads rows under one mapping into one planning horizon and collects what is wrong."""

    mapping: Mapping
    horizon: QuarterSpan
    issues: list[Issue] = field(default_factory=list)

    def refuse(self, row: Row, column: str, message: str) -> None:
        self.issues.append(Issue(row.line, column, Severity.ERROR, message))

    def note(self, row: Row, column: str, message: str) -> None:
        self.issues.append(Issue(row.line, column, Severity.NOTE, message))

    def read(self, row: Row, column: str, take: Callable[[str], T], empty: str) -> T | None:
        """One cell through ``take``; an empty or refused one is reported and gives None."""
        cell = row.cells[column]
        if not cell:
            self.refuse(row, column, empty)
            return None
        try:
            return take(cell)
        except cells.CellRefusedError as error:
            self.refuse(row, column, str(error))
            return None


def read_drafts(table: Table, mapping: Mapping, horizon: QuarterSpan) -> ImportDraft:
    """Turn a table into drafts for a cycle with that ``horizon``.

    A row with an error is left out and named; whether the rest may be saved is the caller's
    decision. Cost is spread evenly by day from the row's start (not before the horizon: what was
    spent before is sunk) to its due day. Raises FileRefusedError when columns are missing.
    """
    missing = sorted(mapping.columns() - set(table.columns))
    if missing:
        raise FileRefusedError(
            f"Line 1 lacks the column{'s' if len(missing) > 1 else ''} "
            + ", ".join(f"“{name}”" for name in missing)
            + f", which the mapping “{mapping.title}” reads."
        )
    reader = _Reader(mapping, horizon)
    groups: dict[str, _Group] = {}
    for row in table.rows:
        _take_row(reader, row, groups)
    initiatives = tuple(_initiative(reader, group) for group in groups.values() if group.pieces)
    reader.issues += [
        _partial_note(mapping, group)
        for group in groups.values()
        if group.pieces and group.left_out
    ]
    issues = tuple(sorted(reader.issues, key=lambda issue: (issue.line, issue.column)))
    return ImportDraft(len(table.rows), initiatives, issues)


def _take_row(reader: _Reader, row: Row, groups: dict[str, _Group]) -> None:
    columns = reader.mapping.initiative
    key = reader.read(row, columns.key, cells.clean_text, "The initiative's key is missing.")
    title = reader.read(row, columns.title, cells.clean_text, "The initiative's title is missing.")
    if not key:
        return
    if not title:
        if key in groups:
            groups[key].row_count += 1
            groups[key].left_out += 1
        return
    group = groups.setdefault(
        key, _Group(row.line, key, title, cells.clean_text(row.cells[columns.unit]))
    )
    group.row_count += 1
    piece = _piece(reader, row)
    if piece is None:
        group.left_out += 1
        return
    same = next((p for p in group.pieces if p.merge_key and p.merge_key == piece.merge_key), None)
    if same is None:
        group.pieces.append(piece)
    else:
        _merge(reader, row, same, piece)


def _merge(reader: _Reader, row: Row, first: _Piece, later: _Piece) -> None:
    known = {reading.measured_on for reading in first.readings}
    for reading in later.readings:
        if reading.measured_on in known:
            column = reader.mapping.reading.value if reader.mapping.reading else ""
            reader.note(
                row, column, f"{first.name[:60]}: a second measurement for {reading.measured_on}."
            )
        first.readings.append(reading)
    if first.criterion is None:
        first.criterion = later.criterion
    elif later.criterion and later.criterion.threshold != first.criterion.threshold:
        column = reader.mapping.hurdle.threshold if reader.mapping.hurdle else ""
        reader.note(
            row, column,
            f"{first.name[:60]}: the target changes here; the first one, "
            f"{first.criterion.threshold.normalize():f}, is kept as the hurdle.",
        )  # fmt: skip


def _piece(reader: _Reader, row: Row) -> _Piece | None:
    span = _dates(reader, row)
    money = _money(reader, row)
    if span is None or money is None:
        return None
    starts_on, due_on = span
    milestone = reader.mapping.milestone
    names = [cells.clean_text(row.cells[column]) for column in milestone.name]
    name = " · ".join(dict.fromkeys(part for part in names if part))
    if not name:
        reader.refuse(row, milestone.name[0], "The milestone's name is missing.")
        return None
    criterion = _criterion(reader, row)
    return _Piece(
        row.line, name, starts_on, due_on, *money, criterion,
        _readings(reader, row) if criterion else [],
        tuple(row.cells[column] for column in milestone.key),
    )  # fmt: skip


def _dates(reader: _Reader, row: Row) -> tuple[date, date] | None:
    milestone = reader.mapping.milestone
    first = reader.horizon.first.first_day
    if milestone.fiscal_year:
        due = reader.read(
            row, milestone.fiscal_year, lambda cell: cells.fiscal_quarter_end(cell, "4"),
            "The fiscal year is missing.",
        )  # fmt: skip
        return (first, due) if due else None
    column = next((name for name in milestone.due_on if row.cells[name]), milestone.due_on[0])
    due = reader.read(row, column, cells.day, "The completion date is missing.")
    starts = first
    if milestone.starts_on:
        read = reader.read(row, milestone.starts_on, cells.day, "The start date is missing.")
        if read is None:
            return None
        starts = read
    if due is None:
        return None
    if due < starts:
        reader.refuse(row, column, f"It ends on {due}, before it starts on {starts}.")
        return None
    if due < first:
        reader.refuse(row, column, f"It ended on {due}, before the cycle's first day {first}.")
        return None
    if due > reader.horizon.last.last_day:
        reader.note(row, column, f"It ends on {due}, after the cycle's last quarter.")
    return starts, due


def _money(reader: _Reader, row: Row) -> tuple[int, int] | None:
    """Cost and declared benefit of a row in minor units; None when the row is refused."""
    mapping = reader.mapping
    digits = CURRENCY_DIGITS[mapping.currency]
    if mapping.cost is None:
        return 0, 0
    scale = mapping.cost.scale
    cost = reader.read(
        row, mapping.cost.column, lambda cell: cells.minor_units(cell, scale, digits),
        "The planned cost is missing.",
    )  # fmt: skip
    if cost is None:
        return None
    benefit = mapping.benefit
    if benefit is None or benefit.column is None:
        return cost, 0
    benefit_scale = benefit.scale
    declared = reader.read(
        row, benefit.column, lambda cell: cells.minor_units(cell, benefit_scale, digits),
        "The declared benefit is missing.",
    )  # fmt: skip
    return None if declared is None else (cost, declared)


def _criterion(reader: _Reader, row: Row) -> CriterionDraft | None:
    hurdle = reader.mapping.hurdle
    if hurdle is None:
        return None
    direction = hurdle.direction
    if isinstance(direction, DirectionColumn):
        word = row.cells[direction.column]
        if word not in direction.at_least + direction.at_most:
            reader.note(row, direction.column, f"“{word}”: the milestone comes without a hurdle.")
            return None
        direction = "at_least" if word in direction.at_least else "at_most"
    try:
        threshold = cells.measure(row.cells[hurdle.threshold])
        start = row.cells[hurdle.baseline] if hurdle.baseline else ""
        baseline = cells.measure(start) if start else None
    except cells.CellRefusedError as error:
        reader.note(row, hurdle.threshold, f"No usable target ({error}); no hurdle is made.")
        return None
    metric = row.cells[hurdle.metric] if hurdle.metric_is_column else hurdle.metric
    return CriterionDraft(
        cells.clean_text(metric) or "Target", hurdle.unit, direction, baseline, threshold,
        hurdle.must_meet,
    )  # fmt: skip


def _readings(reader: _Reader, row: Row) -> list[ReadingDraft]:
    columns = reader.mapping.reading
    if columns is None or not row.cells[columns.value]:
        return []
    try:
        value = cells.measure(row.cells[columns.value])
        if columns.fiscal_year and columns.fiscal_quarter:
            measured_on = cells.fiscal_quarter_end(
                row.cells[columns.fiscal_year], row.cells[columns.fiscal_quarter]
            )
        else:
            measured_on = cells.day(row.cells[columns.measured_on or columns.value])
    except cells.CellRefusedError as error:
        reader.note(row, columns.value, f"The measurement is left out: {error}")
        return []
    return [ReadingDraft(row.line, value, measured_on, columns.source)]


def _initiative(reader: _Reader, group: _Group) -> InitiativeDraft:
    first_day = reader.horizon.first.first_day
    starts = [max(piece.starts_on, first_day) for piece in group.pieces]
    start = Quarter.containing(min(starts))
    last = Quarter.containing(max(piece.due_on for piece in group.pieces))
    spend = [0] * (last - start + 1)
    remaining = []
    for piece, begins in zip(group.pieces, starts, strict=True):
        left = _remaining_minor(piece, begins)
        remaining.append(left)
        if left < piece.cost_minor:
            reader.issues.append(_sunk_note(reader, piece, begins))
        for index, amount in _spread(left, begins, piece.due_on, start):
            spend[index] += amount
    total = sum(spend)
    return InitiativeDraft(
        group.line, reader.mapping.initiative.key_prefix + group.key, group.title, group.unit,
        reader.mapping.initiative.lens, start, tuple(spend), last - start,
        _declared(reader.mapping, group, total), _milestones(group.pieces, remaining),
        tuple(piece.cost_minor for piece in group.pieces),
    )  # fmt: skip


def _partial_note(mapping: Mapping, group: _Group) -> Issue:
    """That an initiative comes with some of its rows only, so that its cost is too small."""
    key = mapping.initiative.key_prefix + group.key
    rest = group.row_count - group.left_out
    verb = "was" if group.left_out == 1 else "were"
    return Issue(
        group.line, "", Severity.NOTE,
        f"{key}: {group.left_out} of its {group.row_count} rows {verb} left out of the import;"
        f" its cost is that of {rest}.",
        key,
    )  # fmt: skip


def _sunk_note(reader: _Reader, piece: _Piece, begins: date) -> Issue:
    column = reader.mapping.milestone.starts_on or ""
    return Issue(
        piece.line, column, Severity.NOTE,
        f"It started on {piece.starts_on}; only cost from {begins} on counts, the rest is sunk.",
    )  # fmt: skip


def _remaining_minor(piece: _Piece, begins: date) -> int:
    whole = (piece.due_on - piece.starts_on).days + 1
    gone = (begins - piece.starts_on).days
    return allocate(piece.cost_minor, [whole - gone, gone])[0]


def _spread(minor: int, begins: date, due: date, start: Quarter) -> Iterable[tuple[int, int]]:
    """Split an amount over the quarters from ``begins`` to ``due`` by the days in each."""
    first, last = Quarter.containing(begins), Quarter.containing(due)
    quarters = [first + i for i in range(last - first + 1)]
    days = [(min(due, q.last_day) - max(begins, q.first_day)).days + 1 for q in quarters]
    return zip((q - start for q in quarters), allocate(minor, days), strict=True)


def _declared(mapping: Mapping, group: _Group, cost_minor: int) -> int | None:
    benefit = mapping.benefit
    if benefit is None:
        return None
    if benefit.share_of_cost is not None:
        return int((cost_minor * benefit.share_of_cost).to_integral_value())
    return sum(piece.benefit_minor for piece in group.pieces)


def _milestones(pieces: list[_Piece], remaining: list[int]) -> tuple[MilestoneDraft, ...]:
    weights = remaining if any(remaining) else [1] * len(pieces)
    shares = allocate(_PPM, weights)
    drafts = [
        MilestoneDraft(
            piece.line, piece.name, piece.due_on, Decimal(share) / _PPM, money, piece.criterion,
            tuple(sorted(piece.readings, key=lambda r: (r.measured_on, r.line))),
        )
        for piece, share, money in zip(pieces, shares, remaining, strict=True)
    ]  # fmt: skip
    return tuple(sorted(drafts, key=lambda draft: (draft.due_on, draft.line)))
