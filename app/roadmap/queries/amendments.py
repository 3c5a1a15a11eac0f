"""Read amendments: one of them, those that wait, whose hands are in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased, joinedload

from app.accounts.models import Person
from app.approvals.models import Commitment, Decision, ProposalHand, Tranche
from app.approvals.queries.amendments import AMENDED_CRITERIA, AmendedCriterion
from app.approvals.rules import HandKind
from app.errors import NotFoundError
from app.initiatives.models import Criterion, Initiative, InitiativeHandover, Milestone
from app.roadmap.models import Amendment, Evidence
from app.roadmap.rules import CriterionFacts
from app.roadmap.rules.amending import AmendmentRecord, AmendmentState, Hand
from app.roadmap.rules.wanted import Amended, Waiting, Wanted, evidence_words

IN_FORCE = aliased(Amendment, name="in_force")
"""The amendment a criterion of a tranche is judged on: the agreed one asked for last."""

WANTED_THRESHOLD = func.coalesce(IN_FORCE.to_threshold, Criterion.threshold)
WANTED_SAMPLE = case((IN_FORCE.id.is_not(None), IN_FORCE.to_sample), else_=Criterion.minimum_sample)
"""What a criterion asks for now, where IN_FORCE is joined."""

_PARTS = (HandKind.OWNS, HandKind.CREATED, HandKind.CHANGED)


def is_in_force() -> Any:
    """Joins IN_FORCE to the tranche and criterion of a query."""
    later = aliased(Amendment)
    agreed = AmendmentState.AGREED
    return (
        (IN_FORCE.tranche_id == Tranche.id)
        & (IN_FORCE.criterion_id == Criterion.id)
        & (IN_FORCE.state == agreed)
        & ~select(later.id)
        .where(
            later.tranche_id == IN_FORCE.tranche_id, later.criterion_id == IN_FORCE.criterion_id,
            later.state == agreed, later.id > IN_FORCE.id,
        )
        .exists()
    )  # fmt: skip


def get_amendment(session: Session, tranche_id: int, amendment_id: int) -> Amendment:
    """One amendment of a hurdle with its criterion and people. Raises NotFoundError."""
    found = session.scalar(
        select(Amendment)
        .where(Amendment.id == amendment_id, Amendment.tranche_id == tranche_id)
        .options(
            joinedload(Amendment.criterion),
            joinedload(Amendment.asked_by).lazyload(Person.grants),
            joinedload(Amendment.ended_by).lazyload(Person.grants),
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFoundError("There is no such amendment of this hurdle.")
    return found


def load_wanted(session: Session, tranche_id: int, criterion: Criterion) -> Wanted:
    """What a criterion asks for at a hurdle now."""
    agreed = session.scalar(
        select(Amendment)
        .where(
            Amendment.tranche_id == tranche_id, Amendment.criterion_id == criterion.id,
            Amendment.state == AmendmentState.AGREED,
        )
        .order_by(Amendment.id.desc())
        .limit(1)
    )  # fmt: skip
    if agreed is None:
        return Wanted(criterion.threshold, criterion.minimum_sample)
    return Wanted(agreed.to_threshold, agreed.to_sample)


def list_waiting_of(session: Session, tranche_ids: Sequence[int]) -> Sequence[Amendment]:
    """What waits at these hurdles, with criterion and who asked, in the order asked."""
    return session.scalars(
        select(Amendment)
        .where(
            Amendment.tranche_id.in_(tranche_ids), Amendment.state == AmendmentState.WAITING
        )
        .options(
            joinedload(Amendment.criterion),
            joinedload(Amendment.asked_by).lazyload(Person.grants),
        )
        .order_by(Amendment.id)
    ).all()  # fmt: skip


def load_record(
    session: Session, amendment: Amendment, tranche: Tranche, key: str
) -> AmendmentRecord:
    """What bars answers to an amendment; one query."""
    of = _hands().subquery()
    rows = session.execute(
        select(of.c.person_id, of.c.kind).where(of.c.tranche_id == tranche.id)
    ).all()
    order = list(Hand)
    hands: dict[int, Hand] = {}
    for person_id, kind in sorted(rows, key=lambda row: order.index(Hand(row[1]))):
        hands.setdefault(person_id, Hand(kind))
    return AmendmentRecord(amendment.state, tranche.state, key, amendment.asked_by_id, hands)


def _hands() -> Any:
    """Tranche, person and what they did that keeps them from agreeing."""
    leads, changed, measured = (literal(one.value) for one in Hand)
    of: Select[*tuple[Any, ...]] = (
        select(Tranche.id.label("tranche_id"), Initiative.owner_id.label("person_id"),
               leads.label("kind"))
        .join(Commitment, Commitment.id == Tranche.commitment_id)
        .join(Initiative, Initiative.id == Commitment.initiative_id)
    )  # fmt: skip
    return union_all(
        of,
        of.with_only_columns(Tranche.id, Initiative.created_by_id, leads),
        of.with_only_columns(Tranche.id, InitiativeHandover.from_owner_id, leads).join(
            InitiativeHandover, InitiativeHandover.initiative_id == Initiative.id
        ),
        of.with_only_columns(Tranche.id, ProposalHand.person_id, changed)
        .join(Decision, Decision.id == Commitment.decision_id)
        .join(ProposalHand, ProposalHand.proposal_id == Decision.proposal_id)
        .where(ProposalHand.subject == Initiative.key, ProposalHand.part.in_(_PARTS)),
        select(Tranche.id, Evidence.recorded_by_id, measured)
        .join(Criterion, Criterion.milestone_id == Tranche.milestone_id)
        .join(Evidence, Evidence.criterion_id == Criterion.id)
        .where(or_(Evidence.tranche_id.is_(None), Evidence.tranche_id == Tranche.id)),
    )


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """An amendment that waits, as a list names it."""

    id: int
    tranche_id: int
    key: str
    milestone: str
    metric: str
    asked_by: str
    asked_on: date
    evidence_on: date | None


def list_waiting_for(session: Session, person_id: int, *, limit: int) -> list[WaitingLine]:
    """What waits for somebody in Finance who had no hand in it, the oldest first; one query."""
    of = _hands().subquery()
    had_a_hand = (
        select(of.c.tranche_id)
        .where(of.c.tranche_id == Amendment.tranche_id, of.c.person_id == person_id)
        .exists()
    )
    rows = session.execute(
        select(
            Amendment.id, Amendment.tranche_id, Initiative.key, Milestone.name, Criterion.metric,
            Person.name, Amendment.asked_at, Amendment.evidence_on,
        )
        .join(Amendment.tranche)
        .join(Tranche.milestone)
        .join(Tranche.commitment)
        .join(Commitment.initiative)
        .join(Amendment.criterion)
        .join(Person, Person.id == Amendment.asked_by_id)
        .where(
            Amendment.state == AmendmentState.WAITING, Amendment.asked_by_id != person_id,
            ~had_a_hand,
        )
        .order_by(Amendment.id)
        .limit(limit)
    )  # fmt: skip
    return [
        WaitingLine(id_, tranche_id, key, hurdle, metric, name, at.date(), late)
        for id_, tranche_id, key, hurdle, metric, name, at, late in rows
    ]


def amended_from(
    agreed: Amendment, criterion: CriterionFacts, asked_by: str, agreed_by: str
) -> Amended:
    """What an agreed amendment says of a criterion that still stands as approved."""
    wanted = Wanted(agreed.to_threshold, agreed.to_sample)
    return Amended(
        id=agreed.id,
        approved=criterion.wanted,
        asked_by=asked_by,
        asked_on=agreed.asked_at.date(),
        reason=agreed.reason,
        agreed_by=agreed_by,
        agreed_on=(agreed.ended_at or agreed.asked_at).date(),
        answer=agreed.answer or "",
        evidence_on=agreed.evidence_on,
        is_looser=wanted.is_looser_than(criterion.wanted, criterion.direction),
    )


def waiting_from(one: Amendment, asked_by: str) -> Waiting:
    """What an amendment asks for."""
    wanted = Wanted(one.to_threshold, one.to_sample)
    return Waiting(one.id, wanted, asked_by, one.asked_at.date(), one.evidence_on)


def list_amended(session: Session, decision_id: int) -> list[AmendedCriterion]:
    """What was amended since a decision, every agreed amendment in order, for its paper."""
    asker, ender = aliased(Person), aliased(Person)
    rows = session.execute(
        select(Amendment, Criterion, Initiative.key, Milestone.name, asker.name, ender.name)
        .join(Amendment.criterion)
        .join(Amendment.tranche)
        .join(Tranche.milestone)
        .join(Tranche.commitment)
        .join(Commitment.initiative)
        .join(asker, asker.id == Amendment.asked_by_id)
        .join(ender, ender.id == Amendment.ended_by_id)
        .where(
            Commitment.decision_id == decision_id, Amendment.state == AmendmentState.AGREED
        )
        .order_by(Initiative.key, Tranche.position, Amendment.id)
    )  # fmt: skip
    return [_printed(*row) for row in rows]


def _printed(
    one: Amendment, criterion: Criterion, key: str, hurdle: str, asked_by: str, agreed_by: str
) -> AmendedCriterion:
    words = CriterionFacts(
        criterion.id, criterion.metric, criterion.unit, criterion.direction, criterion.threshold,
        criterion.minimum_sample, criterion.is_must_meet,
    ).wanted_words  # fmt: skip
    before = Wanted(one.from_threshold, one.from_sample)
    after = Wanted(one.to_threshold, one.to_sample)
    looser = after.is_looser_than(before, criterion.direction)
    return AmendedCriterion(
        key, hurdle, criterion.metric, words(before), words(after), asked_by,
        one.asked_at.date(), agreed_by, (one.ended_at or one.asked_at).date(), one.reason,
        evidence_words(one.evidence_on) if looser else "",
    )  # fmt: skip


AMENDED_CRITERIA.append(list_amended)
