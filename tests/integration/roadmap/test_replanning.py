"""A draft becomes a plan version: dates, work, reason and person, once and in turn."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.approvals.models import Commitment, Tranche
from app.audit.models import AuditEvent
from app.calendar.models import TeamCapacity
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import Initiative
from app.roadmap.models import DateMove, PlanVersion, WorkMove
from app.roadmap.queries.load import load_team_work
from app.roadmap.queries.plans import HistoryFilter, list_moves, load_plan_at
from app.roadmap.queries.works import load_shifts
from app.roadmap.rules import HurdleAction
from app.roadmap.rules.reasons import MoveReason
from app.roadmap.rules.replanning import Draft
from app.roadmap.services import Why, save_plan
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.portfolio import tie
from tests.factories.roadmap import decide, plan, tranches_of


@pytest.fixture
def commitments(session: Session, cast: Cast, now: datetime) -> dict[str, Commitment]:
    """CX-102 and CX-103 have begun, CX-101 starts in April 2027, a quarter after CX-102."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        made = make_commitments(session, cast, now, world)
    with transaction(session):
        ids = {one.key: one for one in session.scalars(select(Initiative))}
        tie(session, ids["CX-101"], ids["CX-102"], lag=1)
    return made


def days(session: Session, commitment: Commitment) -> list[date]:
    session.expire_all()
    return [one.due_on for one in tranches_of(session, commitment.id)]


class TestSavePlan:
    def test_moves_what_was_asked_and_what_follows_and_keeps_the_baseline(
        self, session: Session, cast: Cast, now: datetime, commitments: dict[str, Commitment]
    ) -> None:
        moved, follows = commitments["CX-102"], commitments["CX-101"]
        before = [days(session, one) for one in (moved, follows)]
        load = {
            one.quarter: one.demanded
            for one in load_team_work(session, load_shifts(session))[0].quarters
        }

        with transaction(session):
            saved = plan(session, Draft(bars={moved.id: 1}), actor=cast.manager, now=now)

        assert saved.count == 2
        after = [days(session, one) for one in (moved, follows)]
        assert [one.month for one in after[1]][:2] == [one.month + 1 for one in before[1]][:2]
        baseline = session.scalars(
            select(Tranche.baseline_due_on).where(Tranche.commitment_id == moved.id)
        ).all()
        assert list(baseline) == before[0]
        causes = dict(session.execute(select(WorkMove.commitment_id, WorkMove.cause)).all())  # type: ignore[arg-type]
        assert causes == {moved.id: MoveReason.SUPPLIER, follows.id: MoveReason.DEPENDENCY}
        assert session.get_one(Commitment, follows.id).start == follows.start
        now_asked = {
            one.quarter: one.demanded
            for one in load_team_work(session, load_shifts(session))[0].quarters
        }
        assert sum(now_asked.values()) == sum(load.values())
        events = session.scalars(
            select(AuditEvent.action).order_by(AuditEvent.number.desc()).limit(7)
        )
        assert sorted(events) == ["hurdle.moved"] * 6 + ["plan.saved"]

    def test_keeps_which_teams_it_loads_over_what_they_have(
        self, session: Session, cast: Cast, now: datetime, commitments: dict[str, Commitment]
    ) -> None:
        def days_asked() -> dict[str, Decimal]:
            session.expire_all()
            (team,) = load_team_work(session, load_shifts(session))
            return {str(one.quarter): one.demanded for one in team.quarters}

        moved = commitments["CX-102"].id
        with transaction(session):
            plan(session, Draft(bars={moved: 1}), actor=cast.manager, now=now)
        with transaction(session):
            session.execute(update(TeamCapacity).values(available_days=Decimal(5)))
        before = days_asked()
        with transaction(session):
            plan(session, Draft(bars={moved: 2}), actor=cast.manager, now=now)
        after = days_asked()
        first, second = session.scalars(select(PlanVersion).order_by(PlanVersion.number)).all()
        assert first.overloads == []
        kept = second.overloads or []
        assert {one["quarter"]: Decimal(one["after"]) for one in kept} == {
            quarter: asked for quarter, asked in after.items() if asked > 5
        }
        assert kept and before != after
        assert all(Decimal(one["before"]) == before.get(one["quarter"], 0) for one in kept)
        assert {one["available"] for one in kept} <= {"5", "0"}
        saved = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "plan.saved").order_by(AuditEvent.number)
        ).all()
        contents = [json.loads(one.content)["after"]["overloaded"] for one in saved]
        assert contents == [[], kept]

    def test_numbers_versions_and_reads_them_as_they_stood(
        self, session: Session, cast: Cast, now: datetime, commitments: dict[str, Commitment]
    ) -> None:
        one = commitments["CX-101"]
        first_on = days(session, one)[0]
        for months in (1, 1):
            with transaction(session):
                plan(session, Draft(bars={one.id: months}), actor=cast.manager, now=now, note="Why")
        first, second = session.scalars(select(PlanVersion).order_by(PlanVersion.number)).all()

        def stood(version: PlanVersion) -> list[tuple[date, date]]:
            rows = [row for row in load_plan_at(session, version) if row.key == "CX-101"]
            return [(row.baseline_on, row.planned_on) for row in rows][:2]

        assert (first.number, second.number) == (1, 2)
        assert stood(first) == [
            (date(2027, 4, 1), date(2027, 5, 1)), (first_on, first_on.replace(month=8))
        ]  # fmt: skip
        assert stood(second)[1][1] == first_on.replace(month=9)
        lines = list_moves(session, HistoryFilter(initiative="CX-101"))
        assert {(line.who, line.words, line.number) for line in lines} == {
            (cast.manager.name, "Why", 1), (cast.manager.name, "Why", 2)
        }  # fmt: skip
        assert list_moves(session, HistoryFilter(initiative="CX-103")) == []

    def test_ends_with_its_last_hurdle_also_when_that_comes_back(
        self, session: Session, cast: Cast, now: datetime, commitments: dict[str, Commitment]
    ) -> None:
        id_, ends_on = commitments["CX-103"].id, commitments["CX-103"].ends_on
        last = tranches_of(session, id_)[-1]
        later = ends_on + timedelta(days=10)
        for to_on, wanted in ((later, later), (last.due_on, ends_on)):
            with transaction(session):
                plan(session, Draft(gates={last.id: to_on}), actor=cast.manager, now=now)
            session.expire_all()
            assert session.get_one(Commitment, id_).ends_on == wanted

    def test_holds_nothing_that_was_approved_after_the_version(
        self, session: Session, now: datetime, commitments: dict[str, Commitment]
    ) -> None:
        cycle_id, before = commitments["CX-101"].cycle_id, now - timedelta(days=1)
        version = PlanVersion(cycle_id=cycle_id, number=1, saved_at=before)
        assert load_plan_at(session, version) == []

    def test_is_refused_over_a_newer_version_and_happens_once_per_key(
        self, session: Session, cast: Cast, now: datetime, commitments: dict[str, Commitment]
    ) -> None:
        one, cycle_id = commitments["CX-103"], commitments["CX-103"].cycle_id
        draft = Draft(bars={one.id: 1})
        for _ in range(2):
            with transaction(session):
                plan(session, draft, actor=cast.manager, now=now, key="a" * 32)
        assert len(session.scalars(select(PlanVersion)).all()) == 1
        with pytest.raises(ConflictError, match="another plan version"), transaction(session):
            save_plan(
                session, draft, why=Why(MoveReason.TEAM), seen={cycle_id: 0}, once_key="b" * 32,
                actor=cast.manager, now=now,
            )  # fmt: skip
        assert len(session.scalars(select(DateMove)).all()) == 3

    def test_leaves_decided_hurdles_and_refuses_what_the_review_refuses(
        self, session: Session, cast: Cast, now: datetime, commitments: dict[str, Commitment]
    ) -> None:
        stopped, closed = commitments["CX-103"], commitments["CX-101"]
        gate = tranches_of(session, stopped.id)[0]
        with transaction(session):
            decide(session, gate, HurdleAction.STOP, actor=cast.cfo, now=now, reason="No.")
        for draft, field in (
            (Draft(gates={gate.id: date(2027, 9, 1)}), f"gate-{gate.id}"),
            (Draft(bars={closed.id: 3}), f"bar-{closed.id}"),
        ):
            with pytest.raises(InvalidError) as caught, transaction(session):
                plan(session, draft, actor=cast.manager, now=now)
            assert field in caught.value.fields
        assert session.scalars(select(PlanVersion)).all() == []

    def test_needs_the_program_manager_and_words_for_another_reason(
        self, session: Session, cast: Cast, now: datetime, commitments: dict[str, Commitment]
    ) -> None:
        draft = Draft(bars={commitments["CX-103"].id: 1})
        with pytest.raises(NotAllowedError), transaction(session):
            plan(session, draft, actor=cast.cfo, now=now)
        with pytest.raises(InvalidError, match="Say in words why"), transaction(session):
            plan(session, draft, actor=cast.manager, now=now, reason=MoveReason.OTHER, note=" ")

    def test_versions_and_moved_work_are_never_changed(
        self, session: Session, cast: Cast, now: datetime, commitments: dict[str, Commitment]
    ) -> None:
        with transaction(session):
            plan(session, Draft(bars={commitments["CX-101"].id: 1}), actor=cast.manager, now=now)
        for statement in (
            "UPDATE plan_versions SET note = 'x'", "DELETE FROM plan_versions",
            "UPDATE work_moves SET to_on = from_on", "DELETE FROM work_moves",
        ):  # fmt: skip
            with pytest.raises(DBAPIError):
                session.execute(text(statement))
            session.rollback()
