"""A gate meeting from its agenda to closed minutes, as people see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.approvals.models import Commitment, Tranche
from app.db.session import transaction
from app.meetings.routes import agenda
from app.meetings.rules import MeetingDraft, Minutes
from app.meetings.services import close_meeting, keep_minutes, set_agenda
from app.roadmap.rules import HurdleAction
from app.roadmap.rules.measuring import Measuring
from app.roadmap.rules.posterior import Among, Design
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.meetings import make_meeting
from tests.factories.roadmap import bind_criteria, decide, measure, tranches_of
from tests.support.pages import buttons, error_on, form_values, heading, links, notice, table, text

ClientFor = Callable[[Any], Any]
MOST_QUERIES = 12
PILOT = Measuring(error=Decimal(4), among=Among.EXPOSED, design=Design.CONTROLLED)


@pytest.fixture
def gates(session: Session, cast: Cast, now: datetime) -> list[Tranche]:
    with transaction(session):
        world = make_world(session, cast, now)
        bind_criteria(session)
    session.expire_all()
    with transaction(session):
        made = make_commitments(session, cast, now, world)
    return [tranches_of(session, made[key].id)[0] for key in ("CX-101", "CX-102", "CX-103")]


@pytest.fixture
def meeting(session: Session, cast: Cast, now: datetime, gates: list[Tranche]) -> str:
    with transaction(session):
        return f"/meetings/{make_meeting(session, gates[:2], actor=cast.manager, now=now)}"


class TestCalling:
    def test_offers_hurdles_due_by_the_day_and_takes_them_in_order(
        self,
        client_for: ClientFor,
        cast: Cast,
        gates: list[Tranche],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        client = client_for(cast.manager)
        page = client.get("/meetings/new?held_on=2027-04-01")
        rows = table(page, "Hurdles for the agenda").rows
        assert len(rows) == 9 and len(page.queries) <= MOST_QUERIES
        form = form_values(page, "/meetings")
        placed = [one for name, one in sorted(form.items()) if name.endswith("-place") and one]
        assert placed == ["1", "2"]
        form["gates-0-place"], form["gates-1-place"] = "7", "3"
        made = client.post("/meetings", data=form, follow_redirects=True)
        assert notice(made) == "The meeting is called."
        said = text(made)
        assert said.index(rows[1]["Hurdle"][:6]) < said.index(rows[0]["Hurdle"][:6])
        empty = client.post("/meetings", data=form | {"title": "", "once": "f" * 32})
        assert (empty.status_code, error_on(empty, "Title")) == (422, "Give the meeting a title.")
        monkeypatch.setattr(agenda, "MOST_ITEMS", 1)
        monkeypatch.setattr(agenda, "MOST_OFFERED", 3)
        many = client.get("/meetings/new?held_on=2027-04-01")
        placed = [one for name, one in form_values(many, "/meetings").items() if "-place" in name]
        assert placed == ["1", "", ""]
        assert "Only the 3 open hurdles that are due first are offered." in text(many)

    def test_says_how_hurdles_with_the_same_place_are_ordered(
        self, client_for: ClientFor, cast: Cast, gates: list[Tranche]
    ) -> None:
        client = client_for(cast.manager)
        page = client.get("/meetings/new?held_on=2027-04-01")
        form = form_values(page, "/meetings")
        form["gates-0-place"], form["gates-1-place"], form["gates-2-place"] = "2", "2", "1"
        made = client.post("/meetings", data=form, follow_redirects=True)
        assert notice(made) == (
            "The meeting is called. Hurdles with the same place stand in the order listed; all are"
            " numbered anew."
        )
        change = links(made)["Change the agenda"]
        again = form_values(client.get(change), change)
        assert sorted(v for k, v in again.items() if k.endswith("-place") and v) == ["1", "2", "3"]

    def test_is_for_program_managers(self, client_for: ClientFor, cast: Cast, meeting: str) -> None:
        client = client_for(cast.cfo)
        assert client.get("/meetings/new").status_code == 403
        assert client.post(f"{meeting}/minutes").status_code == 403
        page = client.get(meeting)
        assert "Save the minutes" not in buttons(page)
        assert links(page)["Decide at the hurdle"].endswith("#decision")


class TestMeeting:
    def test_shows_decisions_made_at_the_hurdle_and_closes_with_notes(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
        gates: list[Tranche],
        meeting: str,
    ) -> None:
        client = client_for(cast.manager)
        before = client.get(meeting)
        assert "2 hurdles, none decided" in text(before)
        assert len(before.queries) <= MOST_QUERIES
        with transaction(session):
            decide(session, gates[0], HurdleAction.HOLD, actor=cast.cfo, now=now)
        form = form_values(client.get(meeting), f"{meeting}/minutes")
        form |= {"attendees": [str(cast.cfo.id)], "guests": "Auditor", "notes-0-note": "Wait"}
        saved = client.post(f"{meeting}/minutes", data=form, follow_redirects=True)
        assert notice(saved) == "The minutes are saved."
        assert "2 hurdles, 1 decided" in text(saved)

        stale = client.post(f"{meeting}/minutes", data=form | {"notes-0-note": "Mine"})
        assert stale.status_code == 409 and "changed this while you were writing" in text(stale)
        assert "Mine" in text(stale)

        closing = form_values(client.get(meeting), f"{meeting}/close")
        closed = client.post(f"{meeting}/close", data=closing, follow_redirects=True)
        assert "never change from now on" in (notice(closed) or "")
        for words in ("Hold", cast.cfo.name, "Auditor", "Wait", "Not decided."):
            assert words in text(closed)
        assert "Save the minutes" not in buttons(closed)
        assert len(client_for(cast.viewer).get(meeting).queries) <= MOST_QUERIES

    def test_is_found_in_the_archive(self, client_for: ClientFor, cast: Cast, meeting: str) -> None:
        client = client_for(cast.viewer)
        assert links(client.get("/gates"))["Gate meetings"] == "/meetings"
        page = client.get("/meetings?q=february&since=2027-02-15&until=nonsense")
        assert table(page, "Gate meetings").rows[0]["Agenda"] == "2 hurdles"
        assert len(page.queries) <= MOST_QUERIES
        assert "No meeting fits" in text(client.get("/meetings?initiative=CX-999"))
        typed = client.get("/meetings?initiative=cx-101")
        assert table(typed, "Gate meetings").rows[0]["Agenda"] == "2 hurdles"

    def test_is_linked_from_the_cycle_its_hurdles_were_approved_in(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        meeting: str,
        gates: list[Tranche],
    ) -> None:
        cycle_id = session.get_one(Commitment, gates[0].commitment_id).cycle_id
        client = client_for(cast.viewer)
        page = client.get(f"/cycles/{cycle_id}")
        assert table(page, "Gate meetings").rows[0]["Agenda"] == "2 hurdles"
        assert links(page)["February gates"] == meeting
        assert len(page.queries) <= MOST_QUERIES
        found = client.get(f"/meetings?cycle={cycle_id}")
        assert table(found, "Gate meetings").first_column() == ["February gates"]
        assert "No meeting fits" in text(client.get(f"/meetings?cycle={cycle_id + 1}"))


class TestTwoPeople:
    def test_show_what_was_saved_meanwhile_before_it_is_overwritten(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
        gates: list[Tranche],
        meeting: str,
    ) -> None:
        client, id_ = client_for(cast.manager), int(meeting[10:])
        mine = form_values(client.get(meeting), f"{meeting}/minutes") | {"guests": "Auditor"}
        order = form_values(client.get(f"{meeting}/agenda"), f"{meeting}/agenda")
        with transaction(session):
            keep_minutes(
                session, id_, Minutes([cast.cfo.id], "", {}), seen=1, actor=cast.owner, now=now
            )
        stale = client.post(f"{meeting}/minutes", data=mine)
        row = table(stale, "Both versions").row("Who was there")
        assert stale.status_code == 409
        assert (row["Yours, not saved"], row["Theirs, saved"]) == ("Auditor", cast.cfo.name)

        with transaction(session):
            draft = MeetingDraft("Renamed", now.date(), [gates[2].id])
            set_agenda(session, id_, draft, seen=2, actor=cast.owner, now=now)
        late = client.post(f"{meeting}/agenda", data=order)
        rows = table(late, "Both versions")
        assert late.status_code == 409
        assert rows.row("Title")["Theirs, saved"] == "Renamed"
        assert rows.row("Hurdles")["Theirs, saved"].startswith("1. CX-103")

    def test_say_that_the_minutes_were_closed_and_keep_what_was_typed_in_sight(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, meeting: str
    ) -> None:
        client, id_ = client_for(cast.manager), int(meeting[10:])
        typed = form_values(client.get(meeting), f"{meeting}/minutes") | {"notes-1-note": "Mine"}
        closing = form_values(client.get(meeting), f"{meeting}/minutes")
        with transaction(session):
            keep_minutes(
                session, id_, Minutes([cast.cfo.id], "", {}), seen=1, actor=cast.owner, now=now
            )
        with transaction(session):
            close_meeting(session, id_, seen=2, actor=cast.owner, now=now)
        for address, form in (("minutes", typed), ("close", closing | {"seen": "2"})):
            page = client.post(f"{meeting}/{address}", data=form)
            assert page.status_code == 409
            assert "The minutes of this meeting are closed; they never change." in text(page)
            assert ("Mine" in text(page)) == (address == "minutes")


class TestEvidencePack:
    def test_takes_nonsense_for_no_meeting(
        self, client_for: ClientFor, cast: Cast, gates: list[Tranche]
    ) -> None:
        page = client_for(cast.cfo).get(f"/gates/{gates[0].id}/pack?meeting=²")
        assert page.status_code == 200

    def test_holds_all_a_decision_needs_on_one_page(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
        gates: list[Tranche],
        meeting: str,
    ) -> None:
        with transaction(session):
            measure(session, gates[0], 22, actor=cast.manager, now=now, how=PILOT)
        client, gate = client_for(cast.cfo), f"/gates/{gates[0].id}"
        page = client.get(f"{gate}/pack?meeting={meeting[10:]}")
        assert heading(page).startswith("Hurdle 1")
        row = table(page, "Criteria").rows[0]
        assert row["Measured"].startswith("22") and row["Verdict"] == "Met"
        for words in (
            "The figures recommend", "Money at stake", "Freed by a stop", "Forward return",
            "Open conditions of the approval", "None is open.",
        ):  # fmt: skip
            assert words in text(page)
        assert len(page.queries) <= len(client.get(gate).queries)
