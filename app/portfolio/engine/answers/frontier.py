"""Value against budget: the best plan at many budgets, and where the chosen set changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from time import monotonic

from app.portfolio.engine.answers.changes import ScaleBudgets
from app.portfolio.engine.answers.desk import FINENESS, KEEPER, Desk, Reply, account_of
from app.portfolio.engine.answers.questions import Question
from app.portfolio.engine.answers.window import StoppedError
from app.portfolio.engine.checking import is_allowed
from app.portfolio.engine.counting import Account
from app.portfolio.engine.greedy import best_greedy_list
from app.portfolio.engine.plan import Plan, relative_gap
from app.portfolio.engine.problem import Placement, Problem
from app.portfolio.engine.sandbox import Backend

LOWEST, HIGHEST = Fraction(1, 4), Fraction(2)
CLOSEST = Fraction(1, 200)
"""How near to each other, as a share of the budgets, points are put to find where a set changes."""
FINER = 50
"""How many times finer than the gap the overlap segments are, as a share of the value at stake."""
BRIEF = 1.0
"""Seconds, at most, for the first plan at a budget."""
MOST_TURNS = 4
"""Rounds of dives and moves before what is left is searched exactly."""
LAST_TURN = 12


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """The best plan at one budget.

    ``budget``: what the scaled funds have, minor units; ``entered`` and ``left``: initiatives
    against the plan at the next smaller budget. ``greedy``: the best ranked list's value, None if
    none keeps the rules or it was not asked for. ``value`` is None where no plan is possible.
    """

    share: Fraction
    budget: int
    value: int | None
    bound: int | None
    spend: int
    funded: tuple[str, ...]
    entered: tuple[str, ...]
    left: tuple[str, ...]
    greedy: int | None
    is_infeasible: bool = False
    """No plan is possible there."""

    @property
    def gap(self) -> float | None:
        return relative_gap(self.value, self.bound)

    @property
    def shortfall(self) -> int | None:
        """By how much the ranked list falls short of the plan."""
        if self.value is None or self.greedy is None:
            return None
        return self.value - self.greedy


@dataclass(frozen=True, slots=True)
class Frontier:
    """Points by rising budget. ``is_complete``: neither stopped nor out of time."""

    fund: str | None
    gap: float
    points: tuple[FrontierPoint, ...]
    is_complete: bool
    seconds: float


def frontier(
    problem: Problem,
    *,
    fund: str | None = None,
    points: int = 25,
    lowest: Fraction = LOWEST,
    highest: Fraction = HIGHEST,
    gap: float = 1e-3,
    time_limit: float = 60.0,
    with_list: bool = True,
    plan: Plan | None = None,
    on_progress: Callable[[FrontierPoint], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    backend: Backend = KEEPER,
) -> Frontier:
    """The frontier over all budgets together, or over one ``fund``'s.

    Points come to ``on_progress`` as they land, in no order; a plan is never worth less than that
    of a smaller budget, where the rules let it stand. ``plan`` is what is known at the budgets as
    they are: its point is never worse, in value or bound.
    """
    began = monotonic()
    work = _Work(problem, fund, gap, with_list, points, on_progress)
    if plan is not None and plan.has_plan:
        work.held = Reply(problem, account_of(problem, plan), plan.bound, False)
    fineness = max(FINENESS, gap / FINER)
    try:
        with Desk(
            problem, seconds=time_limit, should_stop=should_stop, backend=backend,
            fineness=fineness,
        ) as desk:  # fmt: skip
            work.measure(desk, _shares(points, lowest, highest))
            for _ in range(4):
                more = work.wanted(2 * points - len(work.found))
                if not more or desk.seconds_left <= 0:
                    break
                work.measure(desk, more)
            work.improve(desk)
            complete = desk.seconds_left > 0
    except StoppedError:
        complete = False
    return Frontier(fund, gap, work.points(), complete, monotonic() - began)


def _shares(points: int, lowest: Fraction, highest: Fraction) -> list[Fraction]:
    """Evenly spaced, the budgets as they are among them."""
    step = (highest - lowest) / max(1, points - 1)
    even = {lowest + k * step for k in range(points)}
    if lowest <= 1 <= highest:
        even = {share for share in even if abs(share - 1) > step / 4} | {Fraction(1)}
    return sorted(even)


class _Work:
    def __init__(
        self,
        problem: Problem,
        fund: str | None,
        gap: float,
        with_list: bool,
        points: int,
        on_progress: Callable[[FrontierPoint], None] | None,
    ) -> None:
        self.problem, self.fund, self.gap = problem, fund, gap
        self.with_list, self.on_progress = with_list, on_progress
        self.found: dict[Fraction, Reply] = {}
        self.lists: dict[Fraction, int | None] = {}
        self.most = points
        self._begun = 0
        self._last: dict[int, Account | None] = {}
        self.held: Reply | None = None
        """What was known before, at the budgets as they are."""

    def measure(self, desk: Desk, shares: list[Fraction]) -> None:
        """A first plan at every share; each starts from the one below, where it stands."""
        self._last = {}

        def one(share: Fraction, window: int) -> Reply:
            change = ScaleBudgets(share, self.fund)
            known = self._last.get(window) or self._below(share)
            changed = change.apply(self.problem)
            start = self._standing(changed, known)
            if self.with_list or start is None:
                listed = best_greedy_list(changed)
                self.lists[share] = None if listed is None else listed.account.value
                if listed is not None and (start is None or listed.account.value > start.value):
                    start = listed.account
            self._begun += 1
            seconds = min(BRIEF, desk.share(2 * self.most - self._begun))
            question = Question((change,), gap=self.gap, seconds=seconds, is_brief=True)
            reply = desk.ask(question, window=window, start=start, near=start or known)
            self._last[window] = reply.account or known
            return reply

        for place, reply in desk.spread(shares, one, in_runs=True):
            share = shares[place]
            if share == 1 and self.held is not None:
                reply = _better(reply, self.held)
            self.found[share] = reply
            if self.on_progress is not None:
                self.on_progress(self._point(share, None))
        self._rise()

    def _standing(self, changed: Problem, known: Account | None) -> Account | None:
        """The better of a plan nearby and what was known before, as far as they stand."""
        held = self.held.account if self.held is not None else None
        stands = [one for plan in (known, held) if (one := standing(changed, plan)) is not None]
        return max(stands, key=lambda account: account.value, default=None)

    def improve(self, desk: Desk) -> None:
        """Go back to the points that are not within the gap, the worst first, for longer every
        time; to begin with from their own plan and from that of the next larger budget in turn."""
        for turn in range(1, LAST_TURN + 1):
            open_ = self._open(is_first=turn == 1)
            if not open_ or desk.seconds_left <= 0:
                return

            def again(
                share: Fraction, window: int, turn: int = turn, of: int = len(open_)
            ) -> Reply:
                held = self.found[share]
                near = held.account if turn % 2 else self._above(share)
                seconds = min(BRIEF * 2 ** (turn // 2), desk.share(of))
                question = Question(
                    (ScaleBudgets(share, self.fund),), gap=self.gap, seconds=seconds,
                    is_brief=turn <= MOST_TURNS, turn=turn,
                )  # fmt: skip
                return desk.ask(question, window=window, start=held.account, near=near)

            for place, reply in desk.spread(open_, again):
                self.found[open_[place]] = _better(self.found[open_[place]], reply)
            self._rise()

    def _open(self, *, is_first: bool) -> list[Fraction]:
        """The shares whose plan is not known to be within the gap, the farthest first. What was
        within it but for the overlap segments is asked once more, now that its value is known."""
        gaps = {share: relative_gap(one.value, one.bound) for share, one in self.found.items()}
        far = [
            (-1.0 if gap is None else -gap, share)
            for share, gap in gaps.items()
            if not self.found[share].is_infeasible and (gap is None or gap > self.gap)
            if is_first or not self.found[share].is_done
        ]
        return [share for _, share in sorted(far)]

    def _above(self, share: Fraction) -> Account | None:
        higher = [one for one in self.found if one > share and self.found[one].account]
        return self.found[min(higher)].account if higher else self.found[share].account

    def _below(self, share: Fraction) -> Account | None:
        lower = [one for one in self.found if one < share and self.found[one].account]
        return self.found[max(lower)].account if lower else None

    def _rise(self) -> None:
        """No plan below that of a smaller budget, none below the ranked list."""
        best: Account | None = None
        for share in sorted(self.found):
            reply = self.found[share]
            if best is not None and (reply.value is None or best.value > reply.value):
                stands = standing(reply.problem, best)
                if stands is not None:
                    bound = None if reply.bound is None else max(reply.bound, stands.value)
                    reply = replace(reply, account=stands, bound=bound, is_infeasible=False)
                    self.found[share] = reply
            if reply.account is not None:
                best = reply.account

    def wanted(self, most: int) -> list[Fraction]:
        """Between neighbours whose sets differ: the middle, the largest differences first."""
        pairs = []
        for low, high in pairwise(sorted(self.found)):
            apart = self.found[low].funded ^ self.found[high].funded
            if len(apart) and high - low > CLOSEST:
                pairs.append((-len(apart) * (high - low), (low + high) / 2))
        return sorted(middle for _, middle in sorted(pairs)[: max(0, most)])

    def points(self) -> tuple[FrontierPoint, ...]:
        shares = sorted(self.found)
        return tuple(
            self._point(share, shares[k - 1] if k else None) for k, share in enumerate(shares)
        )

    def _point(self, share: Fraction, before: Fraction | None) -> FrontierPoint:
        reply = self.found[share]
        earlier = frozenset() if before is None else self.found[before].funded
        value, listed = reply.value, self.lists.get(share)
        if listed is not None and value is not None:
            listed = min(listed, value)
        return FrontierPoint(
            share=share,
            budget=sum(
                sum(fund.budget) for fund in reply.problem.funds if self.fund in (None, fund.key)
            ),
            value=value,
            bound=reply.bound,
            spend=reply.account.total_spend if reply.account else 0,
            funded=self._names(reply.funded),
            entered=() if before is None else self._names(reply.funded - earlier),
            left=() if before is None else self._names(earlier - reply.funded),
            greedy=listed,
            is_infeasible=reply.is_infeasible,
        )

    def _names(self, places: frozenset[int]) -> tuple[str, ...]:
        return tuple(self.problem.initiatives[place].key for place in sorted(places))


def _better(one: Reply, other: Reply) -> Reply:
    """What two answers to the same question say together."""
    bounds = [bound for bound in (one.bound, other.bound) if bound is not None]
    best = max(one, other, key=lambda reply: (reply.value is not None, reply.value or 0))
    bound = min(bounds, default=None)
    if bound is not None and best.value is not None:
        bound = max(bound, best.value)
    return replace(best, bound=bound, is_done=one.is_done or other.is_done)


def standing(problem: Problem, account: Account | None) -> Account | None:
    """The same choices in another problem, if they keep every limit there."""
    if account is None:
        return None
    chosen: tuple[Placement, ...] = account.chosen
    moved = Account(problem, chosen)
    return moved if is_allowed(moved) else None
