"""A linear model being built: variables by position, rows in sensible units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, gcd
from typing import Any

import pulp

from app.portfolio.engine.chords import Curve, Place
from app.portfolio.engine.milp import pulp_adapter
from app.portfolio.engine.problem import Problem

LE, EQ, GE = pulp.LpConstraintLE, pulp.LpConstraintEQ, pulp.LpConstraintGE
Number = int | float | Fraction
Terms = Sequence[tuple[Any, Any]]
"""(Variable, coefficient) pairs."""

LARGEST = 1e6
"""Rows are scaled so that no coefficient is larger; solvers accept 1e-6 of slack per row."""


class Model:
    """Choices x (one per placement), y (one per initiative) and what the families add.

    The model minimises. ``value`` holds the terms of the plan's value in minor units. In an
    elastic model every row with an owner may be missed at a price, and ``misses`` says by whom.
    """

    def __init__(
        self,
        problem: Problem,
        positions: Sequence[int],
        curves: Mapping[Place, Curve],
        *,
        elastic: bool = False,
    ) -> None:
        self.problem = problem
        self.positions = tuple(positions)
        self.curves = curves
        self.elastic = elastic
        self.lp = pulp.LpProblem("waymark", pulp.LpMinimize)
        self.x = {position: self.binary(f"x{position:06d}") for position in positions}
        self.y = {place: self.binary(f"y{place:06d}") for place in range(len(problem.initiatives))}
        self.placed: dict[int, list[int]] = {place: [] for place in self.y}
        for position in positions:
            self.placed[problem.placements[position].initiative].append(position)
        self.value: list[tuple[pulp.LpVariable, float]] = []
        self.value_base = 0.0
        self.misses: list[tuple[str, pulp.LpVariable]] = []
        self._rows = 0

    @cached_property
    def spends(self) -> dict[int, int]:
        """Spend within the horizon, all funds together, by position."""
        problem = self.problem
        return {p: problem.spend(problem.placements[p]) for p in self.positions}

    def binary(self, name: str) -> pulp.LpVariable:
        return self.lp.add_variable(name, cat=pulp.LpBinary)

    def positive(self, name: str, most: float | None = None) -> pulp.LpVariable:
        """A continuous variable from 0 on."""
        return self.lp.add_variable(name, lowBound=0, upBound=most)

    def row(
        self, terms: Terms, sense: int, limit: Number, *, owner: str | None = None,
        soft: str | None = None,
    ) -> None:  # fmt: skip
        """Add Σ coefficient·variable (≤, =, ≥) limit, scaled; rows are named by number only.

        ``owner`` is the limit that has to hold, ``soft`` the rule that may be missed at a price,
        for who keeps the model and changes it later.
        """
        kept = [term for term in terms if term[1]]
        if not kept:
            kept = [(self.positive(f"n{self._rows:06d}", 0.0), 1)]
        scaled, bound = scaled_row([coefficient for _, coefficient in kept], sense, limit)
        expression = {
            variable: coefficient for (variable, _), coefficient in zip(kept, scaled, strict=True)
        }
        if len(expression) < len(kept):  # a variable that is named twice counts twice
            expression = dict.fromkeys(expression, 0.0)
            for (variable, _), coefficient in zip(kept, scaled, strict=True):
                expression[variable] += coefficient
        if self.elastic and owner is not None:
            self._soften(expression, sense, max(map(abs, scaled)), owner)
        made = pulp_adapter.constraint(expression, sense, float(bound))
        self.lp.addConstraint(made, f"r{self._rows:06d}")
        self._rows += 1

    def _soften(
        self, expression: dict[pulp.LpVariable, float], sense: int, size: float, owner: str
    ) -> None:
        for sign, senses in ((-1.0, (LE, EQ)), (1.0, (GE, EQ))):
            if sense in senses:
                miss = self.positive(f"m{len(self.misses):06d}")
                self.misses.append((owner, miss))
                expression[miss] = sign * size

    def minimise(self, terms: Terms) -> float:
        """Set the objective; returns how much one unit of it stands for."""
        merged: dict[pulp.LpVariable, int | float] = {}
        for variable, coefficient in terms:
            if coefficient:
                merged[variable] = merged.get(variable, 0) + coefficient
        unit = objective_unit(list(merged.values()))
        self.lp.setObjective(
            pulp_adapter.expression({v: float(c / unit) for v, c in merged.items()})
        )
        return float(unit)

    def forbid(self, positions: Sequence[int]) -> None:
        """Never choose all of these placements together."""
        self.row([(self.x[position], 1) for position in positions], LE, len(positions) - 1)

    def forbid_exactly(self, positions: Sequence[int]) -> None:
        """Never choose exactly this plan again: drop one of it, or fund something else."""
        funded = {self.problem.placements[position].initiative for position in positions}
        chosen = [(self.x[position], 1) for position in positions]
        others = [(y, -1) for place, y in self.y.items() if place not in funded]
        self.row([*chosen, *others], LE, len(chosen) - 1)


def objective_unit(coefficients: Sequence[int | float]) -> int | float:
    """What one unit of the objective stands for, so that the figures suit a solver."""
    if not coefficients:
        return 1
    largest = max(abs(coefficient) for coefficient in coefficients)
    if all(isinstance(coefficient, int) for coefficient in coefficients):
        common = gcd(*(int(coefficient) for coefficient in coefficients))
        if largest <= common * LARGEST:
            return common
    return max(float(largest) / 1e4, 1e-9)


def scaled_row(coefficients: list[Any], sense: int, limit: Number) -> tuple[list[float], float]:
    """Whole coefficients over their common divisor, with the limit rounded to what can occur;
    otherwise, or if those are still large, everything in proportion."""
    kinds = set(map(type, coefficients))
    if kinds != {int}:
        figures = coefficients if kinds == {float} else [float(number) for number in coefficients]
        size = max(max(figures), -min(figures))
        return [number / size for number in figures], float(limit) / size
    whole: list[int] = coefficients
    common = gcd(*whole)
    bound = Fraction(limit) / common
    if sense == LE:
        bound = Fraction(floor(bound))
    elif sense == GE:
        bound = Fraction(ceil(bound))
    largest, factor = max(map(abs, whole)) // common, 1
    while largest > LARGEST * factor:
        factor *= 10  # decimals stay exact in the files that some solvers read
    return [(number // common) / factor for number in whole], float(bound) / factor
