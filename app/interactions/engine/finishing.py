"""The draft of a log as the log, with everything there is to say about its rows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from app.interactions.engine.checks import Check
from app.interactions.engine.draft import NAMED, Reading, rows_in, shown
from app.interactions.engine.duck import fetch, fetch_one, quoted, write_parquet
from app.interactions.engine.faults import write_faults
from app.interactions.engine.known import find_known, known_rows, told_known, write_replaced
from app.interactions.engine.leaving import left_out, told_left_out
from app.interactions.engine.log import REPLACES_FILE
from app.interactions.engine.overlap import told_overlaps
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.rejects import real_row, reject_issues
from app.interactions.engine.requests import Issue, ReadReport
from app.interactions.engine.screening import (
    Bars,
    copies,
    copy_count,
    faults,
    own_faults,
    personal_texts,
    shown_as,
    told_alike,
    told_personal,
)


def finished(reading: Reading, log: Path) -> ReadReport:
    """Look through the draft and put its good rows where the log stands.

    Raises FileRefusedError where nothing in it could be a contact.
    """
    engine, request = reading.engine, reading.request
    read, faulty, doubted = fetch_one(
        engine,
        f"SELECT count(*), count(*) FILTER ({reading.is_faulty}), max(doubts) FROM {reading.scan}",
    )
    is_whole = read == rows_in(engine, reading.draft)
    left = () if is_whole else left_out(reading)
    told = told_left_out(reading, left)
    if not read and not reading.lines:
        why = " ".join(one.message for one in told)
        raise FileRefusedError(
            f"The file has a header but no rows that count as contacts. {why}".rstrip()
        )
    told += reject_issues(reading.lines)[:NAMED]
    named, total = _doubts(reading) if doubted else ([], 0)
    twice = copies(reading)
    texts = personal_texts(reading)
    personal, personal_count = told_personal(reading, texts)
    known = find_known(reading, shown_as(reading, texts))
    bars = Bars(bool(twice), texts, known)
    standing = known_rows(reading, known, own_faults(reading, bars))
    told += named + twice + personal + told_known(reading, known, standing)
    told += told_overlaps(reading, shown_as(reading, texts), known) + told_alike(reading)
    errors = len(reading.lines) + _error_rows(reading, faulty, bars)
    if request.faults_file:
        write_faults(reading, bars, Path(request.faults_file))
    kept = 0
    if not errors or request.leave_out_errors:
        is_sound = is_whole and not reading.is_spread and not errors and not texts and not known
        kept = _keep(reading, log, bars, is_sound=is_sound)
    days = fetch_one(
        engine,
        "SELECT min(occurred_on), max(occurred_on), coalesce(sum(contacts), 0)"
        f" FROM read_parquet({quoted(str(log))})" if kept else "SELECT NULL, NULL, 0",
    )  # fmt: skip
    unnamed = total - len(named) + personal_count - len(personal) + len(reading.lines)
    unnamed += copy_count(reading, bool(twice)) - len(twice) - min(len(reading.lines), NAMED)
    unnamed += max(0, sum(one.changed for one in standing) - NAMED)
    return ReadReport(
        rows=read + len(reading.lines), errors=errors, kept=kept, contacts=int(days[2]),
        first_on=request.mapping.covers_from(days[0]), last_on=days[1],
        issues=tuple(sorted(told, key=lambda one: (one.row > 0, one.severity, one.row))),
        issue_count=len(told) + unnamed, left_out=left, known=standing,
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
                message=check.said(cell, shown(cell)),
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


def _error_rows(reading: Reading, faulty: int, bars: Bars) -> int:
    condition = faults(reading, bars)
    if condition == reading.is_faulty:
        return faulty
    return int(
        fetch_one(reading.engine, f"SELECT count(*) FROM {reading.scan} WHERE {condition}")[0]
    )


def _keep(reading: Reading, log: Path, bars: Bars, *, is_sound: bool) -> int:
    """Put the good rows where the log stands; the draft itself when it is all good."""
    engine = reading.engine
    if is_sound:
        os.replace(reading.draft, log)
        return rows_in(engine, log)
    good = f"NOT ({faults(reading, bars)})"
    if bars.known is not None:
        good += f" AND NOT {bars.known.is_same}"
    columns = shown_as(reading, bars.texts).replace("*", "* EXCLUDE (row)", 1)
    write_parquet(engine, f"SELECT {columns} FROM {reading.scan} WHERE {good}", log)
    if bars.known is not None and reading.request.changed == "replace":
        target = log.with_name(REPLACES_FILE)
        write_replaced(reading, bars.known, own_faults(reading, bars), target)
    return rows_in(engine, log)
