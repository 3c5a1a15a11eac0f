"""What would bring one initiative in: the least money, cut or value, or a rule left out.

Every remedy is proven: by a plan with the initiative, and by a bound that every plan without it is
clearly worth less. Where a plan found for a large change stands under a smaller one too, it is
moved there, instead of asking at every step between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.portfolio.engine.answers.changes import (
    AddBudget,
    AddValue,
    Change,
    CostFactor,
    DropRule,
    Exclude,
    Force,
)
from app.portfolio.engine.answers.desk import Desk, Reply
from app.portfolio.engine.answers.frontier import standing
from app.portfolio.engine.answers.questions import Question
from app.portfolio.engine.counting import Account
from app.portfolio.engine.problem import (
    AverageRisk,
    Bound,
    Placement,
    Rule,
    Share,
    SpendOn,
    Synergy,
)

STEPS = 128
"""How finely extra budget and cost cuts are searched: to less than 1 % of the cost."""

MOST_STEPS = 64 * STEPS
"""The most extra budget that is tried: what it spends, this many times."""

MOST_REMEMBERED = 4
"""Plans tried as a beginning of the next question."""


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


class Search:
    """Asks for one initiative what would bring it in; ``base`` is the best plan, without it."""

    def __init__(self, desk: Desk, base: Reply, place: int, window: int) -> None:
        assert base.account is not None
        self.desk, self.base, self.place, self.window = desk, base, place, window
        self.problem = desk.problem
        self.known: Account = base.account
        self.key = self.problem.initiatives[place].key
        self.most = base.bound if base.bound is not None else base.account.value
        self.clear = max(1, abs(base.account.value) // 10**6)
        """By how much a plan with it must be better, so that no rounding decides."""
        self._plans: list[Account] = []
        rules = self.problem.rules
        self._money_only_helps = not any(map(_grows_with_budgets, rules))
        self._thrift_only_helps = not any(map(_weighs_spend, rules))

    def remedies(self, forced: Reply) -> tuple[Remedy, ...]:
        """One of each kind, if any; ``forced`` is the best plan with the initiative."""
        if forced.account is not None:
            self._plans.append(forced.account)
        found = (self._budget(forced), self._cost(forced), self._value(forced), self._rule())
        return tuple(remedy for remedy in found if remedy is not None)

    def _best(self, change: Change) -> Reply:
        """The best plan under a change, searched from the best plan known that stands then."""
        changed = change.apply(self.problem)
        plans = (self.known, *self._plans[-MOST_REMEMBERED:])
        stands = [one for plan in plans if (one := standing(changed, plan)) is not None]
        start = max(stands, key=lambda account: account.value, default=None)
        reply = self.desk.ask(Question((change,)), window=self.window, start=start)
        if reply.account is not None and reply.account is not start:
            self._plans.append(reply.account)
        return reply

    def _rival_bound(self, change: Change, reply: Reply) -> int | None:
        """What no plan without it is worth more than, if that is clearly less than the reply's plan
        with it, which has to be the best; else None."""
        if reply.value is None or self.place not in reply.funded:
            return None
        least = reply.value - self.clear
        # Room for the rounding of bounds, which grows with the money.
        floor = least - self.desk.understated - 2 - 2e-9 * abs(least)
        question = Question((change, Exclude(self.key)), floor=floor)
        without = self.desk.ask(question, window=self.window)
        if without.is_infeasible:
            return least
        return without.bound if without.bound is not None and without.bound <= least else None

    def _budget(self, forced: Reply) -> Remedy | None:
        """The smallest part of its own spend, in its own funds and quarters, that does it; else
        all that it and what comes along with it spend."""
        remedy = self._least(self._profile([self._own_placement(forced)]))
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
        if not any(profile.values()):
            return None

        def more(step: int) -> AddBudget:
            return _part(profile, step)

        def proven(step: int) -> tuple[int, Remedy] | None:
            reply = self._best(more(step))
            rival = self._rival_bound(more(step), reply)
            if rival is None or reply.account is None:
                return None
            if self._money_only_helps:
                account, top = reply.account, reply.account.value

                def stands(lower: int) -> bool:
                    moved = standing(more(lower).apply(self.problem), account)
                    return moved is not None and moved.value == top

                step = _lowest(step, stands)
            change = more(step)
            return step, Remedy("budget", change, change.total, reply.account.value)

        guess = self._relaxed_step(more)
        return None if guess is None else _least_step(guess, proven, 2 * MOST_STEPS)

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
        return _lowest(high, is_in, high // 2 if high > STEPS else 0)

    def _cost(self, forced: Reply) -> Remedy | None:
        """The smallest cut of what it costs that does it; steps count how much is cut."""
        target = self.most + self.clear

        def cheaper(step: int) -> CostFactor:
            return CostFactor(self.key, Decimal(STEPS - step) / STEPS)

        def proven(step: int) -> tuple[int, Remedy] | None:
            question = Question((cheaper(step), Force(self.key)), floor=float(target - 1))
            reply = self.desk.ask(question, window=self.window)
            account = reply.account
            if account is None or account.value < target:
                return None
            if self._thrift_only_helps:

                def stands(lower: int) -> bool:
                    moved = standing(cheaper(lower).apply(self.problem), account)
                    return moved is not None and moved.value == account.value

                step = _lowest(step, stands)
            change = cheaper(step)
            cost = max(map(self.problem.spend, self._placements()))
            saved = cost - int(cost * change.factor)
            return step, Remedy("cost", change, saved, account.value)

        return _least_step(self._relaxed_cut(forced, target), proven, STEPS)

    def _relaxed_cut(self, forced: Reply, target: int) -> int:
        """Where the relaxation is worth enough with it, less what whole choices cost it: a guess.
        What a cut frees is for the relaxation as much more budget."""
        profile = self._profile([self._own_placement(forced)])
        whole = 0

        def worth(*changes: Change) -> int | None:
            question = Question((*changes, Force(self.key)), bound_only=True)
            return self.desk.ask(question, window=self.window).bound

        now = worth()
        if now is not None and forced.value is not None:
            whole = max(0, now - forced.value)

        def is_enough(step: int) -> bool:
            bound = worth(_part(profile, step))
            return bound is not None and bound - whole >= target

        return _lowest(STEPS, is_enough)

    def _placements(self) -> list[Placement]:
        return [p for p in self.problem.placements if p.initiative == self.place]

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
            if self._rival_bound(change, reply) is not None:
                return Remedy("rule", change, 0, reply.value or 0)
        return None

    def _concerns(self, rule: Rule) -> bool:
        named = getattr(rule, "initiatives", ()) or (
            getattr(rule, "initiative", None), getattr(rule, "needs", None),
        )  # fmt: skip
        return self.place in named


def _grows_with_budgets(rule: Rule) -> bool:
    """Whether the rule asks for more where budgets are larger."""
    return isinstance(rule, Share) and rule.bound is Bound.AT_LEAST and rule.of == "budget"


def _weighs_spend(rule: Rule) -> bool:
    """Whether a plan may break the rule only because something in it costs less."""
    if isinstance(rule, AverageRisk):
        return rule.by == "spend"
    if isinstance(rule, Share) and rule.of == "spend":
        return True
    return isinstance(rule, Share | SpendOn) and rule.bound is Bound.AT_LEAST


def _part(profile: dict[tuple[str, str], int], step: int) -> AddBudget:
    parts = ((f, q, -(-amount * step // STEPS)) for (f, q), amount in profile.items())
    return AddBudget(tuple(sorted(parts)))


def _lowest(high: int, holds: Callable[[int], bool], low: int = 0) -> int:
    """The least step above ``low`` for which it holds, as it does for ``high``."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _least_step(
    guess: int, proven: Callable[[int], tuple[int, Remedy] | None], most: int
) -> Remedy | None:
    """A remedy at whose step before it is none, near a guess: upwards first, then the step right
    below, then by halves. ``proven`` may find it at a lower step than asked."""
    low, step, width = 0, guess, 2
    found = proven(step)
    while found is None:
        if step >= most:
            return None
        low, step, width = step, min(most, step + width), width * 2
        found = proven(step)
    high, remedy = found
    probe = high - 1
    while high - low > 1:
        lower = proven(probe)
        if lower is not None:
            high, remedy = lower
            probe = (low + high) // 2
        elif probe == high - 1:
            break
        else:
            low, probe = probe, high - 1
    return remedy
