"""What a proposal asks of each fund and quarter, and where the budgets don't cover it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.approvals.rules.frozen import FrozenProposal
from app.approvals.rules.money import FundBudget, FundUse, fund_uses
from app.values.money import Money
from app.values.quarter import Quarter

Cell = tuple[int, Quarter]
"""A fund's id and a quarter."""


@dataclass(frozen=True, slots=True)
class FundAsk:
    """One fund: what is asked of it quarter by quarter, and what falls after the last one."""

    fund_id: int
    name: str
    uses: tuple[FundUse, ...]
    beyond_minor: int

    @property
    def asked_minor(self) -> int:
        return sum(use.asked for use in self.uses)

    @property
    def is_overdrawn(self) -> bool:
        return any(use.is_overdrawn for use in self.uses)


def asked_of(frozen: FrozenProposal, struck: Collection[str] = ()) -> dict[Cell, int]:
    """Minor units by fund id and quarter of everything that isn't struck."""
    ids = {fund.key: fund.id for fund in frozen.funds}
    asked: dict[Cell, int] = {}
    for item in frozen.items:
        if item.key in struck:
            continue
        for one in item.spend:
            cell = (ids[one.fund], Quarter.parse(one.quarter))
            asked[cell] = asked.get(cell, 0) + one.amount_minor
    return asked


def fund_asks(
    funds: Sequence[FundBudget], *, bound: Mapping[Cell, int], asked: Mapping[Cell, int]
) -> list[FundAsk]:
    """Every fund of the cycle, whether something is asked of it or not."""
    return [
        FundAsk(
            fund_id=fund.fund_id,
            name=fund.name,
            uses=tuple(fund_uses(fund, bound=_of(fund, bound), asked=_of(fund, asked))),
            beyond_minor=sum(
                minor for quarter, minor in _of(fund, asked).items() if quarter > fund.quarters[-1]
            ),
        )
        for fund in funds
    ]


def _of(fund: FundBudget, cells: Mapping[Cell, int]) -> dict[Quarter, int]:
    return {
        quarter: minor for (fund_id, quarter), minor in cells.items() if fund_id == fund.fund_id
    }


def overdrawn_sentences(
    funds: Sequence[FundBudget],
    *,
    bound: Mapping[Cell, int],
    asked: Mapping[Cell, int],
    currency: str,
) -> list[str]:
    """Where the budgets don't cover what is bound and asked; a missing fund covers nothing.

    A quarter that lacks as much without what is asked is not the asker's fault; one that lived on
    money carried over from where more is asked now is.
    """
    known = {fund.fund_id for fund in funds}
    missing = sum(minor for (fund_id, _), minor in asked.items() if fund_id not in known)
    before = fund_asks(funds, bound=bound, asked={})
    found = [
        f"{ask.name} lacks {Money(-use.left, currency)} in {use.quarter}."
        for ask, unasked in zip(fund_asks(funds, bound=bound, asked=asked), before, strict=True)
        for use, alone in zip(ask.uses, unasked.uses, strict=True)
        if use.is_overdrawn and use.left < alone.left
    ]
    if missing:
        found.append(f"{Money(missing, currency)} is asked of funds that left the cycle.")
    return found
