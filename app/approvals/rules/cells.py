"""Where a commitment's money stands by fund and quarter, to the minor unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.approvals.rules.money import Balance
from app.approvals.rules.states import CommitmentState, TrancheState
from app.approvals.rules.tranches import OPEN_TRANCHES, bound_left
from app.values.money import allocate
from app.values.quarter import Quarter

Cell = tuple[int, Quarter]
"""A fund's id and a quarter."""

Cells = Mapping[Cell, int]
"""Minor units by fund and quarter."""


@dataclass(frozen=True, slots=True)
class Hurdle:
    """The part of a commitment that one hurdle holds or held, minor units.

    ``due`` is the quarter of its day as planned now. Where the initiative finished early there,
    ``was_met`` says whether the agreed criteria were met.
    """

    position: int
    amount_minor: int
    state: TrancheState
    due: Quarter | None = None
    was_met: bool | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """One commitment with all that is known about its money.

    ``planned`` is its money by fund and quarter as approved, ``spent`` what is booked as paid and
    not reversed; ``hurdles`` are in their order. ``amended`` is what its last rescope left bound.
    """

    commitment_id: int
    cycle_id: int
    cycle: str
    key: str
    title: str
    state: CommitmentState
    balance: Balance
    planned: Cells = field(default_factory=dict)
    spent: Cells = field(default_factory=dict)
    hurdles: tuple[Hurdle, ...] = ()
    amended: Cells | None = None

    @property
    def bound(self) -> dict[Cell, int]:
        """What of it still binds budgets, without what was freed."""
        return bound_left(self.planned, self.balance.freed, self.amended)

    @property
    def open_hurdles(self) -> tuple[Hurdle, ...]:
        return tuple(one for one in self.hurdles if one.state in OPEN_TRANCHES)


@dataclass(frozen=True, slots=True)
class Standing:
    """Approved money split over where it is: approved = released + reserved + on hold + freed.

    ``spent`` is part of what was released. In one cell more can be spent than was planned there.
    """

    approved: int = 0
    released: int = 0
    reserved: int = 0
    on_hold: int = 0
    freed: int = 0
    spent: int = 0

    def __add__(self, other: Standing) -> Standing:
        return Standing(
            self.approved + other.approved,
            self.released + other.released,
            self.reserved + other.reserved,
            self.on_hold + other.on_hold,
            self.freed + other.freed,
            self.spent + other.spent,
        )

    def __sub__(self, other: Standing) -> Standing:
        return Standing(
            self.approved - other.approved,
            self.released - other.released,
            self.reserved - other.reserved,
            self.on_hold - other.on_hold,
            self.freed - other.freed,
            self.spent - other.spent,
        )


def standings(position: Position) -> dict[Cell, Standing]:
    """What stands in every cell of a commitment; each figure adds up to the commitment's own.

    What was freed is taken from the latest quarters, at a rescope from where the smaller option
    needs less. Released money pays for the earliest that are
    left, the open hurdles for those after it, in their order. What no hurdle holds counts as
    reserved.
    """
    left = position.bound
    open_ = position.open_hurdles
    released, *parts = layers(
        left, [position.balance.released, *(one.amount_minor for one in open_)]
    )
    held = summed(
        part for one, part in zip(open_, parts, strict=True) if one.state is TrancheState.HELD
    )
    found = {}
    for cell in {*position.planned, *position.spent}:
        approved, kept = position.planned.get(cell, 0), left.get(cell, 0)
        paid, waits = released.get(cell, 0), held.get(cell, 0)
        found[cell] = Standing(
            approved=approved,
            released=paid,
            reserved=kept - paid - waits,
            on_hold=waits,
            freed=approved - kept,
            spent=position.spent.get(cell, 0),
        )
    return found


def standing(position: Position) -> Standing:
    """Where a commitment's money stands as a whole: what its cells add up to."""
    approved = sum(position.planned.values())
    money = position.balance
    held = sum(one.amount_minor for one in position.hurdles if one.state is TrancheState.HELD)
    return Standing(
        approved=approved,
        released=money.released,
        reserved=approved - money.released - money.freed - held,
        on_hold=held,
        freed=money.freed,
        spent=sum(position.spent.values()),
    )


def layers(cells: Cells, amounts: Sequence[int]) -> list[dict[Cell, int]]:
    """Lay amounts over cells one after the other, each from the earliest quarter left.

    Within a quarter the funds pay in proportion to what they have left. What the cells can't hold
    is in no layer.
    """
    quarters: dict[int, dict[Cell, int]] = {}
    for cell in sorted(cells, key=lambda cell: (cell[1].ordinal, cell[0])):
        if cells[cell] > 0:
            quarters.setdefault(cell[1].ordinal, {})[cell] = cells[cell]
    groups = list(quarters.values())
    at = 0
    found = []
    for amount in amounts:
        layer: dict[Cell, int] = {}
        while amount > 0 and at < len(groups):
            held = groups[at]
            if amount >= (taken := sum(held.values())):
                layer |= held
                at += 1
            else:
                taken = amount
                parts = dict(zip(held, allocate(taken, list(held.values())), strict=True))
                layer |= {cell: part for cell, part in parts.items() if part}
                groups[at] = {cell: m - parts[cell] for cell, m in held.items() if m > parts[cell]}
            amount -= taken
        found.append(layer)
    return found


def summed(parts: Iterable[Cells]) -> dict[Cell, int]:
    """Cells added up."""
    total: dict[Cell, int] = {}
    for part in parts:
        for cell, minor in part.items():
            total[cell] = total.get(cell, 0) + minor
    return total
