"""Local moments become UTC as the zone's clocks were set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import duckdb
import ibis

from app.interactions.engine.cells import to_local, to_utc
from app.interactions.engine.zones import offset_changes


def _local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)  # type: ignore[misc, arg-type]


class TestOffsetChanges:
    def test_are_those_of_the_zone(self) -> None:
        first, changes = offset_changes("Europe/Berlin", 2027)
        assert first == timedelta(hours=1)
        assert [(one.local, one.offset) for one in changes[-2:]] == [
            (_local(2027, 3, 28, 2), timedelta(hours=2)),
            (_local(2027, 10, 31, 3), timedelta(hours=1)),
        ]

    def test_put_an_hour_that_never_was_into_the_one_before(self) -> None:
        never = ibis.timestamp("2027-03-28 02:30:00")
        shown = to_local(to_utc(never, "Europe/Berlin"), "Europe/Berlin")
        query = str(ibis.to_sql(shown, dialect="duckdb"))
        assert duckdb.sql(query).fetchall() == [(_local(2027, 3, 28, 1, 30),)]

    def test_are_none_where_clocks_stay(self) -> None:
        assert offset_changes("UTC", 2027) == (timedelta(0), ())
