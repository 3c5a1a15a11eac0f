"""Load what happened at a hurdle together: evidence, decisions, amendments, dates, scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, and_, bindparam, cast, literal, null, or_, select, union_all
from sqlalchemy.orm import Session, aliased, contains_eager
from sqlalchemy.types import Integer

from app.accounts.models import Person
from app.approvals.models import Commitment, Tranche
from app.initiatives.models import Dependency, Initiative, InitiativeHandover, Option
from app.roadmap.models import Amendment, DateMove, Evidence, HurdleDecision, Rescope, WorkMove
from app.roadmap.queries.facts import AmendmentRow, Decided, HurdleRows, measurement_of
from app.roadmap.queries.needed import dependants, gone_needs, held_of, lost_need
from app.roadmap.queries.rescoping import promises_less
from app.roadmap.rules import CriterionFacts
from app.roadmap.rules.needed import Dependant, LostNeed
from app.roadmap.rules.works import Shift, shifted
from app.values.money import Money

EVIDENCE, DECISION, MOVE, OWNER = "evidence", "decision", "move", "owner"
AMENDMENT, RESCOPE, WORK, NEED = "amendment", "rescope", "work", "need"
DEPENDANT = "dependant"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The last rescope of an initiative: which options, when, and whether less is promised."""

    from_option: str
    to_option: str
    at: datetime
    promises_less: bool


@dataclass(frozen=True, slots=True)
class HurdleHistory:
    """All of it, the newest first, each with who did it; amendments with who ended them, too.

    ``narrowed``: the last rescope at any hurdle of the initiative, None without one; ``shifts``
    of the work in their order; ``lost_needs`` is what the initiative needs and no longer gets,
    ``dependants`` are those under way that need it.
    """

    evidence: tuple[Evidence, ...]
    decisions: tuple[HurdleDecision, ...]
    moves: tuple[DateMove, ...]
    former_owners: frozenset[int]
    amendments: tuple[Amendment, ...] = ()
    narrowed: Narrowed | None = None
    shifts: tuple[Shift, ...] = ()
    lost_needs: tuple[LostNeed, ...] = ()
    dependants: tuple[Dependant, ...] = ()


def load_history(session: Session, tranche: Tranche) -> HurdleHistory:
    """One query; ``tranche`` is loaded with its commitment and the criteria of its milestone."""
    rows = session.execute(
        _history(),
        {
            "criteria": [criterion.id for criterion in tranche.milestone.criteria],
            "tranche": tranche.id,
            "commitment": tranche.commitment_id,
            "initiative": tranche.commitment.initiative_id,
        },
    ).all()
    return _history_of(rows)


def _history_of(rows: Sequence[Any]) -> HurdleHistory:
    """What the rows say, each kind in its own place."""
    evidence = [row[2] for row in rows if row[2] is not None]
    scopes = [Narrowed(row[6], row[7], row[8], bool(row[9])) for row in rows if row[8] is not None]
    return HurdleHistory(
        evidence=tuple(sorted(evidence, key=lambda one: (one.measured_on, one.id), reverse=True)),
        decisions=tuple(row[3] for row in rows if row[3] is not None),
        moves=tuple(row[4] for row in rows if row[4] is not None),
        former_owners=frozenset(row.person_id for row in rows if row.kind == OWNER),
        amendments=tuple(row[5] for row in rows if row[5] is not None),
        narrowed=scopes[0] if scopes else None,
        shifts=tuple(
            Shift(row[10].from_on, row[10].to_on) for row in reversed(rows) if row[10] is not None
        ),
        lost_needs=tuple(lost_need(*row[11:15]) for row in reversed(rows) if row.kind == NEED),
        dependants=tuple(
            Dependant(row[11], row[12], Money(int(row[15]), row[16]))
            for row in reversed(rows)
            if row.kind == DEPENDANT
        ),
    )


@cache
def _history() -> Any:
    """Every page of a hurdle asks this, and putting it together takes longer than its answer."""
    of = _happened().subquery()
    ender, scoped = aliased(Person), aliased(HurdleDecision)
    before, after = aliased(Option), aliased(Option)
    other, ended, theirs = aliased(Initiative), aliased(HurdleDecision), aliased(Commitment)
    return (
        select(
            of.c.kind, of.c.person_id, Evidence, HurdleDecision, DateMove, Amendment,
            before.name, after.name, scoped.decided_at, promises_less(before, after), WorkMove,
            other.key, other.title, ended.action, ended.decided_at, held_of(theirs),
            theirs.currency,
        )
        .select_from(of)
        .outerjoin(Evidence, and_(of.c.kind == EVIDENCE, Evidence.id == of.c.id))
        .outerjoin(HurdleDecision, and_(of.c.kind == DECISION, HurdleDecision.id == of.c.id))
        .outerjoin(DateMove, and_(of.c.kind == MOVE, DateMove.id == of.c.id))
        .outerjoin(Amendment, and_(of.c.kind == AMENDMENT, Amendment.id == of.c.id))
        .outerjoin(Rescope, and_(of.c.kind == RESCOPE, Rescope.id == of.c.id))
        .outerjoin(scoped, scoped.id == Rescope.decision_id)
        .outerjoin(before, before.id == Rescope.from_option_id)
        .outerjoin(after, after.id == Rescope.to_option_id)
        .outerjoin(WorkMove, and_(of.c.kind == WORK, WorkMove.id == of.c.id))
        .outerjoin(other, and_(of.c.kind.in_((NEED, DEPENDANT)), other.id == of.c.person_id))
        .outerjoin(ended, and_(of.c.kind == NEED, ended.id == of.c.id))
        .outerjoin(theirs, and_(of.c.kind == DEPENDANT, theirs.id == of.c.id))
        .outerjoin(Person, Person.id == of.c.person_id)
        .outerjoin(ender, ender.id == Amendment.ended_by_id)
        .options(
            contains_eager(Evidence.recorded_by).lazyload(Person.grants),
            contains_eager(HurdleDecision.decided_by).lazyload(Person.grants),
            contains_eager(DateMove.moved_by).lazyload(Person.grants),
            contains_eager(Amendment.asked_by).lazyload(Person.grants),
            contains_eager(Amendment.ended_by.of_type(ender)).lazyload(ender.grants),
        )
        .order_by(of.c.id.desc())
    )  # fmt: skip


def _happened() -> CompoundSelect[*tuple[Any, ...]]:
    """Kind, id and person of everything that happened; of what is needed and gone, the decision
    that ended it and the initiative; of dependants, their commitment and the initiative."""
    tranche: Any = bindparam("tranche")
    commitment: Any = bindparam("commitment")
    return union_all(
        select(
            literal(EVIDENCE).label("kind"), Evidence.id.label("id"),
            Evidence.recorded_by_id.label("person_id"),
        ).where(
            Evidence.criterion_id.in_(bindparam("criteria", expanding=True)),
            or_(Evidence.tranche_id.is_(None), Evidence.tranche_id == tranche),
        ),
        select(literal(DECISION), HurdleDecision.id, HurdleDecision.decided_by_id).where(
            HurdleDecision.tranche_id == tranche
        ),
        select(literal(MOVE), DateMove.id, DateMove.moved_by_id).where(
            DateMove.tranche_id == tranche
        ),
        select(literal(OWNER), InitiativeHandover.id, InitiativeHandover.from_owner_id).where(
            InitiativeHandover.initiative_id == bindparam("initiative")
        ),
        select(literal(AMENDMENT), Amendment.id, Amendment.asked_by_id).where(
            Amendment.tranche_id == tranche
        ),
        select(literal(RESCOPE), Rescope.id, cast(null(), Integer)).where(
            Rescope.commitment_id == commitment
        ),
        select(literal(WORK), WorkMove.id, cast(null(), Integer)).where(
            WorkMove.commitment_id == commitment
        ),
        gone_needs(literal(NEED), HurdleDecision.id, Dependency.needs_id).where(
            Dependency.initiative_id == bindparam("initiative")
        ),
        dependants(literal(DEPENDANT), Commitment.id, Dependency.initiative_id).where(
            Dependency.needs_id == bindparam("initiative")
        ),
    )  # fmt: skip


def known_rows(tranche: Tranche, history: HurdleHistory) -> HurdleRows:
    """What was loaded for the page already, as the facts are made of."""
    rows, milestone = HurdleRows(), tranche.milestone
    rows.criteria[milestone.id] = [
        CriterionFacts(
            one.id, one.metric, one.unit, one.direction, one.threshold, one.minimum_sample,
            one.is_must_meet, one.behaviour_id, one.link,
        )
        for one in milestone.criteria
    ]  # fmt: skip
    for amendment in reversed(history.amendments):
        ended_by = amendment.ended_by.name if amendment.ended_by else None
        row = AmendmentRow(amendment, amendment.asked_by.name, ended_by)
        rows.amendments.setdefault((tranche.id, amendment.criterion_id), []).append(row)
    in_order = sorted(history.evidence, key=lambda one: one.id)
    rows.evidence[milestone.id] = [(one.tranche_id, measurement_of(one)) for one in in_order]
    rows.recorders[milestone.id] = [(one.tranche_id, one.recorded_by_id) for one in in_order]
    rows.decisions[tranche.id] = [
        Decided(one.action, one.recommended, one.decided_at.date(), one.hold_until)
        for one in reversed(history.decisions)
    ]
    rows.movers[tranche.id] = {move.moved_by_id for move in history.moves}
    rows.former_owners[tranche.id] = set(history.former_owners)
    start_on = tranche.commitment.start.first_day
    rows.starts[tranche.id] = shifted(start_on, history.shifts)
    return rows
