"""Propose an initiative, say what it is, and answer the six questions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, exists, insert, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.calendar.models import Cycle
from app.calendar.rules import CycleState
from app.errors import InvalidError, NotAllowedError
from app.initiatives.models import (
    Answer,
    Effect,
    Initiative,
    InitiativeTouchpoint,
    Option,
    OptionSpend,
)
from app.initiatives.queries import initiative_draft
from app.initiatives.rules import (
    InitiativeDraft,
    InitiativeState,
    Question,
    columns_of,
    quarter_fault,
    written,
)
from app.initiatives.services.checks import PERMISSION, check_can_edit, touch
from app.initiatives.services.keys import next_key
from app.journeys.models import Journey, Touchpoint


def create_initiative(
    session: Session, draft: InitiativeDraft, *, actor: Person, now: datetime
) -> Initiative:
    """Add a draft initiative with the next free key. Raises InvalidError by field."""
    if not actor.may(PERMISSION):
        raise NotAllowedError("Proposing an initiative takes the role CX lead or Program manager.")
    currency = check_draft(session, draft, before=None)
    initiative = Initiative(
        key=next_key(session),
        state=InitiativeState.DRAFT,
        currency=currency,
        created_by_id=actor.id,
        created_at=now,
        changed_at=now,
        **_columns(draft),
    )
    session.add(initiative)
    session.flush()
    record(
        session, actor=actor, action="initiative.created", subject=f"initiative:{initiative.id}",
        after={"key": initiative.key, "currency": currency, **written(draft)}, now=now,
    )  # fmt: skip
    return initiative


def edit_initiative(
    session: Session,
    initiative: Initiative,
    draft: InitiativeDraft,
    *,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> None:
    """Change what an initiative is. Raises InvalidError by field."""
    check_can_edit(actor, initiative, expected_version=expected_version)
    before = initiative_draft(initiative)
    currency = check_draft(session, draft, before=before)
    if currency != initiative.currency and _has_money(session, initiative):
        raise InvalidError(currency_refusal(initiative.currency, currency), field="cycle_id")
    for name, value in _columns(draft).items():
        setattr(initiative, name, value)
    initiative.currency = currency
    touch(session, initiative, now)
    record(
        session, actor=actor, action="initiative.edited", subject=f"initiative:{initiative.id}",
        before=written(before), after=written(draft), now=now,
    )  # fmt: skip


def answer_questions(
    session: Session,
    initiative: Initiative,
    answers: Mapping[Question, str],
    *,
    touchpoint_ids: Collection[int] | None = None,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> None:
    """Save the answers given; an empty one is taken out, questions not named stay as they are.

    ``touchpoint_ids``: the touchpoints it changes, all of its journey; None leaves them.
    """
    check_can_edit(actor, initiative, expected_version=expected_version)
    stored = {
        answer.question: answer
        for answer in session.scalars(select(Answer).where(Answer.initiative_id == initiative.id))
    }
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    for question, text in answers.items():
        kept, clean = stored.get(question), text.strip()
        old = kept.text if kept else ""
        if clean == old:
            continue
        before[question.value], after[question.value] = old, clean
        if kept is None:
            session.add(Answer(initiative_id=initiative.id, question=question, text=clean))
        elif clean:
            kept.text = clean
        else:
            session.delete(kept)
    if touchpoint_ids is not None:
        _set_touchpoints(session, initiative, set(touchpoint_ids), before, after)
    if not after:
        return
    touch(session, initiative, now)
    record(
        session, actor=actor, action="initiative.answered", subject=f"initiative:{initiative.id}",
        before=before, after=after, now=now,
    )  # fmt: skip


def _set_touchpoints(
    session: Session,
    initiative: Initiative,
    wanted: set[int],
    before: dict[str, object],
    after: dict[str, object],
) -> None:
    known = set(
        session.scalars(select(Touchpoint.id).where(Touchpoint.journey_id == initiative.journey_id))
    )
    if wanted - known:
        raise InvalidError(
            "Choose touchpoints of the initiative’s own journey.", field="touchpoints"
        )
    mine = InitiativeTouchpoint.initiative_id == initiative.id
    stored = set(session.scalars(select(InitiativeTouchpoint.touchpoint_id).where(mine)))
    if stored == wanted:
        return
    before["touchpoints"], after["touchpoints"] = sorted(stored), sorted(wanted)
    gone = InitiativeTouchpoint.touchpoint_id.in_(stored - wanted)
    session.execute(delete(InitiativeTouchpoint).where(mine, gone))
    added = [
        {"initiative_id": initiative.id, "touchpoint_id": one} for one in sorted(wanted - stored)
    ]
    if added:
        session.execute(insert(InitiativeTouchpoint), added)


def _columns(draft: InitiativeDraft) -> dict[str, object]:
    return columns_of(draft) | {"title": draft.title.strip(), "unit": draft.unit.strip()}


def check_draft(session: Session, draft: InitiativeDraft, *, before: InitiativeDraft | None) -> str:
    """Refuse what is impossible; the currency that journey and cycle agree on."""
    faults: dict[str, str] = {}
    if not draft.title.strip():
        faults["title"] = "Give the initiative a title."
    if not draft.unit.strip():
        faults["unit"] = "Name the organisation unit that carries it."
    journey = session.get(Journey, draft.journey_id) if draft.journey_id else None
    if draft.journey_id and journey is None:
        faults["journey_id"] = "There is no such journey any more; choose another."
    cycle = session.get(Cycle, draft.cycle_id) if draft.cycle_id else None
    if draft.cycle_id and cycle is None:
        faults["cycle_id"] = "There is no such cycle any more; choose another."
    elif (
        cycle and cycle.state is CycleState.CLOSED and not (before and before.cycle_id == cycle.id)
    ):
        faults["cycle_id"] = f"{cycle.name} is closed; choose an open cycle."
    if cycle and journey and cycle.currency != journey.currency:
        faults["cycle_id"] = (
            f"{cycle.name} is in {cycle.currency}, the journey’s money in {journey.currency}."
            " Choose a cycle in the journey’s currency."
        )
    outside = cycle and quarter_fault(draft.planned_start, cycle.quarters, cycle.name)
    if outside:
        faults["planned_start"] = outside
    if cycle is None and journey is None:
        faults.setdefault("journey_id", "Choose a journey or a cycle: its money needs a currency.")
    faults |= _people_faults(session, draft, before)
    if faults:
        raise InvalidError("Some of this is not possible.", fields=faults)
    return (cycle or journey).currency  # type: ignore[union-attr]


def _people_faults(
    session: Session, draft: InitiativeDraft, before: InitiativeDraft | None
) -> dict[str, str]:
    faults = {}
    for name, words in (("owner_id", "owner"), ("sponsor_id", "sponsor")):
        id_ = getattr(draft, name)
        if id_ is None or (before is not None and getattr(before, name) == id_):
            continue
        person = session.get(Person, id_)
        if person is None or not person.is_active:
            faults[name] = (
                f"Choose an {words} who can sign in."
                if words == "owner"
                else ("Choose a sponsor who can sign in.")
            )
    return faults


def currency_refusal(old: str, new: str) -> str:
    """Why an initiative with money keeps its currency."""
    return (
        f"Its money is entered in {old}, this would make it {new}."
        " Keep the currency, or clear spend, effects and declared benefits first."
    )


def _has_money(session: Session, initiative: Initiative) -> bool:
    return bool(with_money(session, [initiative.id]))


def with_money(session: Session, ids: Sequence[int]) -> set[int]:
    """Those of the initiatives that have spend, effects or declared benefits."""
    has_any = or_(
        exists().where(OptionSpend.option_id == Option.id),
        exists().where(Effect.option_id == Option.id),
        Option.declared_benefit_minor.is_not(None),
    )
    query = select(Option.initiative_id).where(Option.initiative_id.in_(ids), has_any)
    return set(session.scalars(query))
