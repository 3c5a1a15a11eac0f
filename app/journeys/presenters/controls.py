"""Control totals with what is claimed and certified against each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.journeys.models import ControlTotal
from app.journeys.rules import Claim, PoolState, claims_on
from app.values.money import Money


@dataclass(frozen=True, slots=True)
class ControlRow:
    """A control total: its amount a year, what is certified and claimed of it, what is left."""

    total: ControlTotal
    amount: Money
    certified: Money
    claimed: Money
    left: Money
    pools: Sequence[Claim]

    @property
    def is_exceeded(self) -> bool:
        """Whether all claims together go past it, certified or not."""
        return self.certified + self.claimed > self.amount


def control_rows(totals: Sequence[ControlTotal], claims: Sequence[Claim]) -> list[ControlRow]:
    """Every control total; claims of journeys not in use count once they are certified."""
    return [_row(one, claims) for one in totals]


def _row(total: ControlTotal, claims: Sequence[Claim]) -> ControlRow:
    pools = [
        one
        for one in claims_on(total.ceiling, claims)
        if one.is_in_use or one.state is PoolState.CERTIFIED
    ]
    sums = {
        state: Money(sum(one.minor for one in pools if one.state is state), total.currency)
        for state in PoolState
    }
    amount = Money(total.amount_minor, total.currency)
    return ControlRow(
        total=total,
        amount=amount,
        certified=sums[PoolState.CERTIFIED],
        claimed=sums[PoolState.CLAIMED],
        left=amount - sums[PoolState.CERTIFIED],
        pools=pools,
    )
