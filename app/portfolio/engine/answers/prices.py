"""What every forced choice and every rule costs, by a re-solve without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from app.portfolio.engine.answers.changes import DropRule
from app.portfolio.engine.answers.desk import KEEPER, Desk, Reply, account_of
from app.portfolio.engine.answers.frontier import standing
from app.portfolio.engine.answers.window import StoppedError
from app.portfolio.engine.checking import rule_type
from app.portfolio.engine.plan import Plan
from app.portfolio.engine.problem import Problem
from app.portfolio.engine.sandbox import Backend


@dataclass(frozen=True, slots=True)
class Price:
    """One rule: ``price`` is the value without it less the value with it; below zero where the
    rule adds value (a synergy). ``uncertainty``: by how much the price may be off at most."""

    rule: str
    type: str
    price: int | None
    uncertainty: int | None
    enters: tuple[str, ...]
    leaves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prices:
    """One price per rule, the dearest first. ``value`` is the plan's."""

    value: int | None
    rows: tuple[Price, ...]
    is_complete: bool
    seconds: float


def rule_prices(
    problem: Problem,
    plan: Plan,
    *,
    gap: float = 0.0,
    time_limit: float = 60.0,
    on_progress: Callable[[Price], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    backend: Backend = KEEPER,
) -> Prices:
    """The price of every rule of the problem; pins are rules."""
    began = monotonic()
    rows: list[Price] = []
    value, complete = plan.value, False
    try:
        with Desk(problem, seconds=time_limit, should_stop=should_stop, backend=backend) as desk:
            base = desk.known(start=account_of(problem, plan) if plan.has_plan else None, gap=gap)
            value = base.value

            def one(key: str, window: int) -> Reply:
                change = DropRule(key)
                start = standing(change.apply(problem), base.account)
                return desk.known(change, window=window, start=start, gap=gap)

            keys = [rule.key for rule in problem.rules] if base.account else []
            for place, reply in desk.spread(keys, one):
                rows.append(_price(problem, place, base, reply))
                if on_progress is not None:
                    on_progress(rows[-1])
            complete = desk.seconds_left > 0 or not keys
    except StoppedError:
        pass
    rows.sort(key=lambda row: (-(row.price or 0), row.rule))
    return Prices(value, tuple(rows), complete, monotonic() - began)


def _price(problem: Problem, place: int, base: Reply, reply: Reply) -> Price:
    rule = problem.rules[place]
    price = uncertainty = None
    if reply.value is not None and base.value is not None:
        price = reply.value - base.value
        if reply.bound is not None and base.bound is not None:
            uncertainty = max(reply.bound - reply.value, base.bound - base.value)
    names = [initiative.key for initiative in problem.initiatives]
    return Price(
        rule=rule.key,
        type=rule_type(rule),
        price=price,
        uncertainty=uncertainty,
        enters=tuple(names[i] for i in sorted(reply.funded - base.funded)),
        leaves=tuple(names[i] for i in sorted(base.funded - reply.funded)),
    )
