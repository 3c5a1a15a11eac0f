"""What was decided about a thing and why, read from where each decision is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    cast,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Person
from app.approvals.models import Commitment, Decision, Proposal, ProposalItem, Tranche
from app.approvals.models.limits import ApprovalSignature
from app.calendar.models import Cycle
from app.comments.queries.subjects import Subject
from app.comments.rules import Source, Thing
from app.initiatives.models import InitiativeHandover, InitiativeMove, Milestone
from app.initiatives.rules import InitiativeState
from app.roadmap.models import DateMove, HurdleDecision, PlanVersion, WorkMove


@dataclass(frozen=True, slots=True)
class Note:
    """One decision: from where, by whom, what (``word``, and before a move ``before``), and why.

    ``about``: the hurdle, plan or new owner it names; days are those of a move.
    """

    source: Source
    at: datetime
    who: str
    word: str
    before: str | None
    reason: str
    about: str | None
    from_on: date | None
    to_on: date | None


def list_notes(session: Session, subject: Subject) -> list[Note]:
    """Every decision about a thing that has been kept, the earliest first, in one query."""
    parts = _PARTS[subject.thing](subject.id)
    rows = session.execute(union_all(*parts)).all()
    notes = [Note(Source(row[0]), *row[1:]) for row in rows]
    return sorted(notes, key=lambda one: (one.at, list(Source).index(one.source), one.about or ""))


def _row(
    source: Source,
    at: Any,
    word: Any,
    reason: Any,
    *,
    before: Any = None,
    about: Any = None,
    days: tuple[Any, Any] | None = None,
) -> Select[Any]:
    # Without a type of its own, PostgreSQL takes an empty column for text.
    first, last = days or (cast(null(), Date), cast(null(), Date))
    return select(
        literal(source.value, Text).label("source"),
        at.label("at"),
        Person.name.label("who"),
        type_coerce(word, Text).label("word"),
        _or_nothing(before).label("before"),
        type_coerce(reason, Text).label("reason"),
        _or_nothing(about).label("about"),
        type_coerce(first, Date).label("from_on"),
        type_coerce(last, Date).label("to_on"),
    )


def _or_nothing(column: Any) -> ColumnElement[Any]:
    return cast(null(), Text) if column is None else type_coerce(column, Text)


_ELSEWHERE = (InitiativeState.APPROVED, InitiativeState.STOPPED)
"""States that follow from a decision which stands in the thread itself."""


def _of_initiative(number: int) -> list[Select[Any]]:
    owner = aliased(Person)
    return [
        _row(
            Source.MOVE, InitiativeMove.moved_at, InitiativeMove.to_state, InitiativeMove.reason,
            before=InitiativeMove.from_state,
        )
        .join(Person, Person.id == InitiativeMove.moved_by_id)
        .where(
            InitiativeMove.initiative_id == number, InitiativeMove.to_state.not_in(_ELSEWHERE)
        ),
        _row(
            Source.HANDOVER, InitiativeHandover.handed_over_at, literal("", Text),
            InitiativeHandover.reason, about=owner.name,
        )
        .join(Person, Person.id == InitiativeHandover.handed_over_by_id)
        .join(owner, owner.id == InitiativeHandover.to_owner_id)
        .where(InitiativeHandover.initiative_id == number),
        _of_items(Source.DECISION, number).where(ProposalItem.is_struck.is_(False)),
        _of_items(Source.LEFT_OUT, number).where(ProposalItem.is_struck),
        _of_hurdles(Commitment.initiative_id == number),
        _date_moves(Commitment.initiative_id == number),
        _work_moves(number),
    ]  # fmt: skip


def _of_proposal(number: int) -> list[Select[Any]]:
    return [
        _row(Source.SUBMISSION, Proposal.submitted_at, literal("", Text), Proposal.note)
        .join(Person, Person.id == Proposal.submitted_by_id)
        .where(Proposal.id == number),
        _row(
            Source.SIGNATURE, ApprovalSignature.signed_at, literal("", Text),
            ApprovalSignature.reason,
        )
        .join(Person, Person.id == ApprovalSignature.person_id)
        .where(ApprovalSignature.proposal_id == number),
        _decisions(None).where(Proposal.id == number),
    ]  # fmt: skip


def _of_hurdle(number: int) -> list[Select[Any]]:
    return [_of_hurdles(Tranche.id == number), _date_moves(Tranche.id == number)]


def _decisions(about: Any, source: Source = Source.DECISION) -> Select[Any]:
    return (
        _row(source, Decision.decided_at, Decision.kind, Decision.reason, about=about)
        .join(Person, Person.id == Decision.decided_by_id)
        .join(Decision.proposal)
    )


def _of_items(source: Source, number: int) -> Select[Any]:
    return (
        _decisions(Cycle.name, source)
        .join(Proposal.cycle)
        .join(ProposalItem, ProposalItem.proposal_id == Proposal.id)
        .where(ProposalItem.initiative_id == number)
    )


def _of_hurdles(wanted: ColumnElement[bool]) -> Select[Any]:
    return (
        _row(
            Source.HURDLE, HurdleDecision.decided_at, HurdleDecision.action,
            HurdleDecision.reason, about=Milestone.name,
        )
        .join(Person, Person.id == HurdleDecision.decided_by_id)
        .join(HurdleDecision.tranche)
        .join(Tranche.milestone)
        .join(Tranche.commitment)
        .where(wanted)
    )  # fmt: skip


def _date_moves(wanted: ColumnElement[bool]) -> Select[Any]:
    return (
        _row(
            Source.DATE, DateMove.moved_at, literal("", Text), DateMove.reason,
            about=Milestone.name, days=(DateMove.from_on, DateMove.to_on),
        )
        .join(Person, Person.id == DateMove.moved_by_id)
        .join(DateMove.tranche)
        .join(Tranche.milestone)
        .join(Tranche.commitment)
        .where(wanted)
    )  # fmt: skip


def _work_moves(number: int) -> Select[Any]:
    return (
        _row(
            Source.WORK, PlanVersion.saved_at, WorkMove.cause, PlanVersion.note,
            days=(WorkMove.from_on, WorkMove.to_on),
        )
        .join(WorkMove.plan_version)
        .join(Person, Person.id == PlanVersion.saved_by_id)
        .join(WorkMove.commitment)
        .where(Commitment.initiative_id == number)
    )  # fmt: skip


_PARTS = {
    Thing.INITIATIVE: _of_initiative,
    Thing.PROPOSAL: _of_proposal,
    Thing.HURDLE: _of_hurdle,
}
