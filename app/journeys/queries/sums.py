"""What the counted months add up to: one list of sums for everything that reads the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from app.journeys.models import InteractionMonth, InteractionSource
from app.journeys.rules import Logged, SourceState

_FIELDS = fields(Logged)
_READ: tuple[Callable[[Any], Any], ...] = tuple(
    Decimal if isinstance(one.default, Decimal) else int for one in _FIELDS
)

SUMS: tuple[Any, ...] = tuple(func.sum(getattr(InteractionMonth, one.name)) for one in _FIELDS)
"""What is added up of every month, in the order of Logged."""

COUNTED_SOURCES = select(InteractionSource.id).where(InteractionSource.state == SourceState.COUNTED)
COUNTS = InteractionMonth.source_id.in_(COUNTED_SOURCES)
"""Only months of sources that are counted count anywhere."""


def logged(sums: Sequence[Any]) -> Logged:
    """A row of SUMS; a database may give sums of counts as decimals."""
    return Logged(*(read(value) for read, value in zip(_READ, sums, strict=True)))
