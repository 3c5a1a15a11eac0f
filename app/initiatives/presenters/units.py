"""The organisation units beside what initiatives write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.initiatives.models import OrganisationUnit
from app.initiatives.queries import UnitUse


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit of the list, or one that only initiatives name: it has no ``id`` then."""

    id: int | None
    name: str
    initiatives: int
    in_portfolio: int


def unit_rows(units: Sequence[OrganisationUnit], uses: Sequence[UnitUse]) -> list[UnitRow]:
    """The listed units, then those that initiatives name and nobody listed, each by name."""
    counts = {use.name: use for use in uses}
    nothing = UnitUse("", 0, 0)
    listed = [
        UnitRow(unit.id, unit.name, use.initiatives, use.in_portfolio)
        for unit in units
        for use in (counts.get(unit.name, nothing),)
    ]
    known = {unit.name for unit in units}
    return listed + [
        UnitRow(None, use.name, use.initiatives, use.in_portfolio)
        for use in uses
        if use.name not in known
    ]
