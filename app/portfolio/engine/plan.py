"""The frozen answer of a solve, every figure recounted from the choices."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.portfolio.engine.checking import RuleState
from app.portfolio.engine.counting import FundQuarter


class PlanStatus(StrEnum):
    """What is known about a plan; ours, not the solver's."""

    OPTIMAL = "optimal"
    WITHIN_GAP = "within_gap"
    TIME_LIMIT = "time_limit"
    STOPPED = "stopped"
    INFEASIBLE = "infeasible"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class FundSpend:
    """What one choice takes from a fund per planning quarter, and after the last one."""

    fund: str
    by_quarter: tuple[int, ...]
    beyond: int


@dataclass(frozen=True, slots=True)
class FundedRow:
    """A funded initiative. ``spend`` is within the horizon, ``spend_beyond`` after it."""

    initiative: str
    name: str
    option: str
    start: str
    value_standalone: int
    value_allocated: int
    value_marginal: int
    spend: int
    spend_beyond: int
    by_fund: tuple[FundSpend, ...]
    effort_minutes: int
    risk: float


@dataclass(frozen=True, slots=True)
class NotFundedRow:
    """An initiative left out; ``value_standalone`` is the best any placement has alone."""

    initiative: str
    name: str
    value_standalone: int


@dataclass(frozen=True, slots=True)
class FundUse:
    """A fund quarter by quarter, and its spend after the last one."""

    key: str
    quarters: tuple[FundQuarter, ...]
    beyond: int


@dataclass(frozen=True, slots=True)
class CapacityUse:
    """A team's work per quarter in its unit; ``overtime_cost`` in minor units."""

    key: str
    unit: str
    available: tuple[float, ...]
    used: tuple[float, ...]
    overtime: tuple[float, ...]
    overtime_cost: int
    beyond: float


@dataclass(frozen=True, slots=True)
class PoolUse:
    """What the plan takes out of a pool, of what there is; minor units over the horizon."""

    key: str
    value: int
    taken: int


@dataclass(frozen=True, slots=True)
class Greedy:
    """The best ranked list: its value and by how much it falls short of the plan."""

    list: str
    value: int
    shortfall: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer. ``value`` is None when there is no plan.

    ``bound``: no plan is worth more (None if unknown). ``gap``: (bound − value) / bound.
    ``approximation``: by how much, at most, the model understates any plan's overlap; ``bound``
    allows for it. ``ties_settled``: among plans of equal value the order of preference was
    followed to the end. ``conflict``: keys of what the cheapest repair breaks (infeasible only).
    """

    status: PlanStatus
    digest: str
    currency: str
    quarters: tuple[str, ...]
    value: int | None
    bound: int | None
    gap: float | None
    approximation: int
    funded: tuple[FundedRow, ...]
    not_funded: tuple[NotFundedRow, ...]
    funds: tuple[FundUse, ...]
    capacities: tuple[CapacityUse, ...]
    pools: tuple[PoolUse, ...]
    rules: tuple[RuleState, ...]
    greedy: Greedy | None
    spend: int
    ties_settled: bool
    conflict: tuple[str, ...]
    solver: str
    seconds: float
    message: str
    paid: int = 0

    @property
    def has_plan(self) -> bool:
        return self.value is not None

    @property
    def is_proven(self) -> bool:
        return self.status is PlanStatus.OPTIMAL


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a solve is: recounted value of the best plan so far and a bound that holds.

    ``phase`` is ``building``, ``searching``, ``settling ties`` or ``confirming``.
    """

    seconds: float
    phase: str
    value: int | None
    bound: int | None
    gap: float | None
    funded: int
    solver: str


def relative_gap(value: int | None, bound: int | None) -> float | None:
    """How far a plan may be from the best, as a share of the bound."""
    if value is None or bound is None:
        return None
    if bound <= value:
        return 0.0
    return (bound - value) / max(1, abs(bound))
