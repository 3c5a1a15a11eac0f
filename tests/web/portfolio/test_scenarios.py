"""Scenarios as people build them: limits, pins and rules in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.calendar.rules import CycleState
from app.db.session import transaction
from app.portfolio.queries import get_scenario
from tests.factories.accounts import Cast
from tests.factories.portfolio import Portfolio
from tests.support.client import StrictClient
from tests.support.pages import (
    buttons,
    error_on,
    form_values,
    heading,
    links,
    notice,
    table,
    text,
    value_of,
)

MOST_QUERIES = 12


@pytest.fixture
def here(portfolio: Portfolio) -> str:
    return f"/scenarios/{portfolio.scenario.id}"


def send(client: StrictClient, page: str, action: str | None = None, **typed: Any) -> Any:
    """Fill the form of a page in as typed and send it."""
    kept = form_values(client.get(page), action or page)
    return client.post(action or page, data=kept | typed)


class TestList:
    def test_shows_the_scenarios_of_the_current_cycle(self, lead: StrictClient) -> None:
        page = lead.get("/scenarios")
        assert heading(page) == "Scenarios"
        assert table(page, "Scenarios").row("Balanced")["Latest run"] == "not run yet"
        assert len(page.queries) <= MOST_QUERIES

    def test_says_what_to_do_without_a_cycle(
        self, client_for: Callable[..., StrictClient], cast: Cast
    ) -> None:
        assert "There is no cycle yet" in text(client_for(cast.lead).get("/scenarios"))

    def test_an_unknown_cycle_is_missing(self, lead: StrictClient) -> None:
        assert lead.get("/scenarios?cycle=999").status_code == 404


class TestCreate:
    def test_leads_to_the_new_scenario(self, lead: StrictClient) -> None:
        sent = send(lead, "/scenarios/new", name="Half the capex", note="For the board")
        assert sent.status_code == 303
        page = lead.get(sent.location)
        assert heading(page) == "Half the capex"
        assert "For the board" in text(page)

    def test_keeps_what_was_typed_when_the_name_is_taken(self, lead: StrictClient) -> None:
        page = send(lead, "/scenarios/new", name="Balanced", note="Kept")
        assert page.status_code == 422
        assert "has a scenario of that name already" in (error_on(page, "Name") or "")
        assert value_of(page, "Note") == "Kept"

    def test_is_for_leads_and_finance(
        self, client_for: Callable[..., StrictClient], cast: Cast, portfolio: Portfolio
    ) -> None:
        viewer = client_for(cast.viewer)
        assert viewer.get("/scenarios/new").status_code == 403
        assert "New scenario" not in links(viewer.get("/scenarios"))


class TestScenario:
    def test_shows_limits_and_how_to_run(self, lead: StrictClient, here: str) -> None:
        page = lead.get(here)
        assert value_of(page, "Capex") == "1,200,000.00"
        assert buttons(page)["Run optimizer"]
        assert len(page.queries) <= MOST_QUERIES

    def test_offers_a_viewer_no_change(
        self, client_for: Callable[..., StrictClient], cast: Cast, here: str
    ) -> None:
        page = client_for(cast.viewer).get(here)
        assert "Run optimizer" not in buttons(page)
        assert "Change limits" not in links(page)
        assert "A CX lead or Finance runs the optimizer." in text(page)

    def test_of_a_closed_cycle_stays_as_it_was(
        self, session: Session, lead: StrictClient, portfolio: Portfolio, here: str
    ) -> None:
        kept = form_values(lead.get(f"{here}/edit"), f"{here}/edit")
        with transaction(session):
            get_scenario(session, portfolio.scenario.id).cycle.state = CycleState.CLOSED
        assert "Run optimizer" not in buttons(lead.get(here))
        refused = lead.post(f"{here}/edit", data=kept | {"name": "Later"})
        assert refused.status_code == 409
        assert "is closed" in text(refused)

    @pytest.mark.parametrize("number", ["999", "2147483647"])
    def test_that_does_not_exist_is_missing(self, lead: StrictClient, number: str) -> None:
        assert lead.get(f"/scenarios/{number}").status_code == 404

    def test_with_an_impossible_number_is_missing(self, lead: StrictClient) -> None:
        assert lead.get("/scenarios/99999999999999999999").status_code == 404


class TestLimits:
    def field(self, portfolio: Portfolio) -> str:
        return f"limit-{portfolio.capex.id}-2027-Q1"

    def cell(self, page: Any, portfolio: Portfolio) -> Any:
        return page.soup.find("input", attrs={"name": self.field(portfolio)})

    def test_start_with_the_cycle_and_keep_differences(
        self, lead: StrictClient, here: str, portfolio: Portfolio
    ) -> None:
        assert self.cell(lead.get(f"{here}/limits"), portfolio)["value"] == "300,000.00"
        sent = send(lead, f"{here}/limits", **{self.field(portfolio): "100k"})
        assert sent.status_code == 303
        page = lead.get(here)
        assert value_of(page, "Capex") == "1,000,000.00"
        assert "cycle €1.2m" in text(page)

    def test_refuse_nonsense_at_the_field(
        self, lead: StrictClient, here: str, portfolio: Portfolio
    ) -> None:
        page = send(lead, f"{here}/limits", **{self.field(portfolio): "a lot"})
        assert page.status_code == 422
        cell = self.cell(page, portfolio)
        assert (cell["value"], cell["aria-invalid"]) == ("a lot", "true")
        assert "Enter an amount" in text(page.soup.find(id=cell["aria-describedby"]))

    def test_show_both_versions_when_somebody_was_faster(
        self,
        lead: StrictClient,
        client_for: Callable[..., StrictClient],
        cast: Cast,
        here: str,
        portfolio: Portfolio,
    ) -> None:
        kept = form_values(lead.get(f"{here}/limits"), f"{here}/limits")
        send(client_for(cast.cfo), f"{here}/limits", **{self.field(portfolio): "1"})
        page = lead.post(f"{here}/limits", data=kept | {self.field(portfolio): "2"})
        assert page.status_code == 409
        versions = text(page.soup.select_one("section.conflict"))
        assert "Capex, 2027-Q1 €2.00 €1.00" in versions
        assert cast.cfo.name in text(page)
        again = form_values(page, f"{here}/limits")
        assert again[self.field(portfolio)] == "2"
        assert lead.post(f"{here}/limits", data=again).status_code == 303
        assert self.cell(lead.get(f"{here}/limits"), portfolio)["value"] == "2.00"

    @pytest.mark.parametrize("sent", [{}, {"version": ""}, {"version": "²"}, {"version": "x"}])
    @pytest.mark.parametrize("form", ["limits", "edit"])
    def test_take_no_form_that_does_not_say_what_it_was_filled_from(
        self, lead: StrictClient, here: str, form: str, sent: dict[str, str]
    ) -> None:
        kept = form_values(lead.get(f"{here}/{form}"), f"{here}/{form}")
        del kept["version"]
        assert lead.post(f"{here}/{form}", data=kept | sent).status_code == 409


class TestPins:
    def test_stand_as_sentences_and_are_lifted(self, lead: StrictClient, here: str) -> None:
        page = lead.get(f"{here}/pins?initiative=CX-101")
        assert value_of(page, "Initiative") == "CX-101"
        kept = form_values(page, f"{here}/pins")
        typed = {"kind": "fix", "option": "lean", "start": "2027-Q2", "reason": "Promised"}
        assert lead.post(f"{here}/pins", data=kept | typed).status_code == 303
        page = lead.get(f"{here}/pins")
        row = table(page, "Pins").row("CX-101 is funded as lean from 2027-Q2")
        assert row["Reason"] == "Promised"
        assert "CX-101 is funded as lean" in text(lead.get(here))
        action = page.soup.find("form", action=lambda a: a and a.endswith("/lift"))["action"]
        assert send(lead, f"{here}/pins", action).status_code == 303
        assert "Nothing is pinned" in text(lead.get(here))

    def test_refuse_an_unknown_option_with_what_there_is(
        self, lead: StrictClient, here: str
    ) -> None:
        page = send(
            lead, f"{here}/pins", initiative="cx-101", kind="fix", option="gold", reason="Why not"
        )
        assert page.status_code == 422
        assert error_on(page, "Option") == "CX-101 has no option “gold”; it has lean and full."
        assert value_of(page, "Reason") == "Why not"

    def test_say_what_they_replace(self, lead: StrictClient, here: str) -> None:
        for kind in ("fund", "exclude"):
            kept = form_values(lead.get(f"{here}/pins"), f"{here}/pins")
            typed = {"initiative": "CX-101", "kind": kind, "reason": f"To {kind} it"}
            sent = lead.post(f"{here}/pins", data=kept | typed)
        page = lead.get(sent.location)
        assert "It replaces the pin “CX-101 is funded” and its reason." in (notice(page) or "")
        assert "An initiative has one pin" in text(page)


class TestRules:
    @pytest.mark.parametrize(
        ("kind", "typed", "sentence"),
        [
            (
                "share",
                {"share": "50 %", "tag": "lens=technology"},
                "At most 50 % of the budget on lens = technology",
            ),
            (
                "requires",
                {"initiative": "CX-102", "needs": "cx-101", "lag": "1"},
                "CX-102 needs CX-101, started at least 1 quarter before it",
            ),
            (
                "together",
                {"initiatives": "CX-101, CX-102"},
                "All or none of CX-101 and CX-102",
            ),
            (
                "at_most",
                {"count": "1", "initiatives": "CX-101 CX-102"},
                "At most 1 of CX-101 and CX-102",
            ),
            (
                "at_least",
                {"count": "1", "tag": "lens=people"},
                "At least 1 initiative with lens = people",
            ),
            (
                "synergy",
                {"initiatives": "CX-101, CX-102", "value": "50k"},
                "€50,000.00 more when CX-101 and CX-102 are all funded",
            ),
        ],
    )
    def test_stand_as_sentences_and_are_removed(
        self, lead: StrictClient, here: str, kind: str, typed: dict[str, str], sentence: str
    ) -> None:
        page = lead.get(f"{here}/rules?kind={kind}")
        assert len(page.queries) <= MOST_QUERIES
        action = f"{here}/rules/{kind}"
        sent = lead.post(action, data=form_values(page, action) | typed | {"reason": "Agreed"})
        assert sent.status_code == 303
        page = lead.get(f"{here}/rules")
        assert table(page, "Rules").row(sentence)["Reason"] == "Agreed"
        action = page.soup.find("form", action=lambda a: a and a.endswith("/drop"))["action"]
        assert send(lead, f"{here}/rules", action).status_code == 303
        assert "No rules" in text(lead.get(f"{here}/rules"))

    def test_refuse_what_names_nobody(self, lead: StrictClient, here: str) -> None:
        action = f"{here}/rules/together"
        page = send(lead, f"{here}/rules?kind=together", action, initiatives="CX-101, CX-777")
        assert page.status_code == 422
        assert "“CX-777” is no candidate" in (error_on(page, "Initiatives") or "")
        assert value_of(page, "Initiatives") == "CX-101, CX-777"

    def test_ask_for_a_list_or_a_group_not_both(self, lead: StrictClient, here: str) -> None:
        action = f"{here}/rules/at_most"
        page = send(
            lead, f"{here}/rules?kind=at_most", action,
            count="1", initiatives="CX-101", tag="lens=people",
        )  # fmt: skip
        assert page.status_code == 422
        assert "one of the two" in (error_on(page, "Of these initiatives") or "")

    def test_an_unknown_kind_is_missing(self, lead: StrictClient, here: str) -> None:
        assert lead.get(f"{here}/rules?kind=magic").status_code == 404


class TestCopy:
    def test_takes_the_rules_along(self, lead: StrictClient, here: str) -> None:
        action = f"{here}/rules/together"
        send(lead, f"{here}/rules?kind=together", action, initiatives="CX-101, CX-102")
        sent = send(lead, f"{here}/copy", name="Second")
        assert sent.status_code == 303
        page = lead.get(sent.location)
        assert heading(page) == "Second"
        assert "All or none of CX-101 and CX-102" in text(page)
        assert notice(page) == "The copy has the same limits, pins and rules."
