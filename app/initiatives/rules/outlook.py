"""How sure a case is: seeded draws of what is uncertain, and which inputs matter most.

Formulas: docs/model.md, F. Money is in minor units, as floating point: what is drawn is an outlook,
never a figure anybody books. The outlook of a whole plan draws the same inputs with the same luck.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np

from app.initiatives.rules.spreads import Spread, normals
from app.initiatives.rules.value import Horizon, OptionClaim, declared_value
from app.initiatives.rules.words import EvidenceGrade
from app.journeys.rules import LEVER_INPUTS, Lever
from app.journeys.rules.pools import InputKind
from app.values.money import CURRENCY_DIGITS

DRAWS = 10_000
SEED = 20270101
MOST_NAMED = 5
_LARGEST = 0.95

Key = tuple[str, int, str]
"""What is uncertain: ("pool", pool id, symbol), ("effect", place in the claim, "") or
("cost", initiative id, "")."""


@dataclass(frozen=True, slots=True)
class PoolSpread:
    """A pool as its inputs make it, each with the range it may lie in, in the formula's order.

    ``shared`` numbers, by symbol, the inputs that are the same figure as one of other pools.
    """

    id: int
    lever: Lever
    currency: str
    inputs: tuple[tuple[str, Spread], ...]
    shared: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class UncertainOption:
    """An option of one initiative with what is uncertain about it.

    ``removals`` has the range of each of the claim's effects in their order; ``cost`` is
    discounted minor units, ``cost_factor`` the range of its multiple.
    """

    initiative: int
    claim: OptionClaim
    removals: tuple[Spread, ...]
    cost_minor: int
    cost_factor: Spread


@dataclass(frozen=True, slots=True)
class Swing:
    """What the net value would be with one input at its P10 and at its P90, all others at P50."""

    key: Key
    low: int
    high: int

    @property
    def size(self) -> int:
        return abs(self.high - self.low)


@dataclass(frozen=True, slots=True)
class Outlook:
    """Quantiles of value and net value over the draws, and the chance that net is below zero.

    ``matters`` are the inputs with the largest swings, the largest first; ``ranged`` of ``inputs``
    have a range, the others count as certain.
    """

    value: tuple[int, int, int]
    net: tuple[int, int, int]
    below_zero: float
    matters: tuple[Swing, ...]
    ranged: int
    inputs: int
    draws: int
    seed: int


@lru_cache(maxsize=256)
def option_outlook(
    option: UncertainOption,
    pools: tuple[PoolSpread, ...],
    horizon: Horizon,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Outlook:
    """The outlook of an option as if it were alone; equal arguments give equal figures."""
    found = _acted_on([option], pools)
    sample = drawn_inputs([option], list(found.values()), draws=draws, seed=seed)
    value = portfolio_values([option], found, horizon, sample)
    net = value - _costs([option], sample)
    spreads = _spreads(option, found)
    ranged = [key for key, spread in spreads.items() if spread.is_range]
    swings = sorted(_swings(option, found, horizon, spreads, ranged), key=lambda one: -one.size)
    return Outlook(
        value=_quantiles(value),
        net=_quantiles(net),
        below_zero=float((net < 0).mean()),
        matters=tuple(swing for swing in swings[:MOST_NAMED] if swing.size),
        ranged=len(ranged),
        inputs=len(spreads),
        draws=draws,
        seed=seed,
    )


def _acted_on(
    options: Sequence[UncertainOption], pools: Sequence[PoolSpread]
) -> dict[int, PoolSpread]:
    """Those of the pools that some of the options act on, by id."""
    acted = {effect.pool for one in options for effect in one.claim.effects}
    return {pool.id: pool for pool in pools if pool.id in acted}


def _quantiles(values: Any) -> tuple[int, int, int]:
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
    return round(float(low)), round(float(middle)), round(float(high))


@dataclass(frozen=True)
class Sample:
    """The drawn figure of every uncertain input: arrays of one length, or one number for all.

    ``removals`` by initiative and place of the effect, ``costs`` by initiative.
    """

    inputs: Mapping[tuple[int, str], Any]
    removals: Mapping[tuple[int, int], Any]
    costs: Mapping[int, Any]
    size: int


def drawn_inputs(
    options: Sequence[UncertainOption], pools: Sequence[PoolSpread], *, draws: int, seed: int
) -> Sample:
    """Draw every input with a range. A pool's inputs are drawn once for all who act on it; what an
    initiative does moves together over its effects, and what it costs is drawn apart from that.
    """
    inputs: dict[tuple[int, str], Any] = {}
    for pool in pools:
        for symbol, spread in pool.inputs:
            figure: Any = spread.middle
            if spread.is_range:
                figure = spread.values(input_luck(pool, symbol, draws=draws, seed=seed))
            inputs[pool.id, symbol] = figure
    removals: dict[tuple[int, int], Any] = {}
    costs: dict[int, Any] = {}
    for one in options:
        if any(spread.is_range for spread in one.removals):
            luck = effect_luck(one.initiative, draws=draws, seed=seed)
            for place, spread in enumerate(one.removals):
                removals[one.initiative, place] = spread.values(luck)
        else:
            for place, spread in enumerate(one.removals):
                removals[one.initiative, place] = spread.middle
        costs[one.initiative] = one.cost_factor.middle
        if one.cost_factor.is_range:
            costs[one.initiative] = cost_factors(
                one.cost_factor, one.initiative, draws=draws, seed=seed
            )
    return Sample(inputs, removals, costs, draws)


def input_luck(pool: PoolSpread, symbol: str, *, draws: int, seed: int) -> Any:
    """Standard normal draws of a pool's input, the same for all pools that share its figure.

    As with every luck, the numbers come from the seed and the input's own place, so that an input
    more or less changes none of the others.
    """
    shared = dict(pool.shared).get(symbol)
    if shared is not None:
        return normals(draws, seed, 4, shared)
    place = [name for name, _ in pool.inputs].index(symbol)
    return normals(draws, seed, 1, pool.id, place)


def effect_luck(initiative: int, *, draws: int, seed: int) -> Any:
    """Standard normal draws that move all an initiative does."""
    return normals(draws, seed, 2, initiative, 0)


def cost_factors(spread: Spread, initiative: int, *, draws: int, seed: int) -> Any:
    """Draws of what an initiative costs, in parts of its plan; none costs less than nothing."""
    return np.maximum(spread.values(normals(draws, seed, 3, initiative, 0)), 0.0)


def shared_inputs(
    segment: str, bound: Mapping[str, tuple[str, Sequence[int]]]
) -> tuple[tuple[str, int], ...]:
    """The inputs of a pool that others have, too, by symbol with a number for the figure.

    The churn p is its segment's, and what is ``bound`` is a figure of touchpoints: pools bound to
    the same have the same input.
    """
    found = {"p": _numbered("churn", segment)}
    for symbol, (figure, touchpoints) in bound.items():
        found[symbol] = _numbered(figure, *(str(id_) for id_ in sorted(touchpoints)))
    return tuple(sorted(found.items()))


def _numbered(*words: str) -> int:
    return int.from_bytes(blake2b("\n".join(words).encode(), digest_size=6).digest())


def portfolio_values(
    options: Sequence[UncertainOption],
    pools: Mapping[int, PoolSpread],
    horizon: Horizon,
    sample: Sample,
) -> Any:
    """Σ over pools and quarters of V(t)·(1 − exp(−S(t))) plus declared benefits, per draw."""
    acting: dict[int, list[tuple[UncertainOption, int]]] = {}
    total = np.zeros(sample.size)
    for one in options:
        total += declared_value(one.claim, horizon)
        for place, effect in enumerate(one.claim.effects):
            if effect.pool in pools:
                acting.setdefault(effect.pool, []).append((one, place))
    for id_, parts in acting.items():
        strength = np.zeros((sample.size, horizon.quarters))
        for one, place in parts:
            strength += np.multiply.outer(
                _strength(one, place, sample), np.array(one.claim.profile(horizon.quarters))
            )
        worth = pool_worth(pools[id_], horizon, sample)
        total += (worth * -np.expm1(-strength)).sum(axis=1)
    return total


def _strength(one: UncertainOption, place: int, sample: Sample) -> Any:
    """Drawn intensity of one effect."""
    grade = one.claim.effects[place].grade
    drawn = drawn_intensity(sample.removals[one.initiative, place], grade)
    return np.broadcast_to(drawn, (sample.size,))


def drawn_intensity(removal: Any, grade: EvidenceGrade) -> Any:
    """Haircut on benefits, harm in full, as `intensity` has it for one figure."""
    possible = np.clip(removal, -_LARGEST, _LARGEST)
    return -np.where(possible > 0, float(grade.haircut), 1.0) * np.log1p(-possible)


def _costs(options: Sequence[UncertainOption], sample: Sample) -> Any:
    total = np.zeros(sample.size)
    for one in options:
        total += one.cost_minor * np.asarray(sample.costs[one.initiative])
    return total


def pool_worth(pool: PoolSpread, horizon: Horizon, sample: Sample) -> Any:
    """Present value of removing the whole pool per draw (rows) and quarter, as
    `discounted_pool_minor` has it for one figure."""
    given = {
        spec.symbol: _possible(sample.inputs[pool.id, spec.symbol], spec.kind)
        for spec in LEVER_INPUTS[pool.lever]
    }
    if pool.lever is Lever.CONVERT:
        annual = given["A"] * np.maximum(given["r_max"] - given["r"], 0.0) * given["m_s"]
    else:
        annual = np.ones(1)
        for figure in given.values():
            annual = annual * figure
    annual = np.broadcast_to(annual * 10.0 ** CURRENCY_DIGITS[pool.currency], (sample.size,))
    discount = np.array([horizon.discount(t) for t in range(horizon.quarters)])
    if pool.lever is not Lever.RETAIN:
        return np.multiply.outer(annual / 4, discount)
    kept = np.broadcast_to((1.0 - given["p"]) ** 0.25, (sample.size,))
    worth, tail = np.empty((sample.size, horizon.quarters)), np.zeros(sample.size)
    for t in reversed(range(horizon.quarters)):
        worth[:, t] = annual / 16 * (0.5 * discount[t] + tail)
        tail = kept * (tail + discount[t])
    return worth


def _possible(figure: Any, kind: InputKind) -> Any:
    return np.clip(figure, 0.0, 1.0 if kind is InputKind.SHARE else None)


def _spreads(option: UncertainOption, pools: Mapping[int, PoolSpread]) -> dict[Key, Spread]:
    """Everything an option's value and cost depend on, by key."""
    found: dict[Key, Spread] = {
        ("pool", id_, symbol): spread
        for id_, pool in pools.items()
        for symbol, spread in pool.inputs
    }
    return found | _own_spreads(option, pools)


def _own_spreads(option: UncertainOption, pools: Mapping[int, PoolSpread]) -> dict[Key, Spread]:
    """What of it is the option's own: its effects on the pools that count, and its cost."""
    found: dict[Key, Spread] = {
        ("effect", place, ""): spread
        for place, spread in enumerate(option.removals)
        if option.claim.effects[place].pool in pools
    }
    if option.cost_minor:
        found["cost", option.initiative, ""] = option.cost_factor
    return found


def _swings(
    option: UncertainOption,
    pools: Mapping[int, PoolSpread],
    horizon: Horizon,
    spreads: Mapping[Key, Spread],
    ranged: Sequence[Key],
) -> list[Swing]:
    """All at once: row 2k has input k at its P10, row 2k + 1 at its P90."""
    size = 2 * len(ranged)
    rows = {key: np.full(size, float(spread.middle)) for key, spread in spreads.items()}
    for k, key in enumerate(ranged):
        rows[key][2 * k], rows[key][2 * k + 1] = spreads[key].low, spreads[key].high
    me = option.initiative
    sample = Sample(
        {(id_, symbol): row for (kind, id_, symbol), row in rows.items() if kind == "pool"},
        {(me, id_): row for (kind, id_, _), row in rows.items() if kind == "effect"},
        {me: rows.get(("cost", me, ""), np.ones(size))},
        size,
    )
    net = portfolio_values([option], pools, horizon, sample) - _costs([option], sample)
    return [
        Swing(key, round(float(net[2 * k])), round(float(net[2 * k + 1])))
        for k, key in enumerate(ranged)
    ]


def cost_spread(low: Decimal | None, high: Decimal | None) -> Spread:
    """The range of an option's cost as multiples of what is planned."""
    return Spread.of(Decimal(1), low, high, is_money=True)
