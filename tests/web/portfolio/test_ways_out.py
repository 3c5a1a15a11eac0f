"""Ways out of limits that can't hold together, applied with a button."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.db.session import transaction
from app.portfolio.models import Run, Scenario
from app.portfolio.queries import get_scenario
from app.portfolio.rules import InquiryKind
from app.portfolio.rules.pins import PinKind
from app.portfolio.rules.ways import way_key
from app.portfolio.services.bindings import PinDraft, place_pin
from app.portfolio.services.scenarios import set_limits
from app.values.money import Money
from tests.factories.accounts import Cast
from tests.factories.portfolio import Portfolio, begin, carry_out
from tests.support.client import StrictClient
from tests.support.pages import buttons, links, table, text, value_of
from tests.web.portfolio.test_workbench import answered, try_out

MOST_QUERIES = 13
BUDGET = {
    "type": "add_budget",
    "amounts": [
        {"fund": "capex", "quarter": "2027-Q1", "amount": 160_000_00},
        {"fund": "capex", "quarter": "2027-Q2", "amount": 80_000_00},
    ],
}
PIN = {"type": "drop_rule", "rule": "pin:CX-105"}
DAYS = {
    "type": "add_capacity",
    "amounts": [{"capacity": "digital", "quarter": "2027-Q1", "amount": 12.5}],
}
NEED = {"type": "drop_rule", "rule": "needs:CX-105:CX-101"}


def way(*changes: Any, money: int = 0, work: float = 0) -> dict[str, Any]:
    return {
        "kind": "mixed" if len(changes) > 1 else "budget", "changes": list(changes),
        "money": money, "work": work,
        "rules": [one["rule"] for one in changes if "rule" in one], "funded": ["CX-105"],
    }  # fmt: skip


@pytest.fixture
def here(portfolio: Portfolio) -> str:
    return f"/scenarios/{portfolio.scenario.id}"


@pytest.fixture
def run_id(session: Session, portfolio: Portfolio, cast: Cast, now: datetime) -> int:
    """A run of what can't be done: CX-105 has to be in, and no fund has any money."""
    act: dict[str, Any] = {"actor": cast.lead, "now": now}
    with transaction(session):
        one = get_scenario(session, portfolio.scenario.id)
        cells = [(fund.fund_id, q) for fund in one.cycle.funds for q in one.cycle.quarters]
        none = {cell: Money(0, "EUR") for cell in cells}
        set_limits(session, one, none, expected_version=one.version, **act)
        session.flush()
        pin = PinDraft("CX-105", PinKind.FUND, None, None, "The board wants it")
        place_pin(session, one, pin, expected_version=one.version, **act)
    found = begin(session, portfolio.scenario.id, **act)
    carry_out(session, now)
    return found


@pytest.fixture
def known(session: Session, run_id: int, cast: Cast, now: datetime) -> Callable[..., None]:
    def store(*ways: Any) -> None:
        answered(
            session, run_id, cast, now, InquiryKind.CONFLICTS,
            is_infeasible=True, is_minimal=True, is_cheapest=True,
            members=[{"owner": "fund:capex", "funded": []}],
            repair=ways[0], ways_out=list(ways[1:]),
        )  # fmt: skip

    return store


def sent_by(page: Any, place: int = 0) -> dict[str, str]:
    """What the form of a way out sends, by its place on the page."""
    form = page.soup.select('form[action*="/ways-out/"]')[place]
    fields = form.select("input[type=hidden]")
    return {"action": form["action"], **{one["name"]: one["value"] for one in fields}}


def press(lead: StrictClient, page: Any, place: int = 0, **typed: Any) -> Any:
    data = sent_by(page, place)
    return lead.post(data.pop("action"), data=data | typed)


class TestAnswersPage:
    def test_every_way_has_its_price_and_its_button(
        self, lead: StrictClient, run_id: int, known: Callable[..., None]
    ) -> None:
        known(way(BUDGET, money=240_000_00), way(PIN), way(DAYS, work=12.5), way(NEED))
        page = lead.get(f"/runs/{run_id}/answers/conflicts")
        rows = table(page, "Ways out").rows
        assert [row["Price"] for row in rows] == [
            "€240,000.00 more", "1 rule given up", "12.5 person-days more", "1 rule given up",
        ]  # fmt: skip
        assert ["Apply and run" in row["What to do"] for row in rows] == [True, True, False, False]
        assert "Team days belong to the cycle." in rows[2]["What to do"]
        assert "12.5 for Digital in Q1 2027" in rows[2]["What to do"]
        assert "stated by the initiatives themselves" in rows[3]["What to do"]
        assert "/initiatives/CX-105" in links(page)["Open CX-105"]
        assert "cheapest first" not in text(page)
        assert len(page.queries) <= MOST_QUERIES

    def test_a_viewer_reads_but_has_nothing_to_press(
        self,
        client_for: Callable[..., StrictClient],
        cast: Cast,
        here: str,
        run_id: int,
        known: Callable[..., None],
    ) -> None:
        known(way(PIN))
        viewer = client_for(cast.viewer)
        for address in (f"/runs/{run_id}/answers/conflicts", here):
            page = viewer.get(address)
            assert "1 rule given up" in text(page)
            assert "Apply and run" not in buttons(page)
        assert viewer.post(f"{here}/ways-out/{run_id}", data={}).status_code == 403


class TestScenarioPage:
    def test_shows_the_first_two_with_their_price(
        self, lead: StrictClient, here: str, run_id: int, known: Callable[..., None]
    ) -> None:
        assert "Find ways out" in links(lead.get(here))
        known(way(BUDGET, money=240_000_00), way(PIN), way(DAYS, work=12.5))
        page = lead.get(here)
        words = text(page)
        assert "Price: €240,000.00 more." in words
        assert "Without “CX-105 is funded”. Price: 1 rule given up." in words
        assert "12.5" not in words
        assert "cheapest" not in words
        assert "All ways out" in links(page)
        assert len(page.queries) <= MOST_QUERIES

    def test_a_what_if_that_can_not_be_done_leads_to_them(
        self, lead: StrictClient, here: str, run_id: int
    ) -> None:
        page = try_out(lead, here, total="1")
        assert f"Run {run_id}, the scenario as it is, can't be done either." in text(page)
        assert links(page)["Find its ways out"] == f"/runs/{run_id}/answers/conflicts"

    def test_a_what_if_without_such_a_run_says_what_clashes(
        self, lead: StrictClient, here: str
    ) -> None:
        page = try_out(lead, here, total="0", pin="in:CX-105")
        assert "A plan would be possible without" in text(page)
        assert "Ways out are looked for beside a run." in text(page)


class TestApply:
    def test_more_budget_where_it_lacks_exactly_once(
        self,
        lead: StrictClient,
        here: str,
        session: Session,
        run_id: int,
        known: Callable[..., None],
    ) -> None:
        known(way(BUDGET, money=240_000_00))
        page = lead.get(here)
        sent = press(lead, page)
        assert sent.status_code == 303
        assert sent.location == f"{here}?run={run_id + 1}"
        assert press(lead, page).location == sent.location
        assert session.scalar(select(func.count(Run.id))) == 2
        assert value_of(lead.get(here), "Capex") == "240,000.00"
        actions = session.scalars(select(AuditEvent.action)).all()
        assert actions.count("scenario.limited") == 2

    def test_a_pin_and_money_together(
        self, lead: StrictClient, here: str, run_id: int, known: Callable[..., None]
    ) -> None:
        known(way(BUDGET, PIN, money=240_000_00))
        sent = press(lead, lead.get(f"/runs/{run_id}/answers/conflicts"))
        assert sent.status_code == 303
        page = lead.get(sent.location)
        assert "Nothing is pinned." in text(page)
        assert value_of(page, "Capex") == "240,000.00"

    def test_in_a_copy_leaves_the_scenario_alone(
        self, lead: StrictClient, here: str, run_id: int, known: Callable[..., None]
    ) -> None:
        known(way(PIN))
        sent = press(lead, lead.get(here), copy="y")
        assert sent.status_code == 303
        copy = lead.get(sent.location)
        assert "Balanced, without pin CX-105" in text(copy)
        assert "Nothing is pinned." in text(copy)
        assert "CX-105 is funded" in text(lead.get(here))

    def test_gives_way_to_what_somebody_changed_meanwhile(
        self,
        lead: StrictClient,
        here: str,
        session: Session,
        portfolio: Portfolio,
        run_id: int,
        known: Callable[..., None],
    ) -> None:
        known(way(PIN))
        page = lead.get(here)
        with transaction(session):
            get_scenario(session, portfolio.scenario.id).note = "Read this first"
        for where in ({}, {"copy": "y"}):
            assert press(lead, page, **where).status_code == 412
        for address in (here, f"/runs/{run_id}/answers/conflicts"):
            assert "The scenario has changed since this run" in text(lead.get(address))
        assert session.scalar(select(func.count(Scenario.id))) == 1

    def test_refuses_what_no_answer_holds_and_what_no_scenario_can_change(
        self, lead: StrictClient, here: str, session: Session, known: Callable[..., None]
    ) -> None:
        known(way(PIN), way(BUDGET, DAYS, money=1, work=12.5))
        page = lead.get(here)
        assert press(lead, page, way="0" * 16).status_code == 412
        assert press(lead, page, way="").status_code == 422
        mixed = way_key(way(BUDGET, DAYS))
        assert press(lead, page, way=mixed).status_code == 422
        assert session.scalar(select(func.count(Run.id))) == 1
