"""What people typed, checked in shape, on its way to the services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any

from app.initiatives.rules.milestone_kinds import ChainLink, HurdleKind
from app.initiatives.rules.words import Direction, EvidenceGrade, Lens
from app.values.quarter import Quarter


@dataclass(frozen=True, slots=True)
class InitiativeDraft:
    """What an initiative is, before anybody has said why."""

    title: str
    unit: str
    lens: Lens
    owner_id: int
    planned_start: Quarter
    journey_id: int | None = None
    cycle_id: int | None = None
    sponsor_id: int | None = None


@dataclass(frozen=True, slots=True)
class OptionDraft:
    """One scope of an initiative.

    ``spend``: minor units by fund id and quarter from the start; ``demand``: person-days by team
    id and quarter from the start; ``cost_low`` and ``cost_high``: P10 and P90 of all of it, as
    multiples of what is planned.
    """

    key: str
    name: str
    scope: str = ""
    go_live_quarters: int = 1
    ramp_quarters: int = 3
    half_life_quarters: int | None = None
    earliest_start: Quarter | None = None
    latest_start: Quarter | None = None
    effort_minutes: int = 0
    risk: int = 2
    declared_benefit_minor: int | None = None
    declared_grade: EvidenceGrade | None = None
    declared_source: str | None = None
    cost_low: Decimal | None = None
    cost_high: Decimal | None = None
    spend: Mapping[tuple[int, int], int] = field(default_factory=dict)
    demand: Mapping[tuple[int, int], Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EffectDraft:
    """What a behaviour removes of a pool under one option, with P10 and P90 where known."""

    option_key: str
    pool_id: int
    removal_share: Decimal
    grade: EvidenceGrade
    evidence: str
    removal_low: Decimal | None = None
    removal_high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class BehaviourDraft:
    """Who does what differently, measured, with its effects under the options.

    ``need_id``: the need of the journey's customers that it serves.
    """

    description: str
    measure: str
    unit: str
    baseline: Decimal
    target: Decimal
    source: str
    measured_on: date
    need_id: int | None = None
    effects: tuple[EffectDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class CriterionDraft:
    """One measurable condition of a hurdle."""

    metric: str
    unit: str
    direction: Direction
    threshold: Decimal
    baseline: Decimal | None = None
    minimum_sample: int | None = None
    is_must_meet: bool = True
    behaviour_id: int | None = None
    link: ChainLink | None = None


@dataclass(frozen=True, slots=True)
class MilestoneDraft:
    """A dated point that holds a share of the money, with its hurdle."""

    name: str
    due_on: date
    tranche_share: Decimal
    action_if_missed: str = ""
    criteria: tuple[CriterionDraft, ...] = ()
    kind: HurdleKind = HurdleKind.GROW
    target_error: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DependencyDraft:
    """Another initiative, by key, that must have started ``lag_quarters`` before."""

    key: str
    lag_quarters: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class ExclusionDraft:
    """Another initiative, by key, that can't be funded together with this one."""

    key: str
    reason: str = ""


Draft = (
    InitiativeDraft
    | OptionDraft
    | EffectDraft
    | BehaviourDraft
    | CriterionDraft
    | MilestoneDraft
    | DependencyDraft
    | ExclusionDraft
)


def columns_of(draft: Draft) -> dict[str, Any]:
    """The fields of a draft by name, as they are."""
    return {one.name: getattr(draft, one.name) for one in fields(draft)}


def written(draft: Draft) -> dict[str, object]:
    """A draft for the audit trail: rows as dictionaries, grid cells named ``id/quarter``."""
    return {name: _written(value) for name, value in columns_of(draft).items()}


def _written(value: Any) -> object:
    if isinstance(value, tuple):
        return [written(one) for one in value]
    if isinstance(value, Mapping):
        return {f"{id_}/{quarter}": cell for (id_, quarter), cell in value.items()}
    return value
