"""A table of a warehouse, counted where it lies: only the counts come here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
from ibis.backends import BaseBackend
from ibis.common.exceptions import IbisError

from app.interactions.engine.checks import SKIPPED, Checks
from app.interactions.engine.counting import bounded, counts, lines_of, moments_of
from app.interactions.engine.mapping import Mapping
from app.interactions.engine.moments import moments
from app.interactions.engine.personal import without_personal
from app.interactions.engine.plain import check_mapped
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import CountReport, CountRequest, Issue
from app.interactions.engine.staging import staged
from app.interactions.engine.typed import Typing, typed_rows

_IN_UTC = {
    "postgres": {"options": "-c timezone=UTC"},
    "postgresql": {"options": "-c timezone=UTC"},
}
"""What makes a warehouse give moments with a zone in UTC, by the scheme of its address."""


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
    try:
        return ibis.connect(address, **_IN_UTC.get(address.partition("://")[0], {}))
    except Exception as error:  # every driver has errors of its own
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
        asked = rows.filter(rows.doubts != ibis.literal(SKIPPED, "int64"))
        return _report(engine, request, _Table(asked, checks, mapping))
    except FileRefusedError:
        raise
    except Exception as error:
        raise FileRefusedError(f"The warehouse cannot count this: {_first(error)}") from error


@dataclass(frozen=True, slots=True)
class _Table:
    """A warehouse's table as typed rows that stand for contacts, and what may be wrong."""

    rows: ir.Table
    checks: Checks
    mapping: Mapping

    @property
    def is_sound(self) -> ir.BooleanValue:
        return (self.rows.doubts & ibis.literal(self.checks.errors_mask, "int64")) == 0

    @property
    def sound(self) -> ir.Table:
        return self.rows.filter(self.is_sound)

    def seen(self) -> ir.Table:
        """One row: what `_Seen` holds, then how many rows have each fault."""
        rows, sound = self.rows, self.is_sound
        ids = ibis.ifelse(sound, rows.id, ibis.null("string"))
        faults = {
            f"fault_{check.bit}": ((rows.doubts & ibis.literal(check.mask, "int64")) != 0).sum()
            for check in self.checks.found
        }
        return rows.aggregate(
            rows=rows.count(), sound=rows.count(where=sound),
            first=rows.occurred_on.min(where=sound), last=rows.occurred_on.max(where=sound),
            copies=ids.count() - ids.nunique(), **faults,
        )  # fmt: skip

    def without_copies(self) -> ir.Table:
        """The sound rows, of those with one id the earliest."""
        sound = self.sound
        place = ibis.row_number().over(
            group_by=sound.id,
            order_by=[sound.occurred_at, sound.stage, sound.channel, sound.reason, sound.contacts],
        )
        placed = sound.mutate(place=place)
        return placed.filter(placed.id.isnull() | (placed.place == 0)).drop("place")


class _Seen(NamedTuple):
    """How many rows there are, how many are sound, their first and last day, and copies of ids."""

    rows: int
    sound: int
    first: date | None
    last: date | None
    copies: int


def _report(engine: BaseBackend, request: CountRequest, table: _Table) -> CountReport:
    (found,) = _rows(engine, table.seen())
    seen = _Seen(*found[: len(_Seen._fields)])
    copies = 0 if table.mapping.spread else seen.copies
    sound = table.without_copies() if copies else table.sound
    lines = lines_of(_rows(engine, bounded(counts(sound))))
    followed = _rows(engine, bounded(moments(sound, seen.last))) if seen.last else []
    lines, followed_lines = without_personal(lines, moments_of(followed), request.personal_data)
    faults = [int(count or 0) for count in found[len(_Seen._fields) :]]
    return CountReport(
        rows=seen.sound - copies, first_on=table.mapping.covers_from(seen.first),
        last_on=seen.last, lines=lines, moments=followed_lines,
        left_out=seen.rows - seen.sound + copies,
        issues=_issues(table, faults, copies),
    )  # fmt: skip


def _issues(table: _Table, faults: list[int], copies: int) -> tuple[Issue, ...]:
    """One issue for each fault any row has; which rows, only the warehouse can tell."""
    issues = [
        Issue(
            row=0, column=check.columns[0], severity="error" if check.is_error else "note",
            message=f"{_so_many(count)}: {check.words.replace('“{cell}”', 'this')}",
        )
        for check, count in zip(table.checks.found, faults, strict=True)
        if count
    ]  # fmt: skip
    if copies:
        words = "the id stands in an earlier row already; an id names one contact."
        issues.append(
            Issue(
                row=0, column=table.mapping.id or "", severity="error",
                message=f"{_so_many(copies)}: {words}",
            )
        )  # fmt: skip
    return tuple(issues)


def _so_many(rows: int) -> str:
    return f"{rows:,} {'row' if rows == 1 else 'rows'}"


def _rows(engine: BaseBackend, table: ir.Table) -> list[tuple[Any, ...]]:
    return [tuple(one.values()) for one in engine.to_pyarrow(table).to_pylist()]


def _first(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
