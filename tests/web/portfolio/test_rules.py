"""Rules of every kind are added in words, changed, solved under and said beside the result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.factories.accounts import Cast
from tests.factories.portfolio import Portfolio, begin, carry_out
from tests.support.client import StrictClient
from tests.support.pages import error_on, form_values, notice, table, text, value_of

MOST_QUERIES = 12


@pytest.fixture
def here(portfolio: Portfolio) -> str:
    return f"/scenarios/{portfolio.scenario.id}/rules"


@pytest.fixture
def solved(session: Session, portfolio: Portfolio, cast: Cast, now: datetime) -> Callable[[], int]:
    def done() -> int:
        session.expire_all()
        run_id = begin(session, portfolio.scenario.id, actor=cast.lead, now=now)
        carry_out(session, now)
        return run_id

    return done


def add(client: StrictClient, here: str, kind: str, **typed: Any) -> Any:
    page = client.get(f"{here}?kind={kind}")
    assert len(page.queries) <= MOST_QUERIES
    action = f"{here}/{kind}"
    return client.post(action, data=form_values(page, action) | typed)


def change_address(client: StrictClient, here: str) -> str:
    page = client.get(here)
    return str(page.soup.find("a", string="Change")["href"])


SENTENCES = [
    (
        "share",
        {"share": "50 %", "tag": "lens=technology", "price": "25 %"},
        "At most 50 % of the budget on lens = technology; may be broken for 25 % of the money "
        "missed",
    ),
    (
        "spend_on",
        {"bound": "at_least", "limit": "200k", "tag": "lens=people"},
        "At least €200,000.00 spent on lens = people",
    ),
    (
        "spend_on",
        {"bound": "at_most", "limit": "1m", "initiatives": "CX-101 CX-102", "price": "10"},
        "At most €1,000,000.00 spent on CX-101 and CX-102; may be broken for 10 % of the money "
        "missed",
    ),
    (
        "average_risk",
        {"risk": "2.5"},
        "Risk of at most 2.5 on the average of what is funded",
    ),
    (
        "average_risk",
        {"risk": "2", "tag": "lens=process", "price": "4,000"},
        "Risk of at most 2 on the average of what is funded with lens = process; may be broken for "
        "€4,000.00 per risk point above it, per initiative",
    ),
    (
        "change_load",
        {"count": "3", "tag": "journey=claims"},
        "At most 3 initiatives with journey = claims live at a time",
    ),
    (
        "change_load",
        {"count": "1", "capacity": "digital", "price": "25,000"},
        "At most 1 initiative that need team digital live at a time; may be broken for "
        "€25,000.00 per initiative too many in a quarter",
    ),
    (
        "at_most",
        {"count": "2", "tag": "lens=process", "price": "25,000"},
        "At most 2 initiatives with lens = process; may be broken for €25,000.00 per initiative "
        "too many",
    ),
    (
        "requires",
        {"initiative": "CX-102", "needs": "CX-101", "lag": "1", "price": "9,000"},
        "CX-102 needs CX-101, started at least 1 quarter before it; may be broken for €9,000.00 "
        "per quarter too early",
    ),
    (
        "together",
        {"initiatives": "CX-101, CX-102", "price": "1"},
        "All or none of CX-101 and CX-102; may be broken for €1.00 per initiative lacking",
    ),
]


class TestAdding:
    @pytest.mark.parametrize(("kind", "typed", "sentence"), SENTENCES)
    def test_reads_as_a_sentence_and_may_be_changed(
        self, lead: StrictClient, here: str, kind: str, typed: dict[str, str], sentence: str
    ) -> None:
        assert add(lead, here, kind, **typed, reason="Agreed").status_code == 303
        page = lead.get(here)
        assert table(page, "Rules").row(sentence)["Reason"] == "Agreed"
        action = change_address(lead, here)
        kept = form_values(lead.get(action), action)
        assert lead.post(action, data=kept | {"reason": "Agreed again"}).status_code == 303
        assert table(lead.get(here), "Rules").row(sentence)["Reason"] == "Agreed again"

    def test_shows_only_the_fields_of_its_kind(self, lead: StrictClient, here: str) -> None:
        words = text(lead.get(f"{here}?kind=change_load"))
        assert "How many at a time" in words and "Only those that need" in words
        assert "At most on average" not in words and "Worth more (" not in words

    @pytest.mark.parametrize(
        ("kind", "typed", "field", "said"),
        [
            ("spend_on", {"limit": "5"}, "Of these initiatives", "one of the two"),
            ("spend_on", {"limit": "", "initiatives": "CX-101"}, "Money", "Enter an amount"),
            ("spend_on", {"limit": "-5", "initiatives": "CX-101"}, "Money", "from zero"),
            ("average_risk", {"risk": "-1"}, "At most on average", "Enter a risk from 0"),
            ("average_risk", {"risk": "low"}, "At most on average", "Enter a number"),
            ("change_load", {"count": "-1"}, "How many at a time", "from 0"),
            ("change_load", {"count": "1", "capacity": "gone"}, "Only those that need", "no days"),
            ("at_most", {"count": "1", "initiatives": "CX-101", "price": "0"}, "May be broken for",
             "above zero"),
            ("share", {"share": "5", "tag": "lens=people", "price": "-2"}, "May be broken for",
             "above zero"),
            ("keep", {"run": ""}, "The plan of", "Choose a run"),
            ("keep", {"run": "999999"}, "The plan of", "Choose a run"),
        ],
    )  # fmt: skip
    def test_what_makes_no_rule_is_refused_at_its_field(
        self, lead: StrictClient, here: str, kind: str, typed: dict[str, str], field: str, said: str
    ) -> None:
        page = add(lead, here, kind, **typed)
        assert page.status_code == 422
        assert said in (error_on(page, field) or "")

    def test_an_old_version_of_the_scenario_is_no_ground_for_a_change(
        self, lead: StrictClient, here: str
    ) -> None:
        add(lead, here, "at_most", count="2", initiatives="CX-101, CX-102")
        action = change_address(lead, here)
        kept = form_values(lead.get(action), action)
        add(lead, here, "at_most", count="1", initiatives="CX-103")
        assert lead.post(action, data=kept | {"count": "1"}).status_code == 409

    def test_a_rule_that_is_gone_is_missing(self, lead: StrictClient, here: str) -> None:
        assert lead.get(f"{here}/999/change").status_code == 404


class TestChanging:
    def test_gives_the_same_rule_other_figures(self, lead: StrictClient, here: str) -> None:
        add(lead, here, "spend_on", limit="1m", initiatives="CX-101", price="10")
        action = change_address(lead, here)
        page = lead.get(action)
        assert value_of(page, "Money") == "1,000,000.00"
        assert value_of(page, "May be broken for") == "10"
        sent = lead.post(action, data=form_values(page, action) | {"limit": "2m", "price": ""})
        assert sent.status_code == 303
        assert notice(lead.get(sent.location)).startswith("The rule is changed")
        words = text(lead.get(here))
        assert "At most €2,000,000.00 spent on CX-101" in words
        assert "may be broken" not in words


class TestSoftPins:
    def test_may_be_broken_for_their_price_and_say_so(
        self, lead: StrictClient, here: str, solved: Callable[[], int]
    ) -> None:
        pins = here.replace("/rules", "/pins")
        page = lead.get(pins)
        typed = {"initiative": "CX-102", "kind": "exclude", "reason": "Crowded", "price": "7"}
        assert lead.post(pins, data=form_values(page, pins) | typed).status_code == 303
        said = "CX-102 is left out; may be broken for €7.00"
        assert table(lead.get(pins), "Pins").row(said)["Reason"] == "Crowded"
        words = text(lead.get(f"/runs/{solved()}"))
        assert said in words
        assert "not kept; €7.00 paid" in words

    def test_a_price_of_nothing_is_no_price(self, lead: StrictClient, here: str) -> None:
        pins = here.replace("/rules", "/pins")
        typed = {"initiative": "CX-102", "kind": "exclude", "reason": "Crowded", "price": "0"}
        page = lead.post(pins, data=form_values(lead.get(pins), pins) | typed)
        assert page.status_code == 422
        assert "above zero" in (error_on(page, "May be broken for") or "")


class TestResult:
    def test_says_what_a_broken_rule_cost_and_adds_up(
        self, lead: StrictClient, here: str, solved: Callable[[], int]
    ) -> None:
        add(lead, here, "at_most", count="0", tag="journey=claims", price="1,000", reason="Calm")
        page = lead.get(f"/runs/{solved()}")
        words = text(page)
        rows = table(page, "Funded and not funded").rows
        count = int(next(row["Initiative"] for row in rows if row["Key"] == "Total").split()[0])
        assert count
        assert f"missed: {count} × initiative too many; €{count},000.00 paid" in words
        assert "Broken" in words
        assert f"\u2212€{count},000.00" in words
        assert "Paid for broken rules" in words and "Value of the plan" in words
        assert "and what is paid for broken rules to the cent" in words

    def test_says_what_room_the_others_leave(
        self, lead: StrictClient, here: str, solved: Callable[[], int]
    ) -> None:
        add(lead, here, "change_load", count="6")
        add(lead, here, "average_risk", risk="5")
        add(lead, here, "spend_on", limit="9m", tag="lens=process")
        page = lead.get(f"/runs/{solved()}")
        words = text(page)
        assert "in the fullest quarter" in words
        assert "risk points more" in words
        assert "of room" in words
        assert "Paid for broken rules" not in words

    def test_an_earlier_plan_is_kept_unless_that_costs_too_much(
        self, lead: StrictClient, here: str, solved: Callable[[], int]
    ) -> None:
        first = solved()
        assert f"Run {first}," in text(lead.get(f"{here}?kind=keep"))
        sent = add(lead, here, "keep", run=str(first), way="any", price="5")
        assert sent.status_code == 303
        said = f"Keep funding what run {first} chose; may be broken for €5.00 per initiative"
        assert said in text(lead.get(here))
        second = solved()
        assert second != first
        page = lead.get(f"/runs/{second}")
        assert said in text(page)
        again = add(lead, here, "keep", run=str(second), way="any")
        assert f"Another rule keeps run {first}" in (error_on(again, "The plan of") or "")

    def test_rules_that_cannot_hold_together_are_both_named_before_a_run(
        self, lead: StrictClient, here: str
    ) -> None:
        add(lead, here, "spend_on", bound="at_least", limit="200k", initiatives="CX-101, CX-102")
        add(lead, here, "spend_on", bound="at_most", limit="100k", initiatives="CX-101, CX-102")
        scenario = here.removesuffix("/rules")
        page = lead.get(scenario)
        action = f"{scenario}/runs"
        words = text(lead.post(action, data=form_values(page, action)))
        assert "At most €100,000.00 spent on CX-101 and CX-102" in words
        assert "At least €200,000.00 spent on CX-101 and CX-102" in words
