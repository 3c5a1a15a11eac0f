"""What is done beside the solver that proves: our own search and another solver in processes of
their own, the ranked list in a thread."""

from __future__ import annotations

import select
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from time import monotonic

from app.portfolio.engine.collecting import without_collecting
from app.portfolio.engine.greedy import GreedyList, greedy_lists
from app.portfolio.engine.job import Job, Message
from app.portfolio.engine.problem import Problem
from app.portfolio.engine.sandbox import CBC, MOVES, Backend, Sandbox

LARGE = 300
"""Placements from which on our own search runs from the start, and nobody waits for the list."""
LATE = 1.5
"""Seconds after which our own search runs for smaller problems too."""
RACE_LATE = 2e-3
"""Seconds per placement after which another solver joins: before that, its root is not done when
the others have good plans already."""
RACE_LEAST = 4.0
"""Seconds there must be left for that."""
RACE_END = 0.8
"""Seconds before the end at which it has to hand over: it tells its plan only then."""
PATIENCE, MOST_PATIENCE = 0.5, 30.0
"""Seconds to wait for the ranked list once everything else is over: with and without a plan."""


class Helper:
    """A search in a process of its own that joins after ``delay`` seconds, as ``make`` makes it
    then. Its failing is no failure: it only lends a hand."""

    def __init__(self, name: str, delay: float, make: Callable[[], Sandbox]) -> None:
        self.name = name
        self.sandbox: Sandbox | None = None
        self._make: Callable[[], Sandbox] | None = make
        self._join_at = monotonic() + delay
        self._stack = ExitStack()

    def read(self) -> list[Message]:
        """What it has told; it is started when its time has come."""
        if self._make is not None and monotonic() >= self._join_at:
            self._begin(self._make)
        if self.sandbox is None:
            return []
        messages = self.sandbox.read(0)
        if self.sandbox.is_finished:
            self.end()
        return messages

    def interrupt(self) -> None:
        if self.sandbox is not None:
            self.sandbox.interrupt()

    def hint(self, positions: Sequence[int]) -> None:
        if self.sandbox is not None:
            self.sandbox.hint(positions)

    def end(self) -> None:
        """It is over, or not wanted any more."""
        self._stack.close()
        self.sandbox = self._make = None

    def _begin(self, make: Callable[[], Sandbox]) -> None:
        self._make = None
        with suppress(OSError):
            self.sandbox = self._stack.enter_context(make())


class Beside:
    """All who search beside the solver that proves."""

    def __init__(self, helpers: Sequence[Helper]) -> None:
        self.helpers = helpers

    def __enter__(self) -> Beside:
        self.read(is_over=False)
        return self

    def __exit__(self, *_: object) -> None:
        for helper in self.helpers:
            helper.end()

    def read(self, *, is_over: bool) -> list[Message]:
        """What they have told; they are ended when nothing is left to find."""
        if is_over:
            self.__exit__()
        return [message for helper in self.helpers for message in _believable(helper)]

    @property
    def sandboxes(self) -> list[Sandbox]:
        return [helper.sandbox for helper in self.helpers if helper.sandbox is not None]

    def hint(self, positions: Sequence[int]) -> None:
        for helper in self.helpers:
            helper.hint(positions)

    def last_messages(self, seconds: float) -> list[Message]:
        """What those say who tell their plan only when they are interrupted."""
        racing = [helper for helper in self.helpers if helper.name == CBC.name]
        for helper in racing:
            helper.interrupt()
        until, messages = monotonic() + seconds, list[Message]()
        while any(helper.sandbox is not None for helper in racing) and monotonic() < until:
            select.select([one.sandbox for one in racing if one.sandbox], [], [], 0.05)
            messages += [message for helper in racing for message in _believable(helper)]
        return messages


def _believable(helper: Helper) -> list[Message]:
    """Its plans and, of our own search, its bound; an ``end`` counts as the plan it holds. What
    CBC calls a bound or a proof is left to the solver that proves."""
    found = []
    for message in helper.read():
        if message["kind"] == "end" and message.get("positions") is not None:
            found.append({"kind": "plan", "positions": message["positions"]})
        elif message["kind"] == "plan" or (message["kind"], helper.name) == ("bound", MOVES.name):
            found.append(message)
    return found


def helpers_for(
    job: Job, packed: bytes, backends: Sequence[Backend], best: Callable[[], tuple[int, ...]]
) -> list[Helper]:
    """Those who lend a hand to a job: our own search at once if it is large or content with a gap,
    another solver when it turns out to take long. ``best``: positions of the best plan so far."""
    count = len(job.positions)
    late = 0.0 if count >= LARGE or job.gap else LATE
    race = max(LATE, RACE_LATE * count)
    found = []
    for backend in backends:
        if backend.name != CBC.name:
            found.append(Helper(backend.name, late, partial(Sandbox, job, backend, packed)))
        elif job.backend != CBC.name and job.seconds >= race + RACE_LEAST:
            found.append(Helper(CBC.name, race, partial(_racer, job, backend, best)))
    return found


def _racer(job: Job, backend: Backend, best: Callable[[], tuple[int, ...]]) -> Sandbox:
    """Another solver, which begins with the best plan and ends a bit earlier."""
    until = job.until - RACE_END
    left = max(0.1, until - monotonic())
    return Sandbox(
        replace(job, backend=backend.name, seconds=left, until=until, start=best()), backend
    )


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
        with without_collecting():
            for one in greedy_lists(self._problem):
                if self._found is None or one.account.value > self._found.account.value:
                    self._found = one

    def begin(self) -> None:
        """Make it while others work, unless that is done already."""
        if not self._is_begun:
            self._is_begun = True
            self._thread.start()

    def found(self) -> GreedyList | None:
        """The best list so far, or None as long as (or if) there is none."""
        return self._found

    def wait(self, *, is_needed: bool, most: float = MOST_PATIENCE) -> None:
        """Give it a last moment, or up to ``most`` seconds where there is no other plan."""
        if is_needed:
            self.begin()
        if self._thread.is_alive():
            self._thread.join(most if is_needed else PATIENCE)
