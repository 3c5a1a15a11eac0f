"""Question after question about one problem, answered by kept solver processes and recounted.

Nothing a process says is believed before the recount: a plan that breaks a limit or is worth
something else, a process that dies or hangs, and the question goes to `solve` instead.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from math import expm1, floor
from time import monotonic
from types import TracebackType
from typing import Any

from app.portfolio.engine.answers.changes import Change, applied
from app.portfolio.engine.answers.questions import DeskTask, Question
from app.portfolio.engine.answers.window import StoppedError, Window
from app.portfolio.engine.checking import breaches
from app.portfolio.engine.chords import Curve, Place, curves, understatement
from app.portfolio.engine.counting import Account
from app.portfolio.engine.job import Message
from app.portfolio.engine.plan import Plan, PlanStatus
from app.portfolio.engine.problem import Placement, Problem
from app.portfolio.engine.sandbox import CBC, HIGHS, Backend
from app.portfolio.engine.solving import solve

FINENESS = 1e-5
"""How much of the value at stake the overlap segments may understate, as a share."""

KEEPER = Backend("highs", (sys.executable, "-m", "app.portfolio.engine.answers.child"))

MOST_WORKERS = 2


@dataclass(frozen=True)
class Reply:
    """The best plan of a changed problem, recounted.

    ``account`` is None without a plan; ``bound``: no plan is worth more, overlap segments allowed
    for. ``is_done``: the gap asked for is reached. ``is_infeasible``: no plan keeps every limit.
    """

    problem: Problem
    account: Account | None
    bound: int | None
    is_done: bool
    is_infeasible: bool = False
    share: float | None = None
    """How far the relaxation funds the initiative that was looked at."""

    @property
    def value(self) -> int | None:
        return None if self.account is None else self.account.value

    @cached_property
    def funded(self) -> frozenset[int]:
        """Positions of the funded initiatives."""
        chosen = self.account.chosen if self.account else ()
        return frozenset(placement.initiative for placement in chosen)


class Desk:
    """Opens solver processes on entry; on exit they are gone."""

    def __init__(
        self,
        problem: Problem,
        *,
        seconds: float,
        workers: int | None = None,
        should_stop: Callable[[], bool] | None = None,
        backend: Backend = KEEPER,
        counts_value: bool = True,
        fineness: float = FINENESS,
    ) -> None:
        self.problem = problem
        self.until = monotonic() + seconds
        self.should_stop = should_stop
        self.backend = backend
        own = min(MOST_WORKERS, os.cpu_count() or 1)
        self.workers = workers or backend.processes or own
        self.counts_value = counts_value
        """Whether plans are compared by value; the model is smaller where only limits matter."""
        self.fineness = fineness
        self._windows: list[Window] = []
        self._known: dict[tuple[Change, ...], Reply] = {}

    def __enter__(self) -> Desk:
        positions = tuple(range(len(self.problem.placements)))
        tolerance, found = 0.0, dict[Place, Curve]()
        if self.counts_value:
            tolerance = self.fineness * _stake(self.problem, positions)
            found = curves(self.problem, positions, tolerance)
        self.understated = understatement(found)
        seconds = max(1.0, self.until - monotonic())
        task = DeskTask(
            self.problem, positions, found, tolerance, seconds, warms_up=self.counts_value
        )
        self._windows = [Window(task, self.backend) for _ in range(self.workers)]
        for window in self._windows:
            window.begin()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        for window in self._windows:
            window.close()

    @property
    def seconds_left(self) -> float:
        return max(0.0, self.until - monotonic())

    def ready(self) -> None:
        """Wait until every process has built its model."""
        for window in self._windows:
            window.is_open(self._watch)

    def share(self, left: int) -> float:
        """Seconds for the next of ``left`` questions, half as much again as an equal part."""
        return max(0.05, 1.5 * self.seconds_left * self.workers / max(1, left))

    def ask(
        self, question: Question, *, window: int = 0, start: Account | None = None,
        near: Account | None = None,
    ) -> Reply:  # fmt: skip
        """The recounted answer. ``start``: a plan of the changed problem known beforehand;
        ``near``: one of a neighbouring problem.

        Raises StoppedError when somebody asked to stop.
        """
        self._watch()
        problem = applied(self.problem, question.changes)
        if start is not None:
            start = Account(problem, start.chosen)
            question = replace(question, floor=start.value - self.understated)
        if near is not None:
            positions = (self.problem.position_of.get(choice) for choice in near.chosen)
            question = replace(question, near=tuple(p for p in positions if p is not None))
        left = min(question.seconds, self.seconds_left)
        question = replace(question, seconds=left, gap=self._model_gap(question.gap, start))
        if left <= 0:
            return Reply(problem, start, None, False)
        message = self._windows[window].ask(question, self._watch)
        if message is not None:
            reply = self._believed(problem, question, message, start)
            if reply is not None:
                return reply
        return self._solved(problem, question, start)

    def known(
        self, *changes: Change, window: int = 0, start: Account | None = None, gap: float = 0.0
    ) -> Reply:
        """The best plan under the changes, exact unless a gap is allowed, asked once."""
        known = self._known.get(changes)
        if known is None:
            known = self.ask(Question(changes, gap=gap), window=window, start=start)
            self._known[changes] = known
        return known

    def spread(
        self, items: Sequence[Any], work: Callable[[Any, int], Any], *, in_runs: bool = False
    ) -> Iterator[tuple[int, Any]]:
        """``work(item, window)`` for all items, as they are done, on all windows at once.

        Items are dealt out in turn, or ``in_runs`` of neighbours, so that the answers do not depend
        on who is faster.
        """
        if self.workers == 1 or len(items) < 2:
            for place, item in enumerate(items):
                yield place, work(item, 0)
            return
        with ThreadPoolExecutor(self.workers) as pool:
            iterators = [iter(queue) for queue in self._queues(len(items), in_runs)]
            pending = {}

            def begin(window: int) -> None:
                place = next(iterators[window], None)
                if place is not None:
                    pending[pool.submit(work, items[place], window)] = (place, window)

            for window in range(self.workers):
                begin(window)
            while pending:
                done = next(as_completed(pending))
                place, window = pending.pop(done)
                begin(window)
                yield place, done.result()

    def _queues(self, count: int, in_runs: bool) -> list[range]:
        if not in_runs:
            return [range(first, count, self.workers) for first in range(self.workers)]
        edges = [count * k // self.workers for k in range(self.workers + 1)]
        return [range(a, b) for a, b in pairwise(edges)]

    def losses(
        self, initiatives: Sequence[str], *, value: int, window: int = 0
    ) -> list[int | None]:
        """What funding each would cost at least, against a plan of this ``value``: by the linear
        relaxation no plan with it is worth more. None: impossible, or not known."""
        question = Question(forced=tuple(initiatives), seconds=self.seconds_left)
        message = self._windows[window].ask(question, self._watch)
        if message is None or message["state"] == "failed":
            return [None] * len(initiatives)
        bounds = [self._bound(bound) for bound in message["bounds"]]
        return [None if bound is None else max(0, value - bound) for bound in bounds]

    def _watch(self) -> None:
        if self.should_stop is not None and self.should_stop():
            raise StoppedError

    def _model_gap(self, gap: float, start: Account | None) -> float:
        """What is left of a relative gap after the overlap segments."""
        if not gap:
            return 0.0
        stake = abs(start.value) if start else 0
        return max(gap / 10, gap - self.understated / max(1, stake)) if stake else gap

    def _believed(
        self, problem: Problem, question: Question, message: Message, start: Account | None
    ) -> Reply | None:
        """The reply if it survives the recount."""
        state = message["state"]
        bound = self._bound(message["bound"], message.get("understated", 0.0))
        if state == "infeasible":
            return None if start else Reply(problem, None, None, True, is_infeasible=True)
        if state == "failed":
            return None
        account = start
        if message["positions"] is not None:
            account = self._recounted(problem, question, message)
            if account is None:
                return None
            if start is not None and start.value > account.value:
                account = start
        if account is not None and bound is not None:
            if account.value > bound + 1 + abs(bound) // 10**9:
                return None
            bound = max(bound, account.value)
        done = state == "optimal" and account is not None
        return Reply(problem, account, bound, done, share=message.get("share"))

    def _recounted(self, problem: Problem, question: Question, message: Message) -> Account | None:
        positions = message["positions"]
        is_same = problem.initiatives is self.problem.initiatives
        places = (self.problem if is_same else problem).placements
        if not all(isinstance(p, int) and 0 <= p < len(places) for p in positions):
            return None
        account = Account(problem, tuple(places[p] for p in sorted(set(positions))))
        free = question.free | question.missable
        if any(not _is_free(breach.owner, free) for breach in breaches(account)):
            return None
        if message["value"] is None:
            return account
        value, slip = message["value"], 1.0 + 1e-6 * abs(message["value"])
        understated = max(self.understated, message.get("understated", 0.0))
        good = -slip <= account.value - value <= understated + slip
        return account if good else None

    def _bound(self, model_bound: float | None, understated: float = 0.0) -> int | None:
        if model_bound is None or not abs(model_bound) < 1e30:
            return None
        missing = max(self.understated, understated)
        return floor(model_bound + missing + 1e-9 * abs(model_bound) + 1e-6)

    @property
    def _slow_ways(self) -> list[Backend]:
        """Solvers with this desk's limit of memory."""
        return [replace(one, memory_bytes=self.backend.memory_bytes) for one in (HIGHS, CBC)]

    def _solved(self, problem: Problem, question: Question, start: Account | None) -> Reply:
        """The slow way, with every doubt of `solve`."""
        if not question.is_plain or self.seconds_left <= 0:
            return Reply(problem, start, None, False)
        plan = solve(
            problem, time_limit=min(question.seconds, self.seconds_left), gap=question.gap,
            should_stop=self.should_stop, beside=(), backends=self._slow_ways,
        )  # fmt: skip
        self._watch()
        account = account_of(problem, plan) if plan.has_plan else start
        infeasible = plan.status is PlanStatus.INFEASIBLE
        done = plan.status in (PlanStatus.OPTIMAL, PlanStatus.WITHIN_GAP) or infeasible
        return Reply(problem, account, plan.bound, done, is_infeasible=infeasible)


def account_of(problem: Problem, plan: Plan) -> Account:
    """The recount of a plan's choices in a problem with the same initiatives and options."""
    places = {one.key: place for place, one in enumerate(problem.initiatives)}
    chosen = []
    for row in plan.funded:
        place = places[row.initiative]
        options = [option.key for option in problem.initiatives[place].options]
        start = problem.quarters.index(row.start)
        chosen.append(Placement(place, options.index(row.option), start))
    return Account(problem, tuple(sorted(chosen, key=lambda placement: placement.initiative)))


def _is_free(owner: str, free: frozenset[str]) -> bool:
    """Whether a breach is of a limit that does not count; quarters are named behind its key."""
    return owner in free or owner.rpartition(":")[0] in free


def _stake(problem: Problem, positions: Sequence[int]) -> float:
    """Pool money within reach of everything together; a scale, not a bound."""
    everything = curves(problem, positions, float("inf"))
    return sum(
        curve.worth * -expm1(-curve.start - sum(curve.widths)) for curve in everything.values()
    )
