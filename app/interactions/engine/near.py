"""Logs beside each other: what the contacts of one are looked at with when it is counted.

A contact counts in its own log only; what went before it and what followed it may stand in others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from app.interactions.engine.duck import fetch_one, quoted
from app.interactions.engine.known import log_scan
from app.interactions.engine.log import COLUMNS, REPLACES_FILE
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import NearLog
from app.journeys.rules import WATCH

_LOOKED_AT = (
    "occurred_at", "occurred_on", "customer", "journey", "reason", "contacts", "judged", "unmet",
    "is_escalated", "is_lost",
)  # fmt: skip


def open_around(
    engine: Backend, own: int, logs: Sequence[NearLog], first: date, last: date
) -> ir.Table:
    """The opened ``log`` and what its customers had in ``logs`` within a watch of its days.

    ``source`` tells whose a row is: that of ``log`` have ``own``. Raises FileRefusedError when
    one of the logs is gone.
    """
    names = ", ".join(_LOOKED_AT)
    near = (
        f"SELECT {names}, {one.source_id}::BIGINT AS source FROM {log_scan(one)}"
        f" WHERE occurred_on BETWEEN '{first - WATCH}' AND '{last + WATCH}'"
        " AND customer IN (SELECT customer FROM log WHERE customer IS NOT NULL)"
        f" AND NOT ({is_replaced(one.source_id, one.replaced)})"
        for one in logs
    )
    own_rows = f"SELECT *, {own}::BIGINT AS source FROM log"
    engine.raw_sql(
        f"CREATE OR REPLACE VIEW around AS {' UNION ALL BY NAME '.join((own_rows, *near))}"
    )
    return ibis.table(COLUMNS | {"source": "int64"}, name="around")


def is_replaced(source_id: int, replaced: Sequence[str]) -> str:
    """Whether a row's place was taken by one of the later logs. Raises FileRefusedError."""
    if not replaced:
        return "false"
    paths = [Path(one) / REPLACES_FILE for one in replaced]
    if not all(path.is_file() for path in paths):
        raise FileRefusedError(
            "A later import that took the place of some rows is gone; take it back, too."
        )
    listed = ", ".join(quoted(str(path)) for path in paths)
    return (
        f"coalesce(id IN (SELECT id FROM read_parquet([{listed}])"
        f" WHERE source_id = {source_id}), false)"
    )


def met_elsewhere(engine: Backend, own: int, logs: Sequence[NearLog]) -> tuple[int, int] | None:
    """How many customers the log has, and how many of them ``around`` has of other systems.

    None where no log of another system was looked at.
    """
    others = ", ".join(str(one.source_id) for one in logs if one.is_other)
    if not others:
        return None
    customers, elsewhere = fetch_one(
        engine,
        f"SELECT count(DISTINCT customer) FILTER (source = {own}),"
        f" count(DISTINCT customer) FILTER (source IN ({others})) FROM around",
    )
    return int(customers), int(elsewhere)
