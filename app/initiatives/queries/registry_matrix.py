"""What the matrix draws: every initiative that matches with its value and its effort."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.initiatives.models import Option, OptionDemand
from app.initiatives.queries.figures import load_values
from app.initiatives.queries.registry import (
    RegistryFilter,
    RegistryLine,
    list_registry,
    matching_ids,
)
from app.values.money import Money


@dataclass(frozen=True, slots=True)
class MatrixLine:
    """An initiative with its standalone value and the person-days of its full option.

    No value without a cycle or an option, no days where none are entered.
    """

    line: RegistryLine
    value: Money | None
    days: Decimal | None


def load_matrix(session: Session, wanted: RegistryFilter) -> list[MatrixLine]:
    """All that match, by key, in three queries."""
    lines, _ = list_registry(session, wanted, order="key")
    values = load_values(session, lines)
    last = aliased(Option)
    is_last = Option.position == (
        select(func.max(last.position))
        .where(last.initiative_id == Option.initiative_id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Option.initiative_id, func.sum(OptionDemand.days))
        .join(OptionDemand, OptionDemand.option_id == Option.id)
        .where(Option.initiative_id.in_(matching_ids(wanted)), is_last)
        .group_by(Option.initiative_id)
    )
    days = {row[0]: row[1] for row in rows}
    return [MatrixLine(line, values[line.id], days.get(line.id)) for line in lines]
