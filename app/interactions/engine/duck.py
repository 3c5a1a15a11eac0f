"""DuckDB as this engine uses it: bounded, alone with its files, never fetching anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from app.interactions.engine import cells
from app.interactions.engine.log import COLUMNS
from app.interactions.engine.plain import PlainFile, check_columns
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import Limits
from app.interactions.engine.vocabulary import NOTHING, Vocabulary

MOST_REJECTS = 100_000
LONGEST_LINE = 4_000_000
_TEMPORAL = {
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamp('UTC')",
}
_NUMERIC = {
    "TINYINT": "int8", "SMALLINT": "int16", "INTEGER": "int32", "BIGINT": "int64",
    "UTINYINT": "uint8", "USMALLINT": "uint16", "UINTEGER": "uint32", "UBIGINT": "uint64",
    "FLOAT": "float32", "DOUBLE": "float64", "HUGEINT": "decimal(38, 0)",
}  # fmt: skip
_PLACE = re.compile(r"""(?:file )?(?:'[^']*/[^']*'|"[^"]*/[^"]*"|(?<!\w)/[^\s'"]+)""")
_NESTED = re.compile(r"\[|STRUCT|MAP|UNION|BLOB|LIST")
_PARQUET = "FORMAT parquet, PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 2000, ROW_GROUP_SIZE 61440"
"""Texts of a log are few different ones, or so many that a dictionary of them is built in vain.
Groups of half the usual size stay in a processor's own memory.
"""


@ibis.udf.scalar.builtin(name="array_extract", signature=(("string", "int64"), "string"))
def _sign(text, place): ...  # type: ignore[no-untyped-def]


@ibis.udf.scalar.builtin(name="strlen", signature=(("string",), "int64"))
def _bytes(text): ...  # type: ignore[no-untyped-def]


@contextmanager
def open_duck(limits: Limits, scratch: Path) -> Iterator[Backend]:
    """A DuckDB of its own in memory, which may spill into ``scratch``."""
    engine = ibis.duckdb.connect(
        memory_limit=f"{limits.memory_mb}MB", threads=limits.threads,
        temp_directory=str(scratch / "spill"),
        autoinstall_known_extensions=False, autoload_known_extensions=False,
    )  # fmt: skip
    engine.raw_sql("SET TimeZone = 'UTC'")
    try:
        yield engine
    finally:
        engine.disconnect()


def in_words(error: duckdb.Error) -> str:
    """What DuckDB has to say, in one line and without the places of files on this machine."""
    said = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return _PLACE.sub("the file", said)[:200].rstrip(". ")


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def fetch(engine: Backend, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    return list(engine.raw_sql(query).fetchall())


def fetch_one(engine: Backend, query: str) -> tuple[Any, ...]:
    return fetch(engine, query)[0]


def sql_of(table: ir.Table) -> str:
    """An expression as DuckDB's SQL."""
    return str(ibis.to_sql(table, dialect="duckdb"))


def write_parquet(engine: Backend, query: str, target: Path) -> None:
    """Write a query's rows, in their order, as a log is kept."""
    engine.raw_sql(f"COPY ({query}) TO {quoted(str(target))} ({_PARQUET})")


def bare(cell: ir.StringValue) -> ir.StringValue:
    """As `cells.bare`; DuckDB's trim takes ten times as long as looking whether there is any to do.

    Every sign that is trimmed sorts before “!” by its bytes, and so does the empty text.
    """
    end = _sign(cell, ibis.literal(-1, "int64"))
    return ibis.ifelse((cell < "!") | (end < "!"), cells.bare(cell), cell)


def is_longer(cell: ir.StringValue, signs: int) -> ir.BooleanValue:
    """As `cells.is_longer`; signs are counted only where there are bytes enough for so many."""
    return ibis.ifelse(_bytes(cell) > signs, cells.is_longer(cell, signs), False)


def is_turned(cell: ir.StringValue) -> ir.BooleanValue:
    """As `cells.is_turned`; the marks are looked for only where a sign takes more than a byte."""
    return ibis.ifelse(_bytes(cell) > cell.length(), cells.is_turned(cell), False)


def settled(engine: Backend, table: ir.Table) -> ir.Table:
    """The table as a view, into which what is made of it does not melt."""
    name = f"stage_{uuid4().hex[:8]}"
    engine.raw_sql(f"CREATE VIEW {name} AS {sql_of(table)}")
    return ibis.table(table.schema(), name=name)


def open_plain(
    engine: Backend, file: PlainFile, few: Vocabulary = NOTHING
) -> tuple[ir.Table, dict[str, str]]:
    """The file's rows in their order, and its columns' names → those of the table.

    Columns are called c1, c2 …, so that no name from a file gets into a statement. All are text
    but the numbers, moments and days of a Parquet file. The view ``numbered`` has the number of
    each row in the file besides; giving it takes all rows through one thread. Columns of ``few``
    words are kept as places among them; a cell that is none of them is a ConversionException.
    """
    if file.kind == "parquet":
        columns, kinds, scan = _parquet_scan(engine, file)
    else:
        columns, scan = file.columns, _csv_scan(file)
        kinds = ("string",) * len(columns)
    names = {name: f"c{i}" for i, name in enumerate(columns, 1)}
    looked_up = _looked_up(engine, {names[name]: words for name, words in few.items()})
    engine.raw_sql(f"CREATE OR REPLACE VIEW source AS SELECT *{looked_up} FROM {scan}")
    engine.raw_sql(
        "CREATE OR REPLACE VIEW numbered AS SELECT *, row_number() OVER () + 1 AS row FROM source"
    )
    schema = {f"c{i}": kind for i, kind in enumerate(kinds, 1)}
    return ibis.table(schema, name="source"), names


def open_log(engine: Backend, path: Path, *, but: str = "false") -> ir.Table:
    """A log that was read, as the table ``log``, without the rows for which ``but`` holds."""
    engine.raw_sql(
        f"CREATE OR REPLACE VIEW log AS FROM read_parquet({quoted(str(path))}) WHERE NOT ({but})"
    )
    return ibis.table(COLUMNS, name="log")


def _looked_up(engine: Backend, few: Vocabulary) -> str:
    """What makes columns places among their words, after a star.

    A bare cast would be done by the reader of the file, which leaves out rows it fails for.
    """
    for column, words in few.items():
        listed = ", ".join(map(quoted, words))
        engine.raw_sql(f"CREATE TYPE words_{column} AS ENUM ({listed})")
    taken = ", ".join(
        f"CASE WHEN {one} IS NOT NULL THEN {one}::words_{one} END AS {one}" for one in few
    )
    return f" REPLACE ({taken})" if taken else ""


def _typed_as(kind: str) -> str:
    """How a column of a Parquet file is taken: numbers, moments and days as such, else as text."""
    if kind.startswith("DECIMAL("):
        return kind.lower()
    return _TEMPORAL.get(kind) or _NUMERIC.get(kind, "string")


def _csv_scan(file: PlainFile) -> str:
    types = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(1, len(file.columns) + 1))
    return (
        f"read_csv({quoted(str(file.path))}, auto_detect=false, header=true,"
        f" delim={quoted(file.delimiter)}, quote='\"', escape='\"', columns={{{types}}},"
        f" store_rejects=true, rejects_limit=0, max_line_size={LONGEST_LINE})"
    )


def _parquet_scan(engine: Backend, file: PlainFile) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """The columns, their types as the log's expressions take them, and what reads them."""
    source = f"read_parquet({quoted(str(file.path))})"
    described = fetch(engine, f"DESCRIBE SELECT * FROM {source}")
    columns = tuple(str(row[0]) for row in described)
    check_columns(columns)
    kinds, taken = [], []
    for position, (name, kind, *_) in enumerate(described, 1):
        if _NESTED.search(str(kind)):
            raise FileRefusedError(
                f"The column “{name[:60]}” holds lists or bytes, not single values."
            )
        kinds.append(_typed_as(str(kind)))
        cast = "" if kinds[-1] != "string" else "::VARCHAR"
        taken.append(f"c{position}{cast} AS c{position}")
    names = ", ".join(f"c{i}" for i in range(1, len(columns) + 1))
    scan = f"(SELECT {', '.join(taken)} FROM {source} AS t({names}))"
    return columns, tuple(kinds), scan
