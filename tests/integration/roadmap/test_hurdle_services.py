"""Evidence, decisions and dates: what moves money, and what is refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.models import RoleGrant
from app.accounts.rules import Role
from app.approvals.models import Commitment, LedgerTransfer, Tranche
from app.approvals.queries import load_balances, load_committed
from app.approvals.rules import CommitmentState, TrancheState
from app.audit.models import AuditEvent
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import Criterion, Initiative
from app.initiatives.rules import InitiativeState
from app.roadmap.models import DateMove, Evidence, HurdleDecision
from app.roadmap.queries import GateFilter, get_gate, list_gates
from app.roadmap.rules import HurdleAction, HurdleState
from app.roadmap.services import record_evidence
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import (
    begin,
    decide,
    measure,
    move_due_date,
    move_due_dates,
    tranches_of,
)

RELEASE, HOLD, STOP = HurdleAction.RELEASE, HurdleAction.HOLD, HurdleAction.STOP


@pytest.fixture
def tranches(session: Session, cast: Cast, now: datetime) -> list[Tranche]:
    """The three tranches of CX-101."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        commitment = make_commitments(session, cast, now, world)["CX-101"]
    return tranches_of(session, commitment.id)


def fresh(session: Session, tranche: Tranche) -> Tranche:
    return session.get_one(Tranche, tranche.id, populate_existing=True)


class TestRecordEvidence:
    def test_adds_a_measurement_and_one_audit_event(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            evidence = measure(session, tranches[0], 17, actor=cast.manager, now=now)
        assert (evidence.value, evidence.sample) == (Decimal(17), 500)
        events = session.scalars(
            select(AuditEvent.action).where(AuditEvent.subject == f"tranche:{tranches[0].id}")
        ).all()
        assert events == ["evidence.recorded"]

    def test_supersedes_without_overwriting(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            measure(session, tranches[0], 5, actor=cast.manager, now=now)
            measure(session, tranches[0], 17, actor=cast.manager, now=now)
        gate = get_gate(session, tranches[0].id, today=now.date())
        assert [evidence.value for evidence in gate.evidence] == [Decimal(17), Decimal(5)]
        assert gate.recommendation and gate.recommendation.action is RELEASE

    def test_refuses_the_future_a_missing_sample_and_a_missing_source(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        criterion = session.scalars(
            select(Criterion).where(Criterion.milestone_id == tranches[0].milestone_id)
        ).one()
        with pytest.raises(InvalidError) as caught, transaction(session):
            record_evidence(
                session, tranches[0], criterion, value=Decimal(1), sample=None,
                measured_on=now.date() + timedelta(days=1), source=" ", note="",
                actor=cast.manager, now=now,
            )  # fmt: skip
        assert set(caught.value.fields) == {"measured_on", "sample", "source"}

    def test_refuses_what_was_measured_long_before_and_samples_of_nobody(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        criterion = session.scalars(
            select(Criterion).where(Criterion.milestone_id == tranches[0].milestone_id)
        ).one()
        with pytest.raises(InvalidError) as caught, transaction(session):
            record_evidence(
                session, tranches[0], criterion, value=Decimal(1), sample=0,
                measured_on=now.date() - timedelta(days=900), source="CRM", note="",
                actor=cast.manager, now=now,
            )  # fmt: skip
        assert set(caught.value.fields) == {"measured_on", "sample"}

    def test_refuses_a_sample_larger_than_the_column(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        criterion = session.scalars(
            select(Criterion).where(Criterion.milestone_id == tranches[0].milestone_id)
        ).one()
        with pytest.raises(InvalidError) as caught, transaction(session):
            record_evidence(
                session, tranches[0], criterion, value=Decimal(1), sample=2**31,
                measured_on=now.date(), source="CRM", note="", actor=cast.manager, now=now,
            )  # fmt: skip
        assert set(caught.value.fields) == {"sample"}

    def test_refuses_the_criterion_of_another_hurdle(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        other = session.scalars(
            select(Criterion).where(Criterion.milestone_id == tranches[1].milestone_id)
        ).one()
        with pytest.raises(InvalidError) as caught, transaction(session):
            record_evidence(
                session, tranches[0], other, value=Decimal(1), sample=500,
                measured_on=now.date(), source="CRM", note="", actor=cast.manager, now=now,
            )  # fmt: skip
        assert set(caught.value.fields) == {"criterion"}

    def test_is_not_for_finance_or_viewers(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        for person in (cast.cfo, cast.viewer, cast.admin):
            with pytest.raises(NotAllowedError), transaction(session):
                measure(session, tranches[0], 17, actor=person, now=now)

    def test_comes_before_the_decision(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            measure(session, tranches[0], 17, actor=cast.manager, now=now)
        with transaction(session):
            decide(session, tranches[0], RELEASE, actor=cast.cfo, now=now)
        with pytest.raises(ConflictError, match="before the decision"), transaction(session):
            measure(session, fresh(session, tranches[0]), 99, actor=cast.manager, now=now)


class TestRelease:
    def test_moves_the_tranche_from_committed_to_released(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            measure(session, tranches[0], 17, actor=cast.manager, now=now)
        with transaction(session):
            outcome = decide(session, tranches[0], RELEASE, actor=cast.cfo, now=now)
        gate = get_gate(session, tranches[0].id, today=now.date())
        assert outcome.released_minor == tranches[0].amount_minor == gate.balance.released
        assert gate.tranche.state is TrancheState.RELEASED and gate.state is HurdleState.PASSED
        assert gate.balance.is_sound

    def test_needs_a_recorded_measurement(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with pytest.raises(ConflictError, match="without a recorded"), transaction(session):
            decide(session, tranches[0], RELEASE, actor=cast.cfo, now=now, reason="Trust me")

    def test_against_the_figures_needs_a_reason_and_shows_as_waived(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            measure(session, tranches[0], 2, actor=cast.manager, now=now)
        with pytest.raises(InvalidError, match="recommend to stop"), transaction(session):
            decide(session, tranches[0], RELEASE, actor=cast.cfo, now=now)
        with transaction(session):
            decide(session, tranches[0], RELEASE, actor=cast.cfo, now=now, reason="Strike week")
        decision = session.scalars(select(HurdleDecision)).one()
        assert (decision.action, decision.recommended) == (RELEASE, STOP)
        assert "misses at least 15" in decision.grounds
        assert get_gate(session, tranches[0].id, today=now.date()).state is HurdleState.WAIVED

    def test_waits_for_the_hurdle_before(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            measure(session, tranches[1], 99, actor=cast.manager, now=now)
        words = "earlier hurdle first: Hurdle 1"
        with pytest.raises(ConflictError, match=words), transaction(session):
            decide(session, tranches[1], RELEASE, actor=cast.cfo, now=now)

    def test_of_the_last_tranche_completes_the_commitment(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        for tranche in tranches:
            with transaction(session):
                measure(session, fresh(session, tranche), 99, actor=cast.manager, now=now)
            with transaction(session):
                outcome = decide(session, fresh(session, tranche), RELEASE, actor=cast.cfo, now=now)
        assert outcome.is_completed
        commitment = session.get_one(Commitment, tranches[0].commitment_id)
        assert commitment.state is CommitmentState.COMPLETED
        found = load_balances(session, commitment.cycle_id).commitments[0].balance
        assert (found.committed, found.released) == (0, commitment.amount_minor)


class TestHold:
    def test_keeps_the_money_reserved(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            decide(session, tranches[0], HOLD, actor=cast.cfo, now=now)
        gate = get_gate(session, tranches[0].id, today=now.date())
        assert gate.tranche.state is TrancheState.HELD
        assert gate.balance.committed == gate.commitment.amount_minor

    def test_is_possible_once(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            decide(session, tranches[0], HOLD, actor=cast.cfo, now=now)
        with pytest.raises(ConflictError, match="held once already"), transaction(session):
            decide(
                session, fresh(session, tranches[0]), HOLD, actor=cast.cfo, now=now, key="2" * 32
            )

    def test_can_end_in_a_release(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            decide(session, tranches[0], HOLD, actor=cast.cfo, now=now)
        with transaction(session):
            measure(session, tranches[0], 17, actor=cast.manager, now=now)
        with transaction(session):
            decide(session, tranches[0], RELEASE, actor=cast.cfo, now=now)
        assert fresh(session, tranches[0]).state is TrancheState.RELEASED


class TestStop:
    def test_frees_this_and_every_later_tranche_and_stops_the_initiative(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            measure(session, tranches[0], 17, actor=cast.manager, now=now)
            measure(session, tranches[1], 3, actor=cast.manager, now=now)
        with transaction(session):
            decide(session, tranches[0], RELEASE, actor=cast.cfo, now=now)
        with transaction(session):
            outcome = decide(
                session, fresh(session, tranches[1]), STOP, actor=cast.cfo, now=now,
                reason="Nobody uses it",
            )  # fmt: skip
        rest = tranches[1].amount_minor + tranches[2].amount_minor
        assert outcome.freed_minor == rest
        commitment = session.get_one(Commitment, tranches[0].commitment_id)
        assert commitment.state is CommitmentState.STOPPED
        initiative = session.get_one(Initiative, commitment.initiative_id)
        assert initiative.state is InitiativeState.STOPPED
        found = load_balances(session, commitment.cycle_id).commitments[0].balance
        assert (found.released, found.freed, found.committed) == (
            tranches[0].amount_minor,
            rest,
            0,
        )

    def test_gives_the_budget_back_the_latest_quarters_first(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        cycle_id = session.get_one(Commitment, tranches[0].commitment_id).cycle_id
        before = load_committed(session, cycle_id)
        with transaction(session):
            outcome = decide(session, tranches[0], STOP, actor=cast.cfo, now=now, reason="No use")
        after = load_committed(session, cycle_id)
        assert sum(before.values()) - sum(after.values()) == outcome.freed_minor

    def test_always_needs_a_reason(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            measure(session, tranches[0], 1, actor=cast.manager, now=now)
        with pytest.raises(InvalidError, match="a stop is final"), transaction(session):
            decide(session, tranches[0], STOP, actor=cast.cfo, now=now)


class TestDecideHurdle:
    def test_gives_the_first_outcome_to_the_same_form_sent_twice(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            measure(session, tranches[0], 17, actor=cast.manager, now=now)
        with transaction(session):
            first = decide(session, tranches[0], RELEASE, actor=cast.cfo, now=now)
        with transaction(session):
            again = decide(session, fresh(session, tranches[0]), RELEASE, actor=cast.cfo, now=now)
        assert again == first
        released = select(func.count()).where(LedgerTransfer.tranche_id == tranches[0].id)
        assert session.scalar(released) == 1

    def test_is_not_for_who_measured_or_owns(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            evidence = measure(session, tranches[0], 17, actor=cast.manager, now=now)
        with transaction(session):
            initiative_id = session.get_one(Commitment, tranches[0].commitment_id).initiative_id
            session.execute(
                update(Initiative)
                .where(Initiative.id == initiative_id)
                .values(owner_id=cast.cfo2.id, certified_by_id=cast.cfo.id)
            )
        words = "you own or proposed CX-101"
        with pytest.raises(NotAllowedError, match=words), transaction(session):
            decide(session, tranches[0], RELEASE, actor=cast.cfo2, now=now)
        assert evidence.recorded_by_id == cast.manager.id
        for person in (cast.manager, cast.lead, cast.viewer, cast.admin):
            with pytest.raises(NotAllowedError), transaction(session):
                decide(session, tranches[0], RELEASE, actor=person, now=now)

    def test_is_not_for_who_moved_its_date(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            finance = RoleGrant(
                person_id=cast.stranger.id, role=Role.FINANCE, is_in_force=True, granted_at=now
            )
            session.add(finance)
        session.refresh(cast.stranger, ["grants"])
        with transaction(session):
            measure(session, tranches[0], 17, actor=cast.manager, now=now)
            to_on = tranches[0].due_on + timedelta(days=20)
            move_due_date(
                session, tranches[0], to_on=to_on, reason="Vendor", actor=cast.stranger, now=now
            )
        with pytest.raises(NotAllowedError, match="you moved its date"), transaction(session):
            decide(session, fresh(session, tranches[0]), RELEASE, actor=cast.stranger, now=now)
        with transaction(session):
            decide(session, fresh(session, tranches[0]), RELEASE, actor=cast.cfo, now=now)


class TestMoveDueDate:
    def test_moves_the_date_and_keeps_the_first_one_and_the_reason(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        first, to_on = tranches[0].due_on, tranches[0].due_on + timedelta(days=20)
        with transaction(session):
            move_due_date(
                session, tranches[0], to_on=to_on, reason="Vendor", actor=cast.manager, now=now
            )
        moved = fresh(session, tranches[0])
        assert (moved.due_on, moved.baseline_due_on) == (to_on, first)
        move = session.scalars(select(DateMove)).one()
        assert (move.from_on, move.to_on, move.reason) == (first, to_on, "Vendor")
        line = list_gates(session, GateFilter(initiative="CX-101"), today=now.date())[0]
        assert line.slip_days == 20

    def test_refuses_the_past_the_order_and_what_lies_after_the_planning_quarters(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        for to_on, words in (
            (now.date() - timedelta(days=1), "from today on"),
            (tranches[0].due_on - timedelta(days=1), "The hurdle before, Hurdle 1, is due"),
            (date(2031, 1, 1), "What was planned ends on"),
        ):
            with pytest.raises(InvalidError) as caught, transaction(session):
                move_due_date(
                    session, fresh(session, tranches[1]), to_on=to_on, reason="Why not",
                    actor=cast.manager, now=now,
                )  # fmt: skip
            assert words in caught.value.fields[f"gate-{tranches[1].id}"]

    def test_judges_the_order_of_several_moves_at_the_end(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        by = timedelta(days=92)
        moves = [(tranche, tranche.due_on + by) for tranche in tranches[:2]]
        assert moves[0][1] >= tranches[1].due_on
        with transaction(session):
            move_due_dates(session, moves, reason="Late start", actor=cast.manager, now=now)
        assert [fresh(session, one).due_on for one in tranches[:2]] == [on for _, on in moves]

    def test_needs_the_program_manager_and_a_reason(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        to_on = tranches[0].due_on + timedelta(days=1)
        with pytest.raises(NotAllowedError), transaction(session):
            move_due_date(session, tranches[0], to_on=to_on, reason="x", actor=cast.cfo, now=now)
        with pytest.raises(InvalidError), transaction(session):
            move_due_date(
                session, fresh(session, tranches[0]), to_on=to_on, reason=" ",
                actor=cast.manager, now=now,
            )  # fmt: skip


class TestListGates:
    def test_gives_every_hurdle_in_the_order_of_its_day(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        lines = list_gates(session, GateFilter(), today=now.date())
        assert len(lines) == 9
        assert [line.due_on for line in lines] == sorted(line.due_on for line in lines)
        assert {line.state for line in lines} == {HurdleState.NOT_DUE}

    def test_filters_by_what_is_asked(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> None:
        with transaction(session):
            measure(session, tranches[0], 17, actor=cast.manager, now=now)
        with transaction(session):
            decide(session, tranches[0], RELEASE, actor=cast.cfo, now=now)
        today = now.date()
        assert len(list_gates(session, GateFilter(is_open=True), today=today)) == 8
        assert len(list_gates(session, GateFilter(is_open=False), today=today)) == 1
        passed = GateFilter(states=frozenset({HurdleState.PASSED}))
        assert [line.key for line in list_gates(session, passed, today=today)] == ["CX-101"]
        assert len(list_gates(session, GateFilter(text="call-back"), today=today)) == 3
        assert not list_gates(session, GateFilter(journey="nowhere"), today=today)


class TestImportedEvidence:
    def test_counts_for_the_tranche_its_milestone_got(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now)
            criterion = session.scalars(select(Criterion).order_by(Criterion.id)).first()
            assert criterion is not None
            session.add(
                Evidence(
                    tranche_id=None,
                    criterion_id=criterion.id,
                    value=Decimal(16),
                    sample=300,
                    measured_on=now.date(),
                    source="Registry, line 7",
                    recorded_by_id=cast.manager.id,
                    recorded_at=now,
                )
            )
        with transaction(session):
            commitment = make_commitments(session, cast, now, world)["CX-101"]
        first = tranches_of(session, commitment.id)[0]
        early = get_gate(session, first.id, today=now.date()).recommendation
        assert early and early.waits and "before the work starts on 1 Apr 2027" in early.text
        with transaction(session):
            begin(session, commitment.id, actor=cast.manager, now=now)
        gate = get_gate(session, first.id, today=now.date())
        assert gate.recommendation and gate.recommendation.action is RELEASE
        assert cast.manager.id in gate.record.evidence_by
