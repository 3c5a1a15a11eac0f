"""The way to the first approval stands on the home page, worked out from what is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.calendar import make_cycle
from tests.support.pages import parse, text

ClientFor = Callable[[Any], Any]


def steps(page: Any) -> dict[str, tuple[str, str | None]]:
    """Each step's state and where it leads, by its title."""
    found = {}
    panel = parse(page).find(id="first-steps")
    for line in panel.find_all("li") if panel else ():
        title = line.find(class_="row-title")
        found[text(title)] = (text(line.find(class_="row-side")), title.get("href"))
    return found


class TestFirstSteps:
    def test_show_each_what_they_can_take_now(self, client_for: ClientFor, cast: Cast) -> None:
        lead, cfo = (steps(client_for(one).get("/")) for one in (cast.lead, cast.cfo))
        assert lead["Bring in the people"] == ("done", None)
        assert lead["Describe a journey"] == ("yours now", "/journeys/new")
        assert lead["Set up a cycle"] == ("can be done", None)
        assert cfo["Set up a cycle"] == ("yours now", "/cycles/new")
        assert cfo["Approve it"] == ("later", None)

    def test_follow_what_is_there(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            cycle = make_cycle(session)
        cfo = client_for(cast.cfo).get("/")
        assert steps(cfo)["Set up a cycle"][0] == "done"
        budget = steps(cfo)["Give it a fund with a budget"]
        assert budget == ("yours now", f"/cycles/{cycle.id}#funds")
        assert len(cfo.queries) <= 12

    def test_are_put_away_for_one_person_and_come_back(
        self, client_for: ClientFor, cast: Cast
    ) -> None:
        lead = client_for(cast.lead)
        assert lead.post("/account/first-steps", data={"hidden": "yes"}).location == "/"
        assert steps(lead.get("/")) == {}
        assert steps(client_for(cast.cfo).get("/"))
        lead.post("/account/first-steps", data={"hidden": "no"})
        assert steps(lead.get("/"))
        assert lead.post("/account/first-steps", data={"hidden": "x"}).status_code == 422

    def test_are_gone_with_the_first_approval(
        self, client_for: ClientFor, cast: Cast, session: Session, now: Any
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now)
        with transaction(session):
            make_commitments(session, cast, now, world)
        assert steps(client_for(cast.lead).get("/")) == {}
