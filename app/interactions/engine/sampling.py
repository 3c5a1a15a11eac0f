"""The first rows of a foreign file, for choosing columns."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import duckdb

from app.interactions.engine.draft import shown
from app.interactions.engine.duck import fetch, open_duck, open_plain
from app.interactions.engine.plain import plain_file
from app.interactions.engine.reading import refusal_of
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import Sample, SampleRequest
from app.interactions.engine.wording import moment_format

ROWS = 5
LOOKED_AT = 5_000
MOST_WORDS = 40
_WITH_COMMA = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:[. ']\d{3})+),(?:\d{1,2}|\d{4,})")
_WITH_POINT = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:[, ']\d{3})+)\.(?:\d{1,2}|\d{4,})")
"""Numbers with a fraction; three digits after the mark could as well be thousands."""


def sample_file(request: SampleRequest) -> Sample:
    """Look at a file's first rows. Raises FileRefusedError when it is no table."""
    folder = Path(request.folder)
    try:
        with open_duck(request.limits, folder) as engine:
            plain = plain_file(
                Path(request.file), request.name, request.encoding, folder,
                delimiter=request.delimiter,
            )  # fmt: skip
            _, names = open_plain(engine, plain)
            found = fetch(engine, f"SELECT * FROM source LIMIT {LOOKED_AT}")
    except duckdb.Error as error:
        raise refusal_of(error, request.name) from error
    if not found:
        raise FileRefusedError("The file has a header but no rows.")
    columns = tuple(names)
    return Sample(
        columns=columns,
        rows=tuple(tuple(shown(cell) for cell in row) for row in found[:ROWS]),
        words={
            name: words
            for place, name in enumerate(columns)
            if len(words := _words(found, place)) <= MOST_WORDS
        },
        decimal=_decimal(found, plain.delimiter),
        formats={
            name: shape
            for place, name in enumerate(columns)
            if (shape := moment_format([row[place] for row in found])) is not None
        },
    )


def _decimal(rows: list[tuple[object, ...]], delimiter: str) -> Literal[".", ","]:
    """The mark before the digits after which none follow, by most of the cells that have one.

    Without any such cell a file with semicolons comes from where numbers have commas.
    """
    cells = [cell.strip() for row in rows for cell in row if isinstance(cell, str)]
    commas = sum(bool(_WITH_COMMA.fullmatch(cell)) for cell in cells)
    points = sum(bool(_WITH_POINT.fullmatch(cell)) for cell in cells)
    if commas == points:
        return "," if delimiter == ";" and not commas else "."
    return "," if commas > points else "."


def _words(rows: list[tuple[object, ...]], place: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shown(row[place]) for row in rows if row[place] is not None))
