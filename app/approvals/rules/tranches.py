"""How a commitment splits over its milestones, and what a stop takes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.approvals.rules.states import TrancheState
from app.values.money import allocate
from app.values.quarter import Quarter, QuarterSpan, months_later

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


def bound_left(
    planned: Spend, freed_minor: int, amended: Spend | None = None
) -> dict[tuple[int, Quarter], int]:
    """What of approved money still binds budgets after ``freed_minor`` of it went back.

    ``amended`` is what the last rescope left bound, None without one: what it freed fell where
    the smaller option needs less, and only what went back since comes off the latest quarters.
    """
    if amended is None:
        return spend_left(planned, freed_minor)
    since = freed_minor - (sum(planned.values()) - sum(amended.values()))
    return dict.fromkeys(planned, 0) | spend_left(amended, since)


def can_be_planned(quarter: Quarter, spans: Iterable[QuarterSpan], now: Quarter) -> bool:
    """Whether money freed in a quarter can still be planned: an open cycle plans it, not past."""
    return quarter >= now and any(quarter in span for span in spans)


def kept_by(
    held: Spend, needs: Spend, total_minor: int, spent: Spend
) -> dict[tuple[int, Quarter], int]:
    """What stays bound where when an initiative goes on with an option that needs less.

    ``held`` is what is bound until now, ``total_minor`` what stays of it in all. Each cell keeps
    what the option ``needs`` there: not less than was ``spent`` and not more than was held, since
    nobody approved more of that fund in that quarter. What that leaves over or lacks is evened out
    at the same fund first, then at others, the earliest quarters first.
    """
    floor = {cell: min(spent.get(cell, 0), minor) for cell, minor in held.items()}
    kept = {cell: max(floor[cell], min(needs.get(cell, 0), minor)) for cell, minor in held.items()}
    off = total_minor - sum(kept.values())
    for cell in _evening_out(held, needs, kept, lacks=off > 0):
        if off > 0:
            part = min(off, held[cell] - kept[cell])
        else:
            part = -min(-off, kept[cell] - floor[cell])
        kept[cell] += part
        off -= part
    return kept


def _evening_out(
    held: Spend, needs: Spend, kept: Spend, *, lacks: bool
) -> list[tuple[int, Quarter]]:
    """The cells in the order they even out; funds whose own sum is off come first."""
    off: dict[int, int] = {}
    for (fund, _), minor in needs.items():
        off[fund] = off.get(fund, 0) + minor
    for (fund, _), minor in kept.items():
        off[fund] = off.get(fund, 0) - minor
    sign = 1 if lacks else -1
    return sorted(held, key=lambda cell: (sign * off.get(cell[0], 0) <= 0, cell[1].ordinal, cell))


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
