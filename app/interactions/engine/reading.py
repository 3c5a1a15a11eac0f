"""A foreign file into the log's Parquet, whole or not at all, every doubtful row named."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from app.interactions.engine.checks import SKIPPED, Check, Checks
from app.interactions.engine.duck import (
    bare,
    fetch,
    fetch_one,
    open_duck,
    open_plain,
    quoted,
    settled,
    sql_of,
    write_parquet,
)
from app.interactions.engine.log import FREE_TEXTS, LOG_FILE
from app.interactions.engine.personal import masked, personal_kind
from app.interactions.engine.plain import check_mapped, plain_file
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.rejects import real_row, reject_issues, rejected_lines
from app.interactions.engine.requests import Issue, ReadReport, ReadRequest
from app.interactions.engine.staging import Ways, staged
from app.interactions.engine.typed import Typing, typed_rows

NAMED = 50
"""How many rows of one fault are named; all are counted."""
MOST_TEXTS = 100_000
SHOWN = 60


@dataclass(slots=True)
class _Reading:
    """One file being read: ``draft`` is the Parquet of all rows, with the bits of their faults."""

    engine: Backend
    request: ReadRequest
    source: ir.Table
    names: dict[str, str]
    checks: Checks
    draft: Path
    lines: dict[int, str]

    @property
    def scan(self) -> str:
        """The draft's contacts, each with its row of the file."""
        row = "" if self.is_spread else ", file_row_number + 2 AS row"
        draft = f"read_parquet({quoted(str(self.draft))}, file_row_number = true)"
        return f"(SELECT * EXCLUDE (file_row_number){row} FROM {draft} WHERE doubts <> {SKIPPED})"

    @property
    def is_spread(self) -> bool:
        """Whether several contacts come from one row, so that the draft numbers its rows."""
        return bool(self.request.mapping.spread)

    @property
    def is_faulty(self) -> str:
        return f"doubts & {self.checks.errors_mask} <> 0"


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
            raise FileRefusedError(in_words(error)) from error


def in_words(error: Exception) -> str:
    said = str(error).splitlines()[0]
    if isinstance(error, duckdb.OutOfMemoryException):
        return (
            "Reading the file takes more memory than INTERACTIONS_MEMORY_MB allows; raise it, or"
            " split the file."
        )
    return f"The file cannot be read: {said[:200]}."


def _read(engine: Backend, request: ReadRequest, scratch: Path, log: Path) -> ReadReport:
    mapping = request.mapping
    plain = plain_file(
        Path(request.file), request.name, mapping.encoding, scratch, decimal=mapping.decimal
    )
    source, names = open_plain(engine, plain)
    check_mapped(list(mapping.columns()), tuple(names), mapping.title)
    if mapping.spread:
        source = ibis.table(dict(source.schema().items()) | {"row": "int64"}, name="numbered")
    ways = Ways(partial(settled, engine), bare, has_blanks=plain.kind == "csv")
    table, checks = _typed(source, names, request, ways)
    draft = scratch / "draft.parquet"
    write_parquet(engine, sql_of(table), draft)
    reading = _Reading(engine, request, source, names, checks, draft, rejected_lines(engine))
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


def _finished(reading: _Reading, log: Path) -> ReadReport:
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
    copies = _copies(reading)
    texts = _personal_texts(reading)
    personal, told = _told_personal(reading, texts)
    issues += copies + personal
    refused_texts = list(texts) if request.personal_data == "refuse" else []
    errors = len(reading.lines) + _error_rows(reading, faulty, bool(copies), refused_texts)
    count += told + _copy_count(reading, bool(copies))
    kept = 0
    if not errors or request.leave_out_errors:
        is_whole = read == _rows_in(engine, reading.draft) and not reading.is_spread
        kept = _keep(reading, log, is_sound=is_whole and not errors and not texts, texts=texts,
                     has_copies=bool(copies))  # fmt: skip
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


def _doubts(reading: _Reading) -> tuple[list[Issue], int]:
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


def _cells_of(reading: _Reading, check: Check, rows: list[int]) -> list[tuple[int, Any]]:
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


def shown(cell: Any) -> str:
    """A cell as a sentence quotes it: in one line, and not all of a long one."""
    text = " ".join(str("" if cell is None else cell).split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


_SECOND = (
    "SELECT row, id FROM (SELECT row, id, row_number() OVER (PARTITION BY id ORDER BY row) AS n"
    " FROM {scan} WHERE id IS NOT NULL) WHERE n > 1"
)


def _copies(reading: _Reading) -> list[Issue]:
    """Rows whose id stood in an earlier row already, as far as they are named."""
    name = reading.request.mapping.id
    if name is None or reading.request.mapping.spread:
        return []
    extra = fetch_one(
        reading.engine, f"SELECT count(id) - count(DISTINCT hash(id)) FROM {reading.scan}"
    )[0]
    if not extra:
        return []
    lines = sorted(reading.lines)
    second = _SECOND.format(scan=reading.scan)
    return [
        Issue(
            row=real_row(row, lines), column=name, severity="error",
            message=f"“{shown(found)}” stands in an earlier row already; an id names one contact.",
        )
        for row, found in fetch(reading.engine, f"{second} ORDER BY row LIMIT {NAMED}")
    ]  # fmt: skip


def _copy_count(reading: _Reading, has_copies: bool) -> int:
    if not has_copies:
        return 0
    second = _SECOND.format(scan=reading.scan)
    return int(fetch_one(reading.engine, f"SELECT count(*) FROM ({second})")[0])


def _personal_texts(reading: _Reading) -> dict[str, str]:
    """Texts that seem to hold personal data → what of it; none where the setting keeps them.

    Only different texts are looked at, so that a log of millions of rows costs no more.
    """
    if reading.request.personal_data == "keep":
        return {}
    columns = [name for name in FREE_TEXTS if _column_of(reading, name)]
    if not columns:
        return {}
    union = " UNION ".join(f"SELECT {name} AS text FROM {reading.scan}" for name in columns)
    texts = fetch(reading.engine, f"SELECT text FROM ({union}) LIMIT {MOST_TEXTS + 1}")
    if len(texts) > MOST_TEXTS:
        raise FileRefusedError(
            f"{' and '.join(columns)} hold more than {MOST_TEXTS:,} different texts. They are"
            " codes, not letters; choose columns with few different words."
        )
    found = {text: personal_kind(text) for (text,) in texts if text}
    return {text: kind for text, kind in found.items() if kind}


def _column_of(reading: _Reading, name: str) -> str | None:
    part = getattr(reading.request.mapping, name)
    return part.column if part is not None else None


def _told_personal(reading: _Reading, texts: dict[str, str]) -> tuple[list[Issue], int]:
    """Which rows hold personal data; the data themselves are not repeated."""
    if not texts:
        return [], 0
    is_mask = reading.request.personal_data == "mask"
    what = "it was masked" if is_mask else "leave it out, or set PERSONAL_DATA to mask"
    lines = sorted(reading.lines)
    issues: list[Issue] = []
    total = 0
    for name in FREE_TEXTS:
        column = _column_of(reading, name)
        if column is None:
            continue
        rows = fetch(
            reading.engine,
            f"SELECT row, {name}, count(*) OVER () FROM {reading.scan} WHERE {name} IN"
            f" ({_listed(texts)}) ORDER BY row LIMIT {NAMED}",
        )
        total += rows[0][2] if rows else 0
        issues += [
            Issue(
                row=real_row(row, lines), column=column,
                severity="note" if is_mask else "error",
                message=f"This seems to hold {texts[text]}; {what}.",
            )
            for row, text, _ in rows
        ]  # fmt: skip
    return issues, total


def _listed(texts: dict[str, str] | list[str]) -> str:
    return ", ".join(quoted(text) for text in texts)


def _faults(reading: _Reading, has_copies: bool, refused_texts: list[str]) -> str:
    """The condition under which a row of the draft can't be taken."""
    terms = [reading.is_faulty]
    if has_copies:
        terms.append(f"row IN (SELECT row FROM ({_SECOND.format(scan=reading.scan)}))")
    if refused_texts:
        listed = _listed(refused_texts)
        terms += [f"coalesce({name} IN ({listed}), false)" for name in FREE_TEXTS]
    return " OR ".join(terms)


def _error_rows(reading: _Reading, faulty: int, has_copies: bool, refused_texts: list[str]) -> int:
    if not has_copies and not refused_texts:
        return faulty
    condition = _faults(reading, has_copies, refused_texts)
    return int(
        fetch_one(reading.engine, f"SELECT count(*) FROM {reading.scan} WHERE {condition}")[0]
    )


def _keep(
    reading: _Reading, log: Path, *, is_sound: bool, texts: dict[str, str], has_copies: bool
) -> int:
    """Put the good rows where the log stands; the draft itself when it is all good."""
    engine = reading.engine
    if is_sound:
        os.replace(reading.draft, log)
    else:
        is_mask = reading.request.personal_data == "mask"
        condition = _faults(reading, has_copies, [] if is_mask else list(texts))
        shown_as = "* EXCLUDE (row)"
        if is_mask and texts:
            engine.raw_sql("CREATE OR REPLACE TEMP TABLE masks (text VARCHAR, mask VARCHAR)")
            engine.raw_sql(
                "INSERT INTO masks VALUES "
                + ", ".join(f"({quoted(one)}, {quoted(masked(one))})" for one in texts)
            )
            shown_as += " REPLACE (" + ", ".join(
                f"coalesce((SELECT mask FROM masks WHERE text = {name}), {name}) AS {name}"
                for name in FREE_TEXTS
            ) + ")"  # fmt: skip
        write_parquet(engine, f"SELECT {shown_as} FROM {reading.scan} WHERE NOT ({condition})", log)
    return _rows_in(engine, log)


def _rows_in(engine: Backend, path: Path) -> int:
    return int(fetch_one(engine, f"SELECT count(*) FROM read_parquet({quoted(str(path))})")[0])
