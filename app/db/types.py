"""Column types that keep exact values exact on SQLite and PostgreSQL alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, LargeBinary, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from app.values.canonical import canonical_json
from app.values.quarter import Quarter

MoneyMinor = BigInteger
"""Money in minor units; its currency stands in the row or in the row's parent."""

_MILLION = Decimal(1_000_000)


class _Scaled(TypeDecorator[Decimal]):
    """A decimal with six exact digits, stored as whole millionths."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value) * _MILLION
        if scaled != scaled.to_integral_value():
            scaled = scaled.to_integral_value()
        return int(scaled)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Read without a call in between: pages read thousands."""
        return _unscaled


@lru_cache(maxsize=4096)
def _unscaled(millionths: int | None) -> Decimal | None:
    return None if millionths is None else Decimal(millionths) / _MILLION


class ShareType(_Scaled):
    """A share of a whole, 0 to 1."""

    cache_ok = True


class MeasureType(_Scaled):
    """A measured quantity in the unit its row names."""

    cache_ok = True


class QuarterType(TypeDecorator[Quarter]):
    """A quarter, stored as ``2027-Q1`` so that the database sorts it in time."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Read without a call in between, as `_Scaled` does."""
        return _quarter


@lru_cache(maxsize=1024)
def _quarter(text: str | None) -> Quarter | None:
    return None if text is None else Quarter.parse(text)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored as whole microseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A stored moment needs a time zone.")
        delta = value.astimezone(UTC) - _EPOCH
        return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Read without a call in between, as `_Scaled` does."""
        return _moment


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CanonicalJson(TypeDecorator[Any]):
    """A JSON value in its one canonical byte form."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else json.loads(bytes(value))


class EnumText(TypeDecorator[Enum]):
    """A member of ``kind``, stored by its value as text."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[Enum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Look members up in a table: pages read thousands, and `Enum` itself is slow at it."""
        return _Members(self.kind).__getitem__


class _Members(dict[str | None, Enum | None]):
    """The members of an enum by what is stored. Raises ValueError for anything else."""

    def __init__(self, kind: type[Enum]) -> None:
        super().__init__({member.value: member for member in kind})
        self[None] = None
        self._kind = kind

    def __missing__(self, value: str | None) -> Enum:
        return self._kind(value)
