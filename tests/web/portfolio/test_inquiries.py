"""Answers beside a plan as people ask for them and read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.initiatives.models import Effect, Initiative, Option
from app.portfolio.models import Run
from app.portfolio.queries import get_run
from app.portfolio.rules import InquiryKind
from app.portfolio.rules.inquiries import _PARAMETERS
from tests.factories.accounts import Cast
from tests.factories.portfolio import Portfolio, begin, carry_out
from tests.integration.portfolio.test_inquiries import work
from tests.support.client import StrictClient
from tests.support.pages import buttons, table, text

MOST_QUERIES = 12
WITH_PLAN = [kind for kind in InquiryKind if kind is not InquiryKind.CONFLICTS]


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few draws and budgets: what pages show does not depend on how many."""
    for kind, few in ((InquiryKind.ROBUST, {"draws": 10}), (InquiryKind.FRONTIER, {"points": 5})):
        monkeypatch.setitem(_PARAMETERS, kind, {**kind.parameters, **few})  # type: ignore[arg-type]


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


class TestOutlook:
    @pytest.fixture
    def unsure(self, session: Session, portfolio: Portfolio) -> None:
        """What CX-103 does and costs has a range in every option."""
        with transaction(session):
            one = session.get_one(Initiative, portfolio.candidates["CX-103"].id)
            options = select(Option.id).where(Option.initiative_id == one.id)
            session.execute(
                update(Option)
                .where(Option.initiative_id == one.id)
                .values(cost_low=Decimal("0.9"), cost_high=Decimal("1.5"))
            )
            session.execute(
                update(Effect)
                .where(Effect.option_id.in_(options))
                .values(removal_low=Decimal("0.02"), removal_high=Decimal("0.3"))
            )

    def test_shows_how_sure_the_plan_is_and_what_to_measure_next(
        self, unsure: None, lead: StrictClient, address: str, session: Session, now: datetime
    ) -> None:
        result = address.removesuffix("/answers")
        assert buttons(lead.get(result))["Draw the inputs"]
        lead.post(f"{address}/outlook", data={})
        assert "Waiting for a worker" in text(lead.get(result))
        work(session, now)
        page = lead.get(result)
        assert len(page.queries) <= MOST_QUERIES
        rows = table(page, "Outlook of the plan").rows
        assert [row["Present value"] for row in rows] == ["Value", "Net of discounted spend"]
        matters = table(page, "What matters most")
        assert [row["Input"].split(" of ")[0] for row in matters.rows] == ["Effect", "Cost"]
        assert matters.rows[0]["P10 to P90"] == "2 % to 30 %"
        assert "10,000 draws with seed 20270101" in text(page)

    def test_robustness_says_what_was_drawn_and_what_was_held(
        self, unsure: None, lead: StrictClient, address: str, session: Session, now: datetime
    ) -> None:
        lead.post(f"{address}/robust", data={})
        work(session, now)
        page = lead.get(f"{address}/robust")
        assert "all others were held at their figure" in text(page)
        drawn = table(page, "What was drawn")
        assert drawn.row("CX-103 Right first time letters, Full")["Drawn"].startswith("Effect on")
        assert drawn.rows[-1]["Of"].startswith("5 initiatives: CX-101")

    def test_without_ranges_both_say_so(
        self, lead: StrictClient, address: str, session: Session, now: datetime
    ) -> None:
        for kind, words in (
            ("outlook", "inputs of this plan has a range, so nothing can be drawn"),
            ("robust", "No input has a range of its own here, so all were drawn from assumed"),
        ):
            lead.post(f"{address}/{kind}", data={})
            work(session, now)
            assert words in text(lead.get(f"{address}/{kind}"))

    def test_a_run_from_before_ranges_were_kept_is_not_asked(
        self, lead: StrictClient, address: str, session: Session
    ) -> None:
        run_id = int(address.split("/")[2])
        with transaction(session):
            inputs = {k: v for k, v in get_run(session, run_id).inputs.items() if k != "ranges"}
            session.execute(update(Run).where(Run.id == run_id).values(inputs=inputs))
        page = lead.get(address.removesuffix("/answers"))
        assert "This run is older than the ranges of inputs." in text(page)
        assert lead.post(f"{address}/outlook", data={}).status_code == 409
        assert lead.get(address.removesuffix("/answers") + "/ranges.json").status_code == 404


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
