"""What moves is looked at with all it brings along, saved with a reason, and stays on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.approvals.models import Commitment, Tranche
from app.calendar.models import TeamCapacity
from app.db.session import transaction
from app.initiatives.models import Initiative
from app.roadmap.models import PlanVersion, WorkMove
from app.roadmap.presenters.history import VERSIONS
from app.roadmap.queries.works import load_works
from app.roadmap.rules import HurdleAction
from app.roadmap.rules.replanning import Draft
from tests.factories.accounts import Cast
from tests.factories.portfolio import tie
from tests.factories.roadmap import decide, plan
from tests.support.pages import (
    buttons,
    error_on,
    form_values,
    notice,
    parse,
    table,
    text,
    value_of,
)

ClientFor = Callable[[Any], Any]
PLAN = "/roadmap/plan"
MOST_QUERIES = 12


@pytest.fixture
def gate(tranches: list[Tranche]) -> str:
    return f"{PLAN}?gate={tranches[0].id}:"


def saved(client: Any, draft: str, **typed: str) -> Any:
    form = form_values(client.get(draft), PLAN) | {"reason": "supplier"} | typed
    return client.post(PLAN, data=form, follow_redirects=True)


def link_to(page: Any, label: str) -> str:
    """The address of the link that is called so."""
    return next(
        str(one["href"])
        for one in parse(page).find_all("a")
        if label in (one.get("aria-label"), text(one))
    )


def filled(page: Any, **typed: str) -> str:
    """The address a form that is sent by GET leads to."""
    form = next(f for f in parse(page).find_all("form") if f.get("action") == page.request.path)
    sent = [
        (str(one["name"]), str(one.get("value") or "1"))
        for one in form.find_all(["input", "select"])
        if one.get("type") != "checkbox" and one["name"] not in typed
    ]
    return f"{page.request.path}?{urlencode([*sent, *typed.items()])}"


REFUSED = [
    ("2027-01-01", "1 Jan 2027 is past. Choose a day from today on."),
    ("2027-11-01", "It would pass the next hurdle, Hurdle 2, due 1 Oct 2027."),
    ("2031-01-01", "ask Finance to add planning quarters to FY27 H1 first"),
    ("2027-07-01", "It is due on 1 Jul 2027 already."),
]
"""Days for Hurdle 1, and what is said against them."""


class TestMoveDate:
    def test_leads_to_the_review_with_the_later_ones_if_asked_to(
        self, client_for: ClientFor, cast: Cast, tranches: list[Tranche]
    ) -> None:
        client, address = client_for(cast.manager), f"/gates/{tranches[0].id}/move"
        page = client.get(f"{address}?to_on=2027-08-15&later=y", follow_redirects=True)
        rows = table(page, "CX-101 Claim status tracker")
        assert rows.first_column() == ["Hurdle 1", "Hurdle 2", "Hurdle 3"]
        assert rows.row("Hurdle 1")["Effect"] == "45 days later"

    def test_asks_for_a_day_that_is_one(
        self, client_for: ClientFor, cast: Cast, tranches: list[Tranche]
    ) -> None:
        client, address = client_for(cast.manager), f"/gates/{tranches[0].id}/move"
        assert client.get(address).status_code == 200
        page = client.get(f"{address}?to_on=soon")
        assert (page.status_code, value_of(page, "New due date")) == (422, "soon")
        assert error_on(page, "New due date") == "Enter a day such as 2027-03-31."

    def test_says_that_a_decided_hurdle_keeps_its_date(
        self,
        client_for: ClientFor,
        cast: Cast,
        gate: str,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        with transaction(session):
            decide(session, tranches[0], HurdleAction.STOP, actor=cast.cfo, now=now, reason="No.")
        client = client_for(cast.manager)
        words = "This hurdle is decided; its date stays."
        assert words in text(client.get(f"/gates/{tranches[0].id}/move"))
        assert "no such hurdle any more" in text(client.get(f"{gate}2027-08-15"))


class TestMoveStart:
    def test_leads_to_the_review_by_months_or_quarters(
        self, client_for: ClientFor, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        client = client_for(cast.manager)
        address = f"/roadmap/initiatives/{commitments['CX-101'].id}/move"
        page = client.get(f"{address}?by=2&unit=1&way=1", follow_redirects=True)
        row = table(page, "CX-101 Claim status tracker").row("Start")
        assert (row["Now"], row["New"], row["Effect"]) == (
            "1 Apr 2027", "1 Jun 2027", "2 months later"
        )  # fmt: skip
        wrong = client.get(f"{address}?by=99&unit=3&way=1")
        assert error_on(wrong, "How many") == "Enter a number from 1 to 40."


class TestReview:
    def test_shows_what_follows_what_is_flagged_and_the_load_of_teams(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        commitments: dict[str, Commitment],
    ) -> None:
        with transaction(session):
            ids = {one.key: one for one in session.scalars(select(Initiative))}
            tie(session, ids["CX-101"], ids["CX-102"], lag=1)
        client, moved = client_for(cast.manager), commitments["CX-102"].id
        page = client.get(f"{PLAN}?bar={moved}:1")
        assert "2 initiatives moved, not saved · 1 of them follows" in text(page)
        assert table(page, "CX-101 Claim status tracker").row("Start")["New"] == "1 May 2027"
        assert len(page.queries) <= MOST_QUERIES

        far = client.get(f"{PLAN}?bar={moved}:3")
        flagged = table(far, "What can’t follow").row("CX-101")["Why it is flagged"]
        assert "can't follow to 1 Jul 2027: Its option has to start by Q2 2027." in flagged
        loads = table(far, "Team load").rows
        assert {row["State"] for row in loads} == {"Fits"}
        assert session.scalars(select(PlanVersion)).all() == []

    def test_flags_a_team_that_would_be_asked_for_more_than_it_has(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        commitments: dict[str, Commitment],
    ) -> None:
        page = client_for(cast.manager).get(f"{PLAN}?bar={commitments['CX-102'].id}:12")
        rows = table(page, "Team load").rows
        assert rows[-1]["State"] == "Over 100 %" and "none available" in rows[-1]["New"]
        assert "Saved so, teams are loaded over 100 %" in text(page)

    def test_that_loads_a_team_over_says_so_in_the_history(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        commitments: dict[str, Commitment],
    ) -> None:
        with transaction(session):
            session.execute(update(TeamCapacity).values(available_days=Decimal(5)))
        client = client_for(cast.manager)
        address = f"{PLAN}?bar={commitments['CX-102'].id}:3"
        lines = [one.get_text() for one in client.get(address).soup.select(".notice li")]
        assert lines and all(" of 5 d), was " in one for one in lines)
        page = saved(client, address, note="Vendor is late")
        assert "Teams loaded over 100 % when it was saved" in text(page)
        assert [one.get_text() for one in page.soup.select(".notice li")] == lines
        assert "1 team over 100 %" in text(client.get("/roadmap/versions"))

    @pytest.mark.parametrize(("day", "words"), REFUSED)
    def test_refuses_what_saving_would_refuse(
        self, client_for: ClientFor, cast: Cast, gate: str, day: str, words: str, session: Session
    ) -> None:
        client = client_for(cast.manager)
        page = client.get(gate + day)
        assert page.status_code == 422 and words in text(page)
        assert buttons(page)["Save as a plan version"] is False
        form = form_values(page, PLAN) | {"reason": "team", "note": "Why not"}
        again = client.post(PLAN, data=form)
        assert again.status_code == 422 and words in text(again)
        assert value_of(again, "In words") == "Why not"
        assert session.scalars(select(PlanVersion)).all() == []

    def test_is_for_program_managers(self, client_for: ClientFor, cast: Cast, gate: str) -> None:
        assert client_for(cast.cfo).get(f"{gate}2027-08-15").status_code == 403
        assert client_for(cast.cfo).post(PLAN).status_code == 403

    def test_says_how_to_move_something(self, client_for: ClientFor, cast: Cast) -> None:
        page = client_for(cast.manager).get(f"{PLAN}?bar=x:1&gate=1:soon&bar=1:9999")
        assert "Nothing is moved" in text(page)


class TestSaving:
    def test_keeps_a_version_that_history_and_roadmap_show(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        commitments: dict[str, Commitment],
    ) -> None:
        client = client_for(cast.manager)
        page = saved(client, f"{PLAN}?bar={commitments['CX-101'].id}:1", note="Vendor is late")
        assert notice(page) == "Saved as a plan version: 1 initiative moved."
        rows = table(page, "The plan at this version").rows
        row = next(r for r in rows if "CX-101" in r["Initiative"] and r["What"] == "Start")
        assert (row["Approved"], row["Planned"], row["Slip"]) == (
            "1 Apr 2027", "1 May 2027", "30 days later"
        )  # fmt: skip
        viewer = client_for(cast.viewer)
        history = viewer.get("/roadmap/versions?initiative=CX-101")
        line = table(history, "What moved").rows[0]
        assert (line["Who"], line["Version"]) == (cast.manager.name, "FY27 H1, 1")
        assert line["Why"] == "Waiting for a supplier Vendor is late"
        board = next(
            r for r in table(viewer.get("/roadmap"), "Initiatives").rows
            if "CX-101" in r["Initiative"]
        )  # fmt: skip
        assert board["Starts"] == "1 May 2027 30 days later than agreed"
        (version_id,) = session.scalars(select(PlanVersion.id)).all()
        version = viewer.get(f"/roadmap/versions/{version_id}")
        assert len(history.queries) <= MOST_QUERIES and len(version.queries) <= MOST_QUERIES

    def test_needs_a_reason_and_words_for_another_one(
        self, client_for: ClientFor, cast: Cast, gate: str
    ) -> None:
        client = client_for(cast.manager)
        page = saved(client, f"{gate}2027-08-15", reason="")
        assert error_on(page, "Reason") == "Choose why this moves; it stays on record."
        other = saved(client, f"{gate}2027-08-15", reason="other")
        assert error_on(other, "In words") == "Say in words why; it stays on record."
        assert table(other, "CX-101 Claim status tracker").row("Hurdle 1")["New"] == "15 Aug 2027"

    def test_shows_both_when_somebody_saved_a_version_meanwhile(
        self,
        client_for: ClientFor,
        cast: Cast,
        gate: str,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        client = client_for(cast.manager)
        form = form_values(client.get(f"{gate}2027-08-15"), PLAN) | {"reason": "team"}
        with transaction(session):
            theirs = Draft(gates={tranches[0].id: date(2027, 7, 20)})
            plan(session, theirs, actor=cast.owner, now=now)

        page = client.post(PLAN, data=form)

        assert page.status_code == 409
        assert "Omar Owner changed this while you were writing" in text(page)
        row = table(page, "CX-101 Claim status tracker").row("Hurdle 1")
        assert (row["Now"], row["New"]) == ("20 Jul 2027", "15 Aug 2027")
        again = form_values(page, PLAN)
        assert client.post(PLAN, data=again).status_code == 303
        numbers = session.scalars(select(PlanVersion.number).order_by(PlanVersion.id)).all()
        assert list(numbers) == [1, 2]

    def test_moves_nothing_a_second_time_when_somebody_goes_back_to_a_saved_draft(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        commitments: dict[str, Commitment],
        tranches: list[Tranche],
    ) -> None:
        client, moved = client_for(cast.manager), commitments["CX-101"]
        asked = f"/roadmap/initiatives/{moved.id}/move?by=1&unit=1&way=1"
        address = client.get(asked).headers["Location"]
        assert "base=" in address
        saved(client, address)
        again = client.get(address)
        assert "Plan version 1 of FY27 H1 was saved by Mina Manager" in text(again)
        assert "CX-101 stands where this was to go already and moves no more" in text(again)
        assert "Save as a plan version" not in buttons(again)
        back = client.get(address.replace(PLAN, "/roadmap"))
        assert (back.status_code, back.headers["Location"]) == (303, "/roadmap")
        board = client.get("/roadmap")
        assert "moves no more" in (notice(board) or "")
        # Something else in the same draft still moves, and only that.
        other = client.get(f"{address}&bar={commitments['CX-103'].id}:1")
        assert "1 initiative moved, not saved" in text(other)
        form = form_values(other, PLAN) | {"reason": "team"}
        assert client.post(PLAN, data=form).status_code == 303
        session.expire_all()
        keys = [one.commitment_id for one in session.scalars(select(WorkMove))]
        assert keys == [moved.id, commitments["CX-103"].id]
        assert len(board.queries) <= MOST_QUERIES

    def test_shows_where_work_was_to_go_that_somebody_moved_elsewhere_meanwhile(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
        commitments: dict[str, Commitment],
    ) -> None:
        client, mine = client_for(cast.manager), commitments["CX-101"].id
        form = form_values(client.get(f"{PLAN}?bar={mine}:2"), PLAN) | {"reason": "team"}
        with transaction(session):
            theirs = Draft(bars={mine: 1})
            plan(session, theirs, actor=cast.owner, now=now)
        page = client.post(PLAN, data=form)
        assert page.status_code == 409
        row = table(page, "Both versions").row("CX-101 work")
        assert (row["Yours, not saved"], row["Theirs, saved"]) == ("1 Jun 2027", "1 May 2027")
        row = table(page, "CX-101 Claim status tracker").row("Start")
        assert (row["Now"], row["New"]) == ("1 May 2027", "1 Jun 2027")
        assert client.post(PLAN, data=form_values(page, PLAN)).status_code == 303
        session.expire_all()
        assert load_works(session)[mine].starts_on == date(2027, 6, 1)


class TestWithoutScripts:
    def test_several_moves_are_put_into_one_draft(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        commitments: dict[str, Commitment],
    ) -> None:
        client = client_for(cast.manager)
        asked = f"/roadmap/initiatives/{commitments['CX-101'].id}/move?by=1&unit=1&way=1"
        review = client.get(asked, follow_redirects=True)
        board = client.get(link_to(review, "Move something else as well"))
        assert "1 moved, not saved" in text(board)
        form = client.get(link_to(board, "Move CX-103 by months"))
        review = client.get(filled(form, by="2"), follow_redirects=True)
        assert "2 initiatives moved, not saved" in text(review)
        board = client.get(link_to(review, "Move something else as well"))
        form = client.get(link_to(board, "Move CX-102 by months"))
        day = client.get(link_to(form, "Hurdle 1"))
        review = client.get(filled(day, to_on="2027-05-15"), follow_redirects=True)
        assert "3 initiatives moved, not saved" in text(review)
        form = form_values(review, PLAN) | {"reason": "team"}
        posted = client.post(PLAN, data=form)
        assert posted.status_code == 303, text(posted)
        assert len(session.scalars(select(PlanVersion)).all()) == 1


class TestHistory:
    def test_comes_in_pages_and_leads_from_behind_the_last_to_the_last(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
        commitments: dict[str, Commitment],
        tranches: list[Tranche],
    ) -> None:
        with transaction(session):
            for number in range(VERSIONS + 1):
                on = date(2027, 7, 2 + number)
                plan(session, Draft(gates={tranches[0].id: on}), actor=cast.manager, now=now)
        viewer = client_for(cast.viewer)
        page = viewer.get("/roadmap/versions")
        assert len(table(page, "Versions").rows) == VERSIONS
        assert len(page.queries) <= MOST_QUERIES
        last = viewer.get("/roadmap/versions?versions=2")
        assert table(last, "Versions").first_column() == ["FY27 H1, version 1"]
        for address in ("/roadmap/versions?versions=9", "/roadmap/versions?page=9&cycle="):
            behind = viewer.get(address)
            assert behind.status_code == 303
            assert viewer.get(behind.headers["Location"]).status_code == 200
        assert behind.headers["Location"].endswith("/roadmap/versions?page=1&cycle=")
