"""Target behaviours with their effects on levers, per option."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Person
from app.audit.services import record
from app.errors import InvalidError, NotAllowedError
from app.initiatives.models import Criterion, Effect, Initiative, Option, TargetBehaviour
from app.initiatives.queries import behaviour_draft, get_behaviour
from app.initiatives.rules import BehaviourDraft, behaviour_faults, written
from app.initiatives.services.checks import check_can_edit, customer_need_bar, touch
from app.initiatives.services.overclaims import refuse_overclaims
from app.journeys.models import CustomerNeed, LeverPool


def add_behaviour(
    session: Session,
    initiative: Initiative,
    draft: BehaviourDraft,
    *,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> TargetBehaviour:
    """Add a target behaviour with its effects. Raises InvalidError by field."""
    check_can_edit(actor, initiative, expected_version=expected_version)
    options = _check(session, initiative, draft, kept_need=None)
    last = session.scalar(
        select(func.max(TargetBehaviour.position)).where(
            TargetBehaviour.initiative_id == initiative.id
        )
    )
    refuse_overclaims(session, initiative, draft, besides=None)
    behaviour = TargetBehaviour(initiative_id=initiative.id, position=(last or 0) + 1, effects=[])
    _take_over(behaviour, draft, options)
    session.add(behaviour)
    touch(session, initiative, now)
    record(
        session, actor=actor, action="initiative.behaviour_added",
        subject=f"initiative:{initiative.id}", after=written(draft), now=now,
    )  # fmt: skip
    return behaviour


def edit_behaviour(
    session: Session,
    initiative: Initiative,
    behaviour_id: int,
    draft: BehaviourDraft,
    *,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> TargetBehaviour:
    """Change a target behaviour and its effects. Raises InvalidError by field."""
    check_can_edit(actor, initiative, expected_version=expected_version)
    behaviour = get_behaviour(session, initiative, behaviour_id)
    refuse_overclaims(session, initiative, draft, besides=behaviour_id)
    before = written(behaviour_draft(behaviour))
    options = _check(session, initiative, draft, kept_need=behaviour.need_id)
    _take_over(behaviour, draft, options)
    touch(session, initiative, now)
    record(
        session, actor=actor, action="initiative.behaviour_edited",
        subject=f"initiative:{initiative.id}", before=before, after=written(draft), now=now,
    )  # fmt: skip
    return behaviour


def remove_behaviour(
    session: Session,
    initiative: Initiative,
    behaviour_id: int,
    *,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> None:
    """Take a target behaviour away with its effects."""
    check_can_edit(actor, initiative, expected_version=expected_version)
    behaviour = get_behaviour(session, initiative, behaviour_id)
    before = written(behaviour_draft(behaviour))
    _refuse_bound(session, behaviour_id)
    session.delete(behaviour)
    touch(session, initiative, now)
    record(
        session, actor=actor, action="initiative.behaviour_removed",
        subject=f"initiative:{initiative.id}", before=before, now=now,
    )  # fmt: skip


def _refuse_bound(session: Session, behaviour_id: int) -> None:
    """Raises InvalidError while criteria measure the behaviour."""
    metrics = session.scalars(
        select(Criterion.metric).where(Criterion.behaviour_id == behaviour_id).limit(3)
    ).all()
    if metrics:
        raise InvalidError(
            f"Criteria measure this behaviour: {', '.join(metrics)}. Under Milestones bind them to "
            "another one or to nothing, then take it away."
        )


def name_customer_need(
    session: Session,
    initiative: Initiative,
    behaviour_id: int,
    need_id: int | None,
    *,
    actor: Person,
    now: datetime,
) -> None:
    """Say which customer need a behaviour serves, whatever the initiative's state while it acts.

    It changes neither money nor what was decided, so no version and no certification depend on it.
    Raises InvalidError, and NotAllowedError once the initiative is over.
    """
    if bar := customer_need_bar(actor, initiative):
        raise NotAllowedError(bar)
    behaviour = get_behaviour(session, initiative, behaviour_id)
    before = behaviour.need_id
    if fault := _need_fault(session, initiative, need_id, before):
        raise InvalidError(fault, field="need_id")
    if need_id == before:
        return
    behaviour.need_id = need_id
    session.flush()
    record(
        session, actor=actor, action="initiative.need_named",
        subject=f"initiative:{initiative.id}",
        before={"description": behaviour.description, "need_id": before},
        after={"description": behaviour.description, "need_id": need_id}, now=now,
    )  # fmt: skip


def _need_fault(
    session: Session, initiative: Initiative, need_id: int | None, kept: int | None
) -> str | None:
    """Why a behaviour can't serve this need; None if it can. What it serves already may stay."""
    if need_id is None or need_id == kept:
        return None
    need = session.get(CustomerNeed, need_id)
    if need is None or need.journey_id != initiative.journey_id:
        return "Choose a need of the initiative’s own journey."
    if need.retired_at is not None:
        return "This need is retired; choose one that holds."
    return None


def _check(
    session: Session, initiative: Initiative, draft: BehaviourDraft, *, kept_need: int | None
) -> dict[str, int]:
    """Refuse what is impossible; the ids of the initiative's options by key."""
    faults = behaviour_faults(draft)
    if fault := _need_fault(session, initiative, draft.need_id, kept_need):
        faults["need_id"] = fault
    options = {
        key: id_
        for id_, key in session.execute(
            select(Option.id, Option.key).where(Option.initiative_id == initiative.id)
        )
    }
    ids = {effect.pool_id for effect in draft.effects}
    pools = {
        pool.id: pool
        for pool in session.scalars(
            select(LeverPool).where(LeverPool.id.in_(ids)).options(joinedload(LeverPool.journey))
        )
    }
    for row, effect in enumerate(draft.effects):
        pool = pools.get(effect.pool_id)
        if effect.option_key not in options:
            faults[f"effects-{row}-option_key"] = "There is no such option any more."
        if pool is None:
            faults[f"effects-{row}-pool_id"] = "There is no such pool any more."
        elif pool.journey.currency != initiative.currency:
            faults[f"effects-{row}-pool_id"] = (
                f"This pool is in {pool.journey.currency}, the initiative in"
                f" {initiative.currency}. Choose a pool in {initiative.currency}."
            )
    if faults:
        raise InvalidError("Some of this is not possible.", fields=faults)
    return options


def _take_over(behaviour: TargetBehaviour, draft: BehaviourDraft, options: dict[str, int]) -> None:
    for name in ("description", "measure", "unit", "source"):
        setattr(behaviour, name, getattr(draft, name).strip())
    behaviour.baseline = draft.baseline
    behaviour.target = draft.target
    behaviour.measured_on = draft.measured_on
    behaviour.need_id = draft.need_id
    stored = {(one.option_id, one.pool_id): one for one in behaviour.effects}
    effects = []
    for wanted in draft.effects:
        option_id = options[wanted.option_key]
        effect = stored.get((option_id, wanted.pool_id)) or Effect(
            option_id=option_id, pool_id=wanted.pool_id
        )
        effect.removal_share = wanted.removal_share
        effect.removal_low = wanted.removal_low
        effect.removal_high = wanted.removal_high
        effect.grade = wanted.grade
        effect.evidence = wanted.evidence.strip()
        effects.append(effect)
    behaviour.effects = effects
