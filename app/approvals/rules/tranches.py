"""How a commitment splits over its milestones, and what a stop takes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.approvals.rules.states import TrancheState
from app.values.money import allocate
from app.values.quarter import Quarter, months_later

MONTHS_A_QUARTER = 3

OPEN_TRANCHES = (TrancheState.PENDING, TrancheState.HELD)
"""Nothing was decided about these for good: they can be released, or freed by a stop."""


@dataclass(frozen=True, slots=True)
class PlannedTranche:
    """What one milestone will hold, and when it falls due for the start that was chosen."""

    milestone_id: int
    position: int
    amount_minor: int
    due_on: date


@dataclass(frozen=True, slots=True)
class MilestonePlan:
    """A milestone as proposed; ``due_on`` assumes the initiative's planned start.

    ``source_minor``: the money its source named for it, if there is one.
    """

    milestone_id: int
    due_on: date
    share: Decimal
    source_minor: int | None = None


def planned_tranches(
    amount_minor: int,
    milestones: Sequence[MilestonePlan],
    *,
    planned_start: Quarter,
    start: Quarter,
) -> list[PlannedTranche]:
    """One tranche per milestone, in order of their dates; they add up to ``amount_minor``.

    Milestones without a share hold nothing and still are hurdles. Where a source named the money
    of every milestone, that divides the amount: to the cent as named when it is asked for whole.
    """
    in_order = sorted(milestones, key=lambda m: (m.due_on, m.milestone_id))
    amounts = allocate(amount_minor, _weights(in_order))
    months = MONTHS_A_QUARTER * (start - planned_start)
    return [
        PlannedTranche(m.milestone_id, place, amount, months_later(m.due_on, months))
        for place, (m, amount) in enumerate(zip(in_order, amounts, strict=True), start=1)
    ]


def _weights(milestones: Sequence[MilestonePlan]) -> list[Decimal]:
    named = [one.source_minor for one in milestones if one.source_minor is not None]
    if len(named) == len(milestones) and any(named):
        return [Decimal(minor) for minor in named]
    return [one.share for one in milestones]


Spend = Mapping[tuple[int, Quarter], int]
"""Minor units by (fund id, quarter)."""


def spend_left(spend: Spend, freed_minor: int) -> dict[tuple[int, Quarter], int]:
    """What still binds budgets after ``freed_minor`` went back, the latest quarters first.

    Money already released pays for the earliest quarters. Within one quarter the funds give back
    in proportion to what they hold.
    """
    left = dict(spend)
    quarters: dict[Quarter, list[tuple[int, Quarter]]] = {}
    for place in spend:
        quarters.setdefault(place[1], []).append(place)
    for quarter in sorted(quarters, reverse=True):
        if freed_minor <= 0:
            break
        places = sorted(quarters[quarter])
        held = [spend[place] for place in places]
        back = min(freed_minor, sum(held))
        parts = held if back == sum(held) else allocate(back, held)
        for place, part in zip(places, parts, strict=True):
            left[place] -= part
        freed_minor -= back
    return left
