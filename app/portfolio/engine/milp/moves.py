"""Our own search beside the exact one: a dive, then moves around the best plan known.

Run as a solver process of its own: ``python -m app.portfolio.engine.milp.moves …`` (see child).
It proves nothing but the bound of the relaxed model; what it finds is recounted like any plan.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from app.portfolio.engine.job import Job, Message, Report
from app.portfolio.engine.milp.building import build_model
from app.portfolio.engine.milp.child import main
from app.portfolio.engine.milp.diving import Dive, Dived, Mask, Places, Relaxed
from app.portfolio.engine.milp.hints import Hints
from app.portfolio.engine.milp.neighbours import Neighbours
from app.portfolio.engine.milp.solvers import SEED

QUICK, SLOW = 0.25, 0.6
"""Seconds of a move below which the next one frees more initiatives, above which fewer."""
FIRST_DIVES = 6
FIRST_STEPS = 25
NEAR = 0.01
"""Distance to the bound, as a share of it, from which on moves go on from the first plan."""
MOST_FAILED, LEAVE_NOISE = 40, 0.5
"""Moves without success after which the search goes on elsewhere, and how far away at most."""
WIDE = 3000
"""Placements above which every initiative keeps its MOST_CHOICES most promising ones."""
MOST_CHOICES, ROUGH_CHOICES = 8, 4
ROUGH_SHARE, ROUGH_LEAST = 0.4, 12.0
"""The part of the time that a rough model is searched, where there is one, and seconds at least."""


class Moves:
    """Dives from everything free, then from all but a few initiatives held as they are."""

    def __init__(self, job: Job, report: Report, hints: Hints, *, is_rough: bool = False) -> None:
        self.job = job
        self.is_rough = is_rough
        self.report = report
        self.hints = hints
        self.deadline = min(job.until, monotonic() + job.seconds)
        curves = job.rough if is_rough and job.rough is not None else job.levels[0]
        self.model = build_model(job.problem, job.positions, curves)
        self.unit = self.model.minimise([(v, -c) for v, c in self.model.value])
        self.relaxed = Relaxed(self.model, self.deadline)
        self.random = np.random.default_rng(SEED)
        self.best = float("inf")
        """Objective of the best plan told."""
        self.here = float("inf")
        """Objective of the plan that moves start from."""
        self.chosen: Mask | None = None
        self.failed = 0
        """Moves since the last that led further."""
        self.neighbours = Neighbours(
            self.relaxed.initiatives, len(job.problem.quarters), self.random, QUICK, SLOW
        )

    def run(self) -> None:
        """Search until the time is over or the bound is reached."""
        solved = self.relaxed.solve()
        if solved is not None:
            self.bound, self.first = solved
            value = self.model.value_base - self.bound * self.unit
            self.report({"kind": "bound", "value": value, "level": None if self.is_rough else 0})
            if len(self.relaxed.positions) > WIDE:
                most = ROUGH_CHOICES if self.is_rough else MOST_CHOICES
                self.first = self.first[self.relaxed.narrow(self.first, most, self.job.start)]
            if self.job.start:
                self._follow(self.job.start)
            self._dive_from_the_top()
            self._move_on()

    def _dive_from_the_top(self) -> None:
        for attempt in range(FIRST_DIVES):
            noise = 0.0 if attempt == 0 else 0.15 * attempt
            step = max(1, self.relaxed.initiatives // FIRST_STEPS) if attempt < 2 else 1
            found = self._dive_anew(noise, step)
            if (found and self._is_near()) or monotonic() > self.deadline:
                return

    def _dive_anew(self, noise: float, step: int) -> bool:
        """Dive from everything free."""
        count = len(self.relaxed.positions)
        self.relaxed.bound_all(np.zeros(count), np.ones(count))
        return self._keep(self._dive(noise, step, is_patient=True))

    def _move_on(self) -> None:
        turn = 0
        while monotonic() < self.deadline and not self._is_done():
            turn += 1
            self._take_hint()
            if self.chosen is None:
                self._dive_from_the_top()
                continue
            if self.failed >= MOST_FAILED:
                self._leave()
            began = monotonic()
            free = self.neighbours.pick(turn, self.relaxed, self.chosen, self.first)
            self._hold_all_but(free, self.chosen)
            found = self._keep(self._dive(self.neighbours.noise(turn), self.neighbours.step))
            self.failed = 0 if found else self.failed + 1
            self.neighbours.adapt(monotonic() - began)

    def _leave(self) -> None:
        """Where moves lead no further, go on from another plan, though it is worth less."""
        before, self.here, self.failed = self.here, float("inf"), 0
        if not self._dive_anew(LEAVE_NOISE * self.random.random(), 1):
            self.here = before

    def _is_near(self) -> bool:
        """Whether moves get further than another dive from the top: that one has to end above
        the plan known, which keeps it from careless steps."""
        return self.best - self.bound <= NEAR * abs(self.bound)

    def _is_done(self) -> bool:
        return self.best <= self.bound + 1e-9 * abs(self.bound)

    def _dive(self, noise: float, step: int, *, is_patient: bool = False) -> Dived | None:
        cutoff = self.here - 1e-6 * abs(self.here) if self.here < float("inf") else self.here
        return Dive(self.relaxed, cutoff, self.random, noise, step, is_patient=is_patient).run()

    def _keep(self, found: Dived | None) -> bool:
        """Go on from what was found; tell it if it is the best so far."""
        if found is None:
            return False
        self.here, self.chosen = found.objective, found.chosen
        if found.objective < self.best:
            self.best = found.objective
            positions = self.relaxed.positions[found.chosen]
            self.report({"kind": "plan", "positions": [int(p) for p in positions]})
        return True

    def _hold_all_but(self, free: Places, chosen: Mask) -> None:
        is_free = np.isin(self.relaxed.initiative, free)
        held = np.where(~is_free & chosen, 1.0, 0.0)
        self.relaxed.bound_all(held, np.where(is_free | chosen, 1.0, 0.0))

    def _take_hint(self) -> None:
        positions = self.hints.take()
        if positions is not None:
            self._follow(positions)

    def _follow(self, positions: Sequence[int]) -> None:
        """Go on from a plan found elsewhere, if it is better.

        What it places where this search does not look is placed anew.
        """
        relaxed = self.relaxed
        chosen = np.isin(relaxed.positions, list(positions))
        placements = self.job.problem.placements
        funded = np.array([placements[p].initiative for p in set(positions)], dtype=np.int64)
        open_ = np.isin(relaxed.initiative, np.setdiff1d(funded, relaxed.initiative[chosen]))
        relaxed.bound_all(chosen.astype(float), np.where(chosen | open_, 1.0, 0.0))
        found = Dive(relaxed, self.best, self.random).run()
        if found is not None and found.objective < self.best:
            self._keep(found)


def move(job: Any, report: Report, _folder: Path) -> None:
    """Do the search of a job: in a rough model first, if there is one."""
    hints = Hints(sys.stdin)
    if job.rough is not None:
        best = list(job.start)

        def hear(message: Message) -> None:
            best[:] = message.get("positions", best)
            report(message)

        until = min(job.until, monotonic() + job.seconds)
        seconds = max(ROUGH_LEAST, ROUGH_SHARE * job.seconds)
        Moves(replace(job, seconds=seconds), hear, hints, is_rough=True).run()
        job = replace(job, start=tuple(best), seconds=until - monotonic())
    if job.seconds > 0:
        Moves(job, report, hints).run()
    report({"kind": "end", "state": "limit"})


def run(arguments: list[str]) -> int:
    """Be the process of one job."""
    return main(arguments, move)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
