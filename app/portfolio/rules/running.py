"""What a problem becomes when a running initiative goes on as measured, or ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.initiatives.rules import EvidenceGrade
from app.portfolio.rules.facts import EffectFacts, FundFacts, ProblemFacts

_DIGITS = Decimal("1e-12")
_SUREST = EvidenceGrade.A
_MOST = Decimal("0.95")


@dataclass(frozen=True, slots=True)
class MeasuredEffect:
    """What an effect removes of a pool as measured, and the haircut that is left."""

    pool: str
    removal: float
    haircut: float

    @property
    def facts(self) -> EffectFacts:
        """The effect with the same intensity at the surest grade: 1 − (1 − q)^(g/g_A).

        A problem knows grades and no haircuts in between; harm has none.
        """
        removal = self.removal
        if removal > 0:
            removal = 1 - (1 - removal) ** (self.haircut / float(_SUREST.haircut))
        exact = Decimal(removal).quantize(_DIGITS)
        return EffectFacts(self.pool, max(-_MOST, min(_MOST, exact)), _SUREST)


def going_on(facts: ProblemFacts, key: str, effects: Sequence[MeasuredEffect]) -> ProblemFacts:
    """The facts with the running initiative's effects as measured."""
    acting = tuple(one.facts for one in effects)
    committed = tuple(
        replace(one, option=replace(one.option, effects=acting)) if one.key == key else one
        for one in facts.committed
    )
    return replace(facts, committed=committed)


def without(
    facts: ProblemFacts, key: str, freed: Mapping[tuple[str, int], int], now: int
) -> ProblemFacts:
    """The facts had the running initiative ended in planning quarter ``now``.

    Its effects and its teams' days end, and ``freed`` minor units by fund key and planning quarter
    can be spent again, as far as the quarters are not over.
    """
    return replace(
        facts,
        committed=tuple(one for one in facts.committed if one.key != key),
        funds=tuple(_freed(fund, freed, now) for fund in facts.funds),
    )


def _freed(fund: FundFacts, freed: Mapping[tuple[str, int], int], now: int) -> FundFacts:
    committed = tuple(
        held - (freed.get((fund.key, at), 0) if at >= now else 0)
        for at, held in enumerate(fund.committed)
    )
    return replace(fund, committed=committed)
