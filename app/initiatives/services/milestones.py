"""Milestones with the hurdles that hold an initiative's money."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.calendar.models import Cycle
from app.errors import InvalidError
from app.initiatives.models import Criterion, Initiative, Milestone, TargetBehaviour
from app.initiatives.queries import get_milestone, milestone_draft
from app.initiatives.rules import (
    MilestoneDraft,
    columns_of,
    due_day_fault,
    milestone_faults,
    written,
)
from app.initiatives.rules.milestone_kinds import ChainLink
from app.initiatives.services.checks import check_can_edit, touch


def add_milestone(
    session: Session,
    initiative: Initiative,
    draft: MilestoneDraft,
    *,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> Milestone:
    """Add a milestone with its criteria. Raises InvalidError by field."""
    check_can_edit(actor, initiative, expected_version=expected_version)
    _check(session, initiative, draft, besides=None)
    milestone = Milestone(initiative_id=initiative.id, criteria=[])
    _take_over(milestone, draft)
    session.add(milestone)
    touch(session, initiative, now)
    record(
        session, actor=actor, action="initiative.milestone_added",
        subject=f"initiative:{initiative.id}", after=written(draft), now=now,
    )  # fmt: skip
    return milestone


def edit_milestone(
    session: Session,
    initiative: Initiative,
    milestone_id: int,
    draft: MilestoneDraft,
    *,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> Milestone:
    """Change a milestone and its criteria. Raises InvalidError by field."""
    check_can_edit(actor, initiative, expected_version=expected_version)
    milestone = get_milestone(session, initiative, milestone_id)
    before = written(milestone_draft(milestone))
    _check(session, initiative, draft, besides=milestone)
    _take_over(milestone, draft)
    touch(session, initiative, now)
    record(
        session, actor=actor, action="initiative.milestone_edited",
        subject=f"initiative:{initiative.id}", before=before, after=written(draft), now=now,
    )  # fmt: skip
    return milestone


def remove_milestone(
    session: Session,
    initiative: Initiative,
    milestone_id: int,
    *,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> None:
    """Take a milestone away with its criteria."""
    check_can_edit(actor, initiative, expected_version=expected_version)
    milestone = get_milestone(session, initiative, milestone_id)
    before = written(milestone_draft(milestone))
    session.delete(milestone)
    touch(session, initiative, now)
    record(
        session, actor=actor, action="initiative.milestone_removed",
        subject=f"initiative:{initiative.id}", before=before, now=now,
    )  # fmt: skip


def _check(
    session: Session, initiative: Initiative, draft: MilestoneDraft, *, besides: Milestone | None
) -> None:
    others = select(Milestone.tranche_share, Milestone.name).where(
        Milestone.initiative_id == initiative.id
    )
    if besides is not None:
        others = others.where(Milestone.id != besides.id)
    rows = session.execute(others).all()
    held = sum((row.tranche_share for row in rows), Decimal(0))
    faults = milestone_faults(
        draft, held, [row.name for row in rows],
        held=besides.tranche_share if besides else None,
    )  # fmt: skip
    faults |= _binding_faults(session, initiative, draft)
    cycle = session.get(Cycle, initiative.cycle_id) if initiative.cycle_id else None
    fault = due_day_fault(
        draft.due_on,
        initiative.planned_start,
        cycle.quarters if cycle else None,
        cycle.name if cycle else "",
    )
    if fault:
        faults["due_on"] = fault
    if faults:
        raise InvalidError("Some of this is not possible.", fields=faults)


def _binding_faults(
    session: Session, initiative: Initiative, draft: MilestoneDraft
) -> dict[str, str]:
    """Criteria are bound to behaviours of the same initiative, measured in their unit."""
    own = session.execute(
        select(TargetBehaviour.id, TargetBehaviour.unit).where(
            TargetBehaviour.initiative_id == initiative.id
        )
    )
    units = {one.id: one.unit.strip().casefold() for one in own}
    faults = {}
    for row, one in enumerate(draft.criteria):
        if one.behaviour_id is not None and one.behaviour_id not in units:
            faults[f"criteria-{row}-bound"] = "This behaviour is gone; choose another."
        elif (
            one.behaviour_id is not None
            and one.link is ChainLink.BEHAVIOUR
            and one.unit.strip().casefold() != units[one.behaviour_id]
        ):
            faults[f"criteria-{row}-unit"] = (
                "Measure the behaviour in its own unit, or bind this to the metric or the lever."
            )
    return faults


def _take_over(milestone: Milestone, draft: MilestoneDraft) -> None:
    milestone.name = draft.name.strip()
    milestone.due_on = draft.due_on
    if milestone.tranche_share != draft.tranche_share:
        milestone.source_minor = None
    milestone.tranche_share = draft.tranche_share
    milestone.action_if_missed = draft.action_if_missed.strip()
    milestone.kind, milestone.target_error = draft.kind, draft.target_error
    kept = list(milestone.criteria)
    criteria = []
    for row, wanted in enumerate(draft.criteria):
        # Rows keep their criterion, because evidence may hang on it already.
        criterion = kept[row] if row < len(kept) else Criterion()
        for name, value in columns_of(wanted).items():
            setattr(criterion, name, value.strip() if isinstance(value, str) else value)
        criteria.append(criterion)
    milestone.criteria = criteria
