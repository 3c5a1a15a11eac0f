"""The home page shows each role what needs it now, and nothing that is not theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.calendar import make_cycle
from tests.factories.initiatives import make_company, make_draft, make_submitted
from tests.factories.journeys import make_baseline, make_journey, measured
from tests.support.pages import links, parse, text

ClientFor = Callable[[Any], Any]


def panels(page: Any) -> list[str]:
    return [text(found) for found in parse(page).find_all("h2")]


class TestHome:
    def test_sends_strangers_to_sign_in(self, client: Any) -> None:
        assert client.get("/").location.startswith("/sign-in")

    @pytest.mark.parametrize(
        ("who", "sees", "misses"),
        [
            ("lead", ["Hot spots nobody works on", "My initiatives", "Hurdles due"], "System"),
            ("cfo", ["Proposals waiting for your decision", "Initiatives to certify"], "System"),
            ("manager", ["Hurdles due"], "Initiatives to certify"),
            ("viewer", ["Roadmap"], "Hurdles due"),
            ("admin", ["System"], "Hurdles due"),
        ],
    )
    def test_each_role_sees_its_own(
        self, client_for: ClientFor, cast: Cast, who: str, sees: list[str], misses: str
    ) -> None:
        page = client_for(getattr(cast, who)).get("/")
        assert page.status_code == 200
        assert [title for title in sees if title not in panels(page)] == []
        assert misses not in panels(page)

    def test_finance_sees_what_waits_for_certification(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            submitted = make_submitted(session, cast, make_company(session, cast))
        page = client_for(cast.cfo).get("/")
        assert links(page)[f"{submitted.key} {submitted.title}"] == f"/initiatives/{submitted.key}"

    def test_what_needs_the_owner_comes_before_what_waits_for_others(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            company = make_company(session, cast)
            waiting = [make_submitted(session, cast, company) for _ in range(9)]
            draft = make_draft(session, cast, company)
        page = client_for(draft.owner).get("/")
        shown = [key for key in links(page) if key.startswith("CX-")]
        assert shown[0].startswith(draft.key)
        assert "1 needs you, these first" in text(page)
        assert links(page)[f"All {len(waiting) + 1}"] == f"/initiatives?owner={draft.owner_id}"

    def test_of_an_empty_company_claims_nothing(self, client_for: ClientFor, cast: Cast) -> None:
        said = text(client_for(cast.lead).get("/"))
        assert "No journey in use has been measured yet" in said
        assert "Every hot spot" not in said
        assert "Finance opens the next one" in said
        assert "You open the next one" in text(client_for(cast.cfo).get("/"))

    def test_a_draft_says_what_it_lacks(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            draft = make_draft(session, cast, make_company(session, cast))
        page = client_for(draft.owner).get("/")
        assert "Name a sponsor" in text(page) or "Answer" in text(page)

    def test_lists_the_hot_spots_the_journey_lists(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            journey = make_journey(session, cast.lead)
            make_baseline(
                session, journey,
                figures={
                    one.id: measured(contacts_per_year=contacts)
                    for one, contacts in zip(
                        journey.touchpoints, (100_000, 20_000, 11_000, 900), strict=True
                    )
                },
            )  # fmt: skip
        browser = client_for(cast.lead)
        home = parse(browser.get("/")).select(".hot-mark")
        assert [text(one) for one in home] == ["100", "58"]
        listed = text(browser.get("/journeys/motor-claim"))
        assert "58 uncovered" in listed
        assert "48 uncovered" not in listed

    def test_the_clock_counts_the_days_of_the_cycle(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            make_cycle(session, starts_on=date(2026, 10, 1), ends_on=date(2027, 3, 31))
        assert "Day 138 of 182" in text(client_for(cast.viewer).get("/"))

    @pytest.mark.parametrize("who", ["lead", "cfo", "manager", "viewer", "admin"])
    def test_takes_few_queries(self, client_for: ClientFor, cast: Cast, who: str) -> None:
        browser = client_for(getattr(cast, who))
        browser.get("/")
        assert len(browser.get("/").queries) <= 12
