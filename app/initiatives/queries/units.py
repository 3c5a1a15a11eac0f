"""Read the organisation units and who carries what."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.initiatives.models import Initiative, OrganisationUnit
from app.initiatives.rules import IN_PORTFOLIO
from app.values.names import by_name


def list_units(session: Session) -> list[OrganisationUnit]:
    """Every organisation unit by name."""
    query = select(OrganisationUnit).order_by(OrganisationUnit.id)
    return by_name(session.scalars(query), lambda one: one.name)


def get_unit(session: Session, unit_id: int) -> OrganisationUnit:
    """Raises NotFoundError."""
    unit = session.get(OrganisationUnit, unit_id)
    if unit is None:
        raise NotFoundError("There is no such organisation unit, or it was taken off the list.")
    return unit


@dataclass(frozen=True, slots=True)
class UnitUse:
    """A unit as initiatives name it: how many do in all, and in the portfolio."""

    name: str
    initiatives: int
    in_portfolio: int


def list_unit_uses(session: Session) -> list[UnitUse]:
    """Every unit that initiatives name, by name, whether it is on the list or not."""
    is_in = case((Initiative.state.in_(IN_PORTFOLIO), 1), else_=0)
    rows = session.execute(
        select(Initiative.unit, func.count(), func.sum(is_in))
        .group_by(Initiative.unit)
        .order_by(Initiative.unit)
    )
    uses = (UnitUse(name, count, int(live)) for name, count, live in rows)
    return by_name(uses, lambda one: one.name)
