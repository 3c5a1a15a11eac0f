"""Answers beside a plan as people ask for them and read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from app.portfolio.rules import InquiryKind
from tests.factories.accounts import Cast
from tests.factories.portfolio import Portfolio, begin, carry_out
from tests.integration.portfolio.test_inquiries import work
from tests.support.client import StrictClient
from tests.support.pages import buttons, table, text

MOST_QUERIES = 12
WITH_PLAN = [kind for kind in InquiryKind if kind is not InquiryKind.CONFLICTS]


@pytest.fixture
def address(session: Session, portfolio: Portfolio, cast: Cast, now: datetime) -> str:
    run_id = begin(session, portfolio.scenario.id, actor=cast.lead, now=now)
    carry_out(session, now)
    return f"/runs/{run_id}/answers"


@pytest.fixture
def lead(client_for: Callable[..., StrictClient], cast: Cast, address: str) -> StrictClient:
    assert address
    return client_for(cast.lead)


class TestPages:
    def test_the_result_leads_to_them(self, lead: StrictClient, address: str) -> None:
        assert address in lead.get(address.removesuffix("/answers")).get_data(as_text=True)
        assert lead.get(address).location == f"{address}/frontier"

    @pytest.mark.parametrize("kind", WITH_PLAN)
    def test_ask_watch_and_read(
        self, lead: StrictClient, address: str, session: Session, now: datetime, kind: InquiryKind
    ) -> None:
        one = f"{address}/{kind.value}"
        assert buttons(lead.get(one))["Compute"]
        assert lead.post(one, data={}).status_code == 303
        waiting = lead.get(one)
        assert "Waiting for a worker" in text(waiting)
        assert buttons(waiting)["Stop and keep best"]
        work(session, now)
        page = lead.get(one)
        assert len(page.queries) <= MOST_QUERIES
        assert "Asked for by" in text(page)
        assert lead.get(f"{one}/answer.json").get_json()["kind"] == kind.value

    def test_reasons_stand_in_a_table(
        self, lead: StrictClient, address: str, session: Session, now: datetime
    ) -> None:
        lead.post(f"{address}/explain", data={})
        work(session, now)
        found = table(lead.get(f"{address}/explain"), "Why not funded")
        assert found.rows and all("€" in row["Funding it loses"] for row in found.rows)

    def test_stop(self, lead: StrictClient, address: str) -> None:
        lead.post(f"{address}/robust", data={})
        assert lead.post(f"{address}/robust/stop", data={}).status_code == 303
        assert buttons(lead.get(f"{address}/robust"))["Ask again"]

    def test_the_progress_reloads_the_page_at_the_end(
        self, lead: StrictClient, address: str, session: Session, now: datetime
    ) -> None:
        ask_alone = {"HX-Request": "true"}
        lead.post(f"{address}/price", data={})
        part = lead.get(f"{address}/price/progress", headers=ask_alone, loose=True)
        assert "HX-Refresh" not in part.headers
        work(session, now)
        part = lead.get(f"{address}/price/progress", headers=ask_alone, loose=True)
        assert part.headers["HX-Refresh"] == "true"


class TestRefusals:
    def test_a_viewer_reads_but_does_not_ask(
        self, client_for: Callable[..., StrictClient], cast: Cast, address: str
    ) -> None:
        viewer = client_for(cast.viewer)
        page = viewer.get(f"{address}/frontier")
        assert "Only a CX lead or Finance runs the optimizer." in text(page)
        assert viewer.post(f"{address}/frontier", data={}).status_code == 403

    @pytest.mark.parametrize("path", ["/nonsense", "/frontier/answer.json"])
    def test_what_is_not_there(self, lead: StrictClient, address: str, path: str) -> None:
        assert lead.get(address + path).status_code == 404

    def test_conflicts_of_a_plan(self, lead: StrictClient, address: str) -> None:
        assert "nothing to ask about here" in text(lead.get(f"{address}/conflicts"))
