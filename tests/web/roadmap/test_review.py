"""Evidence is recorded and hurdles are decided on these pages, once and by other hands."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Person, RoleGrant
from app.accounts.rules import Role
from app.approvals.models import Commitment, CommitmentSpend, LedgerTransfer, Tranche
from app.approvals.rules import TrancheState, TransferKind
from app.calendar.models import Cycle
from app.calendar.rules import CycleState
from app.db.session import transaction
from app.initiatives.models import InitiativeHandover
from app.roadmap.models import Evidence
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import Cast
from tests.factories.roadmap import decide, measure, move_due_date
from tests.support.pages import (
    buttons,
    error_on,
    form_values,
    heading,
    links,
    notice,
    table,
    text,
    value_of,
)

ClientFor = Callable[[Any], Any]
MEASURED = {
    "value": "17.5",
    "sample": "500",
    "measured_on": "2027-02-10",
    "source": "Contact statistics",
    "note": "First wave",
}


@pytest.fixture
def gate(tranches: list[Tranche], begun: None) -> str:
    return f"/gates/{tranches[0].id}"


def typed(page: Any, address: str, **changes: str) -> dict[str, Any]:
    """What the form with this address holds, with what the person types."""
    kept = {name: v for name, v in form_values(page, address).items() if name != "csrf_token"}
    return {**kept, **changes}


def state_of(session: Session, tranche: Tranche) -> TrancheState:
    return session.scalars(select(Tranche.state).where(Tranche.id == tranche.id)).one()


def make_finance(session: Session, person: Person, now: datetime) -> None:
    """Let somebody act for Finance beside what they do already."""
    with transaction(session):
        grant = RoleGrant(role=Role.FINANCE, is_in_force=True, granted_at=now)
        person.grants.append(grant)


class TestEvidence:
    def test_is_recorded_and_turns_the_recommendation(
        self, client_for: ClientFor, cast: Cast, gate: str
    ) -> None:
        client = client_for(cast.manager)
        form = typed(client.get(gate), f"{gate}/evidence", **MEASURED)

        page = client.post(f"{gate}/evidence", data=form, follow_redirects=True)

        assert notice(page) == "The measurement is recorded."
        row = table(page, "Criteria").rows[0]
        assert row["Measured"] == "17.5 % on 10 Feb 2027"
        assert (row["Source"], row["Verdict"]) == ("Contact statistics Mina Manager", "Met")
        assert "The figures recommend Release" in text(page)
        assert "First wave" in text(page)

    def test_of_an_earlier_day_says_that_the_later_one_still_counts(
        self, client_for: ClientFor, cast: Cast, gate: str
    ) -> None:
        client = client_for(cast.manager)
        client.post(
            f"{gate}/evidence", data=typed(client.get(gate), f"{gate}/evidence", **MEASURED)
        )
        looking = client_for(cast.cfo).get(gate)
        older = {**MEASURED, "value": "12", "measured_on": "2027-02-01"}
        form = typed(client.get(gate), f"{gate}/evidence", **older)
        page = client.post(f"{gate}/evidence", data=form, follow_redirects=True)
        assert notice(page) == (
            "The measurement of 1 Feb 2027 is recorded. The one of 10 Feb 2027 still counts, as it"
            " is the later one."
        )
        # Who decided meanwhile sees what differs, and that what counts is the same.
        late = typed(looking, f"{gate}/decision", action="release", reason="Enough")
        conflict = client_for(cast.cfo).post(f"{gate}/decision", data=late)
        assert conflict.status_code == 409
        words = text(conflict)
        assert "of an earlier day, which does not count" in words
        assert "not recorded" in words and "12 % on 1 Feb 2027, sample 500" in words

    def test_takes_no_longer_a_note_than_is_taken_elsewhere(
        self, client_for: ClientFor, cast: Cast, gate: str
    ) -> None:
        client = client_for(cast.manager)
        form = typed(client.get(gate), f"{gate}/evidence", **MEASURED)
        page = client.post(f"{gate}/evidence", data=form | {"note": "🚀" * 4_001})
        assert page.status_code == 422
        assert "at most 4,000 characters" in (error_on(page, "Note") or "")
        page = client.post(f"{gate}/evidence", data=form | {"note": "🚀" * 4_000})
        assert page.status_code == 303

    def test_stays_typed_when_it_is_refused(
        self, client_for: ClientFor, cast: Cast, gate: str
    ) -> None:
        client = client_for(cast.manager)
        wrong = {**MEASURED, "value": "many", "sample": "", "source": ""}
        form = typed(client.get(gate), f"{gate}/evidence", **wrong)

        page = client.post(f"{gate}/evidence", data=form)

        assert page.status_code == 422
        assert value_of(page, "Measured value") == "many"
        assert value_of(page, "Note") == "First wave"
        assert error_on(page, "Measured value") == "Enter a number such as 1,250 or 3.75."
        assert error_on(page, "Source") == "Say where the figure comes from."

    def test_from_the_future_or_without_its_sample_is_refused_at_the_field(
        self, client_for: ClientFor, cast: Cast, gate: str
    ) -> None:
        client = client_for(cast.manager)
        wrong = {**MEASURED, "measured_on": "2027-03-01", "sample": ""}
        form = typed(client.get(gate), f"{gate}/evidence", **wrong)

        page = client.post(f"{gate}/evidence", data=form)

        assert page.status_code == 422
        assert "not come yet" in (error_on(page, "Measured on") or "")
        assert "200 were agreed" in (error_on(page, "Sample") or "")

    def test_that_is_unusual_is_asked_about_once_and_says_who_confirmed_it(
        self, client_for: ClientFor, cast: Cast, gate: str
    ) -> None:
        client = client_for(cast.manager)
        form = typed(client.get(gate), f"{gate}/evidence", **MEASURED | {"value": "175"})

        page = client.post(f"{gate}/evidence", data=form)
        assert page.status_code == 422
        assert "more than 100 %" in (error_on(page, "Measured value") or "")
        assert "The unusual figure is right" in text(page)

        form = typed(page, f"{gate}/evidence", is_confirmed="y")
        page = client.post(f"{gate}/evidence", data=form, follow_redirects=True)
        assert notice(page) == "The measurement is recorded."
        assert "unusual, confirmed by Mina Manager" in table(page, "Criteria").rows[0]["Measured"]

    def test_below_nothing_is_refused_whatever_is_ticked(
        self, client_for: ClientFor, cast: Cast, gate: str
    ) -> None:
        client = client_for(cast.manager)
        wrong = {**MEASURED, "value": "-5", "is_confirmed": "y"}
        form = typed(client.get(gate), f"{gate}/evidence", **wrong)

        page = client.post(f"{gate}/evidence", data=form)

        assert page.status_code == 422
        assert "0 or more" in (error_on(page, "Measured value") or "")

    def test_sent_twice_counts_once(
        self, client_for: ClientFor, cast: Cast, gate: str, session: Session
    ) -> None:
        client = client_for(cast.manager)
        form = typed(client.get(gate), f"{gate}/evidence", **MEASURED)

        for _ in range(2):
            assert client.post(f"{gate}/evidence", data=form).status_code == 303

        assert session.scalar(select(func.count()).select_from(Evidence)) == 1

    def test_comes_too_late_after_the_decision(
        self,
        client_for: ClientFor,
        cast: Cast,
        gate: str,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        client = client_for(cast.manager)
        form = typed(client.get(gate), f"{gate}/evidence", **MEASURED)
        with transaction(session):
            decide(session, tranches[0], HurdleAction.STOP, actor=cast.cfo, now=now, reason="No.")

        page = client.post(f"{gate}/evidence", data=form)

        assert page.status_code == 409
        assert "evidence comes before the decision" in text(page)

    def test_is_not_for_finance(self, client_for: ClientFor, cast: Cast, gate: str) -> None:
        client = client_for(cast.cfo)
        assert "Record evidence" not in buttons(client.get(gate))
        page = client.post(f"{gate}/evidence", data=MEASURED)
        assert page.status_code == 403
        assert heading(page) == "You may not do this"


class TestRelease:
    @pytest.fixture
    def measured(
        self, session: Session, cast: Cast, now: datetime, tranches: list[Tranche]
    ) -> Tranche:
        with transaction(session):
            measure(session, tranches[0], 17, actor=cast.manager, now=now)
        return tranches[0]

    def test_moves_the_money_and_says_so(
        self, client_for: ClientFor, cast: Cast, gate: str, session: Session, measured: Tranche
    ) -> None:
        client = client_for(cast.cfo)
        page = client.get(gate)
        assert buttons(page)["Release €64,500.00"]
        form = typed(page, f"{gate}/decision", action="release")

        for _ in range(2):
            answer = client.post(f"{gate}/decision", data=form)
            assert answer.status_code == 303
        page = client.get(gate)

        assert "€64,500.00 is released." in (notice(page) or "")
        assert "€64,500.00 is released to the initiative." in text(page)
        assert "Decided Carla Finance, 15 Feb 2027" in text(page)
        assert state_of(session, measured) is TrancheState.RELEASED
        released = select(func.sum(LedgerTransfer.amount_minor)).where(
            LedgerTransfer.kind == TransferKind.RELEASE
        )
        assert session.scalar(released) == 64_500_00
        assert len(page.queries) <= 12

    def test_waits_for_a_measurement(self, client_for: ClientFor, cast: Cast, gate: str) -> None:
        client = client_for(cast.cfo)
        page = client.get(gate)
        assert not buttons(page)["Release €64,500.00"]
        assert "No money is released without a recorded measurement." in text(page)

        form = typed(page, f"{gate}/decision", action="release", reason="I trust them")
        page = client.post(f"{gate}/decision", data=form)
        assert page.status_code == 409
        assert value_of(page, "Reason") == "I trust them"

    def test_against_the_figures_needs_a_reason(
        self,
        client_for: ClientFor,
        cast: Cast,
        gate: str,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        with transaction(session):
            measure(session, tranches[0], 9, actor=cast.manager, now=now)
        client = client_for(cast.cfo)
        form = typed(client.get(gate), f"{gate}/decision", action="release")

        page = client.post(f"{gate}/decision", data=form)
        assert page.status_code == 422
        assert "The figures recommend to stop" in (error_on(page, "Reason") or "")

        form = typed(page, f"{gate}/decision", action="release", reason="The test was rained out")
        page = client.post(f"{gate}/decision", data=form, follow_redirects=True)
        assert "Released, against the figures (stop)" in text(page)

    def test_is_barred_in_words_to_who_recorded_the_evidence(
        self,
        client_for: ClientFor,
        cast: Cast,
        gate: str,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        make_finance(session, cast.stranger, now)
        with transaction(session):
            measure(session, tranches[0], 17, actor=cast.stranger, now=now)
        client = client_for(cast.stranger)

        page = client.get(gate)
        assert "You cannot decide: you recorded its evidence. Somebody else" in text(page)
        assert not buttons(page)["Decide"]
        assert "Decides Carla Finance or Cem Finance" in text(page)

        form = {"action": "release", "once": "a" * 32, "seen": ""}
        seen = typed(client_for(cast.cfo).get(gate), f"{gate}/decision")["seen"]
        page = client.post(f"{gate}/decision", data={**form, "seen": seen})
        assert page.status_code == 403
        assert "you recorded its evidence" in text(page)

    def test_is_barred_in_words_to_who_moved_the_date(
        self,
        client_for: ClientFor,
        cast: Cast,
        gate: str,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        make_finance(session, cast.stranger, now)
        with transaction(session):
            move_due_date(
                session, tranches[0], to_on=date(2027, 6, 15), reason="Earlier",
                actor=cast.stranger, now=now,
            )  # fmt: skip
            measure(session, tranches[0], 17, actor=cast.manager, now=now)

        page = client_for(cast.stranger).get(gate)

        assert "You cannot decide: you moved its date. Somebody else" in text(page)
        assert not buttons(page)["Decide"]
        assert "Decides Carla Finance or Cem Finance" in text(page)
        board = client_for(cast.stranger).get(f"/roadmap?at={tranches[0].id}")
        assert "Decides Carla Finance or Cem Finance" in text(board)

    def test_is_barred_in_words_to_who_owned_it_once(
        self,
        client_for: ClientFor,
        cast: Cast,
        gate: str,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        make_finance(session, cast.stranger, now)
        with transaction(session):
            initiative_id = tranches[0].commitment.initiative_id
            session.add(
                InitiativeHandover(
                    initiative_id=initiative_id, from_owner_id=cast.stranger.id,
                    to_owner_id=cast.owner.id, handed_over_by_id=cast.lead.id, handed_over_at=now,
                    reason="A new job",
                )
            )  # fmt: skip
            measure(session, tranches[0], 17, actor=cast.manager, now=now)

        page = client_for(cast.stranger).get(gate)

        assert "You cannot decide:" in text(page)
        assert not buttons(page)["Decide"]

    def test_of_a_later_hurdle_waits_for_the_earlier_one(
        self, client_for: ClientFor, cast: Cast, tranches: list[Tranche]
    ) -> None:
        page = client_for(cast.cfo).get(f"/gates/{tranches[1].id}")
        assert "Decide the earlier hurdle first: Hurdle 1." in text(page)
        assert not buttons(page)["Decide"]

    def test_shows_both_versions_when_evidence_came_in_between(
        self,
        client_for: ClientFor,
        cast: Cast,
        gate: str,
        session: Session,
        now: datetime,
        measured: Tranche,
    ) -> None:
        client = client_for(cast.cfo)
        form = typed(client.get(gate), f"{gate}/decision", action="release", reason="Well done")
        with transaction(session):
            measure(session, measured, 11, actor=cast.manager, now=now)

        page = client.post(f"{gate}/decision", data=form)

        assert page.status_code == 409
        assert "changed this while you were writing" in text(page)
        assert "17 % on 15 Feb 2027, sample 500 11 % on 15 Feb 2027, sample 500" in text(page)
        assert value_of(page, "Reason") == "Well done"
        assert state_of(session, measured) is TrancheState.PENDING
        again = typed(page, f"{gate}/decision", action="release")
        assert client.post(f"{gate}/decision", data=again).status_code == 303

    def test_is_not_for_others(self, client_for: ClientFor, cast: Cast, gate: str) -> None:
        client = client_for(cast.manager)
        assert "Only Finance decides hurdles." in text(client.get(gate))
        assert client.post(f"{gate}/decision", data={"action": "release"}).status_code == 403


class TestHold:
    def test_keeps_the_money_reserved_once(
        self,
        client_for: ClientFor,
        cast: Cast,
        gate: str,
        session: Session,
        tranches: list[Tranche],
    ) -> None:
        client = client_for(cast.cfo)
        form = typed(client.get(gate), f"{gate}/decision", action="hold")
        refused = client.post(f"{gate}/decision", data=form)
        assert refused.status_code == 422
        assert "say why you use that up now" in (error_on(refused, "Reason") or "")
        form |= {"reason": "The pilot waits for a supplier"}

        for _ in range(2):
            assert client.post(f"{gate}/decision", data=form).status_code == 303
        page = client.get(gate)

        assert state_of(session, tranches[0]) is TrancheState.HELD
        assert not buttons(page)["Hold"]
        assert "It was held once already; release it or stop." in text(page)

    def test_needs_to_be_chosen(self, client_for: ClientFor, cast: Cast, gate: str) -> None:
        client = client_for(cast.cfo)
        form = typed(client.get(gate), f"{gate}/decision", action="stop", reason="Sneaky")
        page = client.post(f"{gate}/decision", data=form)
        assert page.status_code == 422
        assert "Choose to release or to hold." in text(page)


class TestStop:
    def test_lists_what_it_frees_before_it_is_confirmed(
        self, client_for: ClientFor, cast: Cast, gate: str
    ) -> None:
        client = client_for(cast.cfo)
        assert links(client.get(gate))["Stop and free €215,000.00"] == f"{gate}/stop"

        page = client.get(f"{gate}/stop")

        freed = table(page, "What a stop frees")
        assert freed.column("Freed") == ["€64,500.00", "€64,500.00", "€86,000.00", "€215,000.00"]
        assert "A stop can't be undone." in text(page)
        assert "at once, all of it in quarters that can still be planned." in text(page)

    def test_says_what_of_it_can_still_be_planned(
        self, app: Flask, client_for: ClientFor, cast: Cast, gate: str, session: Session
    ) -> None:
        last = session.scalar(select(func.max(CommitmentSpend.quarter)))
        app.config["FIXED_NOW"] = datetime.combine(last.first_day, time(9), UTC)
        later = session.scalar(
            select(func.sum(CommitmentSpend.amount_minor))
            .join(CommitmentSpend.commitment)
            .join(Commitment.tranches)
            .where(CommitmentSpend.quarter == last, Tranche.id == int(gate.rsplit("/", 1)[1]))
        )
        words = text(client_for(cast.cfo).get(f"{gate}/stop"))
        amount = f"€{later // 100:,}.00"
        assert f"{amount} of it in quarters that can still be planned" in words
        with transaction(session):
            session.execute(update(Cycle).values(state=CycleState.CLOSED))
        words = text(client_for(cast.cfo).get(f"{gate}/stop"))
        assert "€0.00 of it in quarters that can still be planned" in words

    def test_needs_a_reason(
        self,
        client_for: ClientFor,
        cast: Cast,
        gate: str,
        session: Session,
        tranches: list[Tranche],
    ) -> None:
        client = client_for(cast.cfo)
        form = typed(client.get(f"{gate}/stop"), f"{gate}/stop")
        page = client.post(f"{gate}/stop", data=form)
        assert page.status_code == 422
        assert error_on(page, "Reason") == "Say why; a stop is final."
        assert state_of(session, tranches[0]) is TrancheState.PENDING

    def test_frees_the_rest_and_points_to_what_it_buys(
        self,
        client_for: ClientFor,
        cast: Cast,
        gate: str,
        session: Session,
        tranches: list[Tranche],
    ) -> None:
        client = client_for(cast.cfo)
        form = typed(client.get(f"{gate}/stop"), f"{gate}/stop", reason="Better used elsewhere")

        page = client.post(f"{gate}/stop", data=form, follow_redirects=True)

        assert "Stopped: €215,000.00 went back to the budget." in (notice(page) or "")
        assert heading(page) == "Freed by CX-101"
        page = client.get(gate)
        assert "The initiative is stopped: €215,000.00 went back to the budget, " in text(page)
        assert links(page)["See what it buys instead"] == f"{gate}/freed"
        assert {state_of(session, one) for one in tranches} == {TrancheState.FREED}
        assert "Better used elsewhere" in text(page)

    def test_is_shown_to_finance_only(self, client_for: ClientFor, cast: Cast, gate: str) -> None:
        assert client_for(cast.manager).get(f"{gate}/stop").status_code == 403


class TestPage:
    def test_keeps_every_measurement_decision_and_move(
        self,
        client_for: ClientFor,
        cast: Cast,
        gate: str,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        with transaction(session):
            measure(session, tranches[0], 11, actor=cast.manager, now=now)
            measure(session, tranches[0], 17, actor=cast.lead, now=now)
            move_due_date(
                session, tranches[0], to_on=tranches[1].due_on, reason="Longer test",
                actor=cast.manager, now=now,
            )  # fmt: skip

        page = client_for(cast.viewer).get(gate)

        assert "Earlier measurements of Callers who help themselves" in text(page)
        assert "15 Feb 2027: 11 %, sample 500 (Contact statistics)" in text(page)
        assert "Due date moved from 1 Jul 2027 to 1 Oct 2027" in text(page)
        assert "Longer test" in text(page)
        assert "Agreed 1 Jul 2027, moved 92 days later" in text(page)

    def test_of_nothing_is_missing(self, client_for: ClientFor, cast: Cast) -> None:
        for odd in ("/gates/4711", "/gates/99999999999999"):
            assert client_for(cast.cfo).get(odd).status_code == 404


class TestNothingToDecide:
    def test_a_hurdle_before_its_day_without_figures_asks_to_wait(
        self, client_for: ClientFor, cast: Cast, gate: str
    ) -> None:
        page = client_for(cast.cfo).get(gate)
        assert "Wait" in text(page)
        assert "Nothing to decide before 1 Jul 2027, the day it is due." in text(page)
        assert "this would use up the only hold there is" in text(page)
        marked = re.search(r'<button class="([^"]*)"[^>]*value="hold"', page.get_data(as_text=True))
        assert marked and "primary" not in marked[1]

    def test_a_figure_from_before_the_start_is_a_starting_point_and_releases_no_money(
        self, client_for: ClientFor, session: Session, cast: Cast, tranches: list[Tranche]
    ) -> None:
        address = f"/gates/{tranches[0].id}"
        client = client_for(cast.manager)
        form = typed(client.get(address), f"{address}/evidence", **MEASURED)
        page = client.post(f"{address}/evidence", data=form, follow_redirects=True)
        assert table(page, "Criteria").rows[0]["Verdict"].startswith("Before the start")
        assert "measured before the work starts on 1 Apr 2027" in text(page)

        finance = client_for(cast.cfo)
        form = typed(finance.get(address), f"{address}/decision", action="release")
        page = finance.post(f"{address}/decision", data=form | {"reason": "The supplier asks"})
        assert "No money is released without a recorded measurement." in text(page)
        assert page.status_code == 409 and state_of(session, tranches[0]) is TrancheState.PENDING

    def test_both_days_of_a_window_are_shown_to_who_decides_and_when_the_work_starts(
        self, client_for: ClientFor, cast: Cast, tranches: list[Tranche]
    ) -> None:
        address = f"/gates/{tranches[0].id}"
        client = client_for(cast.manager)
        page = client.get(address)
        assert "The work starts on 1 Apr 2027; a window from before does not count." in text(page)
        sent = MEASURED | {"since": "2027-01-10"}
        form = typed(page, f"{address}/evidence", **sent)
        client.post(f"{address}/evidence", data=form)
        row = table(client_for(cast.cfo).get(address), "Criteria").rows[0]
        assert "from 10 Jan 2027 to" in row["Measured"]
        assert "Measured since 10 Jan 2027, before the work starts on 1 Apr 2027." in row["Verdict"]
