"""What customers need is recorded with evidence, changed by version, and retired with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.db.session import transaction
from app.journeys.models import CustomerNeed, Journey
from app.journeys.queries import get_need
from tests.factories.accounts import Cast
from tests.factories.initiatives import make_company, make_draft
from tests.factories.interactions import make_month, make_source
from tests.factories.journeys import make_journey
from tests.factories.needs import make_need
from tests.support.pages import error_on, field, form_values, links, table, text, value_of

ClientFor = Callable[[Any], Any]
NEEDS = "/journeys/motor-claim/needs"


@pytest.fixture
def journey(session: Session, cast: Cast) -> Journey:
    with transaction(session):
        return make_journey(session, cast.lead)


@pytest.fixture
def need(session: Session, cast: Cast, journey: Journey) -> CustomerNeed:
    with transaction(session):
        return make_need(session, journey, cast.lead)


def _actions(session: Session) -> list[str]:
    query = select(AuditEvent.action).where(AuditEvent.subject.startswith("need:"))
    return list(session.scalars(query.order_by(AuditEvent.number)))


class TestPage:
    def test_shows_each_part_with_its_evidence_and_measured_use(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey,
        need: CustomerNeed,
    ) -> None:  # fmt: skip
        with transaction(session):
            source = make_source(session, cast.lead)
            for place, contacts in ((0, 30), (2, 90)):
                make_month(session, source, journey.touchpoints[place].id, contacts=contacts)

        page = client_for(cast.viewer).get(NEEDS)

        assert "Tell me when my claim is paid." in text(page)
        assert "Survey after contact, 12 Jan 2027, 412 asked" in text(page)
        used = table(page, "Channels preferred and used")
        assert (used.row("Mobile app")["Preferred"], used.row("Mobile app")["Used"][0]) == (
            "1", "0",
        )  # fmt: skip
        assert used.row("Contact centre")["Used"].startswith("75")
        assert used.row("Website")["Preferred"] == "–"
        assert "120 logged contacts of this segment" in text(page)
        assert len(page.queries) <= 12

    def test_says_what_to_do_when_nothing_is_recorded(
        self, client_for: ClientFor, cast: Cast, journey: Journey
    ) -> None:
        assert links(client_for(cast.lead).get(NEEDS))["Record a need"] == f"{NEEDS}/new"
        assert "A CX lead records it." in text(client_for(cast.viewer).get(NEEDS))

    def test_helps_with_the_question_about_customers(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            company = make_company(session, cast)
            key = make_draft(session, cast, company).key
            make_need(session, company.journey, cast.lead)

        page = client_for(cast.lead).get(f"/initiatives/{key}/questions/customers")

        assert "Known of Private motor customers" in text(page.soup.find("aside"))
        assert "Not to feel accused." in text(page.soup.find("aside"))


class TestRecording:
    def test_keeps_what_was_said_once(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        client = client_for(cast.lead)
        sound = form_values(client.get(f"{NEEDS}/new"), NEEDS) | {
            "overt_text": "A date", "overt_source": "Interviews", "overt_observed_on": "2027-01-05",
            "overt_sample_size": "12",
        }  # fmt: skip

        first = client.post(NEEDS, data=sound)
        again = client.post(NEEDS, data=sound)

        assert (first.status_code, again.status_code) == (303, 303)
        assert _actions(session) == ["need.recorded"]
        assert "Interviews, 5 Jan 2027, 12 asked" in text(client.get(NEEDS))

    def test_asks_for_evidence_at_the_field(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        client = client_for(cast.lead)
        typed = form_values(client.get(f"{NEEDS}/new"), NEEDS) | {"overt_text": "A date"}

        page = client.post(NEEDS, data=typed)

        assert page.status_code == 422
        assert "how this is known" in (error_on(page, "How it is known") or "")
        assert _actions(session) == []

    def test_holds_one_need_of_a_segment(
        self, client_for: ClientFor, cast: Cast, need: CustomerNeed
    ) -> None:
        client = client_for(cast.lead)
        typed = form_values(client.get(f"{NEEDS}/{need.id}"), f"{NEEDS}/{need.id}")

        page = client.post(NEEDS, data=typed | {"once": "0" * 32})

        assert "recorded already" in (error_on(page, "Segment") or "")


class TestForm:
    def test_offers_the_words_of_the_log(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey
    ) -> None:
        client, address = client_for(cast.lead), f"{NEEDS}/new"
        unlogged = client.get(address)
        with transaction(session):
            source = make_source(session, cast.lead)
            for segment, contacts in (("Fleet", 30), ("Students", 90)):
                make_month(
                    session, source, journey.touchpoints[0].id, segment=segment, contacts=contacts
                )
        page = client.get(address)

        assert value_of(unlogged, "Segment") == journey.segment
        assert value_of(page, "Segment") == ""
        offered = page.soup.find(id=field(page, "Segment")["list"]).find_all("option")
        assert [one["value"] for one in offered] == ["Students", "Fleet"]
        groups = field(page, "First choice").find_all("optgroup")
        logged = journey.touchpoints[0].channel.word
        assert [one["label"] for one in groups] == ["In the contact log", "Not in the contact log"]
        assert [one.get_text() for one in groups[0].find_all("option")] == [logged]

    def test_keeps_a_channel_the_log_does_not_have(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey,
        need: CustomerNeed,
    ) -> None:  # fmt: skip
        with transaction(session):
            make_month(session, make_source(session, cast.lead), journey.touchpoints[0].id)
        page = client_for(cast.lead).get(f"{NEEDS}/{need.id}")
        assert form_values(page, f"{NEEDS}/{need.id}")["channel_1"] == "app"


class TestChanging:
    def test_saves_a_change_and_refuses_one_made_on_an_older_version(
        self, client_for: ClientFor, cast: Cast, session: Session, need: CustomerNeed
    ) -> None:
        client, address = client_for(cast.lead), f"{NEEDS}/{need.id}"
        typed = form_values(client.get(address), address)

        saved = client.post(address, data=typed | {"overt_text": "Tell me the day."})
        late = client.post(address, data=typed | {"overt_text": "Tell me the hour."})

        assert saved.status_code == 303
        assert late.status_code == 409
        assert "Tell me the day." in text(late)
        assert _actions(session) == ["need.recorded", "need.changed"]

    def test_changes_nothing_when_nothing_changed(
        self, client_for: ClientFor, cast: Cast, session: Session, need: CustomerNeed
    ) -> None:
        client, address = client_for(cast.lead), f"{NEEDS}/{need.id}"

        client.post(address, data=form_values(client.get(address), address))

        assert _actions(session) == ["need.recorded"]


class TestRetiring:
    def test_takes_a_reason_and_stays_on_the_record(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey,
        need: CustomerNeed,
    ) -> None:  # fmt: skip
        client, address = client_for(cast.lead), f"{NEEDS}/{need.id}"
        typed = form_values(client.get(address), f"{address}/retire")

        refused = client.post(f"{address}/retire", data=typed)
        done = client.post(f"{address}/retire", data=typed | {"reason": "The survey was wrong."})

        assert refused.status_code == 422
        assert done.status_code == 303
        session.expire_all()
        assert get_need(session, journey.id, need.id).retired_at is not None
        assert "The survey was wrong." in text(client.get(NEEDS))
        assert client.post(address, data=typed).status_code in (409, 422)
        with transaction(session):
            make_need(session, journey, cast.lead)

    def test_is_undone_with_a_reason_by_who_may_retire(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey,
        need: CustomerNeed,
    ) -> None:  # fmt: skip
        client, address = client_for(cast.lead), f"{NEEDS}/{need.id}"
        typed = form_values(client.get(address), f"{address}/retire")
        client.post(f"{address}/retire", data=typed | {"reason": "The survey was wrong."})

        back = links(client.get(NEEDS))["Bring back"]
        typed = form_values(client.get(back), back)
        stranger = client_for(cast.viewer).post(back, data={"reason": "Mine"})
        unsaid = client.post(back, data=typed)
        done = client.post(back, data=typed | {"reason": "The new survey says so, too."})
        again = client.post(back, data=typed | {"reason": "Once more."})

        assert (stranger.status_code, unsaid.status_code) == (403, 422)
        assert "Bring back" not in links(client_for(cast.viewer).get(NEEDS))
        assert (done.status_code, again.status_code) == (303, 409)
        session.expire_all()
        assert get_need(session, journey.id, need.id).retired_at is None
        assert _actions(session) == ["need.recorded", "need.retired", "need.restored"]

    def test_is_not_undone_beside_a_newer_need_of_the_segment(
        self, client_for: ClientFor, cast: Cast, session: Session, journey: Journey,
        need: CustomerNeed,
    ) -> None:  # fmt: skip
        client, address = client_for(cast.lead), f"{NEEDS}/{need.id}"
        typed = form_values(client.get(address), f"{address}/retire")
        client.post(f"{address}/retire", data=typed | {"reason": "The survey was wrong."})
        with transaction(session):
            make_need(session, journey, cast.lead)
        back = f"{address}/restore"

        refused = client.post(back, data=form_values(client.get(back), back) | {"reason": "Both."})

        assert refused.status_code == 422
        assert "recorded anew since" in (error_on(refused, "Reason") or "")
