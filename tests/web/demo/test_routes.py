"""The demo is loaded and removed on its page, and every page says that it is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.jobs.models import Job
from app.jobs.rules import JobState
from tests.factories.accounts import Cast
from tests.factories.calendar import make_cycle
from tests.support.pages import parse, text

ClientFor = Callable[[Any], Any]


class TestDemo:
    def test_is_loaded_by_one_click_and_goes_by_its_name(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        browser = client_for(cast.admin)
        assert "Load the demo company" in text(parse(browser.get("/")))
        assert browser.post("/demo").location == "/demo"
        page = parse(browser.get("/demo"))
        assert "sign in with the password" in text(page)
        assert "still being loaded" in text(page)
        assert "noor@halden.example" in text(page)
        assert "invented figures" in text(parse(client_for(cast.viewer).get("/journeys")))
        assert "sign in with the password" not in text(parse(browser.get("/demo")))
        with transaction(session):
            session.execute(update(Job).values(state=JobState.DONE))
        refused = browser.post("/demo/remove", data={"typed": "halden"})
        assert refused.status_code == 422
        assert "Write “Halden Insurance”" in text(parse(refused))
        gone = browser.post("/demo/remove", data={"typed": "Halden Insurance"})
        assert gone.location == "/"
        assert "is removed" in text(parse(browser.get("/")))
        assert "invented figures" not in text(parse(browser.get("/journeys")))

    def test_is_not_offered_where_a_company_keeps_something(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            make_cycle(session)
        browser = client_for(cast.admin)
        assert "Load the demo" not in text(parse(browser.get("/")))
        page = parse(browser.get("/demo"))
        assert "keeps figures of its own" in text(page)
        refused = browser.post("/demo")
        assert refused.status_code == 409
        assert "empty company only" in text(parse(refused))


class TestEmptyPages:
    def test_offer_the_demo_to_admins_only(self, client_for: ClientFor, cast: Cast) -> None:
        admin, viewer = client_for(cast.admin), client_for(cast.viewer)
        for address in ("/journeys", "/initiatives", "/scenarios", "/cycles", "/interactions",
                        "/proposals", "/roadmap", "/ledger"):  # fmt: skip
            shown = admin.get(address)
            assert "Load the demo company" in text(parse(shown)), address
            assert len(shown.queries) <= 12, address
            assert "Load the demo company" not in text(parse(viewer.get(address))), address

    def test_tell_who_can_do_something(self, client_for: ClientFor, cast: Cast) -> None:
        viewer = client_for(cast.viewer)
        for address, who in (
            ("/journeys", "A CX lead adds the first one."),
            ("/cycles", "Finance sets up the first one."),
            ("/interactions", "A CX lead imports the first one."),
            ("/proposals", "A CX lead submits the first one."),
            ("/initiatives", "A CX lead or program manager proposes the first one."),
        ):
            assert who in text(parse(viewer.get(address))), address
