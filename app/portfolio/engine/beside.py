"""What is done beside a solver: our own search in a second process, the ranked list in a thread."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import ExitStack
from time import monotonic

from app.portfolio.engine.greedy import GreedyList, best_greedy_list
from app.portfolio.engine.job import Job, Message
from app.portfolio.engine.problem import Problem
from app.portfolio.engine.sandbox import Backend, Sandbox

LARGE = 300
"""Placements from which on our own search runs from the start, and nobody waits for the list."""
LATE = 1.5
"""Seconds after which our own search runs for smaller problems too."""
PATIENCE, MOST_PATIENCE = 0.5, 30.0
"""Seconds to wait for the ranked list once everything else is over: with and without a plan."""


class Beside:
    """Our own search in a second process, once a problem is large or takes its time."""

    def __init__(self, job: Job, packed: bytes, backend: Backend | None) -> None:
        self.job = job
        self.packed = packed
        self.backend = backend
        self.delay = 0.0 if len(job.positions) >= LARGE else LATE
        self.began = monotonic()
        self.sandbox: Sandbox | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Beside:
        self.read(is_over=False)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def read(self, *, is_over: bool) -> list[Message]:
        """What it has told; it is started when its time has come and ended when nothing is left
        to find. Its failing is no failure: it only lends a hand."""
        if is_over or self.backend is None:
            self._end()
        elif self.sandbox is None and monotonic() - self.began >= self.delay:
            self._begin(self.backend)
        if self.sandbox is None:
            return []
        messages = self.sandbox.read(0)
        if self.sandbox.is_finished:
            self._end()
        return messages

    @property
    def sandboxes(self) -> list[Sandbox]:
        return [] if self.sandbox is None else [self.sandbox]

    def hint(self, positions: Sequence[int]) -> None:
        if self.sandbox is not None:
            self.sandbox.hint(positions)

    def _begin(self, backend: Backend) -> None:
        try:
            self.sandbox = self._stack.enter_context(Sandbox(self.job, backend, self.packed))
        except OSError:
            self.backend = None

    def _end(self) -> None:
        self._stack.close()
        self.sandbox = self.backend = None


class Ranked:
    """The best ranked list, made while others search."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._found: GreedyList | None = None
        self._is_begun = False
        self._thread = threading.Thread(target=self.make, daemon=True)

    def make(self) -> None:
        """Make it now."""
        self._is_begun = True
        self._found = best_greedy_list(self._problem)

    def begin(self) -> None:
        """Make it while others work, unless that is done already."""
        if not self._is_begun:
            self._is_begun = True
            self._thread.start()

    def found(self) -> GreedyList | None:
        """The list, or None as long as (or if) there is none."""
        return self._found

    def wait(self, *, is_needed: bool, most: float = MOST_PATIENCE) -> None:
        """Give it a last moment, or up to ``most`` seconds where there is no other plan."""
        if is_needed:
            self.begin()
        if self._thread.is_alive():
            self._thread.join(most if is_needed else PATIENCE)
