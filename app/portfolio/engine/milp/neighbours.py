"""Which initiatives a move decides anew, and how many, following the time that moves take."""

from __future__ import annotations

import numpy as np

from app.portfolio.engine.milp.diving import Floats, Mask, Places, Relaxed

LEAST_FREE = 6
NOISES = (0.1, 0.0, 0.3, 0.5)
"""By how much the order of a dive is left to chance, move after move."""


class Neighbours:
    """Chooses for move after move. ``quick`` and ``slow`` are the seconds of a move below which the
    next one frees more initiatives, above which fewer."""

    def __init__(
        self,
        initiatives: int,
        quarters: int,
        random: np.random.Generator,
        quick: float,
        slow: float,
    ) -> None:
        self.initiatives, self.quarters, self.random = initiatives, quarters, random
        self.quick, self.slow = quick, slow
        self.free = max(LEAST_FREE, initiatives // 10)

    @property
    def step(self) -> int:
        """Choices that a dive of the next move takes at once."""
        return max(1, self.free // 12)

    def noise(self, turn: int) -> float:
        return NOISES[turn // 3 % len(NOISES)]

    def adapt(self, seconds: float) -> None:
        """Follow the time that the last move took."""
        if seconds < self.quick:
            self.free += max(1, self.free // 12)
        elif seconds > self.slow:
            self.free = max(LEAST_FREE, self.free * 4 // 5)
        if self.free > self.initiatives:
            self.free = max(LEAST_FREE, self.initiatives // 10)

    def pick(self, turn: int, relaxed: Relaxed, chosen: Mask, first: Floats) -> Places:
        """Any initiatives; those around a quarter; or those which the relaxed plan ``first``
        places otherwise than the one ``chosen``: in turn."""
        kind, count = turn % 3, self.initiatives
        if kind == 0:
            rank = self.random.random(count)
        elif kind == 1:
            around = self.random.integers(0, self.quarters)
            rank = 3.0 + 2.0 * self.random.random(count)
            rank[relaxed.initiative[chosen]] += np.abs(relaxed.start[chosen] - around) - 3.0
        else:
            apart = np.abs(chosen - first)
            rank = 0.7 * self.random.random(count)
            rank -= np.bincount(relaxed.initiative, weights=apart, minlength=count)
        return np.argsort(rank, kind="stable")[: self.free]
