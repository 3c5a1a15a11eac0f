"""What later stations know of the delivery of initiatives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

OPEN_HURDLES: list[Callable[[Session, Collection[int]], Mapping[int, list[str]]]] = []
"""Later stations append which hurdles still hold money: (session, ids) → names in order, by id."""


def load_open_hurdles(session: Session, initiative_ids: Collection[int]) -> dict[int, list[str]]:
    """The names of the hurdles nobody has decided for good, in order, by initiative id."""
    found: dict[int, list[str]] = {}
    for provide in OPEN_HURDLES if initiative_ids else ():
        for initiative_id, names in provide(session, initiative_ids).items():
            found.setdefault(initiative_id, []).extend(names)
    return found


LOST_NEEDS: list[Callable[[Session, int], Sequence[str]]] = []
"""A later station appends what an initiative under way needs and no longer gets: (session, id) →
sentences."""


def list_lost_needs(session: Session, initiative_id: int) -> list[str]:
    """What the initiative needs and no longer gets, in sentences."""
    return [said for provide in LOST_NEEDS for said in provide(session, initiative_id)]


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement of a criterion, from where and by whom."""

    value: Decimal
    sample: int | None
    measured_on: date
    source: str
    recorded_by: str


@dataclass(frozen=True, slots=True)
class CriterionStanding:
    """The measurements of a criterion, the one that counts first.

    ``is_met`` is None while that one's sample is smaller than agreed.
    """

    series: tuple[Measured, ...]
    is_met: bool | None


@dataclass(frozen=True, slots=True)
class AmendedFigures:
    """What a criterion asks for since it was amended, by whom, when and why."""

    threshold: Decimal
    minimum_sample: int | None
    agreed_by: str
    agreed_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class HurdleDates:
    """The days and the state of a hurdle that holds approved money.

    ``agreed_on`` is the day approved, ``due_on`` the day in force; ``state`` and ``word`` are how
    the hurdle shows elsewhere.
    """

    tranche_id: int
    agreed_on: date
    due_on: date
    state: str
    word: str


@dataclass(frozen=True, slots=True)
class MilestoneStanding:
    """What is known of a milestone: its hurdle once money is approved, readings and amendments by
    criterion id."""

    hurdle: HurdleDates | None = None
    criteria: Mapping[int, CriterionStanding] = field(default_factory=dict)
    amended: Mapping[int, AmendedFigures] = field(default_factory=dict)


MILESTONE_STANDINGS: list[
    Callable[[Session, Collection[int], date], Mapping[int, MilestoneStanding]]
] = []
"""A later station appends how milestones stand: (session, ids, today) → standing by id."""


def load_milestone_standings(
    session: Session, milestone_ids: Collection[int], today: date
) -> dict[int, MilestoneStanding]:
    """How each milestone stands; one nobody knows anything of is left out."""
    found: dict[int, MilestoneStanding] = {}
    for provide in MILESTONE_STANDINGS if milestone_ids else ():
        found.update(provide(session, milestone_ids, today))
    return found
