"""Load what is known about hurdles as the pure facts the rules count with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    cast,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Person
from app.approvals.models import Commitment, Tranche
from app.approvals.rules import OPEN_TRANCHES, TrancheState
from app.db.types import QuarterType
from app.initiatives.models import Criterion, Initiative, InitiativeHandover
from app.initiatives.queries import MONEY_DECIDERS
from app.roadmap.models import Amendment, DateMove, Evidence, HurdleDecision, WorkMove
from app.roadmap.queries.amendments import amended_from, waiting_from
from app.roadmap.rules import (
    CriterionFacts,
    HurdleAction,
    HurdleFacts,
    HurdleRecord,
    Measurement,
)
from app.roadmap.rules.amending import AmendmentState
from app.roadmap.rules.works import Shift, shifted

CHUNK = 500
"""Ids asked for at a time; more than any database's limit of parameters would fail."""


@dataclass(frozen=True, slots=True)
class TrancheKey:
    """What of a tranche the facts hang on."""

    id: int
    milestone_id: int
    state: TrancheState
    due_on: date


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision on a hurdle, as far as the facts hang on it."""

    action: HurdleAction
    recommended: HurdleAction
    on: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class AmendmentRow:
    """An amendment that waits or was agreed, with the names of who asked and who agreed."""

    amendment: Amendment
    asked_by: str
    ended_by: str | None


@dataclass
class HurdleRows:
    """Criteria and evidence by milestone; decisions and who moved the date by tranche.

    Criteria stand as approved; ``amendments`` in the order asked, by tranche and criterion.
    """

    criteria: dict[int, list[CriterionFacts]] = field(default_factory=dict)
    amendments: dict[tuple[int, int], list[AmendmentRow]] = field(default_factory=dict)
    evidence: dict[int, list[tuple[int | None, Measurement]]] = field(default_factory=dict)
    recorders: dict[int, list[tuple[int | None, int]]] = field(default_factory=dict)
    decisions: dict[int, list[Decided]] = field(default_factory=dict)

    movers: dict[int, set[int]] = field(default_factory=dict)
    former_owners: dict[int, set[int]] = field(default_factory=dict)
    starts: dict[int, date] = field(default_factory=dict)
    """The first day of the work as planned now, by tranche."""
    conditions: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Open conditions of the approval by tranche; only where somebody decides, not in lists."""

    def facts(self, tranche: TrancheKey) -> HurdleFacts:
        """The hurdle of one tranche; evidence of other tranches of its milestone stays out."""
        made = {one.action: one for one in self.decisions.get(tranche.id, ())}
        hold = made.get(HurdleAction.HOLD)
        end = next((one for action, one in made.items() if action.ends_hurdle), None)
        return HurdleFacts(
            state=tranche.state,
            due_on=tranche.due_on,
            criteria=tuple(
                amended(one, self.amendments.get((tranche.id, one.id), ()))
                for one in self.criteria.get(tranche.milestone_id, ())
            ),
            measurements=tuple(
                measurement
                for owner, measurement in self.evidence.get(tranche.milestone_id, ())
                if owner in (None, tranche.id)
            ),
            held_on=hold.on if hold else None,
            followed=end is None or end.action is end.recommended,
            was_decided=end is not None,
            held_until=hold.until if hold else None,
            was_finished=HurdleAction.FINISH in made,
            starts_on=self.starts.get(tranche.id),
        )

    def record(
        self, tranche: Tranche, siblings: Iterable[Tranche], initiative: Initiative
    ) -> HurdleRecord:
        """What bars decisions; ``siblings`` are all tranches of its commitment with milestones."""
        facts = self.facts(key_of(tranche))
        return HurdleRecord(
            key=initiative.key,
            state=tranche.state,
            evidence_by=frozenset(
                person
                for owner, person in self.recorders.get(tranche.milestone_id, ())
                if owner in (None, tranche.id)
            ),
            moved_by=frozenset(self.movers.get(tranche.id, ())),
            owners=frozenset((initiative.owner_id, initiative.created_by_id))
            | self.former_owners.get(tranche.id, set()),
            open_before=tuple(
                one.milestone.name
                for one in siblings
                if one.position < tranche.position and one.state in OPEN_TRANCHES
            ),
            is_measured=facts.is_measured,
            was_held=facts.held_on is not None,
            unmet_conditions=self.conditions.get(tranche.id, ()),
            was_rescoped=any(
                one.action is HurdleAction.RESCOPE for one in self.decisions.get(tranche.id, ())
            ),
            amended_by=self.amenders(tranche.id),
        )

    def amenders(self, tranche_id: int) -> frozenset[int]:
        """Who asked for what its criteria are judged on now, and so never decides it."""
        return frozenset(
            row.amendment.asked_by_id
            for (of, _), rows in self.amendments.items()
            for row in rows
            if of == tranche_id and row.amendment.state is AmendmentState.AGREED
        )


def amended(criterion: CriterionFacts, rows: Iterable[AmendmentRow]) -> CriterionFacts:
    """A criterion that stands as approved, as it is agreed now."""
    found = criterion
    for row in rows:
        one = row.amendment
        if one.state is AmendmentState.WAITING:
            found = replace(found, waiting=waiting_from(one, row.asked_by))
        elif one.state is AmendmentState.AGREED:
            found = replace(
                found, threshold=one.to_threshold, minimum_sample=one.to_sample,
                amended=amended_from(one, criterion, row.asked_by, row.ended_by or ""),
            )  # fmt: skip
    return found


def key_of(tranche: Tranche) -> TrancheKey:
    return TrancheKey(tranche.id, tranche.milestone_id, tranche.state, tranche.due_on)


def measurement_of(one: Evidence) -> Measurement:
    """A stored measurement as the rules count with it."""
    return Measurement(
        one.id, one.criterion_id, one.value, one.sample, one.measured_on, one.window_from,
        one.starts_on,
    )  # fmt: skip


def load_hurdle_rows(session: Session, tranches: Collection[TrancheKey]) -> HurdleRows:
    """Criteria, evidence, decisions, moves and starts of hurdles: four queries for each CHUNK."""
    rows = HurdleRows()
    milestones = sorted({tranche.milestone_id for tranche in tranches})
    for part in _chunks(milestones):
        _load_criteria(session, part, rows)
        _load_evidence(session, part, rows)
    for part in _chunks(sorted(tranche.id for tranche in tranches)):
        _load_decisions(session, part, rows)
        _load_movers(session, part, rows)
    return rows


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def _load_criteria(session: Session, milestones: list[int], rows: HurdleRows) -> None:
    """The criteria as approved, with what of their amendments waits or was agreed."""
    last = None
    found_rows = session.execute(_criteria(), {"ids": milestones})
    for amendment, asked_by, ended_by, milestone_id, *columns in found_rows:
        of: Sequence[Any] = columns
        if last != of[0]:
            rows.criteria.setdefault(milestone_id, []).append(CriterionFacts(*of))
            last = of[0]
        if amendment is not None:
            found = rows.amendments.setdefault((amendment.tranche_id, amendment.criterion_id), [])
            found.append(AmendmentRow(amendment, asked_by, ended_by))


_IDS: Any = bindparam("ids", expanding=True)


@cache
def _criteria() -> Any:
    asker, ender = aliased(Person), aliased(Person)
    counts = Amendment.state.in_((AmendmentState.WAITING, AmendmentState.AGREED))
    return (
        select(
            Amendment, asker.name, ender.name,
            Criterion.milestone_id, Criterion.id, Criterion.metric, Criterion.unit,
            Criterion.direction, Criterion.threshold, Criterion.minimum_sample,
            Criterion.is_must_meet, Criterion.behaviour_id, Criterion.link,
        )
        .select_from(Criterion)
        .outerjoin(Amendment, and_(Amendment.criterion_id == Criterion.id, counts))
        .outerjoin(asker, asker.id == Amendment.asked_by_id)
        .outerjoin(ender, ender.id == Amendment.ended_by_id)
        .where(Criterion.milestone_id.in_(_IDS))
        .order_by(Criterion.id, Amendment.id)
        .execution_options(populate_existing=True)
    )  # fmt: skip


def _load_evidence(session: Session, milestones: list[int], rows: HurdleRows) -> None:
    for one in session.execute(_evidence(), {"ids": milestones}):
        measured = (one.tranche_id, Measurement(*one[3:]))
        rows.evidence.setdefault(one.milestone_id, []).append(measured)
        recorder = (one.tranche_id, one.recorded_by_id)
        rows.recorders.setdefault(one.milestone_id, []).append(recorder)


@cache
def _evidence() -> Any:
    return (
        select(
            Criterion.milestone_id, Evidence.tranche_id, Evidence.recorded_by_id, Evidence.id,
            Evidence.criterion_id, Evidence.value, Evidence.sample, Evidence.measured_on,
            Evidence.window_from, Evidence.starts_on,
        )
        .join(Evidence.criterion)
        .where(Criterion.milestone_id.in_(_IDS))
        .order_by(Evidence.id)
    )  # fmt: skip


def _load_decisions(session: Session, tranches: list[int], rows: HurdleRows) -> None:
    decisions = session.execute(_decisions(), {"ids": tranches})
    for tranche_id, action, recommended, at, until in decisions:
        decided = Decided(action, recommended, at.date(), until)
        rows.decisions.setdefault(tranche_id, []).append(decided)


@cache
def _decisions() -> Any:
    return (
        select(
            HurdleDecision.tranche_id, HurdleDecision.action, HurdleDecision.recommended,
            HurdleDecision.decided_at, HurdleDecision.hold_until,
        )
        .where(HurdleDecision.tranche_id.in_(_IDS))
        .order_by(HurdleDecision.id)
    )  # fmt: skip


MOVER, OWNER, START, SHIFT = "mover", "owner", "start", "shift"


def _load_movers(session: Session, tranches: list[int], rows: HurdleRows) -> None:
    """Who moved a hurdle's date, who owned its initiative before, and when its work starts."""
    starts: dict[int, date] = {}
    shifts: dict[int, list[Shift]] = {}
    parts = session.execute(_movers(), {"ids": tranches})
    for kind, tranche_id, person_id, start, _, from_on, to_on in parts:
        if kind == MOVER:
            rows.movers.setdefault(tranche_id, set()).add(person_id)
        elif kind == OWNER:
            rows.former_owners.setdefault(tranche_id, set()).add(person_id)
        elif kind == START:
            starts[tranche_id] = start.first_day
        else:
            shifts.setdefault(tranche_id, []).append(Shift(from_on, to_on))
    for tranche_id, on in starts.items():
        rows.starts[tranche_id] = shifted(on, shifts.get(tranche_id, ()))


@cache
def _movers() -> Any:
    parts = union_all(*_hands(), *_starts()).subquery()
    return select(parts).order_by(parts.c.move)


_NO_MOVE = (
    cast(null(), QuarterType),
    cast(null(), Integer),
    cast(null(), Date),
    cast(null(), Date),
)


def _hands() -> tuple[Select[*tuple[Any, ...]], ...]:
    return (
        select(
            literal(MOVER).label("kind"), DateMove.tranche_id.label("tranche_id"),
            DateMove.moved_by_id.label("person_id"), _NO_MOVE[0].label("start"),
            _NO_MOVE[1].label("move"), _NO_MOVE[2].label("from_on"), _NO_MOVE[3].label("to_on"),
        ).where(DateMove.tranche_id.in_(_IDS)),
        select(literal(OWNER), Tranche.id, InitiativeHandover.from_owner_id, *_NO_MOVE)
        .join(Commitment, Commitment.id == Tranche.commitment_id)
        .join(InitiativeHandover, InitiativeHandover.initiative_id == Commitment.initiative_id)
        .where(Tranche.id.in_(_IDS)),
    )  # fmt: skip


def _starts() -> tuple[Select[*tuple[Any, ...]], ...]:
    """The start approved for each hurdle's work, and every move of that work."""
    return (
        select(literal(START), Tranche.id, cast(null(), Integer), Commitment.start, *_NO_MOVE[1:])
        .join(Commitment, Commitment.id == Tranche.commitment_id)
        .where(Tranche.id.in_(_IDS)),
        select(
            literal(SHIFT), Tranche.id, cast(null(), Integer), _NO_MOVE[0], WorkMove.id,
            WorkMove.from_on, WorkMove.to_on,
        )
        .join(WorkMove, WorkMove.commitment_id == Tranche.commitment_id)
        .where(Tranche.id.in_(_IDS)),
    )  # fmt: skip


def list_deciders(session: Session, initiative_id: int) -> Collection[int]:
    """Ids of who decided hurdles of an initiative, and so never owns it."""
    return session.scalars(
        select(HurdleDecision.decided_by_id)
        .join(Tranche, Tranche.id == HurdleDecision.tranche_id)
        .join(Commitment, Commitment.id == Tranche.commitment_id)
        .where(Commitment.initiative_id == initiative_id)
    ).all()


MONEY_DECIDERS.append(list_deciders)
