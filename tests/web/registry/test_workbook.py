"""A person edits the registry in a spreadsheet, sees what differs, and saves it whole."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.services import hide_costs
from app.db.session import transaction
from app.initiatives.models import Initiative
from app.initiatives.services import add_milestone, add_option
from tests.factories.accounts import Cast
from tests.factories.initiatives import make_company, make_draft, milestone_draft, option_draft
from tests.support.pages import buttons, error_on, form_values, heading, table, text
from tests.support.workbooks import edited, letter, sheets_of

ClientFor = Callable[[Any], Any]
PAGE = "/initiatives/import/workbook"
SAVE = f"{PAGE}/save"


@pytest.fixture
def tracker(session: Session, cast: Cast, now: datetime) -> str:
    with transaction(session):
        company = make_company(session, cast)
        one = make_draft(session, cast, company)
        terms: dict[str, Any] = {"expected_version": None, "actor": cast.lead, "now": now}
        add_option(session, one, option_draft(company), **terms)
        add_milestone(session, one, milestone_draft(), **terms)
    return one.key


def exported(browser: Any) -> bytes:
    page = browser.get(f"{PAGE}.xlsx")
    assert page.status_code == 200
    assert "waymark-registry-" in page.headers["Content-Disposition"]
    return bytes(page.data)


def bring(browser: Any, content: bytes, name: str = "registry.xlsx") -> Any:
    values = form_values(browser.get(PAGE), PAGE) | {"file": (io.BytesIO(content), name)}
    return browser.post(PAGE, data=values, content_type="multipart/form-data")


def title(session: Session, key: str) -> str:
    session.rollback()
    return session.scalars(select(Initiative.title).where(Initiative.key == key)).one()


class TestExport:
    def test_has_a_sheet_for_each_part(
        self, client_for: ClientFor, cast: Cast, tracker: str
    ) -> None:
        sheets = sheets_of(exported(client_for(cast.lead)))
        assert list(sheets)[:9] == [
            "How this works", "Initiatives", "Answers", "Options", "Spend", "Team days",
            "Milestones", "Criteria", "Links",
        ]  # fmt: skip
        assert sheets["Initiatives"][1][0] == tracker

    def test_leaves_money_out_for_whom_it_is_hidden_from(
        self, client_for: ClientFor, cast: Cast, session: Session, tracker: str, now: datetime
    ) -> None:
        with transaction(session):
            hide_costs(session, cast.viewer, actor=cast.admin, now=now)
        sheets = sheets_of(exported(client_for(cast.viewer)))
        assert "Spend" not in sheets
        assert "Declared benefit" not in sheets["Options"][0]

    def test_comes_back_from_nobody_who_only_looks(self, client_for: ClientFor, cast: Cast) -> None:
        assert client_for(cast.viewer).get(PAGE).status_code == 403


class TestDifferences:
    def test_says_that_nothing_differs(
        self, client_for: ClientFor, cast: Cast, tracker: str
    ) -> None:
        browser = client_for(cast.lead)
        page = bring(browser, exported(browser))
        assert heading(page) == "What differs in registry.xlsx"
        assert "Nothing differs" in text(page)
        assert not [one for one in buttons(page) if one.startswith("Save")]

    def test_shows_cell_field_old_and_new_and_saves_nothing(
        self, client_for: ClientFor, cast: Cast, session: Session, tracker: str
    ) -> None:
        browser = client_for(cast.lead)
        content = edited(exported(browser), {"Initiatives!D2": "Claim watch"})
        row = table(bring(browser, content), f"Cells of {tracker}").rows[0]
        assert (row["Cell"], row["Field"]) == ("Initiatives!D2", "Title")
        assert (row["Old"], row["New"]) == ("Claim status tracker", "Claim watch")
        assert title(session, tracker) == "Claim status tracker"

    def test_names_a_cell_that_no_rule_lets_through_with_what_to_do(
        self, client_for: ClientFor, cast: Cast, tracker: str
    ) -> None:
        browser = client_for(cast.lead)
        content = exported(browser)
        share = letter(content, "Milestones", "Share of the money")
        page = bring(browser, edited(content, {f"Milestones!{share}2": 1.5}))
        (row,) = table(page, "Cells that can’t be saved").rows
        assert row["Cell"] == f"Milestones!{share}2"
        assert "at most 100 %" in row["What to do"]
        assert not [one for one in buttons(page) if one.startswith("Save")]

    def test_says_that_missing_rows_stay(
        self, client_for: ClientFor, cast: Cast, tracker: str
    ) -> None:
        browser = client_for(cast.lead)
        content = edited(exported(browser), change=lambda sheets: sheets["Spend"].pop() and None)
        page = bring(browser, content)
        assert "a row that is not in the file is never deleted" in text(page)
        assert table(page, "Not in the file").rows[0]["Sheet"] == "Spend"

    def test_refuses_another_file_at_its_field(self, client_for: ClientFor, cast: Cast) -> None:
        page = bring(client_for(cast.lead), b"key;title")
        assert page.status_code == 422
        assert "Choose the XLSX workbook" in (error_on(page, "Workbook") or "")


class TestSave:
    def test_saves_lists_the_import_and_takes_it_back(
        self, client_for: ClientFor, cast: Cast, session: Session, tracker: str
    ) -> None:
        browser = client_for(cast.lead)
        content = edited(exported(browser), {"Initiatives!D2": "Claim watch"})
        page = bring(browser, content)
        saved = browser.post(SAVE, data=form_values(page, SAVE))
        assert saved.status_code == 303
        assert title(session, tracker) == "Claim watch"
        assert table(browser.get(PAGE), "Files saved so far").rows[0]["Cells"] == "1"
        shown = browser.get(saved.location)
        assert table(shown, f"Cells of {tracker}").rows[0]["New"] == "Claim watch"
        undo = f"{saved.location}/undo"
        browser.post(undo, data=form_values(shown, undo))
        assert title(session, tracker) == "Claim status tracker"
        assert "Taken back" in text(browser.get(saved.location))

    def test_keeps_ours_where_both_changed_unless_the_file_is_chosen(
        self, client_for: ClientFor, cast: Cast, session: Session, tracker: str
    ) -> None:
        browser = client_for(cast.lead)
        stale = exported(browser)
        ours = bring(browser, edited(stale, {"Initiatives!D2": "Ours"}))
        browser.post(SAVE, data=form_values(ours, SAVE))
        page = bring(browser, edited(stale, {"Initiatives!D2": "Theirs"}))
        row = table(page, f"Cells of {tracker}").rows[0]
        assert (row["Here now"], row["In the file"]) == ("Ours", "Theirs")
        values = form_values(page, SAVE)
        refused = browser.post(SAVE, data=values)
        assert refused.status_code == 422
        assert title(session, tracker) == "Ours"
        values = form_values(refused, SAVE) | {"take": "Initiatives!D2"}
        assert browser.post(SAVE, data=values).status_code == 303
        assert title(session, tracker) == "Theirs"

    def test_looks_again_when_the_registry_changed_meanwhile(
        self, client_for: ClientFor, cast: Cast, session: Session, tracker: str
    ) -> None:
        browser = client_for(cast.lead)
        stale = exported(browser)
        first = bring(browser, edited(stale, {"Initiatives!D2": "One"}))
        second = bring(browser, edited(stale, {"Initiatives!D2": "Two"}))
        browser.post(SAVE, data=form_values(first, SAVE))
        page = browser.post(SAVE, data=form_values(second, SAVE))
        assert page.status_code == 422
        assert "changed while you looked" in text(page)
        assert title(session, tracker) == "One"
