"""A foreign file into the log's Parquet, whole or not at all, every doubtful row named."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from app.interactions.engine.checks import Check, Checks
from app.interactions.engine.draft import NAMED, Reading, rows_in, shown
from app.interactions.engine.duck import (
    bare,
    fetch,
    fetch_one,
    in_words,
    is_longer,
    open_duck,
    open_plain,
    quoted,
    settled,
    sql_of,
    write_parquet,
)
from app.interactions.engine.log import LOG_FILE
from app.interactions.engine.plain import check_mapped, plain_file
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.rejects import real_row, reject_issues, rejected_lines
from app.interactions.engine.requests import Issue, ReadReport, ReadRequest
from app.interactions.engine.screening import (
    copies,
    copy_count,
    faults,
    masking,
    personal_texts,
    told_personal,
)
from app.interactions.engine.staging import Ways, staged
from app.interactions.engine.typed import Typing, typed_rows


def read_log(request: ReadRequest) -> ReadReport:
    """Read the file by its mapping into ``log.parquet`` of the folder.

    Without leave-out, errors leave no log behind. Raises FileRefusedError when the file is no
    table the mapping fits.
    """
    folder = Path(request.folder)
    folder.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix="scratch-", dir=folder) as scratch,
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
        Path(request.file), request.name, mapping.encoding, scratch, decimal=mapping.decimal
    )
    source, names = open_plain(engine, plain)
    check_mapped(list(mapping.columns()), tuple(names), mapping.title)
    if mapping.spread:
        source = ibis.table(dict(source.schema().items()) | {"row": "int64"}, name="numbered")
    ways = Ways(partial(settled, engine), bare, is_longer, has_blanks=plain.kind == "csv")
    table, checks = _typed(source, names, request, ways)
    draft = scratch / "draft.parquet"
    write_parquet(engine, sql_of(table), draft)
    reading = Reading(engine, request, source, names, checks, draft, rejected_lines(engine))
    return _finished(reading, log)


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


def _finished(reading: Reading, log: Path) -> ReadReport:
    engine, request = reading.engine, reading.request
    read, faulty, doubted = fetch_one(
        engine,
        f"SELECT count(*), count(*) FILTER ({reading.is_faulty}), max(doubts) FROM {reading.scan}",
    )
    if not read and not reading.lines:
        raise FileRefusedError("The file has a header but no rows that count as contacts.")
    issues = reject_issues(reading.lines)[:NAMED]
    count = len(reading.lines)
    if doubted:
        found, total = _doubts(reading)
        issues, count = issues + found, count + total
    twice = copies(reading)
    texts = personal_texts(reading)
    personal, told = told_personal(reading, texts)
    issues += twice + personal
    refused_texts = list(texts) if request.personal_data == "refuse" else []
    errors = len(reading.lines) + _error_rows(reading, faulty, bool(twice), refused_texts)
    count += told + copy_count(reading, bool(twice))
    kept = 0
    if not errors or request.leave_out_errors:
        is_whole = read == rows_in(engine, reading.draft) and not reading.is_spread
        kept = _keep(reading, log, is_sound=is_whole and not errors and not texts, texts=texts,
                     has_copies=bool(twice))  # fmt: skip
    days = fetch_one(
        engine,
        "SELECT min(occurred_on), max(occurred_on), coalesce(sum(contacts), 0)"
        f" FROM read_parquet({quoted(str(log))})" if kept else "SELECT NULL, NULL, 0",
    )  # fmt: skip
    return ReadReport(
        rows=read + len(reading.lines), errors=errors, kept=kept, contacts=int(days[2]),
        first_on=request.mapping.covers_from(days[0]), last_on=days[1],
        issues=tuple(sorted(issues, key=lambda one: (one.severity, one.row))), issue_count=count,
    )  # fmt: skip


def _doubts(reading: Reading) -> tuple[list[Issue], int]:
    """The first rows of each fault with what stood in them, and how many there are in all."""
    issues: list[Issue] = []
    total = 0
    lines = sorted(reading.lines)
    for check in reading.checks.found:
        rows = [
            row[0]
            for row in fetch(
                reading.engine,
                f"SELECT row FROM {reading.scan} WHERE doubts & {check.mask} <> 0"
                f" ORDER BY row LIMIT {NAMED}",
            )
        ]
        if not rows:
            continue
        total += fetch_one(
            reading.engine,
            f"SELECT count(*) FROM {reading.scan} WHERE doubts & {check.mask} <> 0",
        )[0]
        issues += [
            Issue(
                row=real_row(row, lines), column=check.columns[0],
                severity="error" if check.is_error else "note",
                message=check.words.replace("{cell}", shown(cell)),
            )
            for row, cell in _cells_of(reading, check, rows)
        ]  # fmt: skip
    return issues, total


def _cells_of(reading: Reading, check: Check, rows: list[int]) -> list[tuple[int, Any]]:
    """What stands in the named column of these rows, read from the file again."""
    column = reading.names[check.columns[0]]
    wanted = ", ".join(str(row) for row in rows)
    return [
        (row, cell)
        for row, cell in fetch(
            reading.engine,
            f"SELECT row, {column} FROM numbered WHERE row IN ({wanted}) ORDER BY row",
        )
    ]


def _error_rows(reading: Reading, faulty: int, has_copies: bool, refused_texts: list[str]) -> int:
    if not has_copies and not refused_texts:
        return faulty
    condition = faults(reading, has_copies, refused_texts)
    return int(
        fetch_one(reading.engine, f"SELECT count(*) FROM {reading.scan} WHERE {condition}")[0]
    )


def _keep(
    reading: Reading, log: Path, *, is_sound: bool, texts: dict[str, str], has_copies: bool
) -> int:
    """Put the good rows where the log stands; the draft itself when it is all good."""
    engine = reading.engine
    if is_sound:
        os.replace(reading.draft, log)
    else:
        is_mask = reading.request.personal_data == "mask"
        condition = faults(reading, has_copies, [] if is_mask else list(texts))
        shown_as = "* EXCLUDE (row)"
        if is_mask and texts:
            shown_as += masking(reading, texts)
        write_parquet(engine, f"SELECT {shown_as} FROM {reading.scan} WHERE NOT ({condition})", log)
    return rows_in(engine, log)
