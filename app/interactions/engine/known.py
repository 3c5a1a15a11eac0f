"""Rows that earlier logs of the same source have already, found by the ids of contacts.

A row an earlier log has in all it says is left out. One it has with another content is refused, or
takes that row's place where that was chosen. Both are told apart by comparing every column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.interactions.engine.draft import NAMED, Reading, rows_in, shown
from app.interactions.engine.duck import fetch, quoted
from app.interactions.engine.log import COLUMNS, LOG_FILE
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.rejects import real_row
from app.interactions.engine.requests import Issue, KnownLog, KnownRows
from app.values.counts import so_many

COMPARED = tuple(name for name in COLUMNS if name not in ("id", "doubts"))


@dataclass(frozen=True, slots=True)
class Known:
    """Rows of the draft whose ids earlier logs have: ``matches`` has one line for each such log.

    Of several logs with an id the latest is what a row is compared with.
    """

    matches: Path
    logs: dict[int, KnownLog]

    @property
    def rows(self) -> str:
        """``row``, ``id``, the log it is compared with and whether it says the same there."""
        scan = f"read_parquet({quoted(str(self.matches))})"
        if len(self.logs) == 1:
            return f"(FROM {scan})"
        return (
            "(SELECT row, id, max(source_id) AS source_id, arg_max(is_same, source_id) AS is_same"
            f" FROM {scan} GROUP BY row, id)"
        )

    @property
    def is_same(self) -> str:
        return f"row IN (SELECT row FROM {self.rows} WHERE is_same)"

    @property
    def is_changed(self) -> str:
        return f"row IN (SELECT row FROM {self.rows} WHERE NOT is_same)"


def find_known(reading: Reading, shown_as: str) -> Known | None:
    """What earlier logs have already; None: nothing. ``shown_as`` selects what the log will say.

    Raises FileRefusedError when an earlier log is gone.
    """
    request = reading.request
    if not request.known or request.mapping.id is None or reading.is_spread:
        return None
    target = reading.draft.with_name("matches.parquet")
    is_same = " AND ".join(f"mine.{name} IS NOT DISTINCT FROM {name}_" for name in COMPARED)
    reading.engine.raw_sql(
        f"COPY (SELECT mine.row, mine.id, source_id, {is_same} AS is_same"
        f" FROM (SELECT {shown_as} FROM {reading.scan}) AS mine"
        f" JOIN {_earlier(request.known)} ON mine.id = id_)"
        f" TO {quoted(str(target))} (FORMAT parquet)"
    )
    if not rows_in(reading.engine, target):
        return None
    return Known(target, {one.source_id: one for one in request.known})


def _earlier(logs: tuple[KnownLog, ...]) -> str:
    columns = ", ".join(f"{name} AS {name}_" for name in ("id", *COMPARED))
    return "({})".format(
        " UNION ALL ".join(
            f"SELECT {one.source_id} AS source_id, {columns} FROM {log_scan(one)}" for one in logs
        )
    )


def log_scan(log: KnownLog) -> str:
    """What reads an earlier log. Raises FileRefusedError."""
    path = Path(log.folder) / LOG_FILE
    if not path.is_file():
        raise FileRefusedError(
            f"The log of “{log.name}” (import {log.source_id}), which this one is compared with, is"
            " gone; take that import back."
        )
    return f"read_parquet({quoted(str(path))})"


def known_rows(reading: Reading, known: Known | None, faults: str) -> tuple[KnownRows, ...]:
    """How many rows earlier logs have, of those that have no ``faults`` of their own."""
    if known is None:
        return ()
    found = fetch(
        reading.engine,
        "SELECT source_id, count(*) FILTER (is_same), count(*) FILTER (NOT is_same)"
        f" FROM {known.rows} WHERE row IN (SELECT row FROM {reading.scan} WHERE NOT ({faults}))"
        " GROUP BY source_id ORDER BY source_id",
    )
    return tuple(KnownRows(source_id=one, same=same, changed=not_) for one, same, not_ in found)


def told_known(reading: Reading, known: Known | None, counts: tuple[KnownRows, ...]) -> list[Issue]:
    """How many rows stand in each earlier log already, and the first that say something else."""
    if known is None:
        return []
    told = [
        Issue(
            row=0, column=reading.request.mapping.id or "", severity="note",
            message=f"{so_many(one.same, 'row')} {'stands' if one.same == 1 else 'stand'} in"
            f" {named(known.logs[one.source_id])} already, with the same content; left out.",
        )
        for one in counts
        if one.same
    ]  # fmt: skip
    return told + _told_changed(reading, known)


def _told_changed(reading: Reading, known: Known) -> list[Issue]:
    column = reading.request.mapping.id or ""
    severity = changed_kind(reading)
    return [
        Issue(row=row, column=column, severity=severity, message=message)
        for row, _, message in changed_rows(reading, known, f"LIMIT {NAMED}")
    ]


def changed_kind(reading: Reading) -> Literal["error", "note"]:
    """What a row with another content than an earlier log's is called."""
    return "note" if reading.request.changed == "replace" else "error"


def changed_rows(reading: Reading, known: Known, limit: str = "") -> Iterator[tuple[int, str, str]]:
    """Row, id and what is said of each row that an earlier log has with another content."""
    differs = ", ".join(
        f"CASE WHEN mine.{name} IS DISTINCT FROM {name}_ THEN {quoted(_word(name))} END"
        for name in COMPARED
    )
    found = fetch(
        reading.engine,
        f"SELECT mine.row, mine.id, source_id, list_distinct([{differs}]) FROM {reading.scan} AS"
        f" mine JOIN (SELECT row AS row_, id AS its, source_id AS latest FROM {known.rows}"
        f" WHERE NOT is_same ORDER BY row {limit}) ON row = row_"
        f" JOIN {_earlier(reading.request.known)} ON its = id_ AND latest = source_id"
        " ORDER BY mine.row",
    )
    then = (
        "this row takes its place."
        if changed_kind(reading) == "note"
        else "leave it out, or choose that such rows replace the earlier ones."
    )
    lines = sorted(reading.lines)
    for row, id_, source_id, words in found:
        said = (
            f"“{shown(id_)}” stands in {named(known.logs[source_id])} with another"
            f" {' and '.join(sorted(words)) or 'content'}; {then}"
        )
        yield real_row(row, lines), id_, said


def _word(name: str) -> str:
    """A column of the log as a sentence calls it."""
    words = {"occurred_at": "moment", "occurred_on": "moment", "cost_minor": "cost",
             "judged": "judgement", "unmet": "judgement"}  # fmt: skip
    return words.get(name, name.removeprefix("is_").replace("_", " "))


def named(log: KnownLog) -> str:
    return f"“{shown(log.name)}” (import {log.source_id})"


def write_replaced(reading: Reading, known: Known, faults: str, target: Path) -> None:
    """Keep which rows of earlier logs the changed ones of this log take the place of."""
    reading.engine.raw_sql(
        f"COPY (SELECT source_id, id FROM read_parquet({quoted(str(known.matches))})"
        f" WHERE {known.is_changed}"
        f" AND row IN (SELECT row FROM {reading.scan} WHERE NOT ({faults})))"
        f" TO {quoted(str(target))} (FORMAT parquet)"
    )
