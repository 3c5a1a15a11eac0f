"""The next best plans that differ enough from those before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from app.portfolio.engine.answers.desk import KEEPER, Desk, Reply, account_of
from app.portfolio.engine.answers.questions import Question
from app.portfolio.engine.answers.window import StoppedError
from app.portfolio.engine.plan import Plan
from app.portfolio.engine.problem import Problem
from app.portfolio.engine.sandbox import Backend


@dataclass(frozen=True, slots=True)
class Choice:
    """One funded initiative: keys of initiative and option, and the start quarter."""

    initiative: str
    option: str
    start: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another plan. ``below``: how much less it is worth than the plan; ``enters`` and ``leaves``
    against the plan. ``is_next``: no plan that differs as much is worth more (proven)."""

    value: int
    below: int
    spend: int
    choices: tuple[Choice, ...]
    enters: tuple[str, ...]
    leaves: tuple[str, ...]
    is_next: bool


@dataclass(frozen=True, slots=True)
class Alternatives:
    """``rows`` by falling value. ``are_all``: no further plan is within reach."""

    value: int | None
    distance: int
    within: float
    rows: tuple[Alternative, ...]
    are_all: bool
    is_complete: bool
    seconds: float


def alternatives(
    problem: Problem,
    plan: Plan,
    *,
    count: int = 5,
    distance: int = 1,
    within: float = 0.05,
    gap: float = 0.0,
    time_limit: float = 60.0,
    on_progress: Callable[[Alternative], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    backend: Backend = KEEPER,
) -> Alternatives:
    """Up to ``count`` plans, each differing in at least ``distance`` initiatives from the plan and
    from each other, and worth at most the share ``within`` less than the plan."""
    began = monotonic()
    rows: list[Alternative] = []
    value, are_all, complete = plan.value, False, True
    try:
        with Desk(
            problem, seconds=time_limit, workers=1, should_stop=should_stop, backend=backend
        ) as desk:
            base = desk.known(start=account_of(problem, plan) if plan.has_plan else None, gap=gap)
            value = base.value
            sets = [base.funded]
            while base.value is not None and len(rows) < count:
                question = Question(
                    apart=tuple(sets), distance=distance, gap=gap, seconds=desk.seconds_left
                )
                reply = desk.ask(question)
                if reply.account is None:
                    are_all, complete = reply.is_infeasible, reply.is_infeasible
                    break
                if reply.account.value < base.value - within * abs(base.value):
                    are_all = reply.is_done
                    break
                rows.append(_row(problem, base, reply))
                sets.append(reply.funded)
                if on_progress is not None:
                    on_progress(rows[-1])
    except StoppedError:
        complete = False
    rows.sort(key=lambda row: -row.value)
    seconds = monotonic() - began
    return Alternatives(value, distance, within, tuple(rows), are_all, complete, seconds)


def _row(problem: Problem, base: Reply, reply: Reply) -> Alternative:
    assert reply.account is not None and base.account is not None
    names = [one.key for one in problem.initiatives]
    return Alternative(
        value=reply.account.value,
        below=base.account.value - reply.account.value,
        spend=reply.account.total_spend,
        choices=tuple(
            Choice(names[p.initiative], problem.option(p).key, problem.quarters[p.start])
            for p in reply.account.chosen
        ),
        enters=tuple(names[i] for i in sorted(reply.funded - base.funded)),
        leaves=tuple(names[i] for i in sorted(base.funded - reply.funded)),
        is_next=reply.is_done,
    )
