"""A table of a warehouse, counted where it lies: only the counts come here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis.backends import BaseBackend
from ibis.common.exceptions import IbisError

from app.interactions.engine.addresses import (
    check_file,
    file_of,
    package_for,
    scheme_of,
    without_secrets,
)
from app.interactions.engine.checks import EMPTY, SKIPPED, UNASKED, Checks
from app.interactions.engine.counting import bounded, counts, lines_of, moments_of
from app.interactions.engine.mapping import Mapping
from app.interactions.engine.moments import moments
from app.interactions.engine.personal import without_personal
from app.interactions.engine.plain import check_mapped
from app.interactions.engine.ranking import ranks, words_in
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import CountReport, CountRequest, Issue, MomentLine
from app.interactions.engine.staging import staged
from app.interactions.engine.typed import Typing, typed_rows
from app.values.counts import so_many

_IN_UTC = {
    "postgres": {"options": "-c timezone=UTC"},
    "postgresql": {"options": "-c timezone=UTC"},
}
"""What makes a warehouse give moments with a zone in UTC, by the scheme of its address."""
_READ_ONLY: dict[str, Any] = {"read_only": True}
_UNKNOWN_KIND = "Don't know how to connect"


def count_warehouse(request: CountRequest) -> CountReport:
    """Count a table by its mapping. Raises FileRefusedError with what the warehouse says."""
    engine = _opened(request.address)
    try:
        return _counted(engine, request)
    except IbisError as error:
        raise FileRefusedError(f"The warehouse cannot count this: {_first(error)}") from error
    finally:
        engine.disconnect()


def _opened(address: str) -> BaseBackend:
    check_file(address)
    kind = scheme_of(address)
    options = _READ_ONLY if kind == "duckdb" and file_of(address) else _IN_UTC.get(kind, {})
    try:
        return ibis.connect(address, **options)
    except ImportError as error:
        raise FileRefusedError(package_for(address)) from error
    except Exception as error:  # every driver has errors of its own
        if str(error).startswith(_UNKNOWN_KIND):
            raise FileRefusedError(
                f"There is no kind of warehouse called “{kind[:30]}”."
            ) from error
        raise FileRefusedError(f"The warehouse does not answer: {_first(error)}") from error


def _counted(engine: BaseBackend, request: CountRequest) -> CountReport:
    mapping = request.mapping
    if mapping is None or request.now is None:
        raise FileRefusedError("A warehouse's table is counted by a mapping and as of a moment.")
    try:
        table = engine.table(request.table)
    except Exception as error:
        raise FileRefusedError(
            f"The warehouse has no table “{request.table[:60]}” that can be read: {_first(error)}"
        ) from error
    check_mapped(list(mapping.columns()), tuple(table.columns), mapping.title)
    names = {name: name for name in table.columns}
    cells = staged(table, names, mapping)
    checks = Checks()
    pieces = [
        typed_rows(
            Typing(cells, mapping, request.digits, request.now, None, Checks(checks.found)), one
        )
        for one in mapping.spread or (None,)
    ]
    rows = pieces[0] if len(pieces) == 1 else ibis.union(*pieces)
    try:
        return _report(engine, request, _Table(rows, checks, mapping))
    except FileRefusedError:
        raise
    except Exception as error:
        raise FileRefusedError(f"The warehouse cannot count this: {_first(error)}") from error


@dataclass(frozen=True, slots=True)
class _Table:
    """A warehouse's table as typed rows, and what may be wrong."""

    rows: ir.Table
    checks: Checks
    mapping: Mapping

    @property
    def barred(self) -> int:
        """The bits a row has that is left out, by a fault or as none that stands for contacts."""
        return self.checks.errors_mask | SKIPPED

    @property
    def sound(self) -> ir.Table:
        barred = self.rows.doubts & ibis.literal(self.barred, "int64")
        return self.rows.filter(barred == 0)

    def seen(self) -> ir.Table:
        """For each set of faults any row has: how many rows, their first and their last day."""
        rows = self.rows
        return rows.group_by("doubts").aggregate(
            rows=rows.count(), first=rows.occurred_on.min(), last=rows.occurred_on.max()
        )

    def copies(self) -> ir.Table:
        """How many sound rows have an id that another one has already."""
        ids = self.sound.id
        return self.sound.aggregate(copies=ids.count() - ids.nunique())

    def without_copies(self) -> ir.Table:
        """The sound rows, of those with one id the earliest."""
        sound = self.sound
        place = ibis.row_number().over(
            group_by=sound.id,
            order_by=[sound.occurred_at, sound.stage, sound.channel, sound.reason, sound.contacts],
        )
        placed = sound.mutate(place=place)
        return placed.filter(placed.id.isnull() | (placed.place == 0)).drop("place")


@dataclass(frozen=True, slots=True)
class _Seen:
    """Rows that have one set of faults: its bits, how many they are, their first and last day."""

    doubts: int
    rows: int
    first: date | None
    last: date | None


def _report(engine: BaseBackend, request: CountRequest, table: _Table) -> CountReport:
    mapping = table.mapping
    found = [_Seen(*row) for row in _rows(engine, table.seen())]
    seen = [one for one in found if one.doubts < SKIPPED]
    sound = [one for one in seen if not one.doubts & table.barred]
    copies = 0
    if mapping.id is not None and not mapping.spread:
        ((copies,),) = _rows(engine, table.copies())
    log = table.without_copies() if copies else table.sound
    first = min((one.first for one in sound if one.first), default=None)
    last = max((one.last for one in sound if one.last), default=None)
    if copies:
        days = log.aggregate(first=log.occurred_on.min(), last=log.occurred_on.max())
        ((first, last),) = _rows(engine, days)
    lines = lines_of(_rows(engine, bounded(counts(log, mapping))))
    followed = _followed(engine, request, log, last) if last else ()
    lines, followed = without_personal(lines, followed, request.personal_data)
    kept = sum(one.rows for one in sound) - copies
    return CountReport(
        rows=kept, first_on=mapping.covers_from(first), last_on=last, lines=lines,
        moments=followed, left_out=sum(one.rows for one in seen) - kept,
        issues=_left_out(mapping, found) + _issues(table, seen, copies),
    )  # fmt: skip


def _followed(
    engine: BaseBackend, request: CountRequest, log: ir.Table, last: date
) -> tuple[MomentLine, ...]:
    """What followed the log's moments, whose watch ends by its last day."""
    mapping = request.mapping
    words = [(0, word) for _, word in _rows(engine, words_in(log, None))]
    order = ranks(words, {0: mapping.journey if mapping else None}, request.journeys)
    return moments_of(_rows(engine, bounded(moments(log, last, order))), order)


def _left_out(mapping: Mapping, found: list[_Seen]) -> tuple[Issue, ...]:
    """How many rows the mapping leaves out. Of several columns of contacts any may have none."""
    pieces = len(mapping.spread) or 1
    rows = {one.doubts: one.rows // pieces for one in found if one.doubts > SKIPPED}
    words = {
        UNASKED: ("left out by the mapping, which does not ask for them", mapping.only),
        EMPTY: ("left out: no contacts, as they say 0 or nothing", None),
    }
    return tuple(
        Issue(
            row=0, column=part.column if part else mapping.contacts or "", severity="note",
            message=f"{so_many(rows[why], 'row')} {said}.",
        )
        for why, (said, part) in words.items()
        if why in rows and not (why == EMPTY and mapping.spread)
    )  # fmt: skip


def _issues(table: _Table, seen: list[_Seen], copies: int) -> tuple[Issue, ...]:
    """One issue for each fault any row has; which rows, only the warehouse can tell."""
    faults = [
        (check, sum(one.rows for one in seen if one.doubts & check.mask))
        for check in table.checks.found
    ]
    issues = [
        Issue(
            row=0, column=check.columns[0], severity="error" if check.is_error else "note",
            message=f"{so_many(count, 'row')}: {check.words.replace('“{cell}”', 'this')}",
        )
        for check, count in faults
        if count
    ]  # fmt: skip
    if copies:
        words = "the id stands in an earlier row already; an id names one contact."
        issues.append(
            Issue(
                row=0, column=table.mapping.id or "", severity="error",
                message=f"{so_many(copies, 'row')}: {words}",
            )
        )  # fmt: skip
    return tuple(issues)


def _rows(engine: BaseBackend, table: ir.Table) -> list[tuple[Any, ...]]:
    return [tuple(one.values()) for one in engine.to_pyarrow(table).to_pylist()]


def _first(error: Exception) -> str:
    said = without_secrets(str(error)).strip()
    return said.splitlines()[0][:200] if said else type(error).__name__
