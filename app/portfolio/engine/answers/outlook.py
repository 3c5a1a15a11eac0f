"""How sure a plan is: draws of what its inputs may be, and which of them matter most.

Formulas: docs/model.md, E8. Nothing is chosen anew; the plan is valued as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

import numpy as np

from app.initiatives.rules import cost_rows
from app.portfolio.engine.answers.desk import account_of
from app.portfolio.engine.answers.ranges import VALUE_SEED, InputName, Ranges, ends_of
from app.portfolio.engine.answers.robustness import Distribution, distribution, fixed_values
from app.portfolio.engine.answers.uncertainty import Draws
from app.portfolio.engine.counting import Account
from app.portfolio.engine.plan import Plan
from app.portfolio.engine.problem import Placement, Problem

DRAWS = 10_000
MOST_NAMED = 5
STEPS = 3
"""How often the listener hears."""


@dataclass(frozen=True, slots=True)
class InputSwing:
    """An input with its own P10 and P90, and the plan's net value at each, all others as
    expected; minor units."""

    input: InputName
    low: float
    high: float
    net_low: int
    net_high: int

    @property
    def size(self) -> int:
        return abs(self.net_high - self.net_low)


@dataclass(frozen=True, slots=True)
class Outlook:
    """A plan over the draws: its value and its net value (present values, minor units), and how
    often the net is below zero.

    ``cost`` is the discounted spend as planned. ``ranged`` of ``inputs`` have a range, the others
    are held. ``pools`` are those acted on, ``funded`` the plan's choices.
    """

    seed: int
    draws: int
    value: Distribution | None
    net: Distribution | None
    below_zero: float | None
    cost: int
    matters: tuple[InputSwing, ...]
    ranged: int
    inputs: int
    pools: tuple[str, ...]
    funded: tuple[tuple[str, str], ...]
    is_complete: bool
    seconds: float


def outlook(
    problem: Problem,
    plan: Plan,
    ranges: Ranges,
    *,
    draws: int = DRAWS,
    seed: int = VALUE_SEED,
    on_progress: Callable[[str], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Outlook:
    """Draw the inputs of a plan; equal arguments give equal figures.

    ``on_progress`` hears each of the STEPS. Somebody who stops it gets what is known by then.
    """
    began = monotonic()
    work = _Work(account_of(problem, plan), ranges, on_progress or _unheard, should_stop)
    value = net = None
    if work.may_go_on("value"):
        sample = ranges.draws(problem, draws, seed)
        value = fixed_values(work.account, sample)
    if value is not None and work.may_go_on("net"):
        net = value - work.spend(sample)
    swings = work.swings() if work.may_go_on("inputs") else []
    known = list(ranges.inputs(problem, work.account.chosen))
    return Outlook(
        seed=seed,
        draws=draws,
        value=None if value is None else distribution(value),
        net=None if net is None else distribution(net),
        below_zero=None if net is None else float((net < 0).mean()),
        cost=sum(work.costs),
        matters=tuple(one for one in swings[:MOST_NAMED] if one.size),
        ranged=sum(spread.is_range for _, spread in known),
        inputs=len(known),
        pools=tuple(dict.fromkeys(name.key for name, _ in known if name.kind == "pool")),
        funded=tuple((one.initiative, one.option) for one in plan.funded),
        is_complete=not work.is_stopped,
        seconds=monotonic() - began,
    )


def _unheard(_step: str) -> None:
    """Nobody listens."""


class _Work:
    """A plan being drawn."""

    def __init__(
        self,
        account: Account,
        ranges: Ranges,
        told: Callable[[str], None],
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self.account, self.ranges, self.told = account, ranges, told
        self.should_stop = should_stop
        self.is_stopped = False
        self.costs = [self._cost(one) for one in account.chosen]

    def may_go_on(self, step: str) -> bool:
        self.is_stopped = self.is_stopped or bool(self.should_stop and self.should_stop())
        if not self.is_stopped:
            self.told(step)
        return not self.is_stopped

    def _cost(self, one: Placement) -> int:
        """Discounted spend of a choice within the horizon."""
        problem = self.account.problem
        flows = {
            problem.funds[flow.target].key: {k: int(a) for k, a in enumerate(flow.amounts)}
            for flow in problem.option(one).spend
        }
        rows = cost_rows(flows, one.start, self.ranges.horizon(problem))
        return sum(row.discounted_minor for row in rows)

    def spend(self, draws: Draws) -> Any:
        """Discounted spend per draw."""
        total = np.zeros(draws.size)
        for one, cost in zip(self.account.chosen, self.costs, strict=True):
            total += cost * draws.cost(one.initiative, one.option)
        return total

    def swings(self) -> list[InputSwing]:
        """Every input with a range, the one that moves most first."""
        problem = self.account.problem
        known = self.ranges.inputs(problem, self.account.chosen)
        ranged = {name: spread for name, spread in known if spread.is_range}
        if not ranged:
            return []
        ends = ends_of(problem, self.ranges, ranged)
        net = fixed_values(self.account, ends) - self.spend(ends)
        found = [
            InputSwing(name, spread.low, spread.high, round(net[2 * k]), round(net[2 * k + 1]))
            for k, (name, spread) in enumerate(ranged.items())
        ]
        return sorted(found, key=lambda one: (-one.size, one.input))
