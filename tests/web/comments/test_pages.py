"""Discussions as people read and write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.accounts.services import hide_costs
from app.approvals.models import Commitment
from app.comments.rules import Thing
from app.db.session import transaction
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import Cast, make_person
from tests.factories.approvals import make_commitments, make_world
from tests.factories.comments import say
from tests.factories.roadmap import decide, measure, tranches_of
from tests.support.client import StrictClient
from tests.support.pages import buttons, error_on, form_values, links, text

ClientFor = Callable[[Person], StrictClient]
HERE = "/initiatives/CX-101/discussion"


@pytest.fixture
def funded(session: Session, cast: Cast, now: datetime) -> Commitment:
    """CX-101 with its money approved."""
    with transaction(session):
        stage = make_world(session, cast, now)
    with transaction(session):
        return make_commitments(session, cast, now, stage)["CX-101"]


def write(client: StrictClient, comment: str, here: str = HERE) -> str:
    """Send a comment; the page it leads to, as text."""
    answer = client.post(here, data=form_values(client.get(here), here) | {"comment": comment})
    assert answer.status_code == 303
    return text(client.get(answer.headers["Location"].partition("#")[0]))


class TestDiscussion:
    def test_stands_in_the_order_of_time_with_decisions_among_it(
        self, client_for: ClientFor, session: Session, cast: Cast, now: datetime, funded: Commitment
    ) -> None:
        gate = tranches_of(session, funded.id)[0]
        with transaction(session):
            say(session, funded.initiative_id, "Before", actor=cast.owner, now=now)
            measure(session, gate, 17, actor=cast.manager, now=now)
        with transaction(session):
            later = now + timedelta(hours=1)
            decide(
                session, gate, HurdleAction.RELEASE, actor=cast.cfo, now=later, reason="It works"
            )
            say(
                session, funded.initiative_id, "After", actor=cast.lead,
                now=now + timedelta(hours=2),
            )  # fmt: skip
        page = client_for(cast.viewer).get(HERE)
        said = text(page)
        places = [said.index(one) for one in ("Before", "Money released", "It works", "After")]
        assert places == sorted(places)
        assert "Decision Carla Finance" in said and len(page.queries) <= 12

    @pytest.mark.parametrize("who", ["lead", "owner", "manager", "cfo", "viewer", "admin"])
    def test_takes_comments_of_every_role(
        self, client_for: ClientFor, cast: Cast, funded: Commitment, who: str
    ) -> None:
        assert "Let me say this" in write(client_for(getattr(cast, who)), "Let me say this")

    def test_can_be_read_for_every_kind_of_thing_and_is_linked_from_its_page(
        self, client_for: ClientFor, session: Session, cast: Cast, now: datetime, funded: Commitment
    ) -> None:
        client = client_for(cast.cfo)
        gate = tranches_of(session, funded.id)[0].id
        plan = funded.decision.proposal_id
        for page, here in (
            ("/initiatives/CX-101", HERE),
            (f"/gates/{gate}", f"/gates/{gate}/discussion"),
            (f"/proposals/{plan}", f"/proposals/{plan}/discussion"),
        ):
            shown = client.get(page)
            assert links(shown)["Discussion"] == here
            assert "Seen." in write(client, "Seen.", here)
            assert len(client.get(here).queries) <= 12 and len(shown.queries) <= 12

    def test_escapes_everything_and_links_only_the_web(
        self, client_for: ClientFor, cast: Cast, funded: Commitment
    ) -> None:
        client = client_for(cast.lead)
        write(client, '<img src=x onerror=alert(1)> javascript:alert(1) https://a.test/?q="><b>')
        page = client.get(HERE)
        thread = page.soup.find("ol", class_="thread")
        assert thread.find("img") is None
        (link,) = thread.find_all("a", attrs={"rel": True})
        assert link["href"] == "https://a.test/?q=" and "noopener" in link["rel"]

    def test_refuses_an_empty_comment_at_its_field(
        self, client_for: ClientFor, cast: Cast, funded: Commitment
    ) -> None:
        client = client_for(cast.lead)
        page = client.post(HERE, data=form_values(client.get(HERE), HERE) | {"comment": " "})
        assert page.status_code == 422
        assert error_on(page, "Your comment") == "Write something first."

    def test_says_who_was_not_told(
        self, client_for: ClientFor, cast: Cast, funded: Commitment
    ) -> None:
        client = client_for(cast.lead)
        assert "“@nobody” is no one person’s name" in write(client, "@nobody @omar")

    def test_of_a_plan_is_shut_to_whoever_may_not_see_money(
        self, client_for: ClientFor, session: Session, cast: Cast, now: datetime, funded: Commitment
    ) -> None:
        with transaction(session):
            hide_costs(session, cast.viewer, actor=cast.admin, now=now)
            one = say(
                session, funded.decision.proposal_id, "€5m", actor=cast.lead, now=now,
                thing=Thing.PROPOSAL,
            )  # fmt: skip
        client = client_for(cast.viewer)
        there = f"/proposals/{funded.decision.proposal_id}/discussion"
        assert client.get(there).status_code == 403
        assert client.post(there, data={"comment": "x"}).status_code == 403
        assert client.post(f"/comments/{one.id}/delete").status_code == 403
        assert "€5m" not in text(client.get(HERE))


class TestOwnComments:
    def test_are_changed_for_a_quarter_of_an_hour(
        self, app: Flask, client_for: ClientFor, cast: Cast, funded: Commitment
    ) -> None:
        client = client_for(cast.lead)
        write(client, "Frist")
        edit = links(client.get(HERE))["Change it"]
        shown = form_values(client.get(edit), edit)
        assert shown["comment"] == "Frist"
        assert client.post(edit, data=shown | {"comment": "First"}).status_code == 303
        said = text(client.get(HERE))
        assert "First" in said and "changed" in said
        app.config["FIXED_NOW"] += timedelta(minutes=16)
        assert "Change it" not in links(client.get(HERE))
        late = client.post(edit, data=shown | {"comment": "Later"})
        assert late.status_code == 409 and "write another one" in text(late)
        assert client.get(edit).status_code == 409

    def test_leave_who_deleted_them_and_when(
        self, client_for: ClientFor, session: Session, cast: Cast, now: datetime, funded: Commitment
    ) -> None:
        with transaction(session):
            one = say(session, funded.initiative_id, "Oops", actor=cast.owner, now=now)
        other = client_for(cast.cfo)
        assert "Delete" not in buttons(other.get(HERE))
        assert other.post(f"/comments/{one.id}/delete").status_code == 403
        client_for(cast.admin).post(f"/comments/{one.id}/delete")
        said = text(other.get(HERE))
        assert "Oops" not in said and "Deleted by Adam Admin at 15 Feb 2027, 09:00 UTC" in said


class TestMentions:
    def test_stand_on_home_until_they_are_read(
        self, client_for: ClientFor, session: Session, cast: Cast, now: datetime, funded: Commitment
    ) -> None:
        with transaction(session):
            one = say(session, funded.initiative_id, "@omar", actor=cast.lead, now=now)
        client = client_for(cast.owner)
        client.get("/")
        home = client.get("/")
        assert "1 comment mentions you" in text(home) and len(home.queries) <= 12
        there = next(href for word, href in links(home).items() if word.startswith("CX-101 "))
        assert there == f"/comments/{one.id}"
        thread = client.get(client.get(there).headers["Location"].partition("#")[0])
        assert "Mentions you" in text(thread)
        client.post("/mentions/read", data=form_values(thread, "/mentions/read"))
        assert "mentions you" not in text(client.get("/"))
        assert "Mentions you" not in text(client.get(HERE))

    def test_offer_people_by_the_beginning_of_a_name(
        self, client_for: ClientFor, session: Session, cast: Cast
    ) -> None:
        with transaction(session):
            make_person(session, "Lena Lead", email="other@waymark.test")
        client = client_for(cast.viewer)
        found = client.get("/comments/people?q=lea").get_json()
        assert [one["write"] for one in found] == ["lena", "other"]
        assert [one["write"] for one in client.get("/comments/people?q=OMAR").get_json()] == [
            "Omar Owner"
        ]
        assert client.get("/comments/people?q=zz").get_json() == []

    def test_come_by_mail_only_to_those_who_ask_for_it(
        self, client_for: ClientFor, session: Session, cast: Cast
    ) -> None:
        client = client_for(cast.viewer)
        place = "/account/mentions"
        assert "mention_letters" not in form_values(client.get("/account"), place)
        client.post(place, data={"mention_letters": "y"})
        assert form_values(client.get("/account"), place)["mention_letters"] == "y"
