"""What a file becomes before anything is saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.registry.engine.issues import Issue, Severity
from app.values.quarter import Quarter


@dataclass(frozen=True, slots=True)
class ReadingDraft:
    """One measurement of a criterion, and the line it came from."""

    line: int
    value: Decimal
    measured_on: date
    source: str


@dataclass(frozen=True, slots=True)
class CriterionDraft:
    """The condition of a milestone's hurdle; ``direction`` is at_least or at_most."""

    metric: str
    unit: str
    direction: str
    baseline: Decimal | None
    threshold: Decimal
    is_must_meet: bool


@dataclass(frozen=True, slots=True)
class MilestoneDraft:
    """A milestone with the share of its initiative's money it holds, and that money itself."""

    line: int
    name: str
    due_on: date
    tranche_share: Decimal
    money_minor: int
    criterion: CriterionDraft | None
    readings: tuple[ReadingDraft, ...]


@dataclass(frozen=True, slots=True)
class InitiativeDraft:
    """An initiative with one option; ``spend_minor`` by quarter from ``planned_start``.

    ``row_costs_minor`` are the costs as its rows name them, with what is sunk.
    """

    line: int
    key: str
    title: str
    unit: str
    lens: str
    planned_start: Quarter
    spend_minor: tuple[int, ...]
    go_live_quarters: int
    declared_benefit_minor: int | None
    milestones: tuple[MilestoneDraft, ...]
    row_costs_minor: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportDraft:
    """Everything one file would bring, and everything there is to say about it."""

    row_count: int
    initiatives: tuple[InitiativeDraft, ...]
    issues: tuple[Issue, ...]

    @property
    def errors(self) -> tuple[Issue, ...]:
        return tuple(issue for issue in self.issues if issue.severity is Severity.ERROR)

    @property
    def notes(self) -> tuple[Issue, ...]:
        return tuple(issue for issue in self.issues if issue.severity is Severity.NOTE)

    @property
    def milestone_count(self) -> int:
        return sum(len(initiative.milestones) for initiative in self.initiatives)

    @property
    def reading_count(self) -> int:
        return sum(
            len(m.readings) for initiative in self.initiatives for m in initiative.milestones
        )

    @property
    def spend_minor(self) -> int:
        return sum(sum(initiative.spend_minor) for initiative in self.initiatives)
