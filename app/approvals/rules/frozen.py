"""The snapshot of a proposal: everything its decision rests on, as it was when submitted.

Quarters are written as text (``2027-Q1``), money is in minor units of the cycle's currency. The
problem and the result are kept as the very text that was stored with the run.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from app.errors import StaleError
from app.values.canonical import canonical_json, digest

FORMAT = "waymark/proposal"
VERSION = 2
"""2 added what criteria are bound to and what a hurdle is for; older ones say nothing of it."""


@dataclass(frozen=True, slots=True)
class FrozenPerson:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class FrozenCycle:
    """The cycle with its rates; ``release_confidence`` is θ."""

    id: int
    name: str
    currency: str
    first_quarter: str
    quarter_count: int
    starts_on: date
    ends_on: date
    discount_rate: Decimal
    hurdle_rate: Decimal
    release_confidence: Decimal


@dataclass(frozen=True, slots=True)
class FrozenFund:
    """A fund of the cycle: budget and what was committed before, per quarter."""

    id: int
    key: str
    name: str
    carry_over: Decimal
    budget: tuple[int, ...]
    committed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FrozenLimit:
    """A budget the scenario assumed instead of the cycle's."""

    fund: str
    quarter: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class FrozenPin:
    """An initiative that somebody forced in, forced out or fixed, and why."""

    initiative: str
    kind: str
    option: str | None
    start: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class FrozenDemand:
    """A rule of the scenario as the problem file knows it, in words, and why it is there."""

    key: str
    sentence: str
    reason: str


@dataclass(frozen=True, slots=True)
class FrozenScenario:
    id: int
    name: str
    note: str
    version: int
    created_by: FrozenPerson
    changed_by: FrozenPerson
    changed_at: datetime
    limits: tuple[FrozenLimit, ...]
    pins: tuple[FrozenPin, ...]
    demands: tuple[FrozenDemand, ...]


@dataclass(frozen=True, slots=True)
class FrozenRun:
    id: int
    requested_by: FrozenPerson
    requested_at: datetime
    time_limit_seconds: int
    allowed_gap: Decimal
    digest: str
    result_digest: str


@dataclass(frozen=True, slots=True)
class FrozenCriterion:
    metric: str
    unit: str
    direction: str
    baseline: Decimal | None
    threshold: Decimal
    minimum_sample: int | None
    is_must_meet: bool
    behaviour_id: int | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class FrozenMilestone:
    """A hurdle; ``due_on`` is for the start that was chosen, ``tranche_minor`` what it holds.

    ``target_error`` is how well a learn hurdle is to make effects known.
    """

    id: int
    name: str
    due_on: date
    share: Decimal
    tranche_minor: int
    action_if_missed: str
    criteria: tuple[FrozenCriterion, ...]
    kind: str = "grow"
    target_error: Decimal | None = None


@dataclass(frozen=True, slots=True)
class FrozenSpend:
    fund: str
    quarter: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class FrozenItem:
    """A funded initiative with its option, start, money, three values, people and hurdles.

    ``grades`` are those of its evidence; a declared benefit joins no pool.
    """

    initiative_id: int
    key: str
    title: str
    version: int
    journey: str | None
    unit: str
    lens: str
    owner: FrozenPerson
    sponsor: FrozenPerson | None
    created_by: FrozenPerson
    certified_by: FrozenPerson | None
    certified_at: datetime | None
    option_id: int
    option_key: str
    option_name: str
    start: str
    spend: tuple[FrozenSpend, ...]
    spend_minor: int
    value_allocated_minor: int
    value_standalone_minor: int
    value_marginal_minor: int
    effort_minutes: int
    grades: tuple[str, ...]
    is_declared: bool
    milestones: tuple[FrozenMilestone, ...]


@dataclass(frozen=True, slots=True)
class FrozenProposal:
    """The whole snapshot; ``inputs`` names pools, certifications and versions the run saw."""

    format: str
    version: int
    round: int
    note: str
    submitted_by: FrozenPerson
    submitted_at: datetime
    cycle: FrozenCycle
    funds: tuple[FrozenFund, ...]
    scenario: FrozenScenario
    run: FrozenRun
    items: tuple[FrozenItem, ...]
    inputs: dict[str, Any]
    problem: str
    result: str

    @property
    def spend_minor(self) -> int:
        return sum(item.spend_minor for item in self.items)

    @property
    def value_minor(self) -> int:
        return sum(item.value_allocated_minor for item in self.items)

    def item(self, key: str) -> FrozenItem | None:
        return next((item for item in self.items if item.key == key), None)


_ADAPTER: TypeAdapter[FrozenProposal] = TypeAdapter(FrozenProposal)


def snapshot_bytes(proposal: FrozenProposal) -> bytes:
    """The canonical bytes that are stored, digested and decided."""
    return canonical_json(asdict(proposal))


def check_snapshot(content: bytes, stated: str, round_number: int) -> None:
    """Refuse bytes that aren't those of the digest they were stored under. Raises StaleError."""
    if digest(content) != stated:
        raise StaleError(
            f"The stored snapshot of round {round_number} does not match its digest: it is not "
            "what was submitted. Its figures are not shown and nothing can be decided by them. "
            "Tell whoever runs Waymark."
        )


def read_snapshot(content: bytes) -> FrozenProposal:
    """Read what `snapshot_bytes` wrote."""
    return _ADAPTER.validate_json(content)


@lru_cache(maxsize=8)
def frozen_of(content: bytes) -> FrozenProposal:
    """The same, kept for the snapshots last looked at."""
    return read_snapshot(content)
