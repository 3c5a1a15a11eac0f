"""Plans by diving: the relaxed model decides, a few choices at a time, what is left to decide.

A dive solves the model without whole numbers, takes the choices that come closest to whole, and
solves what is left again; every solve starts from the one before and costs milliseconds. All
limits and rules are in the model, so a dive knows them without knowing their names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.portfolio.engine.milp import solvers
from app.portfolio.engine.milp.model import Model
from app.portfolio.engine.milp.pulp_adapter import column

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Places = NDArray[np.int64]

WHOLE = 1e-6
CERTAIN = 0.95
"""Choices this close to one are taken along at every step."""
MUST = 0.6
"""Head start of a choice among placements of an initiative that is funded in any case: those are
taken while there is room to choose."""
MOST_MISTAKES = 12


@dataclass(frozen=True, slots=True)
class Dived:
    """The end of a dive: what the model gives the plan, and which choices it takes."""

    objective: float
    chosen: Mask


class Relaxed:
    """A model without whole numbers, kept in the solver: choices are bounded, and it is solved
    again."""

    def __init__(self, model: Model, deadline: float) -> None:
        self.deadline = deadline
        self._lp = solvers.KeptRelaxation(model.lp)
        placements = model.problem.placements
        self.initiatives = len(model.y)
        self._name(
            np.array(list(model.x), dtype=np.int64),
            np.array([column(x) for x in model.x.values()], dtype=np.int32),
            np.array([placements[p].initiative for p in model.x], dtype=np.int64),
            np.array([placements[p].start for p in model.x], dtype=np.int64),
        )

    def _name(self, positions: Places, columns: Any, initiative: Places, start: Places) -> None:
        """Note which choice is which; all of them are free."""
        self._known: tuple[float, Floats] | None = None
        self.positions, self._columns = positions, columns
        self.initiative, self.start = initiative, start
        order = np.argsort(initiative, kind="stable")
        ends = np.searchsorted(initiative[order], np.arange(self.initiatives + 1))
        self.of = [order[a:b] for a, b in pairwise(ends)]
        self.low, self.high = np.zeros(len(positions)), np.ones(len(positions))

    def narrow(self, x: Floats, most: int, also: Sequence[int] = ()) -> Mask:
        """Keep the ``most`` choices per initiative that cost least against the relaxed plan, and
        all that are in it or at the positions ``also``; the model gets small. Call after the
        first solve. Returns what is kept."""
        cost = self._lp.costs()[self._columns] - x
        ordered = np.lexsort((cost, self.initiative))
        firsts = np.searchsorted(self.initiative[ordered], np.arange(self.initiatives))
        rank = np.empty(len(ordered), dtype=np.int64)
        rank[ordered] = np.arange(len(ordered)) - firsts[self.initiative[ordered]]
        keep = (rank < most) | (x > WHOLE) | np.isin(self.positions, list(also))
        gone = np.sort(self._columns[~keep])
        self._lp.drop(gone)
        columns = self._columns[keep]
        columns = (columns - np.searchsorted(gone, columns)).astype(np.int32)
        self._name(self.positions[keep], columns, self.initiative[keep], self.start[keep])
        return keep

    def bound(self, which: Places, low: Floats, high: Floats) -> None:
        """Let the choices be between ``low`` and ``high`` only."""
        if not len(which):
            return
        self._known = None
        self.low[which], self.high[which] = low, high
        self._lp.bound(self._columns[which], self.low[which], self.high[which])

    def bound_all(self, low: Floats, high: Floats) -> None:
        """Only tell the solver what changes."""
        which = np.flatnonzero((self.low != low) | (self.high != high))
        self.bound(which, low[which], high[which])

    def solve(self) -> tuple[float, Floats] | None:
        """Objective and choices, or None where there is no plan or no time.

        A dive asks again what it has just been told; that costs nothing.
        """
        if self._known is None:
            found = self._lp.solve(self.deadline - monotonic())
            self._known = None if found is None else (found[0], found[1][self._columns])
        return self._known


class Dive:
    """One dive from the bounds as they are; only what is better than ``cutoff`` counts.

    A patient dive takes a plan it could end with as something to fall back on and goes on.
    """

    def __init__(
        self,
        relaxed: Relaxed,
        cutoff: float,
        random: np.random.Generator,
        noise: float = 0.0,
        step: int = 1,
        *,
        is_patient: bool = False,
    ) -> None:
        self.relaxed = relaxed
        self.cutoff = cutoff
        self.random = random
        self.noise = noise
        self.step = step
        self.is_patient = is_patient
        self.mistakes = 0

    def run(self) -> Dived | None:
        """The best plan on this way, or None where it leads to no better one."""
        found: Dived | None = None
        most = MOST_MISTAKES + (self.relaxed.initiatives // 20 if self.is_patient else 0)
        while self.mistakes <= most:
            solved = self._solve()
            if solved is None:
                return found
            objective, x = solved
            split = np.flatnonzero((x > WHOLE) & (x < 1 - WHOLE))
            if not len(split):
                return Dived(objective, x > 0.5)
            picked = self._pick(x, split)
            if self._take_some(picked):
                continue
            self.mistakes += 1
            if (self.mistakes % 3 == 1 or len(split) <= 2) and (rest := self._leave_rest(x)):
                found, self.cutoff = rest, rest.objective
                if not self.is_patient:
                    return found
            bad = split if len(split) <= 2 else picked[:1]
            self.relaxed.bound(bad, np.zeros(len(bad)), np.zeros(len(bad)))
        return found

    def _solve(self) -> tuple[float, Floats] | None:
        found = self.relaxed.solve()
        return None if found is None or found[0] >= self.cutoff else found

    def _pick(self, x: Floats, split: Places) -> Places:
        """The choices to take next: the most certain ones, one per initiative."""
        relaxed = self.relaxed
        funded = np.bincount(relaxed.initiative, weights=x, minlength=relaxed.initiatives)
        score = x[split] + MUST * (funded[relaxed.initiative[split]] > 0.999)
        if self.noise:
            score = score + self.noise * self.random.random(len(split))
        ordered = split[np.argsort(-score, kind="stable")]
        _, firsts = np.unique(relaxed.initiative[ordered], return_index=True)
        ordered = ordered[np.sort(firsts)]
        return ordered[: max(self.step, int(np.sum(x[ordered] >= CERTAIN)))]

    def _take_some(self, picked: Places) -> bool:
        """Take all of the choices, or as many of the first as go together."""
        while not self._take(picked):
            if len(picked) == 1:
                return False
            picked = picked[: max(1, len(picked) // 4)]
            self.step = len(picked)
        self.step += self.step // 2
        return True

    def _take(self, picked: Places) -> bool:
        """Take the choices, or leave everything as it was if no better plan has them all."""
        relaxed = self.relaxed
        which = np.concatenate([relaxed.of[i] for i in relaxed.initiative[picked]])
        low, high = relaxed.low[which].copy(), relaxed.high[which].copy()
        taken = np.isin(which, picked).astype(float)
        relaxed.bound(which, taken, taken)
        if self._solve() is not None:
            return True
        relaxed.bound(which, low, high)
        return False

    def _leave_rest(self, x: Floats) -> Dived | None:
        """The plan of what is chosen so far and nothing else, if there is one."""
        relaxed = self.relaxed
        rest = np.flatnonzero((x < 0.5) & (relaxed.high > 0))
        low, high = relaxed.low[rest].copy(), relaxed.high[rest].copy()
        relaxed.bound(rest, np.zeros(len(rest)), np.zeros(len(rest)))
        solved = self._solve()
        relaxed.bound(rest, low, high)
        if solved is None or np.any((solved[1] > WHOLE) & (solved[1] < 1 - WHOLE)):
            return None
        return Dived(solved[0], solved[1] > 0.5)
