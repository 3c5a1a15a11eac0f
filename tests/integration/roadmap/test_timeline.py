"""The timeline reads what the gate calendar reads, in far fewer queries."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.approvals.models import Commitment
from app.approvals.rules import CommitmentState
from app.db.session import transaction
from app.roadmap.queries import GateFilter, list_gates
from app.roadmap.queries.load import (
    load_fund_work,
    load_money_by_journey,
    load_money_by_owner,
    load_money_by_unit,
    load_team_work,
)
from app.roadmap.queries.timeline import (
    TimelineCommitment,
    list_deciders,
    load_hurdle_evidence,
    load_timeline,
)
from app.roadmap.queries.works import load_shifts
from app.roadmap.rules import HurdleAction, HurdleState, hurdle_state
from app.values.quarter import Quarter
from tests.factories.accounts import Cast
from tests.factories.roadmap import decide, move_due_dates, tranches_of

RELEASE, HOLD, STOP = HurdleAction.RELEASE, HurdleAction.HOLD, HurdleAction.STOP


def by_key(found: list[TimelineCommitment]) -> dict[str, TimelineCommitment]:
    return {one.key: one for one in found}


class TestLoadTimeline:
    @pytest.mark.usefixtures("under_way")
    @pytest.mark.parametrize("days", [0, 40, 140, 400])
    def test_gives_every_hurdle_the_state_the_gate_calendar_gives_it(
        self, session: Session, today: date, days: int
    ) -> None:
        on = today + timedelta(days=days)
        lines = {
            line.tranche_id: line.state for line in list_gates(session, GateFilter(), today=on)
        }
        found = {
            hurdle.tranche_id: hurdle_state(hurdle.facts, on)
            for one in load_timeline(session)
            for hurdle in one.hurdles
        }
        assert found == lines
        if not days:
            assert set(found.values()) >= {
                HurdleState.PASSED, HurdleState.WAIVED, HurdleState.STOPPED, HurdleState.IN_REVIEW,
                HurdleState.AT_RISK, HurdleState.NOT_DUE,
            }  # fmt: skip

    @pytest.mark.usefixtures("under_way")
    def test_counts_what_a_registry_measured_by_its_latest_day(self, session: Session) -> None:
        found = [
            measurement
            for one in load_timeline(session)
            for hurdle in one.hurdles
            for measurement in hurdle.facts.measurements
            if measurement.sample == 900
        ]
        assert [(m.value, m.measured_on) for m in found] == [(Decimal(1), date(2027, 2, 9))]

    @pytest.mark.usefixtures("under_way")
    def test_says_when_something_was_stopped_and_what_was_released(
        self, session: Session, today: date
    ) -> None:
        found = by_key(load_timeline(session))
        stopped = [one for one in found.values() if one.state is CommitmentState.STOPPED]
        assert [one.stopped_on for one in stopped] == [today]
        assert found["CX-101"].released_minor == 64_500_00
        assert found["CX-101"].stopped_on is None

    def test_keeps_the_end_as_approved_when_dates_move(
        self, session: Session, cast: Cast, now: datetime, commitments: dict[str, Commitment]
    ) -> None:
        last = tranches_of(session, commitments["CX-102"].id)[-1]
        with transaction(session):
            moves = [(last, date(2027, 12, 1))]
            move_due_dates(session, moves, reason="Late", actor=cast.manager, now=now)
        one = by_key(load_timeline(session))["CX-102"]
        assert (one.ends_on, one.baseline_ends_on) == (date(2027, 12, 1), date(2027, 10, 1))
        assert one.hurdles[-1].slip_days == 61

    @pytest.mark.usefixtures("under_way")
    def test_takes_four_queries_however_much_there_is(self, session: Session) -> None:
        seen: list[str] = []

        def note(*args: object) -> None:
            seen.append(str(args[2]))

        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        load_timeline(session)
        event.remove(engine, "before_cursor_execute", note)
        assert len([one for one in seen if one.startswith("SELECT")]) == 4


class TestLoadHurdleEvidence:
    @pytest.mark.usefixtures("under_way")
    def test_gives_criteria_measured_or_not_and_who_measured(
        self, session: Session, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        first, _, last = tranches_of(session, commitments["CX-101"].id)
        measured = load_hurdle_evidence(session, first.id)
        assert [reading.passes for reading in measured.readings] == [True]
        assert measured.recorded_by == {cast.manager.id}
        blank = load_hurdle_evidence(session, last.id)
        assert [reading.latest for reading in blank.readings] == [None]
        assert blank.recorded_by == frozenset()


class TestListDeciders:
    def test_names_finance(self, session: Session, cast: Cast) -> None:
        assert [name for _, name in list_deciders(session)] == ["Carla Finance", "Cem Finance"]


class TestLoads:
    def test_add_up_what_quarters_ask(
        self, session: Session, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        rows = load_money_by_journey(session)["claims"]
        assert load_money_by_owner(session) == {cast.owner.id: rows}
        assert {str(one.quarter): one.amount_minor for one in rows} == {
            "2027-Q1": 285_000_00, "2027-Q2": 300_000_00, "2027-Q3": 90_000_00, "2027-Q4": 5_000_00
        }  # fmt: skip
        assert load_money_by_unit(session) == {"Service": rows}

    def test_say_which_fund_pays_for_what(
        self, session: Session, commitments: dict[str, Commitment]
    ) -> None:
        capex, run = load_fund_work(session)
        assert (capex.name, run.name) == ("Capex", "Run")
        assert capex.commitments == {one.id for one in commitments.values()}
        assert len(run.commitments) == 2
        assert [sum(row.amount_minor for row in fund.quarters) for fund in (capex, run)] == [
            650_000_00, 30_000_00,
        ]  # fmt: skip

    def test_set_team_days_against_what_the_team_has(
        self, session: Session, commitments: dict[str, Commitment]
    ) -> None:
        (work,) = load_team_work(session, load_shifts(session))
        assert work.commitments == {one.id for one in commitments.values()}
        first = work.quarters[0]
        assert (first.quarter, first.demanded, first.available) == (Quarter(2027, 1), 850, 900)

    def test_leave_out_what_was_stopped(
        self, session: Session, cast: Cast, now: datetime, commitments: dict[str, Commitment]
    ) -> None:
        tranche = tranches_of(session, commitments["CX-102"].id)[0]
        with transaction(session):
            decide(session, tranche, STOP, reason="No", actor=cast.cfo, now=now)
        rows = load_money_by_journey(session)["claims"]
        assert sum(one.amount_minor for one in rows) == 365_000_00
        (work,) = load_team_work(session, load_shifts(session))
        assert commitments["CX-102"].id in work.commitments
        assert work.quarters[0].demanded < 850
