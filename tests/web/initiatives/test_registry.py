"""The registry as people read it: filter, order and pages in the address, and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from app.initiatives.exports import inert
from app.initiatives.services import edit_option
from tests.factories.accounts import Cast
from tests.factories.initiatives import (
    NOW,
    Company,
    make_candidate,
    make_complete,
    make_draft,
    option_draft,
)
from tests.support.client import StrictClient
from tests.support.pages import buttons, heading, links, table, text, value_of

ClientFor = Callable[[Person], StrictClient]


class TestIndex:
    def test_shows_what_each_initiative_is_costs_is_worth_and_needs_next(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            make_complete(session, cast, company)
            make_candidate(session, cast, company, title="Callback")

        page = client_for(cast.viewer).get("/initiatives")

        rows = table(page, "Initiatives")
        row = rows.row("CX-101")
        assert row["Initiative"] == "Claim status tracker Claims"
        assert (row["Journey"], row["Owner"]) == ("Motor claim", "Omar Owner")
        assert (row["State"], row["Cost"]) == ("Draft", "€160,000.00")
        assert row["Standalone value"] == "€58,762.90"
        assert row["Next step"] == "Submit to Finance"
        assert rows.row("CX-102")["Next step"] == "Waits to be chosen in a scenario"
        assert "Propose initiative" not in links(page)
        assert len(page.queries) <= 12

    def test_filter_order_and_page_stand_in_the_address(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            for title in ("Ape", "Bee", "Cat"):
                make_draft(session, cast, company, title=title)
            make_complete(session, cast, company, title="Dog", owner_id=cast.lead.id)
        address = f"/initiatives?state=draft&owner={cast.owner.id}&sort=-title&size=2"

        page = client_for(cast.lead).get(address)

        assert table(page, "Initiatives").column("Key") == ["CX-103", "CX-102"]
        assert value_of(page, "State") == "draft"
        assert value_of(page, "Owner") == str(cast.owner.id)
        second = client_for(cast.lead).get(links(page)["Next"])
        assert table(second, "Initiatives").column("Key") == ["CX-101"]
        assert "3–3 of 3 initiatives" in text(second)

    def test_nonsense_in_the_address_counts_as_not_asked(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            make_draft(session, cast, company)

        page = client_for(cast.lead).get(
            "/initiatives?state=nope&lens=x&owner=-1&cycle=9e9&sort=drop&page=zz&size=-4"
        )
        assert page.status_code == 200
        assert table(page, "Initiatives").column("Key") == ["CX-101"]

    def test_an_absurd_cost_is_flagged_in_words(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_complete(session, cast, company)
            odd = option_draft(company, spend={(company.capex.id, 0): 999_999_999_00})
            edit_option(session, made, "full", odd, expected_version=None, actor=cast.lead, now=NOW)
        client = client_for(cast.lead)

        assert (
            "all nines"
            in table(client.get("/initiatives"), "Initiatives").row("CX-101")["Initiative"]
        )
        assert "The cost looks odd" in text(client.get("/initiatives/CX-101"))
        assert "The cost looks odd" in text(client.get("/initiatives/CX-101/options"))

    def test_an_empty_registry_says_what_to_do(
        self, client_for: ClientFor, cast: Cast, company: Company
    ) -> None:
        page = client_for(cast.lead).get("/initiatives")

        assert heading(page) == "Initiatives"
        assert links(page)["Propose initiative"] == "/initiatives/new"
        assert "No initiative fits" in text(client_for(cast.lead).get("/initiatives?q=zebra"))

    def test_costs_as_many_queries_for_fifty_as_for_one(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        client = client_for(cast.lead)
        with transaction(session):
            make_complete(session, cast, company)
        few = len(client.get("/initiatives").queries)
        with transaction(session):
            for _ in range(20):
                make_candidate(session, cast, company)

        assert len(client.get("/initiatives").queries) <= few


class TestExport:
    def test_gives_all_pages_of_what_is_shown(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            for title in ("Ape", "Bee", "Cat"):
                make_draft(session, cast, company, title=title)
            make_complete(session, cast, company, title="Dog")

        answer = client_for(cast.viewer).get("/initiatives/export.csv?sort=-title&size=1")

        rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
        assert [row["Title"] for row in rows] == ["Dog", "Cat", "Bee", "Ape"]
        assert (rows[0]["Cost"], rows[0]["Standalone value"]) == ("160000.00", "58762.90")
        assert rows[0]["Currency"] == "EUR"
        assert answer.mimetype == "text/csv"

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
    def test_nothing_typed_turns_into_a_formula(self, start: str) -> None:
        assert inert(f"{start}1+1") == f"'{start}1+1"
        assert inert(f"a{start}") == f"a{start}"

    def test_a_title_that_looks_like_a_formula_is_neutral(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            make_draft(session, cast, company, title='=HYPERLINK("x")')

        body = client_for(cast.lead).get("/initiatives/export.csv").get_data(as_text=True)
        assert "\"'=HYPERLINK" in body


def test_buttons_fit_the_role(client_for: ClientFor, cast: Cast, company: Company) -> None:
    page = client_for(cast.manager).get("/initiatives")
    assert {"Propose initiative", "Export CSV"} <= links(page).keys()
    assert "Apply" in buttons(page)
