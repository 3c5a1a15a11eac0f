"""The registry as people read it: filter, order and pages in the address, and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.accounts.services import hide_costs
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


class TestColumns:
    def test_are_those_the_reader_chose_and_stay_while_sorting_and_filtering(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            make_complete(session, cast, company)
        client = client_for(cast.lead)

        page = client.get("/initiatives?columns=key&columns=sponsor&columns=start&q=claim")

        shown = table(page, "Initiatives")
        assert shown.columns == ["Key", "Initiative", "Sponsor", "Planned start"]
        row = shown.row("CX-101")
        assert (row["Sponsor"], row["Planned start"]) == ("Mina Manager", "Q1 2027")
        assert links(page)["Sponsor"] == "/initiatives?q=claim&columns=sponsor.start&sort=sponsor"
        again = table(client.get(links(page)["Sponsor"]), "Initiatives")
        assert again.columns == shown.columns
        kept = page.soup.select('form[role="search"][aria-label="Filter"] input[name="columns"]')
        assert [one["value"] for one in kept] == ["sponsor.start"]

    def test_nobody_chose_are_the_usual_ones(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            make_draft(session, cast, company)
        client = client_for(cast.lead)
        usual = table(client.get("/initiatives"), "Initiatives").columns
        assert usual == [
            "Key", "Initiative", "Journey", "Owner", "State", "Cost", "Standalone value",
            "Next step",
        ]  # fmt: skip
        assert table(client.get("/initiatives?columns=nope"), "Initiatives").columns == usual
        bare = client.get("/initiatives?columns=key")
        assert table(bare, "Initiatives").columns == ["Key", "Initiative"]

    def test_sort_by_value_with_what_has_none_last(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            make_draft(session, cast, company)
            make_complete(session, cast, company)
            low = make_complete(session, cast, company)
            weak = option_draft(company, half_life_quarters=1)
            edit_option(session, low, "full", weak, expected_version=None, actor=cast.lead, now=NOW)
        client = client_for(cast.lead)

        def keys(order: str) -> list[str]:
            return table(client.get(f"/initiatives?sort={order}"), "Initiatives").column("Key")

        assert keys("-value") == ["CX-102", "CX-103", "CX-101"]
        assert keys("value") == ["CX-103", "CX-102", "CX-101"]
        second = client.get("/initiatives?sort=-value&size=1&page=2")
        assert table(second, "Initiatives").column("Key") == ["CX-103"]
        assert len(second.queries) <= 12

    def test_of_money_order_nothing_for_whom_costs_are_hidden_from(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            make_draft(session, cast, company)
            make_complete(session, cast, company)
            hide_costs(session, cast.viewer, actor=cast.admin, now=NOW)

        page = client_for(cast.viewer).get("/initiatives?sort=-value")
        assert table(page, "Initiatives").column("Key") == ["CX-101", "CX-102"]
        assert table(page, "Initiatives").row("CX-102")["Standalone value"] == "–"
        assert "Export XLSX" not in links(page)


class TestExport:
    def test_gives_the_columns_that_are_shown(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            make_complete(session, cast, company)
        page = client_for(cast.viewer).get("/initiatives?columns=sponsor.cost&q=claim")

        answer = client_for(cast.viewer).get(links(page)["Export CSV"])

        head, row = csv.reader(io.StringIO(answer.get_data(as_text=True)))
        assert head == [
            "Key", "Title", "Organisation unit", "Flag", "Stale baselines", "Sponsor", "Currency",
            "Cost",
        ]  # fmt: skip
        assert row[5:] == ["Mina Manager", "EUR", "160000.00"]

    def test_gives_the_same_as_a_workbook(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            make_complete(session, cast, company)
            make_complete(session, cast, company, title="=1+1")
        page = client_for(cast.viewer).get("/initiatives?sort=-key&state=draft")

        answer = client_for(cast.viewer).get(links(page)["Export XLSX"])

        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.get_data()))
        head, *rows = book.get_sheet_by_name("Initiatives").to_python()
        found = [dict(zip(head, row, strict=True)) for row in rows]
        assert [row["Key"] for row in found] == ["CX-102", "CX-101"]
        assert found[0]["Title"] == "'=1+1"
        assert (found[1]["Cost"], found[1]["Standalone value"]) == (160000, 58762.9)
        facts = dict(book.get_sheet_by_name("About this file").to_python())
        assert facts["State"] == "Draft" and facts["Sorted by"] == "Key, falling"

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


def test_buttons_fit_the_role(
    client_for: ClientFor, session: Session, cast: Cast, company: Company
) -> None:
    assert "Apply" not in buttons(client_for(cast.manager).get("/initiatives"))
    with transaction(session):
        make_draft(session, cast, company, title="Tracker")
    page = client_for(cast.manager).get("/initiatives")
    assert {"Propose initiative", "Export CSV"} <= links(page).keys()
    assert "Apply" in buttons(page)
