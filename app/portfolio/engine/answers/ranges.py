"""The ranges of the inputs behind a problem, and what draws from them make of it.

A problem states what its inputs come to: pools worked out from contacts and prices, intensities
from removal fractions. Ranges hold those inputs with P10, P50 and P90, so that a draw of them
becomes factors of what the problem states. What has no range is held at its figure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from app.initiatives.rules import EvidenceGrade, Horizon, PoolSpread, Spread
from app.initiatives.rules.outlook import (
    SEED,
    Sample,
    cost_factors,
    drawn_intensity,
    effect_luck,
    input_luck,
    pool_worth,
)
from app.portfolio.engine.answers.uncertainty import DIGITS, Draws
from app.portfolio.engine.problem import Placement, Problem

VALUE_SEED = SEED
"""What a plan as it is gets drawn with, and the case of an initiative: the same luck for both."""


@dataclass(frozen=True, slots=True, order=True)
class InputName:
    """An input: of the pool or initiative ``key``; ``part`` is a pool's symbol or the place of an
    effect in its option."""

    kind: str
    key: str
    option: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class RangedEffect:
    """A removal fraction on a pool, with the grade its haircut comes from."""

    pool: str
    removal: Spread
    grade: EvidenceGrade


@dataclass(frozen=True, slots=True)
class OptionRanges:
    """An option's effects in their order, and its cost as a multiple of what is planned.

    ``initiative`` numbers the initiative, for its luck.
    """

    initiative: int
    effects: tuple[RangedEffect, ...]
    cost: Spread


@dataclass(frozen=True)
class Ranges:
    """Inputs by key of the pool, and by key of the initiative and of its option.

    ``rate`` discounts. A pool or option that is missing is held as the problem has it.
    """

    rate: Decimal
    pools: Mapping[str, PoolSpread]
    options: Mapping[tuple[str, str], OptionRanges]

    @property
    def has_any(self) -> bool:
        """Whether any input at all has a range."""
        return any(
            spread.is_range
            for spread in (
                *(spread for pool in self.pools.values() for _, spread in pool.inputs),
                *(effect.removal for one in self.options.values() for effect in one.effects),
                *(one.cost for one in self.options.values()),
            )
        )

    def horizon(self, problem: Problem) -> Horizon:
        return Horizon(len(problem.quarters), self.rate)

    def draws(self, problem: Problem, count: int, seed: int) -> Draws:
        """``count`` draws; equal seeds give equal draws."""
        return RangeDraws(problem, self, count, _Lucky(self, count, seed))

    def inputs(
        self, problem: Problem, chosen: Collection[Placement]
    ) -> Iterator[tuple[InputName, Spread]]:
        """Everything that value and cost of some placements depend on, with what is known of it."""
        acting: set[str] = set()
        counted = {pool.key for pool in problem.pools}
        for one in chosen:
            key, option = problem.initiatives[one.initiative].key, problem.option(one)
            pools = [problem.pools[effect.pool].key for effect in option.effects]
            acting.update(pools)
            found = self.options.get((key, option.key))
            effects = found.effects if found else [RangedEffect(p, SURE, _ANY) for p in pools]
            for place, effect in enumerate(effects):
                if effect.pool in counted:
                    yield InputName("effect", key, option.key, str(place)), effect.removal
            if option.spend:
                yield InputName("cost", key, option.key), found.cost if found else SURE
        for key in sorted(acting & self.pools.keys()):
            for symbol, spread in self.pools[key].inputs:
                yield InputName("pool", key, part=symbol), spread


SURE = Spread(1.0, 1.0, 1.0)
_ANY = EvidenceGrade.A

Figures = Callable[[InputName, Spread], Any]
"""The figures of an input: an array over the draws, or one number for all of them."""


class _Lucky:
    """Draws of inputs from a seed."""

    def __init__(self, ranges: Ranges, count: int, seed: int) -> None:
        self.ranges, self.count, self.seed = ranges, count, seed

    def __call__(self, name: InputName, spread: Spread) -> Any:
        if not spread.is_range:
            return spread.middle
        size = {"draws": self.count, "seed": self.seed}
        if name.kind == "pool":
            return spread.values(input_luck(self.ranges.pools[name.key], name.part, **size))
        number = self.ranges.options[name.key, name.option].initiative
        if name.kind == "cost":
            return cost_factors(spread, number, **size)
        return spread.values(effect_luck(number, **size))


class RangeDraws(Draws):
    """What figures of the inputs make of a problem; worked out where somebody asks for it."""

    def __init__(self, problem: Problem, ranges: Ranges, size: int, figures: Figures) -> None:
        super().__init__(problem, size)
        self.ranges, self.figures = ranges, figures
        self._ones = np.ones(size)
        self._known: dict[tuple[int, ...], Any] = {}

    def own(self, initiative: int) -> Any:
        """A value stated without a pool has no range."""
        return self._ones

    def effect(self, initiative: int, option: int, pool: int) -> Any:
        place = (initiative, option, pool)
        if place not in self._known:
            self._known[place] = self._effect(initiative, option, self.problem.pools[pool].key)
        return self._known[place]

    def _effect(self, initiative: int, option: int, pool: str) -> Any:
        key, scope, found = self._option(initiative, option)
        if found is None:
            return self._ones
        drawn, stated = np.zeros(self.size), 0.0
        for place, one in enumerate(found.effects):
            if one.pool == pool:
                name = InputName("effect", key, scope, str(place))
                drawn = drawn + drawn_intensity(self.figures(name, one.removal), one.grade)
                stated += float(drawn_intensity(one.removal.middle, one.grade))
        return self._factor(drawn, stated)

    def cost(self, initiative: int, option: int) -> Any:
        place = (initiative, option)
        if place not in self._known:
            key, scope, found = self._option(initiative, option)
            factor = self._ones
            if found is not None and found.cost.is_range:
                factor = self._factor(self.figures(InputName("cost", key, scope), found.cost), 1.0)
            self._known[place] = factor
        return self._known[place]

    def _option(self, initiative: int, option: int) -> tuple[str, str, OptionRanges | None]:
        one = self.problem.initiatives[initiative]
        scope = one.options[option].key
        return one.key, scope, self.ranges.options.get((one.key, scope))

    def pool(self, pool: int) -> Any:
        """By quarter where the churn is drawn, too: it decides what is left of a pool later."""
        if (pool,) not in self._known:
            factor = self._pool(self.problem.pools[pool].key)
            self._known[(pool,)] = self._ones[:, None] if factor is None else factor
        return self._known[(pool,)]

    def _pool(self, key: str) -> Any:
        found = self.ranges.pools.get(key)
        if found is None or not any(spread.is_range for _, spread in found.inputs):
            return None
        horizon = self.ranges.horizon(self.problem)
        stated = {(found.id, symbol): spread.middle for symbol, spread in found.inputs}
        expected = pool_worth(found, horizon, Sample(stated, {}, {}, 1))
        if not expected.all():
            return None
        drawn = {
            (found.id, symbol): self.figures(InputName("pool", key, part=symbol), spread)
            for symbol, spread in found.inputs
        }
        factor = pool_worth(found, horizon, Sample(drawn, {}, {}, self.size)) / expected
        is_even = np.ptp(factor, axis=1).max() < 10.0**-DIGITS
        return np.round(factor[:, :1] if is_even else factor, DIGITS)

    def _factor(self, drawn: Any, stated: float) -> Any:
        if not stated:
            return self._ones
        return np.broadcast_to(np.round(drawn / stated, DIGITS), (self.size,))


def ends_of(problem: Problem, ranges: Ranges, ranged: Mapping[InputName, Spread]) -> RangeDraws:
    """Row 2k has the k-th of the given inputs at its P10, row 2k + 1 at its P90, all others as
    expected."""
    rows = {name: row for row, name in enumerate(ranged)}
    size = 2 * len(rows)

    def figures(name: InputName, spread: Spread) -> Any:
        if name not in rows:
            return spread.middle
        found = np.full(size, spread.middle)
        found[2 * rows[name]], found[2 * rows[name] + 1] = spread.low, spread.high
        return found

    return RangeDraws(problem, ranges, size, figures)
