"""How sure the inputs are: three quantiles per figure, and seeded draws from them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from app.portfolio.engine.answers.changes import Redraw
from app.portfolio.engine.faults import at
from app.portfolio.engine.problem import Problem

TENTH = 1.2815515655446004
"""The standard normal quantile of 90 %."""

DIGITS = 6


class UncertaintyError(ValueError):
    """What is said of the uncertainty cannot be used."""


@dataclass(frozen=True, slots=True)
class Spread:
    """P10, P50 and P90 of a figure, as factors of the figure in the problem."""

    low: float
    middle: float
    high: float

    def factors(self, normal: Any) -> Any:
        """The factors that standard normal draws stand for, with exactly these quantiles:
        log-normal on either side of the middle, straight where a quantile is not above zero."""
        below, above = normal / -TENTH, normal / TENTH
        if self.low > 0:
            left = self.middle * (self.low / self.middle) ** below
            right = self.middle * (self.high / self.middle) ** above
        else:
            left = self.middle + (self.low - self.middle) * below
            right = self.middle + (self.high - self.middle) * above
        return np.where(normal < 0, left, right)


EFFECT, COST, POOL = Spread(0.6, 1.0, 1.3), Spread(0.9, 1.0, 1.3), Spread(0.8, 1.0, 1.2)
"""What is taken where nothing is said: benefits fall short more often than they surprise, and
costs rise more often than they fall."""


@dataclass(frozen=True)
class Uncertainty:
    """Spreads by key of initiative and pool; ``default_…`` for all others.

    What an initiative does and costs is drawn for each alone; a pool's value is drawn once for all
    that act on it, which is what makes them rise and fall together.
    """

    effects: Mapping[str, Spread] = field(default_factory=dict)
    costs: Mapping[str, Spread] = field(default_factory=dict)
    pools: Mapping[str, Spread] = field(default_factory=dict)
    default_effect: Spread = EFFECT
    default_cost: Spread = COST
    default_pool: Spread = POOL

    def draws(self, problem: Problem, count: int, seed: int) -> Draws:
        """``count`` draws; equal seeds give equal draws."""
        return drawn(problem, self, count, seed)


class Draws(ABC):
    """Factors by which drawn inputs differ from what a problem states, an array over the draws."""

    def __init__(self, problem: Problem, size: int) -> None:
        self.problem, self.size = problem, size

    @abstractmethod
    def own(self, initiative: int) -> Any:
        """Of what an initiative is worth by itself."""

    @abstractmethod
    def effect(self, initiative: int, option: int, pool: int) -> Any:
        """Of what an option does to a pool."""

    @abstractmethod
    def cost(self, initiative: int, option: int) -> Any:
        """Of what an option spends."""

    @abstractmethod
    def pool(self, pool: int) -> Any:
        """Of a pool's value: draws × one column, or draws × quarters."""

    def change(self, draw: int) -> Redraw:
        """The inputs of one draw."""
        own, effects, costs = [], [], []
        for i, one in enumerate(self.problem.initiatives):
            own.append(_decimal(self.own(i)[draw]))
            effects.append(
                tuple(
                    tuple(_decimal(self.effect(i, o, e.pool)[draw]) for e in option.effects)
                    for o, option in enumerate(one.options)
                )
            )
            costs.append(tuple(_decimal(self.cost(i, o)[draw]) for o in range(len(one.options))))
        pools = (self.pool(place)[draw] for place in range(len(self.problem.pools)))
        return Redraw(
            tuple(own), tuple(effects), tuple(costs), tuple(tuple(map(_decimal, p)) for p in pools)
        )


class FactorDraws(Draws):
    """Factors by draw (rows) and initiative or pool (columns)."""

    def __init__(self, problem: Problem, effects: Any, costs: Any, pools: Any) -> None:
        super().__init__(problem, len(effects))
        self.effects, self.costs, self.pools = effects, costs, pools

    def own(self, initiative: int) -> Any:
        return self.effects[:, initiative]

    def effect(self, initiative: int, option: int, pool: int) -> Any:
        return self.effects[:, initiative]

    def cost(self, initiative: int, option: int) -> Any:
        return self.costs[:, initiative]

    def pool(self, pool: int) -> Any:
        return self.pools[:, pool : pool + 1]


def drawn(problem: Problem, uncertainty: Uncertainty, count: int, seed: int) -> FactorDraws:
    """``count`` draws; equal seeds give equal draws."""
    random = np.random.default_rng(seed)
    names = [one.key for one in problem.initiatives]
    pools = [pool.key for pool in problem.pools]
    parts = []
    for keys, given, default in (
        (names, uncertainty.effects, uncertainty.default_effect),
        (names, uncertainty.costs, uncertainty.default_cost),
        (pools, uncertainty.pools, uncertainty.default_pool),
    ):
        normal = random.standard_normal((count, len(keys)))
        columns = [given.get(key, default).factors(normal[:, k]) for k, key in enumerate(keys)]
        table = np.column_stack(columns) if columns else np.zeros((count, 0))
        parts.append(np.round(np.maximum(table, 0.0), DIGITS))
    return FactorDraws(problem, *parts)


def read_uncertainty(tree: Any, problem: Problem) -> Uncertainty:
    """What a problem file says under ``uncertainty``. Raises UncertaintyError."""
    if not isinstance(tree, Mapping) or not tree.keys() <= {"initiatives", "pools", "default"}:
        raise UncertaintyError("uncertainty: takes “initiatives”, “pools” and “default”.")
    names = {one.key for one in problem.initiatives}
    pools = {pool.key for pool in problem.pools}
    effects: dict[str, Spread] = {}
    costs: dict[str, Spread] = {}
    for key, entry in _entries(tree.get("initiatives", {}), names, "initiatives"):
        if not isinstance(entry, Mapping) or not entry.keys() <= {"effect", "cost"}:
            raise UncertaintyError(f"uncertainty.initiatives.{key}: takes “effect” and “cost”.")
        for name, table in (("effect", effects), ("cost", costs)):
            if name in entry:
                table[key] = _spread(entry[name], f"uncertainty.initiatives.{key}.{name}")
    default = tree.get("default", {})
    if not isinstance(default, Mapping) or not default.keys() <= {"effect", "cost", "pool"}:
        raise UncertaintyError("uncertainty.default: takes “effect”, “cost” and “pool”.")
    given = {key: _spread(value, f"uncertainty.default.{key}") for key, value in default.items()}
    return Uncertainty(
        effects=effects,
        costs=costs,
        pools={
            key: _spread(entry, f"uncertainty.pools.{key}")
            for key, entry in _entries(tree.get("pools", {}), pools, "pools")
        },
        default_effect=given.get("effect", EFFECT),
        default_cost=given.get("cost", COST),
        default_pool=given.get("pool", POOL),
    )


def _entries(tree: Any, known: set[str], name: str) -> list[tuple[str, Any]]:
    if not isinstance(tree, Mapping):
        raise UncertaintyError(f"uncertainty.{name}: must be an object by key.")
    for key in tree:
        if key not in known:
            place = at(f"uncertainty.{name}", key)
            raise UncertaintyError(f"{place}: is not part of this problem.")
    return list(tree.items())


def _spread(value: Any, path: str) -> Spread:
    good = (
        isinstance(value, list)
        and len(value) == 3
        and all(isinstance(v, int | float | Decimal) and not isinstance(v, bool) for v in value)
    )
    if not good:
        raise UncertaintyError(f"{path}: needs three factors, P10, P50 and P90.")
    low, middle, high = value
    if not 0 <= low <= middle <= high <= 100 or middle <= 0:
        raise UncertaintyError(f"{path}: P10, P50 and P90 must rise, from 0 to 100.")
    return Spread(float(low), float(middle), float(high))


def _decimal(value: Any) -> Decimal:
    return Decimal(repr(float(value)))
