"""What will still be paid out: to the next hurdle, as expected, and if every hurdle passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from app.approvals.rules.cells import Cell, Cells, Hurdle, Position, layers, summed
from app.approvals.rules.states import TrancheState
from app.values.money import allocate, minor_from
from app.values.quarter import Quarter


@dataclass(frozen=True, slots=True)
class GateRecord:
    """How often the hurdles at one place in their commitments passed, of those decided for good."""

    passed: int = 0
    decided: int = 0

    @property
    def chance(self) -> Fraction:
        """Laplace's rule of succession: one half as long as nothing is known."""
        return Fraction(self.passed + 1, self.decided + 2)


@dataclass(frozen=True, slots=True)
class GateHistory:
    """The own record of hurdles by their place: the first of a commitment, the second, …

    ``unjudged`` hurdles were finished early without the agreed criteria being met; none counts.
    """

    records: Mapping[int, GateRecord] = field(default_factory=dict)
    unjudged: int = 0

    def record_at(self, position: int) -> GateRecord:
        return self.records.get(position, GateRecord())


def gate_history(commitments: Iterable[Sequence[Hurdle]]) -> GateHistory:
    """Count released hurdles as passed and the first freed one of a commitment as missed.

    Those after it were never judged: the stop took them along. Open ones, held or not, don't count.
    One at which the initiative finished early passed if its criteria were met; else it neither
    passed nor missed and is left out.
    """
    counts: dict[int, tuple[int, int]] = {}
    unjudged = 0
    for hurdles in commitments:
        for one in sorted(hurdles, key=lambda hurdle: hurdle.position):
            passed, decided = counts.get(one.position, (0, 0))
            if one.state is TrancheState.RELEASED:
                counts[one.position] = (passed + 1, decided + 1)
            elif one.state is TrancheState.FREED:
                if one.was_met is False:
                    unjudged += 1
                else:
                    counts[one.position] = (passed + bool(one.was_met), decided + 1)
                break
    records = {place: GateRecord(*found) for place, found in counts.items()}
    return GateHistory(records, unjudged)


@dataclass(frozen=True, slots=True)
class Exposure:
    """Money paid and to be paid, minor units; neither ``at_next`` nor ``expected`` > ``maximum``.

    ``unspent`` is released and not yet spent. ``next_money`` hangs on the next hurdle of each
    commitment, ``open_money`` on all of them; ``expected_open`` weighs it with their chances.
    """

    spent: int = 0
    unspent: int = 0
    next_money: int = 0
    expected_open: int = 0
    open_money: int = 0

    @property
    def released(self) -> int:
        return self.spent + self.unspent

    @property
    def at_next(self) -> int:
        """Released, and what the next hurdle of each commitment would release: the hard limit."""
        return self.released + self.next_money

    @property
    def expected(self) -> int:
        return self.released + self.expected_open

    @property
    def maximum(self) -> int:
        """What will be paid if every hurdle passes."""
        return self.released + self.open_money

    def __add__(self, other: Exposure) -> Exposure:
        return Exposure(
            self.spent + other.spent,
            self.unspent + other.unspent,
            self.next_money + other.next_money,
            self.expected_open + other.expected_open,
            self.open_money + other.open_money,
        )


def exposure_cells(
    position: Position, history: GateHistory, *, today: Quarter
) -> dict[Cell, Exposure]:
    """A commitment's exposure by the fund and quarter it is or will be paid in.

    What is spent stands where it was booked. What is not yet spent stands where it was planned; of
    a quarter that is past, in the present one, since it can't be paid in the past any more. What a
    hurdle holds can't be paid before its day as planned now, nor before that of one ahead of it.
    """
    left = position.bound
    open_ = position.open_hurdles
    released, *parts = layers(
        left, [position.balance.released, *(one.amount_minor for one in open_)]
    )
    unspent = _slipped(_unspent(released, position.spent), today)
    parts = [_slipped(part, at) for part, at in zip(parts, _earliest(open_, today), strict=True)]
    next_money = parts[0] if parts else {}
    open_money = summed(parts)
    weighed = [_weighed(part, p) for part, p in zip(parts, chances(open_, history), strict=True)]
    expected = {cell: minor for cell, minor in summed(weighed).items() if minor}
    return {
        cell: Exposure(
            spent=position.spent.get(cell, 0),
            unspent=unspent.get(cell, 0),
            next_money=next_money.get(cell, 0),
            expected_open=expected.get(cell, 0),
            open_money=open_money.get(cell, 0),
        )
        for cell in {*position.spent, *unspent, *open_money}
    }


def exposure(position: Position, history: GateHistory, *, today: Quarter) -> Exposure:
    """A commitment's exposure as a whole."""
    return sum(exposure_cells(position, history, today=today).values(), Exposure())


def chances(open_hurdles: Sequence[Hurdle], history: GateHistory) -> list[Fraction]:
    """The chance that each open hurdle releases its money: all before it have to pass as well."""
    found = []
    chance = Fraction(1)
    for one in open_hurdles:
        chance *= history.record_at(one.position).chance
        found.append(chance)
    return found


def _earliest(open_hurdles: Sequence[Hurdle], today: Quarter) -> list[Quarter]:
    """The first quarter in which each open hurdle can release its money."""
    found = []
    at = today
    for one in open_hurdles:
        at = max(at, one.due or at)
        found.append(at)
    return found


def _weighed(part: Cells, chance: Fraction) -> dict[Cell, int]:
    """The part times the chance, rounded once as a whole."""
    whole = minor_from(chance * sum(part.values()))
    if len(part) == 1:
        return dict.fromkeys(part, whole)
    places = sorted(part, key=lambda cell: (cell[1], cell[0]))
    return dict(zip(places, allocate(whole, [part[one] for one in places]), strict=True))


def _unspent(released: Cells, spent: Cells) -> dict[Cell, int]:
    """What is left of the released money: spends use up their own fund's first, the earliest first.

    More than a fund has released is paid for by the others, since the commitment's sum is what
    counts.
    """
    left = dict(released)
    over = 0
    for fund in sorted({fund for fund, _ in spent}):
        paid = sum(minor for (one, _), minor in spent.items() if one == fund)
        own = {cell: minor for cell, minor in left.items() if cell[0] == fund}
        (used,) = layers(own, [paid])
        over += paid - sum(used.values())
        left |= {cell: minor - used.get(cell, 0) for cell, minor in own.items()}
    (used,) = layers(left, [over])
    return {cell: minor - used.get(cell, 0) for cell, minor in left.items()}


def _slipped(cells: Cells, today: Quarter) -> dict[Cell, int]:
    """The same money, none of it in the past and none of it nothing."""
    return summed(
        {(fund, max(quarter, today)): minor} for (fund, quarter), minor in cells.items() if minor
    )
