"""Plans of a kept model by dives and moves, where an exact search would take too long.

The same means as in a run (docs/model.md, C4), from a relaxation that is solved already: only the
choices near to mattering are kept, a plan known of a neighbouring question says where to begin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import numpy as np

from app.portfolio.engine.answers.arrays import WHOLE, Arrays, Floats, Mask, loaded
from app.portfolio.engine.milp.diving import Dive, Dived, Places, Relaxed
from app.portfolio.engine.milp.neighbours import Neighbours
from app.portfolio.engine.milp.solvers import MOST_ITERATIONS, SEED, KeptRelaxation
from app.portfolio.engine.problem import Problem

MOST_CHOICES = 8
"""Placements every initiative keeps, besides those in the relaxed plan."""
QUICK, SLOW = 0.06, 0.2
"""Seconds of a move below which the next one frees more initiatives, above which fewer."""
STEPS = 25
"""Steps, about, that a dive from the top takes."""


@dataclass(frozen=True)
class Choices:
    """The placements of a model: their positions, columns, initiatives and starts."""

    positions: Places
    columns: Places
    initiative: Places
    start: Places
    initiatives: int

    @classmethod
    def of(cls, problem: Problem, columns: Mapping[int, int]) -> Choices:
        """``columns`` are by position."""
        placements = [problem.placements[position] for position in columns]
        return cls(
            positions=np.array(list(columns), dtype=np.int64),
            columns=np.array(list(columns.values()), dtype=np.int64),
            initiative=np.array([p.initiative for p in placements], dtype=np.int64),
            start=np.array([p.start for p in placements], dtype=np.int64),
            initiatives=len(problem.initiatives),
        )


class _Held(KeptRelaxation):
    """The relaxation of arrays, going on from a basis."""

    def __init__(self, arrays: Arrays, basis: Any) -> None:
        self._highs = loaded(arrays, relaxed=True)
        self._highs.setBasis(basis)
        self._highs.setOptionValue("presolve", "off")
        self._highs.setOptionValue("simplex_iteration_limit", MOST_ITERATIONS)
        self._is_first = False


class Ground(Relaxed):
    """The choices that cost least against a relaxed plan, and those ``also`` named, in a small
    model that goes on from there. ``values`` and ``costs`` are by column."""

    def __init__(
        self, choices: Choices, now: Arrays, basis: Any, values: Floats, costs: Floats,
        also: Sequence[int],
    ) -> None:  # fmt: skip
        self.deadline = monotonic()
        now, merged = coarser(now, values)
        self._lp = _Held(now, basis)
        self.initiatives = choices.initiatives
        x = values[choices.columns]
        keep = self._near(choices, costs[choices.columns] - x)
        keep |= (x > WHOLE) | np.isin(choices.positions, list(also))
        gone = np.sort(np.append(choices.columns[~keep], merged)).astype(np.int32)
        if len(gone):
            self._lp.drop(gone)
        columns = choices.columns[keep]
        columns = (columns - np.searchsorted(gone, columns)).astype(np.int32)
        self._name(choices.positions[keep], columns, choices.initiative[keep], choices.start[keep])
        self.first = x[keep]
        barred = now.upper[choices.columns[keep]] < 0.5
        self.top = np.where(barred, 0.0, 1.0)

    def _near(self, choices: Choices, cost: Floats) -> Mask:
        order = np.lexsort((cost, choices.initiative))
        firsts = np.searchsorted(choices.initiative[order], np.arange(self.initiatives))
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order)) - firsts[choices.initiative[order]]
        near: Mask = rank < MOST_CHOICES
        return near


def coarser(now: Arrays, values: Floats) -> tuple[Arrays, Places]:
    """The arrays with the overlap segments far from the relaxed plan put together, and the columns
    that are no longer used. One long segment lies below those it replaces: a plan is worth more
    than it seems, never less."""
    alone = (np.bincount(now.columns, minlength=len(now.cost)) == 1) & ~now.whole
    alone &= (now.lower == 0) & (now.upper == 1) & (now.cost < 0)
    entries = np.flatnonzero(alone[now.columns])
    if not len(entries):
        return now, np.empty(0, dtype=np.int64)
    rows, columns = now.row_of[entries], now.columns[entries]
    begins = np.flatnonzero(np.diff(rows, prepend=-1))
    sizes = np.diff(np.append(begins, len(rows)))
    full = np.add.reduceat((values[columns] > 1 - WHOLE).astype(np.int64), begins)
    place = np.arange(len(rows)) - np.repeat(begins + full, sizes)
    kind = np.clip(place, -2, 2) + (place > 3)
    first = (np.diff(rows, prepend=-1) != 0) | (np.diff(kind, prepend=9) != 0)
    heads = np.flatnonzero(first)
    cost, entry = now.cost.copy(), now.values.copy()
    cost[columns[heads]] = np.add.reduceat(now.cost[columns], heads)
    entry[entries[heads]] = np.add.reduceat(now.values[entries], heads)
    return replace(now, cost=cost, values=entry), columns[~first].astype(np.int64)


class Search:
    """Looks for plans with less than ``best`` as objective until one is at ``target``."""

    def __init__(
        self, ground: Ground, quarters: int, best: float, target: float, turn: int
    ) -> None:
        self.ground = ground
        self.best, self.target = best, target
        self.chosen: Mask | None = None
        self.is_found = False
        self.random = np.random.default_rng([SEED, turn])
        self.neighbours = Neighbours(ground.initiatives, quarters, self.random, QUICK, SLOW)

    def run(self, near: Sequence[int], until: float) -> tuple[list[int], float] | None:
        """Positions and objective of the best plan found. ``near``: the plan to begin with,
        which may break limits here."""
        ground = self.ground
        ground.deadline = until
        known = np.isin(ground.positions, list(near))
        if known.any():
            if np.isfinite(self.best):
                self.chosen = known
            agree = known == (ground.first > 0.5)
            agree &= (ground.first < WHOLE) | (ground.first > 1 - WHOLE)
            self._dive(agree & known, ~agree | known, 0.0, step=4)
        attempt = 0
        while self.chosen is None and monotonic() < until and attempt < 6:
            self._dive_from_the_top(0.15 * attempt)
            attempt += 1
        turn = 0
        while self.chosen is not None and self.best > self.target and monotonic() < until:
            turn += 1
            self._move(turn)
        if not self.is_found or self.chosen is None:
            return None
        return [int(p) for p in ground.positions[self.chosen]], self.best

    def _dive_from_the_top(self, noise: float) -> None:
        nothing = np.zeros(len(self.ground.positions), dtype=bool)
        step = max(1, self.ground.initiatives // STEPS)
        self._dive(nothing, ~nothing, noise, step, is_patient=True)

    def _dive(
        self, held: Mask, open_: Mask, noise: float, step: int, *, is_patient: bool = False
    ) -> None:
        ground = self.ground
        ground.bound_all(held.astype(float), np.where(open_, ground.top, 0.0))
        cutoff = self.best - 1e-6 * abs(self.best) if np.isfinite(self.best) else self.best
        found = Dive(ground, cutoff, self.random, noise, step, is_patient=is_patient).run()
        if found is not None:
            self._keep(found)

    def _keep(self, found: Dived) -> None:
        self.best, self.chosen, self.is_found = found.objective, found.chosen, True

    def _move(self, turn: int) -> None:
        assert self.chosen is not None
        began = monotonic()
        ground, chosen = self.ground, self.chosen
        neighbours = self.neighbours
        free = np.isin(ground.initiative, neighbours.pick(turn, ground, chosen, ground.first))
        self._dive(~free & chosen, free | chosen, neighbours.noise(turn), neighbours.step)
        neighbours.adapt(monotonic() - began)
