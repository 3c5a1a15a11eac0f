"""What a log adds up to, per month, place in the source's words, reason, segment, expectation.

One Ibis expression: DuckDB, PostgreSQL, Spark and whatever else Ibis speaks give the same figures,
since all its sums are of whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import duckdb
import ibis
import ibis.expr.types as ir

from app.interactions.engine.draft import rows_in
from app.interactions.engine.duck import (
    fetch,
    fetch_one,
    in_words,
    open_duck,
    open_log,
    sql_of,
)
from app.interactions.engine.log import LOG_FILE, SCRATCH
from app.interactions.engine.mapping import Mapping, MetCounts
from app.interactions.engine.moments import KEYS as MOMENT_KEYS
from app.interactions.engine.moments import moments
from app.interactions.engine.near import is_replaced, met_elsewhere, open_around
from app.interactions.engine.ranking import Ranks, ranks, words_in
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import (
    CountLine,
    CountReport,
    CountRequest,
    Issue,
    MomentLine,
)
from app.values.counts import so_many

REPEAT_SECONDS = 30 * 24 * 60 * 60
"""The same customer later for the same reason, but not later than this, is a repeat."""
KEYS = ("month", "journey", "stage", "channel", "reason", "segment", "expected", "is_prospect")
MOST_LINES = 200_000
LineT = TypeVar("LineT", CountLine, MomentLine)


def counts(log: ir.Table, mapping: Mapping | None = None, *, own: int | None = None) -> ir.Table:
    """One row per KEYS, in their order, with the sums of `CountLine`.

    By a ``mapping`` that counts a row's answers, its score is the mean of those and of nobody else
    who was in touch: it weighs as many as were judged, and nothing where none were. Of a log with
    rows of several sources those of ``own`` are counted, and repeats of any row seen.
    """
    timed = log.mutate(second=log.occurred_at.truncate("s").epoch_seconds().cast("int64"))
    # By moments and not by rows: of contacts of one moment, engines order each as it likes.
    earlier = ibis.window(
        group_by=[timed.customer, timed.reason], order_by=timed.second, range=(None, -1)
    )
    since = timed.second - timed.second.max().over(earlier)
    rows = timed.mutate(
        month=timed.occurred_on.truncate("M").cast("date"),
        reason=timed.reason.fill_null(""),
        segment=timed.segment.fill_null(""),
        expected=timed.expected.fill_null(""),
        is_repeat=(timed.customer.notnull() & (since <= REPEAT_SECONDS)).fill_null(False),
    )
    if own is not None:
        rows = rows.filter(rows.source == own)
    is_of_judged = mapping is not None and isinstance(mapping.met, MetCounts)
    answers = rows.judged if is_of_judged else rows.contacts
    grouped = rows.group_by(list(KEYS)).aggregate(**_sums(rows, answers))
    return grouped.select(*KEYS, *(name for name in CountLine.model_fields if name not in KEYS))


def _sums(rows: ir.Table, answers: ir.Value) -> dict[str, ir.Value]:
    """What is added up of rows; a row's score stands for so many ``answers``."""
    n = rows.contacts
    whole = {
        "contacts": n,
        "judged": rows.judged,
        "unmet": rows.unmet,
        "costed": ibis.ifelse(rows.cost_minor.notnull(), n, 0),
        "cost_minor": rows.cost_minor.fill_null(0) * n,
        "timed": ibis.ifelse(rows.minutes.notnull(), n, 0),
        "minutes_milli": (rows.minutes.fill_null(0) * 1000).cast("int64") * n,
        "scored": ibis.ifelse(rows.score.notnull(), answers, 0),
        "score_micro": (rows.score.fill_null(0) * 1_000_000).cast("int64") * answers,
        "keyed": ibis.ifelse(rows.customer.notnull(), n, 0),
        "repeats": ibis.ifelse(rows.is_repeat, n, 0),
        "escalated": ibis.ifelse(rows.is_escalated, n, 0),
        "lost": ibis.ifelse(rows.is_lost, n, 0),
    }
    return {name: value.sum().cast("int64") for name, value in whole.items()}


def count_log(request: CountRequest) -> CountReport:
    """Count a log kept in a folder. Raises FileRefusedError when it is gone or damaged."""
    folder = Path(request.folder)
    path = folder / LOG_FILE
    if not path.is_file():
        raise FileRefusedError("The log's file is gone; take the import back and import it again.")
    try:
        with (
            TemporaryDirectory(prefix=SCRATCH, dir=folder) as scratch,
            open_duck(request.limits, Path(scratch)) as engine,
        ):
            log = open_log(engine, path, but=is_replaced(request.source_id, request.replaced))
            seen = fetch_one(engine, "SELECT count(*), min(occurred_on), max(occurred_on) FROM log")
            gone = rows_in(engine, path) - seen[0]
            own, until = None, max((one for one in (seen[2], request.until) if one), default=None)
            met = None
            if request.near and seen[0]:
                own = request.source_id
                log = open_around(engine, own, request.near, *seen[1:])
                met = met_elsewhere(engine, own, request.near)
            found = fetch(engine, sql_of(bounded(counts(log, request.mapping, own=own))))
            followed: tuple[MomentLine, ...] = ()
            if seen[0] and until:
                order = _order(fetch(engine, sql_of(words_in(log, own))), request, own)
                after = bounded(moments(log, until, order, own=own))
                followed = moments_of(fetch(engine, sql_of(after)), order)
    except duckdb.Error as error:
        raise FileRefusedError(f"The log cannot be counted: {in_words(error)}.") from error
    first = request.mapping.covers_from(seen[1]) if request.mapping else seen[1]
    return CountReport(
        rows=seen[0], first_on=first, last_on=seen[2], lines=lines_of(found),
        moments=followed, issues=_told_replaced(gone), until=until,
        near=tuple(one.source_id for one in request.near),
        customers=met[0] if met else None, elsewhere=met[1] if met else None,
    )  # fmt: skip


def _order(words: list[tuple[Any, ...]], request: CountRequest, own: int | None) -> Ranks:
    """The journeys of the log and of those near to it, in the order of their keys."""
    mine = request.mapping.journey if request.mapping else None
    places = {one.source_id: one.journey for one in request.near} | {own or 0: mine}
    return ranks([(int(source), word) for source, word in words], places, request.journeys)


def _told_replaced(rows: int) -> tuple[Issue, ...]:
    if not rows:
        return ()
    words = (
        f"Left out of the count: {so_many(rows, 'row')}, whose place rows of later imports took."
    )
    return (Issue(row=0, column="", severity="note", message=words),)


def bounded(lines: ir.Table) -> ir.Table:
    """As many lines as can be taken, and one more to tell that there are too many."""
    return lines.limit(MOST_LINES + 1)


def lines_of(found: list[tuple[Any, ...]]) -> tuple[CountLine, ...]:
    """Fetched rows of `counts` as lines. Raises FileRefusedError when there are absurdly many."""
    _refuse_many(found)
    return tuple(_in_order(found, CountLine, len(KEYS)))


def moments_of(found: list[tuple[Any, ...]], order: Ranks) -> tuple[MomentLine, ...]:
    """Fetched rows of `moments` by their ``order`` as lines. Raises as `lines_of`."""
    _refuse_many(found)
    at = MOMENT_KEYS.index("journey")
    named = [(*row[:at], order.key(row[at]), *row[at + 1 :]) for row in found]
    return tuple(_in_order(named, MomentLine, len(MOMENT_KEYS)))


def _refuse_many(found: list[tuple[Any, ...]]) -> None:
    if len(found) > MOST_LINES:
        raise FileRefusedError(
            f"The log adds up to more than {MOST_LINES:,} different lines. Journey, stage, channel,"
            " reason, segment and expected result have to be columns of few different words."
        )


def _in_order(found: list[tuple[Any, ...]], model: type[LineT], keys: int) -> Iterator[LineT]:
    names = list(model.model_fields)
    for row in sorted(found, key=lambda row: tuple(str(key or "") for key in row[:keys])):
        yield model.model_validate(dict(zip(names, row, strict=True)))
