"""Why an initiative is not funded, and what would bring it in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from time import monotonic

from app.portfolio.engine.answers.changes import (
    AddBudget,
    AddValue,
    Change,
    CostFactor,
    DropRule,
    Exclude,
    Force,
)
from app.portfolio.engine.answers.desk import KEEPER, Desk, Reply, StoppedError, account_of
from app.portfolio.engine.answers.dominance import dominators
from app.portfolio.engine.answers.frontier import standing
from app.portfolio.engine.answers.questions import Question
from app.portfolio.engine.counting import Account
from app.portfolio.engine.plan import Plan
from app.portfolio.engine.problem import Placement, Problem, Rule, Synergy
from app.portfolio.engine.sandbox import Backend

STEPS = 128
"""How finely extra budget and cost cuts are searched: to less than 1 % of the cost."""

MOST_STEPS = 64 * STEPS
"""The most extra budget that is tried: what it spends, this many times."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change that brings the initiative in, proven by a re-solve.

    ``kind`` is ``budget``, ``cost``, ``value`` or ``rule``; ``amount`` is the extra money, what the
    initiative would have to cost less or be worth more; 0 for a rule. ``value`` is the best plan's
    value then.
    """

    kind: str
    change: Change
    amount: int
    value: int


@dataclass(frozen=True, slots=True)
class WhyNot:
    """One initiative left out.

    ``estimate``: what funding it costs at least, by the linear relaxation. When ``is_exact``,
    ``loss`` is what the best plan with it is worth less, None when no plan can hold it; ``enters``
    and ``leaves`` are the others that change place then.
    """

    initiative: str
    name: str
    estimate: int | None
    is_exact: bool = False
    loss: int | None = None
    enters: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    dominated_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WhyNots:
    """One row per initiative left out, the nearest first. ``value`` is the plan's."""

    value: int | None
    rows: tuple[WhyNot, ...]
    is_complete: bool
    seconds: float


def why_not(
    problem: Problem,
    plan: Plan,
    *,
    only: Sequence[str] | None = None,
    time_limit: float = 120.0,
    on_progress: Callable[[WhyNot], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    backend: Backend = KEEPER,
) -> WhyNots:
    """Explain the initiatives that ``plan`` leaves out, or ``only`` some of them.

    ``on_progress`` gets every row twice: estimated at once, exact when it is known.
    """
    began = monotonic()
    rows: dict[str, WhyNot] = {}
    value, complete = plan.value, False
    try:
        with Desk(problem, seconds=time_limit, should_stop=should_stop, backend=backend) as desk:
            start = account_of(problem, plan) if plan.has_plan else None
            base = desk.known(start=start)
            value = base.value
            wanted = _left_out(problem, base, only)
            if base.account is not None:
                complete = _explain(desk, base, wanted, rows, on_progress)
    except StoppedError:
        pass
    ordered = sorted(rows.values(), key=lambda row: (_rank(row), row.initiative))
    return WhyNots(value, tuple(ordered), complete, monotonic() - began)


def _left_out(problem: Problem, base: Reply, only: Sequence[str] | None) -> list[int]:
    return [
        place
        for place, one in enumerate(problem.initiatives)
        if place not in base.funded and (only is None or one.key in only)
    ]


def _rank(row: WhyNot) -> tuple[bool, int]:
    cost = row.loss if row.is_exact else row.estimate
    return (cost is None, cost or 0)


def _explain(
    desk: Desk,
    base: Reply,
    wanted: list[int],
    rows: dict[str, WhyNot],
    on_progress: Callable[[WhyNot], None] | None,
) -> bool:
    """Fill ``rows``; whether all are exact in the end."""
    problem = desk.problem

    def tell(row: WhyNot) -> None:
        rows[row.initiative] = row
        if on_progress is not None:
            on_progress(row)

    keys = [problem.initiatives[place].key for place in wanted]
    for place, estimate in zip(wanted, desk.losses(keys), strict=True):
        one = problem.initiatives[place]
        tell(WhyNot(one.key, one.name, estimate))
    near = sorted(wanted, key=lambda place: _rank(rows[problem.initiatives[place].key]))

    def one_row(place: int, window: int) -> WhyNot | None:
        if desk.seconds_left <= 0:
            return None
        inquiry = _Inquiry(desk, base, place, window)
        return inquiry.row(rows[problem.initiatives[place].key].estimate)

    complete = True
    for _, row in desk.spread(near, one_row):
        if row is None:
            complete = False
        else:
            tell(row)
    return complete


class _Inquiry:
    """What keeps one initiative out."""

    def __init__(self, desk: Desk, base: Reply, place: int, window: int) -> None:
        assert base.account is not None
        self.desk, self.base, self.place, self.window = desk, base, place, window
        self.problem = desk.problem
        self.known: Account = base.account
        self.key = self.problem.initiatives[place].key
        self.most = base.bound if base.bound is not None else base.account.value
        self.clear = max(1, abs(base.account.value) // 10**6)
        """By how much a plan with it must be better, so that no rounding decides."""

    def row(self, estimate: int | None) -> WhyNot:
        forced = self.desk.known(Force(self.key), window=self.window)
        loss, enters, leaves = None, frozenset[int](), frozenset[int]()
        if forced.value is not None:
            loss = max(0, self.known.value - forced.value)
            enters = forced.funded - self.base.funded - {self.place}
            leaves = self.base.funded - forced.funded
        found = (self._budget(forced), self._cost(), self._value(forced), self._rule())
        return WhyNot(
            initiative=self.key,
            name=self.problem.initiatives[self.place].name,
            estimate=estimate,
            is_exact=True,
            loss=loss,
            enters=self._names(enters),
            leaves=self._names(leaves),
            remedies=tuple(remedy for remedy in found if remedy is not None),
            dominated_by=dominators(self.known, self.place),
        )

    def _names(self, places: frozenset[int]) -> tuple[str, ...]:
        return tuple(self.problem.initiatives[place].key for place in sorted(places))

    def _ask(self, *changes: Change, floor: float | None = None) -> Reply:
        start = None
        if floor is None:
            changed = changes[0].apply(self.problem)
            start = standing(changed, self.known)
            if any(isinstance(change, Exclude | Force) for change in changes[1:]):
                start = start if isinstance(changes[-1], Exclude) else None
        return self.desk.ask(Question(changes, floor=floor), window=self.window, start=start)

    def _holds(self, change: Change, reply: Reply) -> bool:
        """Whether the best plan has it, and clearly so: none without it is worth as much."""
        if reply.value is None or self.place not in reply.funded:
            return False
        without = self._ask(change, Exclude(self.key))
        if without.is_infeasible:
            return True
        return without.bound is not None and without.bound + self.clear <= reply.value

    def _budget(self, forced: Reply) -> Remedy | None:
        """The smallest part of its own spend, in its own funds and quarters, that does it; else
        all that it and what comes along with it spend."""
        own = self._profile([self._own_placement(forced)])
        remedy = self._least(own)
        if remedy is None and forced.account is not None:
            entering = [
                placement
                for placement in forced.account.chosen
                if placement.initiative not in self.base.funded
            ]
            if len(entering) > 1:
                remedy = self._least(self._profile(entering))
        return remedy

    def _own_placement(self, forced: Reply) -> Placement:
        if forced.account is not None:
            mine = [p for p in forced.account.chosen if p.initiative == self.place]
            if mine:
                return mine[0]
        own = [p for p in self.problem.placements if p.initiative == self.place]
        return max(own, key=lambda p: (self.problem.own_value(p), -self.problem.spend(p)))

    def _profile(self, placements: Sequence[Placement]) -> dict[tuple[str, str], int]:
        money: dict[tuple[str, str], int] = {}
        for placement in placements:
            for flow in self.problem.option(placement).spend:
                for quarter, amount in self.problem.in_horizon(placement, flow):
                    where = (self.problem.funds[flow.target].key, self.problem.quarters[quarter])
                    money[where] = money.get(where, 0) + int(amount)
        return money

    def _least(self, profile: dict[tuple[str, str], int]) -> Remedy | None:
        if not profile:
            return None

        def more(step: int) -> AddBudget:
            parts = ((f, q, -(-amount * step // STEPS)) for (f, q), amount in profile.items())
            return AddBudget(tuple(sorted(parts)))

        found: dict[int, Reply] = {}

        def is_in(step: int) -> bool:
            if step not in found:
                found[step] = self._ask(more(step))
            return self.place in found[step].funded

        guess = self._relaxed_step(more)
        step = None if guess is None else _least_step(guess, is_in)
        if step is None:
            return None
        for further in (0, 1, 4, 16, 64):
            change = more(step + further)
            if is_in(step + further) and self._holds(change, found[step + further]):
                return Remedy("budget", change, change.total, found[step + further].value or 0)
        return None

    def _relaxed_step(self, more: Callable[[int], AddBudget]) -> int | None:
        """Where the relaxation begins to fund it; quick, and near to where the plan does."""

        def is_in(step: int) -> bool:
            question = Question((more(step),), bound_only=True, look=self.key)
            share = self.desk.ask(question, window=self.window).share
            return share is not None and share >= 0.5

        high = STEPS
        while not is_in(high):
            high *= 2
            if high > MOST_STEPS:
                return None
        low = high // 2 if high > STEPS else 0
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if is_in(middle) else (middle, high)
        return high

    def _cost(self) -> Remedy | None:
        """The smallest cut of what it costs that does it."""
        target = self.most + self.clear

        def cheaper(step: int) -> CostFactor:
            return CostFactor(self.key, Decimal(step) / STEPS)

        def value_at(step: int) -> int | None:
            reply = self._ask(cheaper(step), Force(self.key), floor=float(target - 1))
            enough = reply.value is not None and reply.value >= target
            return reply.value if enough else None

        low, high, value = 0, STEPS, value_at(0)
        if value is None:
            return None
        while high - low > 1:
            middle = (low + high) // 2
            found = value_at(middle)
            if found is None:
                high = middle
            else:
                low, value = middle, found
        cost = max(self.problem.spend(p) for p in self.problem.placements
                   if p.initiative == self.place)  # fmt: skip
        change = cheaper(low)
        return Remedy("cost", change, cost - int(cost * change.factor), value)

    def _value(self, forced: Reply) -> Remedy | None:
        """What it would have to be worth more: plans without it stay as they are, so the best
        plan with it has to overtake the best there is."""
        if forced.value is None:
            return None
        more = max(1, self.most + self.clear - forced.value)
        return Remedy("value", AddValue(self.key, more), more, forced.value + more)

    def _rule(self) -> Remedy | None:
        """The first rule without which it comes in; those that name it come first."""
        rules = [rule for rule in self.problem.rules if not isinstance(rule, Synergy)]
        for rule in sorted(rules, key=lambda rule: (not self._concerns(rule), rule.key)):
            if self.desk.seconds_left <= 0:
                return None
            change = DropRule(rule.key)
            start = standing(change.apply(self.problem), self.known)
            reply = self.desk.known(change, window=self.window, start=start)
            if self._holds(change, reply):
                return Remedy("rule", change, 0, reply.value or 0)
        return None

    def _concerns(self, rule: Rule) -> bool:
        named = getattr(rule, "initiatives", ()) or (
            getattr(rule, "initiative", None), getattr(rule, "needs", None),
        )  # fmt: skip
        return self.place in named


def _least_step(guess: int, is_in: Callable[[int], bool]) -> int | None:
    """The least step that is in, near a guess: outwards first, then by halves."""
    width = 4
    if is_in(guess):
        high, low = guess, max(0, guess - width)
        while low > 0 and is_in(low):
            width *= 2
            high, low = low, max(0, low - width)
    else:
        low, high = guess, guess + width
        while not is_in(high):
            width *= 2
            low, high = high, high + width
            if high > 2 * MOST_STEPS:
                return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_in(middle) else (middle, high)
    return high
