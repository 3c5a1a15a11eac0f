"""Create journeys and change what they are: name, owner, stages and touchpoints."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import Person
from app.audit.services import record
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.journeys.models import Journey, Stage, Touchpoint
from app.journeys.queries import (
    acting_on,
    has_logged_costs,
    load_figures,
    lock_pools,
    touchpoints_ever_logged,
    touchpoints_ever_measured,
)
from app.journeys.rules import (
    Channel,
    JourneyDraft,
    ShapeDraft,
    StageKind,
    journey_faults,
    shape_faults,
    stage_cell,
    touchpoint_cell,
)
from app.journeys.services.limits import check_churn
from app.journeys.services.owners import owner_fault


def check_may_edit(actor: Person) -> None:
    """Raises NotAllowedError for everybody but CX leads."""
    if not actor.may("journeys.edit"):
        raise NotAllowedError("Only a CX lead changes journeys and measures them.")


def check_version(
    stored: int, expected: int, *, theirs: Mapping[str, str], yours: Mapping[str, str]
) -> None:
    """Raises ConflictError with the lines that differ when somebody else saved meanwhile."""
    if stored != expected:
        different = {name for name in {*theirs, *yours} if theirs.get(name) != yours.get(name)}
        raise ConflictError(
            "Somebody else saved this while you worked on it, and yours was not saved. "
            "Compare both versions, then open the page again and enter what should hold.",
            theirs={name: value for name, value in theirs.items() if name in different},
            yours={name: value for name, value in yours.items() if name in different},
        )


def create_journey(
    session: Session, draft: JourneyDraft, *, actor: Person, now: datetime
) -> Journey:
    """Add a journey with the seven stages and no touchpoint. Raises InvalidError."""
    check_may_edit(actor)
    owner = _checked_owner(session, draft, besides=None)
    journey = Journey(
        key=draft.key,
        name=draft.name.strip(),
        segment=draft.segment.strip(),
        goal=draft.goal.strip(),
        currency=draft.currency,
        owner=owner,
        is_in_use=draft.is_in_use,
        created_at=now,
        stages=[
            Stage(kind=kind, name=kind.word, position=position, is_hidden=False)
            for position, kind in enumerate(StageKind)
        ],
        touchpoints=[],
        baselines=[],
        pools=[],
    )
    session.add(journey)
    session.flush()
    record(
        session, actor=actor, action="journey.created", subject=f"journey:{journey.id}",
        after=_described(journey), now=now,
    )  # fmt: skip
    return journey


def edit_journey(
    session: Session,
    journey: Journey,
    draft: JourneyDraft,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Change a journey's own words; its key stays and its currency too once money stands in it.

    A new segment has to have room for the journey's certified churn. Raises InvalidError, and
    ConflictError when somebody else saved it.
    """
    check_may_edit(actor)
    before = _described(journey)
    owner = _checked_owner(session, draft, besides=journey)
    yours = before | _described_draft(draft, owner)
    check_version(journey.version, expected_version, theirs=before, yours=yours)
    if draft.currency != journey.currency:
        _check_no_money(session, journey)
    if moves := draft.segment.strip() != journey.segment:
        lock_pools(session)
    journey.name, journey.segment = draft.name.strip(), draft.segment.strip()
    journey.goal, journey.currency = draft.goal.strip(), draft.currency
    journey.owner, journey.is_in_use = owner, draft.is_in_use
    session.flush()
    if moves:
        check_churn(session, journey)
    after = _described(journey)
    if after != before:
        record(
            session, actor=actor, action="journey.changed", subject=f"journey:{journey.id}",
            before=before, after=after, now=now,
        )  # fmt: skip


def shape_journey(
    session: Session,
    journey: Journey,
    draft: ShapeDraft,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Name and hide stages, and say at which stage and channel there are contacts.

    A touchpoint that was ever measured, that is logged or that an initiative changes stays; a stage
    with contacts in the last baseline can't be hidden. Raises InvalidError by field, and
    ConflictError.
    """
    check_may_edit(actor)
    before = _described_shape(journey)
    check_version(journey.version, expected_version, theirs=before, yours=_described_wish(draft))
    faults = shape_faults(draft) or _lost_contacts(session, journey, draft)
    if faults:
        raise InvalidError("The journey cannot take this shape.", fields=faults)
    stages = {stage.kind: stage for stage in journey.stages}
    for kind, stage in stages.items():
        stage.name = draft.names.get(kind, "").strip() or stage.name
        stage.is_hidden = kind in draft.hidden
    _fit_touchpoints(session, journey, draft, stages)
    after = _described_shape(journey)
    changed = sorted(n for n in {*before, *after} if before.get(n) != after.get(n))
    if changed:
        flag_modified(journey, "name")
        session.flush()
        record(
            session, actor=actor, action="journey.shaped", subject=f"journey:{journey.id}",
            before={name: before.get(name) for name in changed},
            after={name: after.get(name) for name in changed}, now=now,
        )  # fmt: skip


def _fit_touchpoints(
    session: Session, journey: Journey, draft: ShapeDraft, stages: Mapping[StageKind, Stage]
) -> None:
    there = _touchpoints(journey)
    for cell, touchpoint in there.items():
        if cell in draft.touchpoints:
            touchpoint.name = draft.touchpoints[cell]
        elif cell[0] not in draft.hidden:
            journey.touchpoints.remove(touchpoint)
            session.delete(touchpoint)
    for (kind, channel), name in draft.touchpoints.items():
        if (kind, channel) not in there:
            added = Touchpoint(stage=stages[kind], channel=channel, name=name)
            journey.touchpoints.append(added)


def _lost_contacts(session: Session, journey: Journey, draft: ShapeDraft) -> dict[str, str]:
    """What would vanish although figures or initiatives stand on it, by field."""
    there = _touchpoints(journey)
    measured = touchpoints_ever_measured(session, journey.id)
    logged = touchpoints_ever_logged(session, journey.id)
    acted = {id_ for id_, acting in acting_on(session, journey.id).items() if acting}
    last = journey.baselines[-1].id if journey.baselines else None
    figures = load_figures(session, [last])[last] if last else {}
    faults = {}
    for (kind, channel), touchpoint in there.items():
        if kind in draft.hidden:
            if touchpoint.id in figures and figures[touchpoint.id].contacts_per_year:
                faults[stage_cell(kind)] = (
                    f"{touchpoint.name} has contacts in the last baseline, so its stage shows."
                )
        elif (kind, channel) in draft.touchpoints:
            continue
        elif touchpoint.id in measured | acted:
            faults[touchpoint_cell(kind, channel)] = (
                f"{touchpoint.name} was measured or an initiative changes it, so it has to stay."
            )
        elif touchpoint.id in logged:
            faults[touchpoint_cell(kind, channel)] = (
                f"Contacts of {touchpoint.name} are logged, so it has to stay; to take it out, "
                "take back the imports that logged them first."
            )
    return faults


def _check_no_money(session: Session, journey: Journey) -> None:
    """Refuse another currency while sums of the present one would silently be taken for it."""
    if journey.baselines or journey.pools:
        words = f"Baselines or pools stand in {journey.currency}, so the currency has to stay."
    elif has_logged_costs(session, journey.id):
        words = (
            f"Logged contacts of this journey carry costs in {journey.currency}, so the currency "
            "has to stay while their imports count."
        )
    else:
        return
    raise InvalidError(words, field="currency")


def _touchpoints(journey: Journey) -> dict[tuple[StageKind, Channel], Touchpoint]:
    return {(one.stage.kind, one.channel): one for one in journey.touchpoints}


def _checked_owner(session: Session, draft: JourneyDraft, *, besides: Journey | None) -> Person:
    faults = journey_faults(draft)
    if besides is not None:
        if draft.key != besides.key:
            faults["key"] = "The key stands in addresses and plans, so it has to stay."
    elif "key" not in faults:
        taken = session.scalar(select(Journey.id).where(Journey.key == draft.key))
        if taken is not None:
            faults["key"] = "Another journey has this key already."
    owner = session.get(Person, draft.owner_id)
    if fault := owner_fault(owner, before=besides.owner if besides else None):
        faults["owner_id"] = fault
    if faults or owner is None:
        raise InvalidError("Some answers about the journey are not possible.", fields=faults)
    return owner


def _described(journey: Journey) -> dict[str, str]:
    return {
        "Key": journey.key,
        "Name": journey.name,
        "Segment": journey.segment,
        "Goal": journey.goal,
        "Currency": journey.currency,
        "Owner": journey.owner.name,
        "In use": "yes" if journey.is_in_use else "no",
    }


def _described_draft(draft: JourneyDraft, owner: Person) -> dict[str, str]:
    return {
        "Key": draft.key,
        "Name": draft.name.strip(),
        "Segment": draft.segment.strip(),
        "Goal": draft.goal.strip(),
        "Currency": draft.currency,
        "Owner": owner.name,
        "In use": "yes" if draft.is_in_use else "no",
    }


def _described_shape(journey: Journey) -> dict[str, str]:
    described = {
        f"Stage {stage.kind.word}": f"{stage.name}{' (hidden)' if stage.is_hidden else ''}"
        for stage in journey.stages
    }
    for (kind, channel), touchpoint in sorted(
        _touchpoints(journey).items(), key=lambda item: (item[0][0].value, item[0][1].value)
    ):
        described[f"{kind.word}, {channel.word}"] = touchpoint.name
    return described


def _described_wish(draft: ShapeDraft) -> dict[str, str]:
    described = {
        f"Stage {kind.word}": f"{name}{' (hidden)' if kind in draft.hidden else ''}"
        for kind, name in draft.names.items()
    }
    for (kind, channel), name in draft.touchpoints.items():
        described[f"{kind.word}, {channel.word}"] = name
    return described
