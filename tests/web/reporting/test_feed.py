"""A person's calendar feed: what is in it, who can read it, and what a re-plan changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import CalendarFeed
from app.accounts.services import deactivate_person, reactivate_person
from app.approvals.models import Commitment, Tranche
from app.db.session import transaction
from app.web.rates import METER, Meter
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_proposal, make_world
from tests.factories.roadmap import move_due_date, tranches_of
from tests.support.pages import buttons, text

ClientFor = Callable[..., Any]


@pytest.fixture(autouse=True)
def _uncounted(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests of other tests count for nothing here."""
    monkeypatch.setitem(app.extensions, METER, Meter())


@pytest.fixture
def commitments(session: Session, cast: Cast, now: datetime) -> dict[str, Commitment]:
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        return make_commitments(session, cast, now, world)


def address(client: Any) -> str:
    """Make an address on the account, and give the path it says."""
    page = client.post("/account/calendar", data={})
    assert page.status_code == 200
    found = re.search(r"https?://[^/\s]+(/calendar/feed/\S+\.ics)", text(page))
    assert found is not None
    return found[1]


def events(answer: Any) -> dict[str, Any]:
    """The feed read back, by the names of its events."""
    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    found = Calendar.from_ical(answer.data).walk("VEVENT")
    return {str(one["uid"]): one for one in found}


class TestFeed:
    def test_has_a_whole_day_for_each_open_hurdle_with_its_page_and_no_money(
        self, client_for: ClientFor, session: Session, cast: Cast,
        commitments: dict[str, Commitment],
    ) -> None:  # fmt: skip
        client = client_for(cast.manager)
        answer = client.get(address(client))
        found = events(answer)
        tranches = session.scalars(select(Tranche)).all()
        assert len(found) == len(tranches)
        for one in tranches:
            event = next(v for k, v in found.items() if k.startswith(f"hurdle-{one.milestone_id}@"))
            assert event["dtstart"].dt == one.due_on and type(event["dtstart"].dt) is date
            assert event["dtend"].dt == one.due_on + timedelta(days=1)
            assert str(event["url"]).endswith(f"/gates/{one.id}")
            assert event["dtstamp"].dt.utcoffset() == timedelta(0)
        assert "€" not in answer.text and "EUR" not in answer.text
        assert len(answer.queries) <= 12

    def test_keeps_names_and_raises_the_sequence_when_a_date_moves(
        self, client_for: ClientFor, session: Session, cast: Cast, now: datetime,
        commitments: dict[str, Commitment],
    ) -> None:  # fmt: skip
        client = client_for(cast.manager)
        path = address(client)
        before = events(client.get(path))
        first = tranches_of(session, commitments["CX-101"].id)[0]
        later = first.due_on + timedelta(days=30)
        with transaction(session):
            move_due_date(
                session, first, to_on=later, reason="Late", actor=cast.manager,
                now=now + timedelta(hours=1),
            )  # fmt: skip
        session.expire_all()
        after = events(client.get(path))
        assert before.keys() == after.keys()
        name = next(one for one in after if one.startswith(f"hurdle-{first.milestone_id}@"))
        assert after[name]["dtstart"].dt == later
        assert int(after[name]["sequence"]) > int(before[name]["sequence"])
        assert after[name]["dtstamp"].dt > before[name]["dtstamp"].dt

    def test_gives_an_owner_their_own_and_finance_what_waits(
        self, client_for: ClientFor, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now)
        with transaction(session):
            make_proposal(session, cast, now, world)
        own = client_for(cast.owner)
        planned = events(own.get(address(own)))
        assert planned and all("milestone planned" in str(v["summary"]) for v in planned.values())
        cfo, viewer = client_for(cast.cfo), client_for(cast.viewer)
        waiting = events(cfo.get(address(cfo)))
        assert any("decision awaited" in str(one["summary"]) for one in waiting.values())
        assert events(viewer.get(address(viewer))) == {}

    def test_answers_that_nothing_changed(
        self, client_for: ClientFor, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        assert commitments
        client = client_for(cast.manager)
        path = address(client)
        first = client.get(path)
        assert first.headers["ETag"] and first.headers["Last-Modified"]
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304 and again.data == b""

    def test_is_counted(self, client_for: ClientFor, client: Any, cast: Cast) -> None:
        path = address(client_for(cast.manager))
        answers = [client.get(path).status_code for _ in range(22)]
        assert answers[0] == 200 and answers[-1] == 429
        wrong = [client.get("/calendar/feed/nobody.ics").status_code for _ in range(32)]
        assert wrong[0] == 404 and wrong[-1] == 429


class TestAddress:
    def test_is_shown_once_and_kept_as_a_digest(
        self, client_for: ClientFor, session: Session, cast: Cast
    ) -> None:
        client = client_for(cast.viewer)
        assert "Make an address" in buttons(client.get("/account/calendar"))
        path = address(client)
        secret = path.removeprefix("/calendar/feed/").removesuffix(".ics")
        assert secret not in client.get("/account/calendar").text
        assert secret not in session.scalars(select(CalendarFeed.token_hash)).one()

    def test_ends_when_it_is_replaced_revoked_or_its_person_deactivated(
        self, client_for: ClientFor, client: Any, session: Session, cast: Cast, now: datetime
    ) -> None:
        mine = client_for(cast.viewer)
        first = address(mine)
        second = address(mine)
        assert client.get(first).status_code == 404
        assert client.get(second).status_code == 200
        assert mine.post("/account/calendar/end", data={}).status_code == 303
        assert client.get(second).status_code == 404
        assert mine.post("/account/calendar/end", data={}).status_code == 404
        third = address(mine)
        with transaction(session):
            deactivate_person(session, cast.viewer, actor=cast.admin, now=now)
        assert client.get(third).status_code == 404
        with transaction(session):
            reactivate_person(session, cast.viewer, actor=cast.admin, now=now)
        assert client.get(third).status_code == 404
