"""What is known about a cycle, a scenario and its candidates, ready to become a problem.

Quarters are planning positions: 0 is the cycle's first quarter, negative lies before it. Money is
whole minor units of ``ProblemFacts.currency``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.initiatives.rules import EvidenceGrade
from app.portfolio.rules.demands import DemandKind
from app.portfolio.rules.pins import PinKind
from app.values.quarter import Quarter, QuarterSpan


@dataclass(frozen=True, slots=True)
class FundFacts:
    """A fund with the scenario's budget per quarter and what earlier decisions took of it."""

    key: str
    name: str
    carry_over: Decimal
    budget: tuple[int, ...]
    committed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """A team's person-days per quarter."""

    key: str
    name: str
    available: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class PoolFacts:
    """A lever pool with its discounted value per quarter; ``barred`` says why it can't count.

    ``measured`` is the quarter its baseline is from: what ran by then has left the pool already.
    """

    key: str
    barred: str | None
    value: tuple[int, ...]
    measured: int


@dataclass(frozen=True, slots=True)
class EffectFacts:
    """One behaviour's removal of a pool, with the grade of its evidence."""

    pool: str
    removal: Decimal
    grade: EvidenceGrade


@dataclass(frozen=True, slots=True)
class DeclaredFacts:
    """A benefit that is only declared; it joins no pool and keeps its grade's haircut."""

    benefit_minor: int
    grade: EvidenceGrade


@dataclass(frozen=True, slots=True)
class OptionFacts:
    """One scope of an initiative; spend and demand by key, then by quarters after the start."""

    key: str
    name: str
    go_live: int
    ramp: int
    half_life: int | None
    earliest: int | None
    latest: int | None
    spend: Mapping[str, Mapping[int, int]]
    demand: Mapping[str, Mapping[int, Decimal]]
    effects: tuple[EffectFacts, ...]
    declared: DeclaredFacts | None
    effort_minutes: int
    risk: int


@dataclass(frozen=True, slots=True)
class NeedFacts:
    """Another initiative that must have started ``lag`` quarters or more before."""

    key: str
    lag: int


@dataclass(frozen=True, slots=True)
class CandidateFacts:
    """An initiative that may be funded."""

    key: str
    title: str
    currency: str
    tags: Mapping[str, str]
    options: tuple[OptionFacts, ...]
    needs: tuple[NeedFacts, ...]
    excludes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommittedFacts:
    """An initiative approved earlier that still runs: its option and when it started."""

    key: str
    title: str
    option: OptionFacts
    start: int


@dataclass(frozen=True, slots=True)
class DeliveredFacts:
    """An approved initiative that was delivered and is retired: nothing of it acts any more.

    What needed it still has what it needed, ``start`` quarters from the cycle's first.
    """

    key: str
    start: int


@dataclass(frozen=True, slots=True)
class BoundFacts:
    """What an approved initiative holds of one of the cycle's funds, by name, in one quarter."""

    initiative: str
    fund: str
    quarter: Quarter
    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class PinFacts:
    """A pin of the scenario; ``price`` in minor units where it may be broken."""

    initiative: str
    kind: PinKind
    option: str | None
    start: int | None
    reason: str
    price: int | None = None


@dataclass(frozen=True, slots=True)
class DemandFacts:
    """A rule of the scenario with the problem file's parameters."""

    key: str
    kind: DemandKind
    parameters: Mapping[str, Any]
    reason: str


@dataclass(frozen=True, slots=True)
class ProblemFacts:
    """Everything a problem is built from.

    No candidate starts before planning quarter ``present``: those before it are over.
    """

    currency: str
    quarters: QuarterSpan
    discount_rate: Decimal
    funds: tuple[FundFacts, ...]
    teams: tuple[TeamFacts, ...]
    pools: tuple[PoolFacts, ...]
    candidates: tuple[CandidateFacts, ...]
    committed: tuple[CommittedFacts, ...]
    delivered: tuple[DeliveredFacts, ...]
    bound: tuple[BoundFacts, ...]
    pins: tuple[PinFacts, ...]
    demands: tuple[DemandFacts, ...]
    present: int = 0


@dataclass(frozen=True, slots=True)
class Remark:
    """Something the problem leaves out or counts otherwise than one might expect, in words."""

    subject: str
    text: str
