"""One customer's rows out of a log, the whole file written anew."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from app.interactions.engine.duck import (
    fetch_one,
    in_words,
    open_duck,
    quoted,
    write_parquet,
)
from app.interactions.engine.log import LOG_FILE, SCRATCH
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import EraseReport, EraseRequest


def erase_customer(request: EraseRequest) -> EraseReport:
    """Replace the log by one without the customer's rows; untouched if there are none or to count.

    The new file takes the old one's place at once, so a kill leaves one of the two.
    """
    folder = Path(request.folder)
    path, fresh = folder / LOG_FILE, folder / f"{LOG_FILE}.new"
    if not path.is_file():
        raise FileRefusedError("The log's file is gone; take the import back.")
    scan = f"read_parquet({quoted(str(path))})"
    theirs = f"customer IS NOT DISTINCT FROM {request.customer}"
    try:
        with (
            TemporaryDirectory(prefix=SCRATCH, dir=folder) as scratch,
            open_duck(request.limits, Path(scratch)) as engine,
        ):
            rows, erased, contacts = fetch_one(
                engine,
                f"SELECT count(*), count(*) FILTER ({theirs}),"
                f" coalesce(sum(contacts) FILTER ({theirs}), 0) FROM {scan}",
            )
            if erased and not request.only_counts:
                write_parquet(engine, f"SELECT * FROM {scan} WHERE NOT ({theirs})", fresh)
                os.replace(fresh, path)
    except duckdb.Error as error:
        fresh.unlink(missing_ok=True)
        raise FileRefusedError(f"The log cannot be read: {in_words(error)}.") from error
    return EraseReport(erased=erased, contacts=int(contacts), rows=rows - erased)
