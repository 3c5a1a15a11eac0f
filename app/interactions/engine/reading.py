"""A foreign file into the log's Parquet, whole or not at all, every doubtful row named."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from app.interactions.engine.checks import Checks
from app.interactions.engine.draft import Reading
from app.interactions.engine.duck import (
    bare,
    in_words,
    is_longer,
    is_turned,
    open_duck,
    open_plain,
    settled,
    sql_of,
    write_parquet,
)
from app.interactions.engine.finishing import finished
from app.interactions.engine.log import LOG_FILE, SCRATCH
from app.interactions.engine.plain import PlainFile, check_mapped, plain_file
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.rejects import rejected_lines
from app.interactions.engine.requests import ReadReport, ReadRequest
from app.interactions.engine.staging import Ways, staged
from app.interactions.engine.typed import Typing, typed_rows
from app.interactions.engine.vocabulary import NOTHING, Vocabulary, few_words


def read_log(request: ReadRequest) -> ReadReport:
    """Read the file by its mapping into ``log.parquet`` of the folder.

    Without leave-out, errors leave no log behind. Raises FileRefusedError when the file is no
    table the mapping fits.
    """
    folder = Path(request.folder)
    folder.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix=SCRATCH, dir=folder) as scratch,
        open_duck(request.limits, Path(scratch)) as engine,
    ):
        try:
            return _read(engine, request, Path(scratch), folder / LOG_FILE)
        except duckdb.Error as error:
            raise refusal_of(error, request.name) from error


def refusal_of(error: duckdb.Error, name: str) -> FileRefusedError:
    """Why a file of this name cannot be read, in words; they never say where it lies."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return FileRefusedError(
            "Reading the file takes more memory than INTERACTIONS_MEMORY_MB allows; raise it, or"
            " split the file."
        )
    if name.lower().endswith(".parquet"):
        return FileRefusedError(
            "The Parquet file cannot be read; it is damaged or was not written whole. Write it"
            f" again. ({in_words(error)}.)"
        )
    return FileRefusedError(f"The file cannot be read: {in_words(error)}.")


def _read(engine: Backend, request: ReadRequest, scratch: Path, log: Path) -> ReadReport:
    mapping = request.mapping
    plain = plain_file(
        Path(request.file), request.name, mapping.encoding, scratch, decimal=mapping.decimal,
        delimiter=mapping.delimiter,
    )  # fmt: skip
    erased = ", ".join(map(str, request.erased))
    engine.raw_sql(f"CREATE TEMP TABLE erased AS SELECT unnest([{erased}]::BIGINT[]) AS customer")
    few = few_words(plain, mapping)
    try:
        reading = _drafted(engine, request, plain, scratch, few)
    except duckdb.ConversionException:
        if not few:
            raise
        reading = _drafted(engine, request, plain, scratch, NOTHING)
    return finished(reading, log)


def _drafted(
    engine: Backend, request: ReadRequest, plain: PlainFile, scratch: Path, few: Vocabulary
) -> Reading:
    """Write all rows as a draft. Raises ConversionException where a cell is none of few words."""
    mapping = request.mapping
    source, names = open_plain(engine, plain, few)
    check_mapped(list(mapping.columns()), tuple(names), mapping.title)
    if mapping.spread:
        source = ibis.table(dict(source.schema().items()) | {"row": "int64"}, name="numbered")
    ways = Ways(
        partial(settled, engine), bare, is_longer, is_turned, has_blanks=plain.kind == "csv",
        unsolved=plain.unsolved, few=few,
    )  # fmt: skip
    table, checks = _typed(source, names, request, ways)
    draft = scratch / "draft.parquet"
    write_parquet(engine, sql_of(table), draft)
    return Reading(engine, request, source, names, checks, draft, rejected_lines(engine))


def _typed(
    source: ir.Table, names: dict[str, str], request: ReadRequest, ways: Ways
) -> tuple[ir.Table, Checks]:
    """The log's rows; of a file with several columns of contacts, one after the other."""
    mapping = request.mapping
    cells = staged(source, names, mapping, ways)
    checks = Checks()
    tables = [
        typed_rows(
            Typing(
                cells, mapping, request.digits, request.now, request.secret, Checks(checks.found)
            ),
            one,
        )
        for one in mapping.spread or (None,)
    ]
    return (tables[0] if len(tables) == 1 else ibis.union(*tables)), checks
