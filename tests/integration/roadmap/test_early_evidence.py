"""What was measured before the work began releases no money, whatever is moved or said later."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.approvals.models import Commitment, Tranche
from app.db.session import transaction
from app.errors import ConflictError, InvalidError
from app.roadmap.models import Evidence
from app.roadmap.queries import get_gate
from app.roadmap.rules import HurdleAction
from app.roadmap.rules.measuring import PLAINLY, Measuring
from app.roadmap.rules.replanning import Draft
from app.roadmap.services import record_evidence
from tests.factories.accounts import Cast
from tests.factories.roadmap import begin, criterion_of, decide, plan, tranches_of

RELEASE, FINISH = HurdleAction.RELEASE, HurdleAction.FINISH
START = date(2027, 4, 1)
"""When CX-101 starts as approved."""


@pytest.fixture
def first(session: Session, commitments: dict[str, Commitment]) -> Tranche:
    """The first hurdle of what starts in April 2027."""
    assert commitments["CX-101"].start.first_day == START
    return tranches_of(session, commitments["CX-101"].id)[0]


def record(
    session: Session, tranche: Tranche, cast: Cast, now: datetime, *, how: Measuring = PLAINLY
) -> None:
    with transaction(session):
        record_evidence(
            session, tranche, criterion_of(session, tranche), value=Decimal(30), sample=500,
            measured_on=now.date(), source="Contact statistics", note="", how=how,
            actor=cast.manager, now=now,
        )  # fmt: skip


class TestAMeasurementFromBefore:
    def test_counts_for_nothing_once_the_start_is_moved_back(
        self, session: Session, cast: Cast, now: datetime, first: Tranche
    ) -> None:
        record(session, first, cast, now)
        with transaction(session):
            begin(session, first.commitment_id, actor=cast.manager, now=now)
        gate = get_gate(session, first.id, today=now.date())
        (reading,) = gate.readings
        assert gate.facts.starts_on == date(2027, 2, 1) < now.date()
        assert reading.is_early
        assert "before 1 Apr 2027, the start planned when it was recorded" in reading.words

    def test_can_not_be_overtaken_by_a_plan_that_starts_before_today(
        self, session: Session, cast: Cast, now: datetime, first: Tranche
    ) -> None:
        record(session, first, cast, now)
        with pytest.raises(InvalidError) as refused, transaction(session):
            plan(session, Draft(bars={first.commitment_id: -2}), actor=cast.manager, now=now)
        (words,) = refused.value.fields.values()
        assert words == "1 Feb 2027 is past. Choose 1 Mar 2027 or a later month."

    def test_stops_counting_when_the_work_slips(
        self, session: Session, cast: Cast, now: datetime, first: Tranche
    ) -> None:
        april = now + timedelta(days=60)
        record(session, first, cast, april)
        assert not get_gate(session, first.id, today=april.date()).readings[0].is_early
        assert session.scalars(select(Evidence.starts_on)).all() == [START]

    def test_releases_no_money_for_any_reason(
        self, session: Session, cast: Cast, now: datetime, first: Tranche
    ) -> None:
        record(session, first, cast, now)
        for action, why in (
            (RELEASE, "No money is released without a recorded measurement."),
            (FINISH, "Nothing is measured"),
        ):
            with pytest.raises(ConflictError, match=why), transaction(session):
                decide(session, first, action, reason="We trust it", actor=cast.cfo, now=now)

    def test_does_not_pass_the_database_either(
        self, session: Session, cast: Cast, now: datetime, first: Tranche
    ) -> None:
        record(session, first, cast, now)
        with (
            pytest.raises(IntegrityError, match="without a recorded measurement"),
            transaction(session),
        ):
            session.execute(
                text(
                    "INSERT INTO hurdle_decisions (tranche_id, action, recommended, grounds,"
                    " reason, decided_by_id, decided_at) VALUES (:tranche, 'release', 'hold', '',"
                    " 'We trust it', :by, 0)"
                ),
                {"tranche": first.id, "by": cast.cfo.id},
            )


class TestAWindow:
    def test_that_begins_before_the_work_and_ends_after_is_refused_with_its_start(
        self, session: Session, cast: Cast, now: datetime, first: Tranche
    ) -> None:
        may = now + timedelta(days=90)
        with pytest.raises(InvalidError) as refused:
            record(session, first, cast, may, how=Measuring(since=START - timedelta(days=1)))
        assert refused.value.fields["since"].startswith("The work starts on 1 Apr 2027")

    def test_counts_from_the_day_the_work_starts(
        self, session: Session, cast: Cast, now: datetime, first: Tranche
    ) -> None:
        may = now + timedelta(days=90)
        record(session, first, cast, may, how=Measuring(since=START))
        gate = get_gate(session, first.id, today=may.date())
        assert not gate.readings[0].is_early
        assert gate.record.is_measured

    def test_that_lies_before_the_work_is_kept_as_a_starting_point(
        self, session: Session, cast: Cast, now: datetime, first: Tranche
    ) -> None:
        record(session, first, cast, now, how=Measuring(since=now.date() - timedelta(days=30)))
        gate = get_gate(session, first.id, today=now.date())
        assert gate.readings[0].is_early
        assert not gate.record.is_measured

    def test_from_before_that_stands_already_counts_for_nothing(
        self, session: Session, cast: Cast, now: datetime, first: Tranche
    ) -> None:
        may = now + timedelta(days=90)
        with transaction(session):
            session.add(
                Evidence(
                    tranche_id=first.id, criterion_id=criterion_of(session, first).id,
                    value=Decimal(30), sample=500, measured_on=may.date(), source="Statistics",
                    window_from=date(2026, 5, 1), recorded_by_id=cast.manager.id, recorded_at=may,
                )
            )  # fmt: skip
        gate = get_gate(session, first.id, today=may.date())
        assert "since 1 May 2026, before the work starts on 1 Apr 2027" in gate.readings[0].words
        with pytest.raises(ConflictError), transaction(session):
            decide(session, first, RELEASE, reason="It is met", actor=cast.cfo, now=may)
