"""Arrange what was read as it is answered; money is left out for who may not see costs."""

from __future__ import annotations

from collections.abc import Iterable

from app.api.v1 import schemas
from app.approvals.models import LedgerTransfer, SpendDetail
from app.initiatives.models import Initiative, Option
from app.initiatives.queries.registry import RegistryLine
from app.roadmap.models import Evidence
from app.roadmap.queries.gates import GateLine
from app.roadmap.rules import Reading
from app.roadmap.rules.wanted import Amended, Waiting
from app.values.money import Money


def money(value: Money) -> schemas.MoneyAmount:
    """Money exact to its last digit."""
    return schemas.MoneyAmount(amount=str(value.amount), currency=value.currency)


def initiative_line(line: RegistryLine, *, sees_costs: bool) -> schemas.InitiativeLine:
    return schemas.InitiativeLine(
        key=line.key,
        title=line.title,
        state=line.state,
        lens=line.lens,
        unit=line.unit,
        owner=line.owner,
        journey=line.journey_key,
        cycle=line.cycle,
        planned_start=str(line.planned_start),
        cost=money(line.cost) if sees_costs else None,
        costs_hidden=not sees_costs,
        changed_at=line.changed_at,
    )


def initiative_facts(one: Initiative, *, sees_costs: bool) -> schemas.InitiativeFacts:
    cost = money(Money(one.cost_minor, one.currency)) if sees_costs else None
    return schemas.InitiativeFacts(
        key=one.key,
        title=one.title,
        state=one.state,
        lens=one.lens,
        unit=one.unit,
        owner=one.owner.name,
        sponsor=one.sponsor.name if one.sponsor else None,
        journey=one.journey.key if one.journey else None,
        cycle=one.cycle.name if one.cycle else None,
        planned_start=str(one.planned_start),
        cost=cost,
        costs_hidden=not sees_costs,
        changed_at=one.changed_at,
        options=[_option(option, one.currency, sees_costs=sees_costs) for option in one.options],
        milestones=[
            schemas.MilestoneFacts(name=each.name, due_on=each.due_on) for each in one.milestones
        ],
    )


def _option(option: Option, currency: str, *, sees_costs: bool) -> schemas.OptionFacts:
    cost = Money(sum(row.amount_minor for row in option.spend), currency)
    return schemas.OptionFacts(
        key=option.key,
        name=option.name,
        scope=option.scope,
        go_live_quarters=option.go_live_quarters,
        ramp_quarters=option.ramp_quarters,
        cost=money(cost) if sees_costs else None,
    )


def gate_line(line: GateLine, *, sees_costs: bool) -> schemas.GateLine:
    held = Money(line.amount_minor, line.currency)
    return schemas.GateLine(
        id=line.tranche_id,
        initiative=line.key,
        title=line.title,
        milestone=line.milestone,
        owner=line.owner,
        due_on=line.due_on,
        state=line.state,
        is_late=line.is_late,
        next_step=line.next_step,
        money_held=money(held) if sees_costs else None,
        costs_hidden=not sees_costs,
        criteria=_criteria(line.readings),
    )


def _criteria(readings: Iterable[Reading]) -> list[schemas.CriterionFacts]:
    return [
        schemas.CriterionFacts(
            id=one.criterion.id,
            metric=one.criterion.metric,
            unit=one.criterion.unit,
            direction=one.criterion.direction.value,
            threshold=one.criterion.threshold,
            minimum_sample=one.criterion.minimum_sample,
            is_must_meet=one.criterion.is_must_meet,
            approved_threshold=one.criterion.approved.threshold,
            approved_minimum_sample=one.criterion.approved.minimum_sample,
            amended=_amended(one.criterion.amended),
            waiting=_waiting(one.criterion.waiting),
            latest_value=one.latest.value if one.latest else None,
            latest_measured_on=one.latest.measured_on if one.latest else None,
        )
        for one in readings
    ]


def _amended(one: Amended | None) -> schemas.AmendedFacts | None:
    if one is None:
        return None
    return schemas.AmendedFacts(
        id=one.id, is_looser=one.is_looser, asked_by=one.asked_by, asked_on=one.asked_on,
        reason=one.reason, agreed_by=one.agreed_by, agreed_on=one.agreed_on, answer=one.answer,
        evidence_on=one.evidence_on,
    )  # fmt: skip


def _waiting(one: Waiting | None) -> schemas.WaitingFacts | None:
    if one is None:
        return None
    return schemas.WaitingFacts(
        id=one.id, threshold=one.wanted.threshold, minimum_sample=one.wanted.minimum_sample,
        asked_by=one.asked_by, asked_on=one.asked_on, evidence_on=one.evidence_on,
    )  # fmt: skip


def evidence_out(one: Evidence, gate_id: int) -> schemas.EvidenceOut:
    return schemas.EvidenceOut(
        id=one.id,
        gate=gate_id,
        criterion_id=one.criterion_id,
        value=one.value,
        sample=one.sample,
        measured_on=one.measured_on,
        source=one.source,
        recorded_at=one.recorded_at,
    )


def actual_out(one: LedgerTransfer, detail: SpendDetail, fund: str) -> schemas.ActualOut:
    return schemas.ActualOut(
        id=one.id,
        initiative=one.commitment.initiative.key,
        fund=fund,
        quarter=str(detail.quarter),
        amount=money(Money(one.amount_minor, one.currency)),
        paid_on=detail.spent_on,
        reference=detail.reference,
    )
