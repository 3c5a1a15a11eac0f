"""Limits that cannot hold together: a minimal set of them, and ways out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from time import monotonic

from app.portfolio.engine.answers.changes import (
    AddBudget,
    AddCapacity,
    Change,
    DropRule,
    applied,
)
from app.portfolio.engine.answers.desk import KEEPER, Desk, Reply
from app.portfolio.engine.answers.questions import Question
from app.portfolio.engine.answers.window import StoppedError
from app.portfolio.engine.checking import breaches
from app.portfolio.engine.counting import Account, fund_quarters
from app.portfolio.engine.problem import Fund, Problem, Synergy, price_of
from app.portfolio.engine.sandbox import Backend

REPAIR_SECONDS = 15.0
"""Longest search for the cheapest way out of one kind; the best found by then is shown."""

NEAR_LEAST = 1e-3
"""Relative gap within which a way out is the cheapest."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """Changes with which a plan is possible again, shown by the initiatives such a plan funds.

    ``kind``: ``budget``, ``capacity``, ``rule`` or ``mixed``. ``money`` is the extra budget in
    minor units, ``work`` the extra capacity in the teams' units, ``rules`` those given up.
    """

    kind: str
    changes: tuple[Change, ...]
    money: int
    work: Decimal
    rules: tuple[str, ...]
    funded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """One limit of the set. ``owner`` is ``rule:KEY``, ``fund:KEY`` or ``capacity:KEY``;
    ``funded`` is a plan that keeps all the others of the set, so each of them is needed."""

    owner: str
    funded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflicts:
    """``members`` cannot hold together, while all but any one of them can (``is_minimal``, each
    shown by a plan). ``repair`` is the cheapest way out, to one part in a thousand if it
    ``is_cheapest`` and else the cheapest that was found; ``ways_out`` are others."""

    is_infeasible: bool
    members: tuple[Member, ...]
    is_minimal: bool
    repair: WayOut | None
    ways_out: tuple[WayOut, ...]
    is_complete: bool
    proof_seconds: float
    seconds: float
    is_cheapest: bool = False


def conflicts(
    problem: Problem,
    *,
    time_limit: float = 60.0,
    on_progress: Callable[[str], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    backend: Backend = KEEPER,
) -> Conflicts:
    """What cannot hold together in a problem without a plan, and how to make one possible.

    ``on_progress`` hears what is looked for now: ``proof``, ``set``, ``repair``, ``ways out``.
    """
    began = monotonic()
    work = _Work(problem, on_progress or (lambda _phase: None))
    try:
        with Desk(
            problem, seconds=time_limit, workers=1, should_stop=should_stop, backend=backend,
            counts_value=False,
        ) as desk:  # fmt: skip
            work.run(desk)
    except StoppedError:
        work.is_complete = False
    return Conflicts(
        is_infeasible=work.is_infeasible,
        members=tuple(work.members),
        is_minimal=work.is_minimal,
        repair=work.ways_out[0] if work.ways_out else None,
        ways_out=tuple(work.ways_out[1:]),
        is_complete=work.is_complete,
        proof_seconds=work.proof_seconds,
        seconds=monotonic() - began,
        is_cheapest=bool(work.ways_out) and work.is_cheapest,
    )


class _Work:
    def __init__(self, problem: Problem, tell: Callable[[str], None]) -> None:
        self.problem, self.tell = problem, tell
        self.limits = limits_of(problem)
        self.is_infeasible = self.is_minimal = self.is_refuted = False
        self.is_complete = True
        self.is_cheapest = False
        self.proof_seconds = 0.0
        self.members: list[Member] = []
        self.ways_out: list[WayOut] = []

    def run(self, desk: Desk) -> None:
        self.desk = desk
        self.tell("proof")
        desk.ready()
        began = monotonic()
        self.is_infeasible = self._clash(self.limits)
        self.proof_seconds = monotonic() - began
        if not self.is_infeasible:
            return
        self.tell("set")
        owners = self.limits
        if self._clash_relaxed(owners):
            # The relaxation is quick and mostly enough; what it leaves is looked at exactly.
            owners = self._smallest((), False, owners, self._clash_relaxed)
        owners = self._smallest((), False, owners, self._clash)
        self.is_minimal = bool(owners) and self._clash(owners)
        for owner in owners:
            reply = self._try([one for one in owners if one != owner])
            self.is_minimal = self.is_minimal and reply.account is not None
            self.members.append(Member(owner, _names(reply.account)))
        self.tell("repair")
        self._repair()
        if self.is_refuted:
            self.is_infeasible = self.is_minimal = self.is_complete = False
            self.members, self.ways_out = [], []
            return
        self.tell("ways out")
        self._rules()

    def _try(self, kept: Sequence[str], *changes: Change) -> Reply:
        """Some plan that keeps these limits."""
        free = frozenset(self.limits) - frozenset(kept)
        seconds = self.desk.seconds_left
        reply = self.desk.ask(Question(changes, free=free, any_plan=True, seconds=seconds))
        if reply.account is None and not reply.is_infeasible:
            self.is_complete = False
        return reply

    def _clash(self, kept: Sequence[str]) -> bool:
        return self._try(kept).is_infeasible

    def _clash_relaxed(self, kept: Sequence[str]) -> bool:
        free = frozenset(self.limits) - frozenset(kept)
        question = Question(
            free=free, any_plan=True, bound_only=True, seconds=self.desk.seconds_left
        )
        return self.desk.ask(question).is_infeasible

    def _smallest(
        self,
        held: tuple[str, ...],
        has_grown: bool,
        suspects: tuple[str, ...],
        clash: Callable[[Sequence[str]], bool],
    ) -> tuple[str, ...]:
        """Of the suspects, those needed for a clash with what is held, by halves."""
        if has_grown and clash(held):
            return ()
        if len(suspects) == 1:
            return suspects
        middle = len(suspects) // 2
        first, second = suspects[:middle], suspects[middle:]
        later = self._smallest(held + first, bool(first), second, clash)
        earlier = self._smallest(held + later, bool(later), first, clash)
        return earlier + later

    def _repair(self) -> None:
        """The least money that is enough; else the least work; else the least of everything."""
        kinds = ("fund", "capacity"), ("rule", "fund", "capacity")
        for chosen in (("fund",), ("capacity",), *kinds):
            owners = [one for one in self.limits if one.split(":", 1)[0] in chosen]
            way = self._least(frozenset(owners)) if owners else None
            if way is not None and all(way.changes != known.changes for known in self.ways_out):
                self.ways_out.append(way)
            if self.ways_out and chosen[-1:] == ("capacity",):
                return

    def _least(self, missable: frozenset[str]) -> WayOut | None:
        if self._clash_relaxed([one for one in self.limits if one not in missable]):
            return None
        seconds = min(REPAIR_SECONDS, self.desk.seconds_left)
        question = Question(missable=missable, seconds=seconds, gap=NEAR_LEAST)
        reply = self.desk.ask(question)
        if reply.account is None:
            return None
        if not breaches(reply.account):
            self.is_refuted = True  # a plan that needs no repair: the clash was none
            return None
        way = self._shown(_making_room(reply.account), reply.account)
        if way is not None and not self.ways_out:
            self.is_cheapest = reply.is_done
        return way

    def _rules(self) -> None:
        """Rules of the set which, given up alone, make a plan possible."""
        for member in self.members:
            kind, key = member.owner.split(":", 1)
            if kind != "rule":
                continue
            reply = self._try(self.limits, DropRule(key))
            way = None
            if reply.account is not None:
                way = self._shown((DropRule(key),), reply.account)
            if way is not None and all(way.changes != known.changes for known in self.ways_out):
                self.ways_out.append(way)

    def _shown(self, changes: tuple[Change, ...], account: Account) -> WayOut | None:
        """The way out if the plan does keep every limit then."""
        changed = Account(applied(self.problem, changes), account.chosen)
        if not changes or breaches(changed):
            return None
        budgets = [change for change in changes if isinstance(change, AddBudget)]
        teams = [change for change in changes if isinstance(change, AddCapacity)]
        rules = tuple(change.rule for change in changes if isinstance(change, DropRule))
        kinds = [n for n, c in (("budget", budgets), ("capacity", teams), ("rule", rules)) if c]
        return WayOut(
            kind=kinds[0] if len(kinds) == 1 else "mixed",
            changes=changes,
            money=sum(change.total for change in budgets),
            work=sum((a for c in teams for _, _, a in c.amounts), Decimal(0)),
            rules=rules,
            funded=_names(changed),
        )


def limits_of(problem: Problem) -> tuple[str, ...]:
    """The owners of everything that can keep a plan from being possible; what can be paid for
    cannot."""
    rules = [
        f"rule:{rule.key}"
        for rule in problem.rules
        if not isinstance(rule, Synergy) and price_of(rule) is None
    ]
    teams = [f"capacity:{one.key}" for one in problem.capacities if one.overtime_price is None]
    return (*(f"fund:{fund.key}" for fund in problem.funds), *teams, *rules)


def _names(account: Account | None) -> tuple[str, ...]:
    if account is None:
        return ()
    return tuple(account.problem.initiatives[p.initiative].key for p in account.chosen)


def _making_room(account: Account) -> tuple[Change, ...]:
    """Money and work exactly where a plan lacks them, and no longer the rules it breaks."""
    problem = account.problem
    money = [
        (fund.key, problem.quarters[quarter], amount)
        for place, fund in enumerate(problem.funds)
        for quarter, amount in enumerate(_lacking(fund, account.spend[place]))
        if amount
    ]
    work = [
        (capacity.key, problem.quarters[quarter], amount)
        for place, capacity in enumerate(problem.capacities)
        if capacity.overtime_price is None
        for quarter, amount in enumerate(account.overtime[place])
        if amount
    ]
    broken = {b.owner.split(":", 1)[1] for b in breaches(account) if b.owner.startswith("rule:")}
    changes: list[Change] = []
    if money:
        changes.append(AddBudget(tuple(money)))
    if work:
        changes.append(AddCapacity(tuple(work)))
    return (*changes, *(DropRule(key) for key in sorted(broken)))


def _lacking(fund: Fund, spend: Sequence[int]) -> list[int]:
    """Money to add per quarter so that nothing is overspent, as late as possible."""
    missing = [0] * len(spend)
    for quarter in range(len(spend)):
        budget = tuple(b + m for b, m in zip(fund.budget, missing, strict=True))
        left = fund_quarters(replace(fund, budget=budget), spend)[quarter].left
        if left < 0:
            missing[quarter] -= left
    return missing
