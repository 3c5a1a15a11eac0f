"""A model kept in the solver: asked again and again with other limits, pins and without rules.

Runs in a solver process. The linear relaxation stays loaded and starts each time from the same
basis, so that an answer does not depend on what was asked before – but for the budgets of a
frontier, which go on from one another. A plan comes from a small model:
choices far from worthwhile (by their reduced cost) are settled, the rest is solved exactly. Where
that leaves more of a gap than asked for, all that could still matter is solved.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from time import monotonic
from typing import Any

import numpy as np

from app.portfolio.engine.answers.arrays import (
    NOTHING,
    STATES,
    WHOLE,
    Arrays,
    Floats,
    Found,
    Mask,
    arrays_of,
    loaded,
    move,
    part_of,
    solved,
)
from app.portfolio.engine.answers.dives import Choices, Ground, Search
from app.portfolio.engine.answers.limits import BudgetLimits, RecordingModel
from app.portfolio.engine.chords import Curve, Place
from app.portfolio.engine.milp import building
from app.portfolio.engine.milp.model import scaled_row
from app.portfolio.engine.milp.pulp_adapter import column
from app.portfolio.engine.milp.solvers import BRISK
from app.portfolio.engine.problem import Problem

OPEN_CHOICES = 60
"""Choices left open, at least, in the small model that a first plan comes from."""

EASILY_DECIDED = 30
"""Columns at no whole number, at most, that an exact search is left with."""
TO_RELAX = 2.0
"""Seconds more, at most, for a relaxation: without it nothing is known, and it is remembered."""
MOST_KNOWN = 64
"""Relaxations remembered to come back to."""

NODES = 300
"""Branches, at most, of the small model."""

NEARLY_WHOLE, FEW_CHOICES = 24, 15
"""Columns at no whole number up to which a relaxation is nearly a plan, and the choices left open
then: a proof takes less time than the solver's own search for plans would."""


class Kept:
    """The model of one problem with its linear relaxation in the solver."""

    def __init__(
        self, problem: Problem, positions: Sequence[int], curves: Mapping[Place, Curve]
    ) -> None:
        self.problem = problem
        self.positions = tuple(positions)
        self.curves = curves
        self.model = RecordingModel(problem, positions, curves)
        building.fill(self.model)
        self.unit = self.model.minimise([(v, -c) for v, c in self.model.value])
        self.base = self.model.value_base
        self.arrays = arrays_of(self.model.lp)
        self.rows_of: dict[str, list[int]] = {}
        for row, owner in enumerate(self.model.owners):
            if owner is not None:
                self.rows_of.setdefault(owner, []).append(row)
        self.columns = {position: column(x) for position, x in self.model.x.items()}
        self.funded = {place: column(y) for place, y in self.model.y.items()}
        self._xs = np.array(list(self.columns.values()), dtype=np.int64)
        self._y_of_x = np.array(
            [self.funded[problem.placements[p].initiative] for p in self.columns], dtype=np.int64
        )
        self._row_of = self.arrays.row_of
        self._limits: BudgetLimits | None = None
        self._lp = loaded(self.arrays, relaxed=True)
        self._basis: Any = None
        self._latest: Any = None
        self._seen: Floats | None = None
        self._known: OrderedDict[bytes, tuple[_Relaxed, Any]] = OrderedDict()
        self._choices = Choices.of(problem, self.columns)

    def funded_share(self, key: str) -> float | None:
        """How far the relaxation solved last funds an initiative."""
        if self._seen is None:
            return None
        places = {one.key: place for place, one in enumerate(self.problem.initiatives)}
        return float(self._seen[self.funded[places[key]]])

    def columns_of(self, initiative: int) -> list[int]:
        """Columns of an initiative's placements."""
        return [self.columns[position] for position in self.model.placed[initiative]]

    def with_budgets(self, now: Arrays, budgets: Sequence[Sequence[int]]) -> Arrays:
        """The rows under other budgets of the same funds."""
        funds = tuple(
            replace(fund, budget=tuple(row))
            for fund, row in zip(self.problem.funds, budgets, strict=True)
        )
        if funds == self.problem.funds:
            return now
        if self._limits is None:
            self._limits = BudgetLimits(self.model)
        lower, upper = now.row_lower.copy(), now.row_upper.copy()
        for place, limit in self._limits.under(funds).items():
            terms, sense, _ = self.model.limits[place]
            coefficients = [coefficient for _, coefficient in terms if coefficient]
            _, bound = scaled_row(coefficients or [1], sense, limit)
            if np.isfinite(lower[place]):
                lower[place] = bound
            if np.isfinite(upper[place]):
                upper[place] = bound
        return replace(now, row_lower=lower, row_upper=upper)

    def search(
        self, now: Arrays, *, gap: float, seconds: float, floor: float | None = None,
        near: Sequence[int] = (), turn: int = 0,
    ) -> Found:  # fmt: skip
        """A plan within the gap, by dives and moves where an exact search would take long.

        ``near`` are the positions of a plan to begin with; it may break limits here.
        """
        until = monotonic() + seconds
        relaxed, basis = self._followed(now, seconds + TO_RELAX)
        if relaxed.state != "optimal" or relaxed.is_split.sum() <= EASILY_DECIDED:
            left = max(0.01, until - monotonic())
            return self.solve(now, gap=gap, seconds=left, floor=floor)
        most = self.value(relaxed.objective)
        best = _Best(floor)
        if not best.is_within(most, gap):
            ground = Ground(self._choices, now, basis, relaxed.values, relaxed.duals, near)
            known = np.inf if floor is None else (self.base - floor) / self.unit
            target = (self.base - most + gap * abs(most)) / self.unit
            search = Search(ground, len(self.problem.quarters), known, target, turn)
            found = search.run(near, until)
            if found is not None:
                best.offer(found[0], self.value(found[1]))
        # Far segments put together say less than the plan is worth: the recount alone tells it.
        return Found(
            "optimal" if best.is_within(most, gap) else "limit", best.positions, None, most
        )

    def _followed(self, now: Arrays, seconds: float) -> tuple[_Relaxed, Any]:
        """The relaxation and its basis, from where the last one ended: budgets that are asked for
        one after the other are neighbours."""
        key = now.row_upper.tobytes() + now.row_lower.tobytes() + now.upper.tobytes()
        key = blake2b(key + now.lower.tobytes() + now.cost.tobytes()).digest()
        known = self._known.get(key)
        if known is None:
            first, self._basis = self._basis, self._latest or self._basis
            relaxed = self._relax(now, seconds)
            self._basis = first or self._basis
            known = relaxed, self._latest
            if relaxed.state == "optimal":
                self._known[key] = known
                if len(self._known) > MOST_KNOWN:
                    self._known.popitem(last=False)
        return known

    def solve(
        self, now: Arrays, *, gap: float, seconds: float, floor: float | None = None
    ) -> Found:
        """The best plan of the model with these rows and columns.

        ``gap`` is relative; ``floor`` is the value of a plan known already: without a better one
        ``positions`` stays None.
        """
        until = monotonic() + seconds
        relaxed = self._relax(now, seconds)
        if relaxed.state != "optimal":
            return Found(relaxed.state)
        most = self.value(relaxed.objective)
        best = _Best(floor)
        is_brisk = gap == 0 and int(relaxed.is_split.sum()) <= NEARLY_WHOLE
        aim = _Aim(most - gap * abs(most), gap, until, is_brisk=is_brisk)
        opened = self._worth_opening(now, relaxed, FEW_CHOICES if is_brisk else OPEN_CHOICES)
        self._try(now, relaxed, opened, best, replace(aim, nodes=NODES))
        if best.is_within(most, gap):
            return Found("optimal", *best.found, most)
        rest = self._try(now, relaxed, self._could_matter(now, relaxed, best), best, aim)
        if rest.is_empty and best.value is None:
            return Found("infeasible")
        if rest.bound is not None:
            most = min(most, max(rest.bound, -np.inf if best.value is None else best.value))
        done = best.is_within(most, gap + 1e-9)
        return Found("optimal" if done else "limit", *best.found, most)

    def any_plan(self, now: Arrays, seconds: float) -> Found:
        """Some plan that these rows allow, whatever it is worth."""
        idle = replace(now, cost=np.zeros(len(now.cost)))
        relaxed = self._relax(idle, seconds)
        if relaxed.state != "optimal":
            return Found(relaxed.state)
        found = solved(idle, self.columns, seconds=seconds)
        return replace(found, value=None, bound=None)

    def apart(
        self, now: Arrays, sets: Sequence[frozenset[int]], distance: int, *, gap: float,
        seconds: float,
    ) -> Found:  # fmt: skip
        """The best plan whose funded initiatives differ from each set in at least ``distance``."""
        count = len(self.funded)
        ys = np.array([self.funded[place] for place in range(count)], dtype=np.int32)
        signs = np.array([[-1.0 if p in one else 1.0 for p in range(count)] for one in sets])
        wider = replace(
            now,
            row_lower=np.append(now.row_lower, [distance - len(one) for one in sets]),
            row_upper=np.append(now.row_upper, [np.inf] * len(sets)),
            starts=np.append(
                now.starts, now.starts[-1] + count * np.arange(1, len(sets) + 1)
            ).astype(np.int32),
            columns=np.append(now.columns, np.tile(ys, len(sets))).astype(np.int32),
            values=np.append(now.values, signs.ravel()),
        )
        found = solved(wider, self.columns, seconds=seconds, gap=gap)
        if found.value is None:
            return found
        bound = found.value if found.bound is None else found.bound
        return replace(found, value=self.value(found.value), bound=self.value(bound))

    def value(self, objective: float) -> float:
        """The plan value in minor units that an objective stands for."""
        return float(self.base - objective * self.unit)

    def bound(self, now: Arrays, seconds: float) -> Found:
        """What the linear relaxation says alone."""
        relaxed = self._relax(now, seconds)
        if relaxed.state != "optimal":
            return Found(relaxed.state)
        return Found("limit", bound=self.value(relaxed.objective))

    def _relax(self, now: Arrays, seconds: float) -> _Relaxed:
        lp = self._lp
        move(lp, self.arrays, now)
        if self._basis is not None:
            lp.setBasis(self._basis)
        lp.setOptionValue("time_limit", lp.getRunTime() + max(seconds, 0.01))
        lp.run()
        state = STATES.get(lp.getModelStatus(), "failed")
        relaxed, self._seen = _Relaxed(state), None
        if state == "optimal":
            solution, info = lp.getSolution(), lp.getInfo()
            values, duals = np.array(solution.col_value), np.array(solution.col_dual)
            relaxed = _Relaxed(state, info.objective_function_value, values, duals)
            self._seen, self._latest = values, lp.getBasis()
            if self._basis is None:
                self._basis = self._latest
        move(lp, now, self.arrays)
        return relaxed

    def _worth_opening(self, now: Arrays, relaxed: _Relaxed, choices: int) -> Mask:
        """Choices the relaxation is undecided about, and those that come next to mattering."""
        far = self._distance(relaxed)
        split = relaxed.is_split & now.whole
        far[split] = 0.0
        room = choices + 2 * int(split.sum())
        free = ~now.whole
        free[self._xs[np.argsort(far[self._xs], kind="stable")[:room]]] = True
        free[self._y_of_x[free[self._xs]]] = True
        return free | split

    def _could_matter(self, now: Arrays, relaxed: _Relaxed, best: _Best) -> Mask:
        """All but those whose other value would cost more than there is to win."""
        if best.value is None:
            return np.ones(len(now.whole), dtype=bool)
        room = (self.value(relaxed.objective) - best.value) / self.unit
        far = np.abs(relaxed.duals)
        far[self._xs] = np.maximum(far[self._xs], self._distance(relaxed)[self._xs])
        return ~now.whole | relaxed.is_split | (far <= room * (1 + 1e-9) + 1e-7)

    def _distance(self, relaxed: _Relaxed) -> Floats:
        """What it costs at least to choose a placement otherwise than the relaxation does."""
        far = np.abs(relaxed.duals)
        mine, ours = relaxed.duals[self._xs], relaxed.duals[self._y_of_x]
        unfunded = relaxed.values[self._y_of_x] < WHOLE
        far[self._xs] = np.where(unfunded, np.maximum(mine, 0) + np.maximum(ours, 0), far[self._xs])
        return far

    def _try(self, now: Arrays, relaxed: _Relaxed, free: Mask, best: _Best, aim: _Aim) -> _Tried:
        """Solve with the other choices as the relaxation has them."""
        fixed = np.where(now.whole, np.round(relaxed.values), relaxed.values)
        part = part_of(now, self._row_of, free, fixed)
        if part is None:
            return _Tried(is_empty=True)
        small, settled = part
        solver = loaded(small, relaxed=False)
        solver.setOptionValue("mip_rel_gap", aim.gap)
        solver.setOptionValue("objective_target", (self.base - aim.value) / self.unit - settled)
        solver.setOptionValue("time_limit", max(0.01, aim.until - monotonic()))
        for name, setting in BRISK.items() if aim.is_brisk else ():
            solver.setOptionValue(name, setting)
        if aim.nodes is not None:
            solver.setOptionValue("mip_max_nodes", aim.nodes)
        if best.value is not None:
            cutoff = (self.base - best.value) / self.unit - settled
            solver.setOptionValue("objective_bound", cutoff + 1e-9 * (1 + abs(cutoff)))
        solver.run()
        status, info = solver.getModelStatus(), solver.getInfo()
        if status in NOTHING:
            return _Tried(is_empty=True, bound=best.value)
        bound = None
        if abs(info.mip_dual_bound) < 1e30:
            bound = self.value(info.mip_dual_bound + settled)
        if info.primal_solution_status == 2:
            values = fixed.copy()
            values[free] = np.array(solver.getSolution().col_value)
            chosen = [p for p, column in self.columns.items() if values[column] > 0.5]
            value = self.value(info.objective_function_value + settled)
            best.offer(chosen, value)
            bound = value if bound is None else bound
        return _Tried(bound=bound)


@dataclass(frozen=True)
class _Relaxed:
    state: str
    objective: float = 0.0
    values: Any = None
    duals: Any = None

    @property
    def is_split(self) -> Mask:
        """Columns at no whole number."""
        split: Mask = np.abs(self.values - np.round(self.values)) > WHOLE
        return split


@dataclass(frozen=True, slots=True)
class _Tried:
    """How solving a part ended: nothing in it is possible or better; or no plan in it is worth
    more than ``bound``."""

    is_empty: bool = False
    bound: float | None = None


@dataclass(frozen=True, slots=True)
class _Aim:
    """When to be content: a plan of this value, this gap, this moment, that many nodes;
    ``is_brisk``: without searching for plans on the way."""

    value: float
    gap: float
    until: float
    nodes: int | None = None
    is_brisk: bool = False


@dataclass
class _Best:
    """The best value so far, and its plan if it was found here."""

    value: float | None
    positions: list[int] | None = None

    @property
    def found(self) -> tuple[list[int] | None, float | None]:
        return self.positions, self.value

    def offer(self, positions: list[int], value: float) -> None:
        if self.value is None or value > self.value + 1e-9 * (1 + abs(self.value)):
            self.value, self.positions = value, positions

    def is_within(self, most: float, gap: float) -> bool:
        if self.value is None:
            return False
        return most - self.value <= gap * abs(most) + 1e-9 * abs(most) + 1e-6
