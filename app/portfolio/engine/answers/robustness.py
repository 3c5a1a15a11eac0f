"""How a plan stands when the inputs turn out otherwise than expected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import Any

import numpy as np

from app.portfolio.engine.answers.desk import KEEPER, Desk, Reply, account_of
from app.portfolio.engine.answers.questions import Question
from app.portfolio.engine.answers.ranges import VALUE_SEED, Ranges
from app.portfolio.engine.answers.uncertainty import Draws, Uncertainty
from app.portfolio.engine.answers.window import StoppedError
from app.portfolio.engine.counting import ZERO, Account
from app.portfolio.engine.plan import Plan, relative_gap
from app.portfolio.engine.problem import Problem
from app.portfolio.engine.sandbox import Backend

CORE = 0.95
MOST_VALUED = 10_000


class Standing(StrEnum):
    """How often an initiative is in the best plan: nearly always, sometimes, nearly never."""

    CORE = "core"
    CONTINGENT = "contingent"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class FundedShare:
    """In which share of the draws the best plan funds an initiative."""

    initiative: str
    share: float
    standing: Standing
    is_in_plan: bool


@dataclass(frozen=True, slots=True)
class Distribution:
    """Quantiles and mean of a value over the draws, minor units, and how often it is above 0."""

    p10: int
    p50: int
    p90: int
    mean: int
    above_zero: float


@dataclass(frozen=True, slots=True)
class Regret:
    """Against another plan over the same draws: its funded initiatives, how often it is worth more
    than the plan, and how much the plan loses to it on average (0 where the plan is better)."""

    funded: tuple[str, ...]
    beaten: float
    mean: int
    p90: int


@dataclass(frozen=True, slots=True)
class Robustness:
    """``plan`` is the distribution of the plan's own value with its choices fixed, ``best`` that of
    re-optimising with hindsight. ``gap``: the largest gap any re-solve was left with; ``method``
    says how they were solved. ``missed``: draws in which the plan's own cost breaks a limit.
    ``is_assumed``: the spreads were assumed, not stored with the inputs."""

    is_assumed: bool
    seed: int
    draws: int
    valued: int
    method: str
    gap: float
    shares: tuple[FundedShare, ...]
    plan: Distribution | None
    best: Distribution | None
    missed: float | None
    runner_up: Regret | None
    is_complete: bool
    seconds: float


def robustness(
    problem: Problem,
    plan: Plan,
    *,
    uncertainty: Uncertainty | Ranges | None = None,
    draws: int = 200,
    seed: int = 2027,
    gap: float = 1e-3,
    time_limit: float = 120.0,
    on_progress: Callable[[int, int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    backend: Backend = KEEPER,
) -> Robustness:
    """Draw inputs, choose anew for each, and value the plan as it is over many more draws.

    With ranges the many draws are those of the plan's outlook, so that both say the same.
    ``on_progress`` hears how many of the draws are done.
    """
    began = monotonic()
    spread = uncertainty or Uncertainty()
    held = account_of(problem, plan) if plan.has_plan else None
    sample = spread.draws(problem, draws, seed)
    work = _Work(sample, gap, on_progress)
    try:
        with Desk(problem, seconds=time_limit, should_stop=should_stop, backend=backend) as desk:
            work.choose_anew(desk)
            if held is not None:
                work.rival = _runner_up(desk, held, gap)
    except StoppedError:
        work.is_complete = False
    is_assumed = isinstance(spread, Uncertainty)
    many = spread.draws(problem, MOST_VALUED, seed + 1 if is_assumed else VALUE_SEED)
    values = None if held is None else fixed_values(held, many)
    replies = list(work.replies.values())
    return Robustness(
        is_assumed=is_assumed,
        seed=seed,
        draws=len(replies),
        valued=0 if values is None else len(values),
        method="relaxation, a small exact model, and the whole one where the gap asks for it",
        gap=work.largest_gap,
        shares=_shares(problem, held, replies),
        plan=None if values is None else distribution(values),
        best=distribution(np.array([float(reply.value or 0) for reply in replies])),
        missed=None if held is None else _missed(held, sample),
        runner_up=_regret(work.rival, values, many),
        is_complete=work.is_complete,
        seconds=monotonic() - began,
    )


class _Work:
    """The draws being chosen for anew."""

    def __init__(
        self, sample: Draws, gap: float, on_progress: Callable[[int, int], None] | None
    ) -> None:
        self.sample, self.gap, self.on_progress = sample, gap, on_progress
        self.replies: dict[int, Reply] = {}
        self.rival: Account | None = None
        self.is_complete = True

    def choose_anew(self, desk: Desk) -> None:
        draws = self.sample.size

        def one(draw: int, window: int) -> Reply | None:
            if desk.seconds_left <= 0:
                return None
            change = self.sample.change(draw)
            question = Question((change,), gap=self.gap, seconds=desk.share(draws - draw))
            return desk.ask(question, window=window)

        for place, reply in desk.spread(range(draws), one):
            if reply is not None and reply.account is not None:
                self.replies[place] = reply
            self.is_complete = self.is_complete and reply is not None
            if self.on_progress is not None:
                self.on_progress(len(self.replies), draws)

    @property
    def largest_gap(self) -> float:
        """The largest gap any draw was left with."""
        gaps = (relative_gap(reply.value, reply.bound) for reply in self.replies.values())
        return max((gap for gap in gaps if gap is not None), default=0.0)


def fixed_values(account: Account, draws: Draws) -> Any:
    """What a plan with these choices is worth in every draw, overlap and overtime included."""
    problem = account.problem
    # Synergies, overtime and prices paid depend on the choices alone.
    fixed = float(account.exact_value - sum(account.pool_values.values(), ZERO))
    total = np.full(draws.size, fixed)
    for one in account.chosen:
        own = float(problem.own_value(one))
        if own:
            total += own * (draws.own(one.initiative) - 1.0)
    for pool, columns in _by_pool(account).items():
        acting = [account.chosen[row] for row in columns.rows]
        effect = np.column_stack([draws.effect(p.initiative, p.option, pool) for p in acting])
        removed = -np.expm1(-(effect @ columns.intensity))
        factor = draws.pool(pool)
        if factor.shape[1] == 1:
            total += (removed @ columns.worth) * factor[:, 0]
        else:
            total += (removed * factor[:, columns.quarters]) @ columns.worth
    return total


@dataclass(frozen=True)
class _Columns:
    """One pool: who of the chosen acts on it, in which quarters, how much in each, and what a
    quarter is worth."""

    rows: list[int]
    quarters: list[int]
    intensity: Any
    worth: Any


def _by_pool(account: Account) -> dict[int, _Columns]:
    found: dict[int, dict[int, list[tuple[int, float]]]] = {}
    for (pool, quarter), parts in account.contributions.items():
        acting = [(row, float(amount)) for row, amount in parts]
        found.setdefault(pool, {})[quarter] = acting
    columns = {}
    for pool, quarters in found.items():
        rows = sorted({row for entries in quarters.values() for row, _ in entries})
        place = {row: k for k, row in enumerate(rows)}
        intensity = np.zeros((len(rows), len(quarters)))
        for column, entries in enumerate(quarters.values()):
            for row, amount in entries:
                intensity[place[row], column] = amount
        value = account.problem.pools[pool].value
        worth = np.array([float(value[quarter]) for quarter in quarters])
        columns[pool] = _Columns(rows, list(quarters), intensity, worth)
    return columns


def distribution(values: Any) -> Distribution | None:
    if not len(values):
        return None
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
    return Distribution(
        p10=round(low),
        p50=round(middle),
        p90=round(high),
        mean=round(float(values.mean())),
        above_zero=float((values > 0).mean()),
    )


def _shares(
    problem: Problem, held: Account | None, replies: list[Reply]
) -> tuple[FundedShare, ...]:
    if not replies:
        return ()
    mine = {placement.initiative for placement in held.chosen} if held else set()
    rows = []
    for place, one in enumerate(problem.initiatives):
        share = sum(place in reply.funded for reply in replies) / len(replies)
        standing = Standing.CORE if share >= CORE else Standing.CONTINGENT
        standing = Standing.OUT if share <= 1 - CORE else standing
        rows.append(FundedShare(one.key, share, standing, place in mine))
    return tuple(sorted(rows, key=lambda row: (-row.share, row.initiative)))


def _missed(account: Account, draws: Draws) -> float:
    """The share of draws in which some fund would be overspent, quarter by quarter."""
    problem = account.problem
    count = draws.size
    broken = np.zeros(count, dtype=bool)
    if not account.chosen:
        return 0.0
    costs = np.column_stack([draws.cost(p.initiative, p.option) for p in account.chosen])
    for place, fund in enumerate(problem.funds):
        table = np.zeros((len(account.chosen), len(problem.quarters)))
        for row, placement in enumerate(account.chosen):
            for flow in problem.option(placement).spend:
                if flow.target == place:
                    for quarter, amount in problem.in_horizon(placement, flow):
                        table[row, quarter] += float(amount)
        spend = costs @ table
        arrived = np.zeros(count)
        for quarter, (budget, bound) in enumerate(zip(fund.budget, fund.bound, strict=True)):
            there = budget + arrived
            left = there - bound - spend[:, quarter]
            broken |= left < -0.5 * len(account.chosen)
            arrived = np.minimum(np.maximum(left, 0), float(fund.carry_over) * there)
    return float(broken.mean())


def _runner_up(desk: Desk, held: Account, gap: float) -> Account | None:
    funded = frozenset(placement.initiative for placement in held.chosen)
    seconds = min(10.0, desk.seconds_left)
    return desk.ask(Question(apart=(funded,), gap=gap, seconds=seconds)).account


def _regret(rival: Account | None, values: Any, draws: Draws) -> Regret | None:
    if rival is None or values is None:
        return None
    lost = fixed_values(rival, draws) - values
    regret = np.maximum(lost, 0.0)
    names = [one.key for one in rival.problem.initiatives]
    return Regret(
        funded=tuple(names[placement.initiative] for placement in rival.chosen),
        beaten=float((lost > 0).mean()),
        mean=round(float(regret.mean())),
        p90=round(float(np.quantile(regret, 0.9))),
    )
