"""How sure the inputs are: three quantiles per figure, and seeded draws from them."""

from __future__ import annotations

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


@dataclass(frozen=True)
class Draws:
    """Factors by draw (rows) and initiative or pool (columns)."""

    effects: Any
    costs: Any
    pools: Any

    def change(self, draw: int) -> Redraw:
        """The inputs of one draw."""
        return Redraw(*(_decimals(part[draw]) for part in (self.effects, self.costs, self.pools)))


def drawn(problem: Problem, uncertainty: Uncertainty, count: int, seed: int) -> Draws:
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
    return Draws(*parts)


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


def _decimals(row: Any) -> tuple[Decimal, ...]:
    return tuple(Decimal(repr(float(value))) for value in row)
