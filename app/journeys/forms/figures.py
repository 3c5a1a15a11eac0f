"""Read the figures of a baseline from a CSV file, naming every bad line and column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from decimal import Decimal

from app.errors import InvalidError
from app.journeys.rules import FILE_COLUMNS, UNMET_COLUMN, Channel, Measured, StageKind
from app.values.money import MoneyFormatError, parse_money

MOST_LINES = 500

_NUMBER = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,6})?")
_MEASURES = ("contacts_per_year", "satisfaction", "target", "importance", "minutes_per_contact")


def read_figures(
    content: bytes, touchpoints: Mapping[tuple[StageKind, Channel], int], currency: str
) -> dict[int, Measured]:
    """The figures of a UTF-8 file with the columns of FILE_COLUMNS, by touchpoint id.

    The column of unmet shares may be missing or empty.

    Comma and semicolon separate alike; columns may come in any order, others are ignored, and a
    line without figures is left out. Raises InvalidError whose fields are "line 3, satisfaction".
    """
    rows = _rows(content)
    figures: dict[int, Measured] = {}
    problems: dict[str, str] = {}
    for line, row in rows:
        if not any(row[name] for name in FILE_COLUMNS[2:]):
            continue
        cell = _cell(row, line, problems)
        if cell is None:
            continue
        if cell not in touchpoints:
            problems[f"line {line}, channel"] = "The journey has no touchpoint at this place."
        elif touchpoints[cell] in figures:
            problems[f"line {line}, channel"] = "This touchpoint stands in the file already."
        elif (one := _measured(row, line, currency, problems)) is not None:
            figures[touchpoints[cell]] = one
    if problems:
        named = {place: f"{place.capitalize()}: {words}" for place, words in problems.items()}
        raise InvalidError("The file has not been read.", fields=named)
    if not figures:
        raise InvalidError("The file holds no figures.", field="file")
    return figures


def _rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """The lines by number, each with every column there may be as stripped text."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidError("Save the file as CSV in UTF-8.", field="file") from error
    first = text.partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        head = [(name or "").strip().lower() for name in reader.fieldnames or ()]
        missing = [name for name in FILE_COLUMNS if name not in head]
        if missing:
            raise InvalidError(f"The file lacks the column {', '.join(missing)}.", field="file")
        reader.fieldnames = head
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise InvalidError(f"The file is not sound CSV: {error}.", field="file") from error
    if len(rows) > MOST_LINES:
        raise InvalidError(f"A file holds at most {MOST_LINES} lines.", field="file")
    return [
        (
            line,
            {name: (row.get(name) or "").strip() for name in (*FILE_COLUMNS, UNMET_COLUMN)},
        )
        for line, row in rows
    ]


def _cell(
    row: Mapping[str, str], line: int, problems: dict[str, str]
) -> tuple[StageKind, Channel] | None:
    stages = {kind.value: kind for kind in StageKind}
    channels = {channel.value: channel for channel in Channel}
    stage, channel = stages.get(row["stage"].lower()), channels.get(row["channel"].lower())
    if stage is None:
        problems[f"line {line}, stage"] = f"Use one of {', '.join(stages)}."
    if channel is None:
        problems[f"line {line}, channel"] = f"Use one of {', '.join(channels)}."
    return (stage, channel) if stage and channel else None


def _measured(
    row: Mapping[str, str], line: int, currency: str, problems: dict[str, str]
) -> Measured | None:
    read: dict[str, Decimal] = {}
    for name in _MEASURES:
        try:
            read[name] = _number(row[name])
        except ValueError:
            problems[f"line {line}, {name}"] = "Enter a number such as 1,250 or 3.75."
    unmet = _unmet(row, line, problems)
    try:
        cost = parse_money(row["cost_per_contact"], currency).minor
    except MoneyFormatError as error:
        problems[f"line {line}, cost_per_contact"] = str(error)
        return None
    if len(read) < len(_MEASURES):
        return None
    return Measured(
        contacts_per_year=read["contacts_per_year"],
        satisfaction=read["satisfaction"],
        satisfaction_target=read["target"],
        importance=read["importance"],
        cost_per_contact_minor=cost,
        minutes_per_contact=read["minutes_per_contact"],
        unmet_share=unmet,
    )


def _unmet(row: Mapping[str, str], line: int, problems: dict[str, str]) -> Decimal | None:
    if not row[UNMET_COLUMN]:
        return None
    try:
        share = _number(row[UNMET_COLUMN])
    except ValueError:
        share = Decimal(-1)
    if not 0 <= share <= 1:
        problems[f"line {line}, {UNMET_COLUMN}"] = "Enter a share from 0 to 1, such as 0.25."
        return None
    return share


def _number(text: str) -> Decimal:
    bare = text.replace("\u2212", "-").replace(",", "")
    if not _NUMBER.fullmatch(bare):
        raise ValueError(text)
    return Decimal(bare)
