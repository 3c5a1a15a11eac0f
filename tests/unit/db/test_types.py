"""What column types store comes back as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator

from app.db.types import EnumText, MeasureType, ShareType, UtcDateTime

DIALECTS = (sqlite.dialect(), postgresql.dialect())  # type: ignore[no-untyped-call]


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


def read_back(kind: TypeDecorator[Any], value: object, dialect: Dialect) -> Any:
    write = kind.bind_processor(dialect)
    stored = write(value) if write else value
    return read(kind, stored, dialect)


def read(kind: TypeDecorator[Any], stored: object, dialect: Dialect) -> Any:
    process = kind.dialect_impl(dialect).result_processor(dialect, None)
    assert process is not None
    return process(stored)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.name)
class TestEnumText:
    def test_gives_the_very_member(self, dialect: Dialect) -> None:
        for value in (*Colour, None):
            assert read_back(EnumText(Colour), value, dialect) is value

    def test_refuses_what_is_no_member(self, dialect: Dialect) -> None:
        with pytest.raises(ValueError, match="green"):
            read(EnumText(Colour), "green", dialect)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.name)
class TestUtcDateTime:
    @pytest.mark.parametrize(
        "moment",
        [
            datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
            datetime(2027, 2, 28, 12, 30, 0, 1, tzinfo=UTC),
            datetime(2900, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=45))),
            datetime(1, 1, 1, tzinfo=UTC),
        ],
    )
    def test_is_exact_to_the_microsecond_and_in_utc(
        self, dialect: Dialect, moment: datetime
    ) -> None:
        found = read_back(UtcDateTime(), moment, dialect)
        assert found == moment and found.tzinfo is UTC
        assert read_back(UtcDateTime(), None, dialect) is None


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.name)
class TestMeasures:
    @pytest.mark.parametrize("text", ["0", "0.000001", "-12.5", "1", "999999999999.999999"])
    def test_are_exact_and_written_short(self, dialect: Dialect, text: str) -> None:
        for kind in (ShareType(), MeasureType()):
            for _ in range(2):
                found = read_back(kind, Decimal(text), dialect)
                assert found == Decimal(text) and str(found) == str(Decimal(text))
        assert read_back(MeasureType(), None, dialect) is None
