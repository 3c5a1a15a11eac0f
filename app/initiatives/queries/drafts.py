"""Read what is stored as the draft it came from, for forms, comparisons and the audit trail."""

from __future__ import annotations

from app.initiatives.models import Initiative, Milestone, Option, TargetBehaviour
from app.initiatives.rules import (
    BehaviourDraft,
    CriterionDraft,
    EffectDraft,
    InitiativeDraft,
    MilestoneDraft,
    OptionDraft,
)


def initiative_draft(initiative: Initiative) -> InitiativeDraft:
    return InitiativeDraft(
        title=initiative.title,
        unit=initiative.unit,
        lens=initiative.lens,
        owner_id=initiative.owner_id,
        planned_start=initiative.planned_start,
        journey_id=initiative.journey_id,
        cycle_id=initiative.cycle_id,
        sponsor_id=initiative.sponsor_id,
    )


def option_draft(option: Option) -> OptionDraft:
    """The draft of an option whose grids are loaded."""
    return OptionDraft(
        key=option.key,
        name=option.name,
        scope=option.scope,
        go_live_quarters=option.go_live_quarters,
        ramp_quarters=option.ramp_quarters,
        half_life_quarters=option.half_life_quarters,
        earliest_start=option.earliest_start,
        latest_start=option.latest_start,
        effort_minutes=option.effort_minutes,
        risk=option.risk,
        declared_benefit_minor=option.declared_benefit_minor,
        declared_grade=option.declared_grade,
        declared_source=option.declared_source,
        cost_low=option.cost_low,
        cost_high=option.cost_high,
        spend={(one.fund_id, one.quarter_index): one.amount_minor for one in option.spend},
        demand={(one.team_id, one.quarter_index): one.days for one in option.demand},
    )


def behaviour_draft(behaviour: TargetBehaviour) -> BehaviourDraft:
    """The draft of a behaviour whose effects are loaded with their options."""
    return BehaviourDraft(
        description=behaviour.description,
        measure=behaviour.measure,
        unit=behaviour.unit,
        baseline=behaviour.baseline,
        target=behaviour.target,
        source=behaviour.source,
        measured_on=behaviour.measured_on,
        need_id=behaviour.need_id,
        effects=tuple(
            EffectDraft(
                one.option.key,
                one.pool_id,
                one.removal_share,
                one.grade,
                one.evidence,
                one.removal_low,
                one.removal_high,
            )
            for one in sorted(behaviour.effects, key=lambda effect: effect.id)
        ),
    )


def milestone_draft(milestone: Milestone) -> MilestoneDraft:
    """The draft of a milestone whose criteria are loaded."""
    return MilestoneDraft(
        name=milestone.name,
        due_on=milestone.due_on,
        tranche_share=milestone.tranche_share,
        action_if_missed=milestone.action_if_missed,
        criteria=tuple(
            CriterionDraft(
                metric=one.metric,
                unit=one.unit,
                direction=one.direction,
                threshold=one.threshold,
                baseline=one.baseline,
                minimum_sample=one.minimum_sample,
                is_must_meet=one.is_must_meet,
                behaviour_id=one.behaviour_id,
                link=one.link,
            )
            for one in milestone.criteria
        ),
        kind=milestone.kind,
        target_error=milestone.target_error,
    )
