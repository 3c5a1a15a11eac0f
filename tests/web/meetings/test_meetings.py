"""A gate meeting from its agenda to closed minutes, as people see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.approvals.models import Tranche
from app.db.session import transaction
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
        self, client_for: ClientFor, cast: Cast, gates: list[Tranche]
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


class TestEvidencePack:
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
