"""A table of a warehouse, counted where it lies: only the counts come here."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
from ibis.backends import BaseBackend
from ibis.common.exceptions import IbisError

from app.interactions.engine.checks import SKIPPED, Checks
from app.interactions.engine.counting import counts, cuts_of, moments_of
from app.interactions.engine.moments import moments
from app.interactions.engine.plain import check_mapped
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import CountReport, CountRequest
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
    unsound = ibis.literal(checks.errors_mask | SKIPPED, "int64")
    sound = rows.filter((rows.doubts & unsound) == 0)
    try:
        ((count, first, last),) = _rows(engine, sound.aggregate(
            rows=sound.count(), first=sound.occurred_on.min(), last=sound.occurred_on.max()
        ))  # fmt: skip
        cuts = cuts_of(_rows(engine, counts(sound)))
        followed = moments_of(_rows(engine, moments(sound, last)) if last else [])
    except FileRefusedError:
        raise
    except Exception as error:
        raise FileRefusedError(f"The warehouse cannot count this: {_first(error)}") from error
    return CountReport(
        rows=count, first_on=mapping.covers_from(first), last_on=last, cuts=cuts, moments=followed
    )


def _rows(engine: BaseBackend, table: ir.Table) -> list[tuple[Any, ...]]:
    return [tuple(one.values()) for one in engine.to_pyarrow(table).to_pylist()]


def _first(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
