"""Load what happened at a hurdle together: evidence, decisions, moved dates, earlier owners."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import CompoundSelect, and_, literal, or_, select, union_all
from sqlalchemy.orm import Session, contains_eager

from app.accounts.models import Person
from app.approvals.models import Tranche
from app.initiatives.models import InitiativeHandover
from app.roadmap.models import DateMove, Evidence, HurdleDecision

EVIDENCE, DECISION, MOVE, OWNER = "evidence", "decision", "move", "owner"


@dataclass(frozen=True, slots=True)
class HurdleHistory:
    """All of it, the newest first, each with who did it."""

    evidence: tuple[Evidence, ...]
    decisions: tuple[HurdleDecision, ...]
    moves: tuple[DateMove, ...]
    former_owners: frozenset[int]


def load_history(session: Session, tranche: Tranche) -> HurdleHistory:
    """One query; ``tranche`` is loaded with its commitment and the criteria of its milestone."""
    of = _happened(tranche).subquery()
    rows = session.execute(
        select(of.c.kind, of.c.person_id, Evidence, HurdleDecision, DateMove)
        .select_from(of)
        .outerjoin(Evidence, and_(of.c.kind == EVIDENCE, Evidence.id == of.c.id))
        .outerjoin(HurdleDecision, and_(of.c.kind == DECISION, HurdleDecision.id == of.c.id))
        .outerjoin(DateMove, and_(of.c.kind == MOVE, DateMove.id == of.c.id))
        .outerjoin(Person, Person.id == of.c.person_id)
        .options(
            contains_eager(Evidence.recorded_by).lazyload(Person.grants),
            contains_eager(HurdleDecision.decided_by).lazyload(Person.grants),
            contains_eager(DateMove.moved_by).lazyload(Person.grants),
        )
        .order_by(of.c.id.desc())
    ).all()
    evidence = [one for _, _, one, _, _ in rows if one is not None]
    return HurdleHistory(
        evidence=tuple(sorted(evidence, key=lambda one: (one.measured_on, one.id), reverse=True)),
        decisions=tuple(one for _, _, _, one, _ in rows if one is not None),
        moves=tuple(one for _, _, _, _, one in rows if one is not None),
        former_owners=frozenset(person for kind, person, *_ in rows if kind == OWNER),
    )


def _happened(tranche: Tranche) -> CompoundSelect[str, int, int]:
    """Kind, id and person of everything that happened."""
    criteria = [criterion.id for criterion in tranche.milestone.criteria]
    return union_all(
        select(
            literal(EVIDENCE).label("kind"), Evidence.id.label("id"),
            Evidence.recorded_by_id.label("person_id"),
        ).where(
            Evidence.criterion_id.in_(criteria),
            or_(Evidence.tranche_id.is_(None), Evidence.tranche_id == tranche.id),
        ),
        select(literal(DECISION), HurdleDecision.id, HurdleDecision.decided_by_id).where(
            HurdleDecision.tranche_id == tranche.id
        ),
        select(literal(MOVE), DateMove.id, DateMove.moved_by_id).where(
            DateMove.tranche_id == tranche.id
        ),
        select(literal(OWNER), InitiativeHandover.id, InitiativeHandover.from_owner_id).where(
            InitiativeHandover.initiative_id == tranche.commitment.initiative_id
        ),
    )  # fmt: skip
