"""The first rows of a foreign file, for choosing columns."""

from __future__ import annotations

from pathlib import Path

import duckdb

from app.interactions.engine.draft import shown
from app.interactions.engine.duck import fetch, open_duck, open_plain
from app.interactions.engine.plain import plain_file
from app.interactions.engine.reading import in_words
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import Sample, SampleRequest

ROWS = 5
LOOKED_AT = 5_000
MOST_WORDS = 40


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
        raise FileRefusedError(in_words(error)) from error
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
    )


def _words(rows: list[tuple[object, ...]], place: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shown(row[place]) for row in rows if row[place] is not None))
