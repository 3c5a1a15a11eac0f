"""What the plan loses without each of its initiatives: the rest fixed, and with a re-solve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from app.portfolio.engine.answers.changes import Change, DropRule, Exclude, applied
from app.portfolio.engine.answers.desk import KEEPER, Desk, Reply, account_of
from app.portfolio.engine.answers.window import StoppedError
from app.portfolio.engine.checking import is_allowed
from app.portfolio.engine.counting import Account
from app.portfolio.engine.plan import Plan
from app.portfolio.engine.problem import Pin, Problem
from app.portfolio.engine.sandbox import Backend


@dataclass(frozen=True, slots=True)
class Marginal:
    """One funded initiative. ``fixed``: the plan's value less that of the same plan without it;
    ``resolved``: the best value less the best value without it, when its money may buy others, None
    where there is no plan without it. ``uncertainty``: by how much that may be off at most."""

    initiative: str
    fixed: int
    resolved: int | None
    uncertainty: int | None
    enters: tuple[str, ...]
    leaves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marginals:
    """One row per funded initiative, the largest loss first. ``value`` is the best plan's."""

    value: int | None
    rows: tuple[Marginal, ...]
    is_complete: bool
    seconds: float


def marginal_values(
    problem: Problem,
    plan: Plan,
    *,
    gap: float = 0.0,
    time_limit: float = 120.0,
    on_progress: Callable[[Marginal], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    backend: Backend = KEEPER,
) -> Marginals:
    """Take out what the plan funds one by one and choose anew, each to ``gap``.

    Whoever takes out what was pinned lifts its pin with that; all other rules hold on.
    """
    began = monotonic()
    rows: list[Marginal] = []
    value, complete = plan.value, False
    fixed = {row.initiative: row.value_marginal for row in plan.funded}
    try:
        with Desk(problem, seconds=time_limit, should_stop=should_stop, backend=backend) as desk:
            base = desk.known(start=account_of(problem, plan) if plan.has_plan else None, gap=gap)
            value = base.value

            def one(key: str, window: int) -> Reply | None:
                if desk.seconds_left <= 0:
                    return None
                changes = _struck(problem, key)
                start = _rest(applied(problem, changes), base.account, key)
                return desk.known(*changes, window=window, start=start, gap=gap)

            keys = sorted(fixed) if base.account else []
            for place, reply in desk.spread(keys, one):
                if reply is None:
                    continue
                rows.append(_marginal(problem, keys[place], fixed[keys[place]], base, reply))
                if on_progress is not None:
                    on_progress(rows[-1])
            complete = len(rows) == len(keys)
    except StoppedError:
        pass
    rows.sort(key=lambda row: (-(row.resolved or 0), row.initiative))
    return Marginals(value, tuple(rows), complete, monotonic() - began)


def _struck(problem: Problem, key: str) -> tuple[Change, ...]:
    """Left out, and so no longer pinned."""
    pins = [
        rule.key
        for rule in problem.rules
        if isinstance(rule, Pin) and problem.initiatives[rule.initiative].key == key
    ]
    return (*map(DropRule, pins), Exclude(key))


def _rest(problem: Problem, account: Account | None, key: str) -> Account | None:
    """The same choices but for one initiative, where they keep every limit."""
    if account is None:
        return None
    names = problem.initiatives
    left = tuple(p for p in account.chosen if names[p.initiative].key != key)
    rest = Account(problem, left)
    return rest if is_allowed(rest) else None


def _marginal(problem: Problem, key: str, fixed: int, base: Reply, reply: Reply) -> Marginal:
    resolved = uncertainty = None
    if reply.value is not None and base.value is not None:
        resolved = base.value - reply.value
        if reply.bound is not None and base.bound is not None:
            uncertainty = max(reply.bound - reply.value, base.bound - base.value)
    names = [one.key for one in problem.initiatives]
    return Marginal(
        initiative=key,
        fixed=fixed,
        resolved=resolved,
        uncertainty=uncertainty,
        enters=tuple(names[i] for i in sorted(reply.funded - base.funded)),
        leaves=tuple(names[i] for i in sorted(base.funded - reply.funded) if names[i] != key),
    )
