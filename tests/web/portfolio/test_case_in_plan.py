"""The business case of an initiative reads overlap and allocation from a run of its cycle."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.portfolio.models import Run
from tests.factories.accounts import Cast
from tests.factories.portfolio import Portfolio, begin, carry_out
from tests.integration.portfolio.test_inquiries import work
from tests.support.client import StrictClient
from tests.support.figures import dead_ends, figures_without_source
from tests.support.pages import Table, links, table, text

MOST_QUERIES = 12


@pytest.fixture
def run_id(session: Session, portfolio: Portfolio, cast: Cast, now: datetime) -> int:
    made = begin(session, portfolio.scenario.id, actor=cast.lead, now=now)
    carry_out(session, now)
    return made


def of_the_plan(page: Any, start: str, row: str) -> Table:
    """The table, one per option, that has a row only the option in the plan has."""
    captions = {one.get_text() for one in page.soup.find_all("caption")}
    found = [table(page, caption) for caption in sorted(captions) if caption.startswith(start)]
    (one,) = [it for it in found if any(row in cells.values() for cells in it.rows)]
    return one


class TestCaseInPlan:
    def test_steps_lead_to_what_the_run_allocates(
        self, session: Session, lead: StrictClient, run_id: int
    ) -> None:
        result = json.loads(session.get_one(Run, run_id).result or b"")
        funded = result["funded"][0]
        page = lead.get(f"/initiatives/{funded['initiative']}/case")

        steps = of_the_plan(page, "From claim to value, ", "Allocated value")
        allocated, marginal = (
            f"€{funded[name] / 100:,.2f}" for name in ("value_allocated", "value_marginal")
        )
        assert steps.rows[-1]["Step"] == "Allocated value"
        assert steps.rows[-1]["Amount"] == allocated
        assert steps.column("Source")[-1] == "The plan"
        values = of_the_plan(page, "Values, ", "Allocated")
        assert values.row("Marginal, the rest fixed")["Amount"] == marginal
        assert values.row("Marginal with re-solve")["Amount"] == "ask the run"
        assert f"Run {run_id} of" in text(page)
        assert len(page.queries) <= MOST_QUERIES

    def test_every_figure_leads_to_where_it_comes_from(
        self,
        session: Session,
        client_for: Callable[..., StrictClient],
        lead: StrictClient,
        cast: Cast,
        run_id: int,
    ) -> None:
        key = json.loads(session.get_one(Run, run_id).result or b"")["funded"][0]["initiative"]
        for client in (lead, client_for(cast.viewer)):
            page = client.get(f"/initiatives/{key}/case")
            assert figures_without_source(page) == []
            assert list(dead_ends(client, page)) == []

    def test_overlap_names_who_shares_each_pool_in_the_plan(
        self, session: Session, lead: StrictClient, run_id: int
    ) -> None:
        funded = {
            one["initiative"]
            for one in json.loads(session.get_one(Run, run_id).result or b"")["funded"]
        }
        same_pool = {"CX-101", "CX-102", "CX-105", "CX-106"} & funded
        key = min(same_pool)
        assert same_pool - {key} and funded - same_pool
        page = lead.get(f"/initiatives/{key}/case")

        shared = table(page, "Shared pools")
        named = {one.partition(" ")[0] for one in links(shared.parsed) if one.startswith("CX-")}
        assert named == same_pool - {key}
        assert len(page.queries) <= MOST_QUERIES

    def test_the_second_marginal_value_appears_once_the_run_was_asked(
        self, session: Session, lead: StrictClient, run_id: int, now: datetime
    ) -> None:
        key = json.loads(session.get_one(Run, run_id).result or b"")["funded"][0]["initiative"]
        lead.post(f"/runs/{run_id}/answers/marginal", data={})
        work(session, now)
        page = lead.get(f"/initiatives/{key}/case?plan=run-{run_id}")
        values = of_the_plan(page, "Values, ", "Allocated")
        assert values.row("Marginal with re-solve")["Amount"].startswith(("€", "\u2212"))

    def test_what_the_run_leaves_out_says_so(
        self, session: Session, lead: StrictClient, run_id: int
    ) -> None:
        out = json.loads(session.get_one(Run, run_id).result or b"")["not_funded"]
        page = lead.get(f"/initiatives/{out[0]['initiative']}/case?plan=nonsense")
        assert "does not fund this option" in text(page)

    def test_the_spreadsheet_names_the_run(
        self, session: Session, client_for: Callable[..., StrictClient], cast: Cast, run_id: int
    ) -> None:
        key = json.loads(session.get_one(Run, run_id).result or b"")["funded"][0]["initiative"]
        found = client_for(cast.viewer).get(f"/initiatives/{key}/case.xlsx?plan=run-{run_id}")
        assert found.status_code == 200 and found.data[:2] == b"PK"
