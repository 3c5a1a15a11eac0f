"""Milestones, budgets and payments come in by the same steps: file, columns, dry run, save."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.calendar.models import FundBudget
from app.db.session import transaction
from app.initiatives.models import Milestone
from app.initiatives.services import add_milestone, add_option
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.calendar import make_cycle, make_fund
from tests.factories.initiatives import make_company, make_draft, milestone_draft, option_draft
from tests.factories.roadmap import decide, measure, tranches_of
from tests.factories.spending import account_of
from tests.support.pages import buttons, form_values, heading, table, text

ClientFor = Callable[[Any], Any]


@pytest.fixture
def tracker(session: Session, cast: Cast, now: datetime) -> str:
    with transaction(session):
        company = make_company(session, cast)
        one = make_draft(session, cast, company)
        terms: dict[str, Any] = {"expected_version": None, "actor": cast.lead, "now": now}
        add_option(session, one, option_draft(company), **terms)
        add_milestone(session, one, milestone_draft(), **terms)
    return one.key


def send(browser: Any, page: str, content: str = "", **typed: Any) -> Any:
    values = form_values(browser.get(page), page) | typed
    values.pop("file", None)
    if content:
        values["file"] = (io.BytesIO(content.encode()), "rows.csv")
    return browser.post(page, data=values, content_type="multipart/form-data")


def check(browser: Any, page: str, mapping: Any, **typed: Any) -> Any:
    address = f"{page}/check"
    return browser.post(address, data=form_values(mapping, address) | typed)


def save(browser: Any, page: str, dry_run: Any, **typed: Any) -> Any:
    address = f"{page}/save"
    return browser.post(address, data=form_values(dry_run, address) | typed)


class TestMilestones:
    PAGE = "/import/milestones"

    def test_guesses_columns_shows_differences_saves_and_takes_back(
        self, client_for: ClientFor, cast: Cast, session: Session, tracker: str
    ) -> None:
        browser = client_for(cast.lead)
        rows = f"Key,Milestone,Due date,Share\n{tracker},pilot evidence,30.09.2027,50%\n"
        mapping = send(browser, self.PAGE, rows)
        assert heading(mapping) == "Columns of rows.csv"
        values = form_values(mapping, f"{self.PAGE}/check")
        assert (values["column_name"], values["column_due_on"]) == ("Milestone", "Due date")
        dry_run = check(browser, self.PAGE, mapping)
        cells = table(dry_run, f"Cells of {tracker}").rows
        assert [(row["Cell"], row["New"]) for row in cells] == [
            ("line 2, Due on", "30 Sept 2027"), ("line 2, Share of the money", "50 %"),
        ]  # fmt: skip
        saved = save(browser, self.PAGE, dry_run)
        assert saved.status_code == 303
        session.rollback()
        assert str(session.scalars(select(Milestone.due_on)).one()) == "2027-09-30"
        again = send(browser, self.PAGE, rows)
        assert "read as “rows.csv” said last time" in text(again)
        shown = browser.get(saved.location)
        undo = f"{saved.location}/undo"
        browser.post(undo, data=form_values(shown, undo))
        session.rollback()
        assert str(session.scalars(select(Milestone.due_on)).one()) == "2027-08-31"

    def test_takes_pasted_rows_and_tranches_said_as_money(
        self, client_for: ClientFor, cast: Cast, session: Session, tracker: str
    ) -> None:
        browser = client_for(cast.lead)
        pasted = f"initiative\tmilestone\tdue on\tamount\n{tracker}\tRollout\t2027-12-01\t96000"
        dry_run = check(browser, self.PAGE, send(browser, self.PAGE, pasted=pasted))
        cells = {row["Field"]: row["New"] for row in table(dry_run, f"Cells of {tracker}").rows}
        assert (cells["Share of the money"], cells["Kind"]) == ("60 %", "Grow")
        assert save(browser, self.PAGE, dry_run).status_code == 303

    def test_names_line_and_column_of_what_is_wrong(
        self, client_for: ClientFor, cast: Cast, tracker: str
    ) -> None:
        browser = client_for(cast.lead)
        rows = f"Key,Milestone,Due on\n{tracker},Pilot evidence,soon\nCX-999,Other,2027-12-01\n"
        dry_run = check(browser, self.PAGE, send(browser, self.PAGE, rows))
        faults = table(dry_run, "Cells that can’t be saved").rows
        assert [row["Cell"] for row in faults] == ["line 2, Due on", "line 3, Initiative"]
        assert not [one for one in buttons(dry_run) if one.startswith("Save")]

    def test_asks_for_columns_that_are_not_chosen(
        self, client_for: ClientFor, cast: Cast, tracker: str
    ) -> None:
        browser = client_for(cast.lead)
        mapping = send(browser, self.PAGE, "A,B\n1,2\n")
        page = check(browser, self.PAGE, mapping)
        assert page.status_code == 422
        assert "Choose the column that holds this: Milestone." in text(page)

    def test_asks_for_a_file_or_rows(self, client_for: ClientFor, cast: Cast) -> None:
        page = send(client_for(cast.lead), self.PAGE)
        assert page.status_code == 422
        assert "or paste rows" in text(page)

    def test_is_not_for_viewers(self, client_for: ClientFor, cast: Cast) -> None:
        assert client_for(cast.viewer).get(self.PAGE).status_code == 403


class TestBudgets:
    PAGE = "/import/budgets"

    def test_sets_what_differs_and_takes_it_back(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            cycle = make_cycle(session)
            make_fund(session, cycle, "capex")
        browser = client_for(cast.cfo)
        rows = "Fund,2027-Q1,2027-Q2\ncapex,1200000,1000000\n"
        mapping = send(browser, self.PAGE, rows, cycle=str(cycle.id))
        dry_run = check(browser, self.PAGE, mapping)
        (row,) = table(dry_run, "What differs").rows
        assert (row["Quarter"], row["Old"], row["New"]) == (
            "Q1 2027", "€1,000,000.00", "€1,200,000.00",
        )  # fmt: skip
        saved = save(browser, self.PAGE, dry_run)
        assert saved.status_code == 303
        first = select(FundBudget.amount_minor).order_by(FundBudget.quarter).limit(1)
        session.rollback()
        assert session.scalar(first) == 1_200_000_00
        undo = f"{self.PAGE}/{saved.location.rpartition('/')[2]}/undo"
        shown = browser.get(saved.location)
        assert browser.post(undo, data=form_values(shown, undo)).status_code == 303
        session.rollback()
        assert session.scalar(first) == 1_000_000_00

    def test_names_lines_that_no_fund_or_quarter_fits(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            cycle = make_cycle(session)
            make_fund(session, cycle, "capex")
        browser = client_for(cast.cfo)
        rows = "fund,quarter,amount\ncapx,2027-Q1,5\n"
        dry_run = check(browser, self.PAGE, send(browser, self.PAGE, rows, cycle=str(cycle.id)))
        (row,) = table(dry_run, "Errors").rows
        assert (row["Line"], row["Column"]) == ("2", "fund")

    @pytest.mark.parametrize("mark", ["", "abc", "-1", "٣", "9" * 30])
    def test_refuses_a_dry_run_that_was_tampered_with(
        self, client_for: ClientFor, cast: Cast, session: Session, mark: str
    ) -> None:
        with transaction(session):
            cycle = make_cycle(session)
            make_fund(session, cycle, "capex")
        browser = client_for(cast.cfo)
        rows = "Fund,2027-Q1\ncapex,1200000\n"
        dry_run = check(browser, self.PAGE, send(browser, self.PAGE, rows, cycle=str(cycle.id)))
        refused = save(browser, self.PAGE, dry_run, mark=mark)
        assert refused.status_code == 422
        assert "upload the file again" in text(refused)

    def test_sent_again_after_other_content_becomes_a_form_of_its_own(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            cycle = make_cycle(session)
            make_fund(session, cycle, "capex")
        browser = client_for(cast.cfo)
        first = "Fund,2027-Q1\ncapex,1200000\n"
        other = "Fund,2027-Q1\ncapex,1300000\n"
        dry_run = check(browser, self.PAGE, send(browser, self.PAGE, first, cycle=str(cycle.id)))
        key = form_values(dry_run, f"{self.PAGE}/save")["once"]
        assert save(browser, self.PAGE, dry_run).status_code == 303
        again = check(browser, self.PAGE, send(browser, self.PAGE, other, cycle=str(cycle.id)))
        refused = save(browser, self.PAGE, again, once=key)
        assert refused.status_code == 422
        assert "was sent before with other content" in text(refused)
        assert form_values(refused, f"{self.PAGE}/save")["once"] != key

    def test_is_for_finance(self, client_for: ClientFor, cast: Cast) -> None:
        assert client_for(cast.lead).get(self.PAGE).status_code == 403


class TestActuals:
    PAGE = "/import/actuals"

    def test_books_a_file_with_columns_of_its_own(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime
    ) -> None:
        with transaction(session):
            stage = make_world(session, cast, now)
        session.expire_all()
        with transaction(session):
            made = make_commitments(session, cast, now, stage)
        number = made["CX-101"].id
        first = tranches_of(session, number)[0]
        with transaction(session):
            measure(session, first, 17, actor=cast.manager, now=now)
            decide(session, first, HurdleAction.RELEASE, actor=cast.cfo, now=now)
        account = account_of(session, number)
        fund = next(iter(account.funds.values()))
        line = f"CX-101,{fund},{now.date()},5,R-1,{account.start}"
        session.rollback()
        browser = client_for(cast.cfo)
        rows = f"Work,Pot of money,Posting date,Net,Invoice,Quarter\n{line}\n"
        mapping = send(browser, self.PAGE, rows)
        dry_run = check(
            browser, self.PAGE, mapping, column_initiative="Work", column_fund="Pot of money"
        )
        assert heading(dry_run) == "Dry run of rows.csv"
        assert table(dry_run, "The first payments").rows[0]["Line"] == "2"
        saved = save(browser, self.PAGE, dry_run)
        assert saved.status_code == 303
        shown, back = browser.get(saved.location), f"{saved.location}/reversal"
        assert table(shown, "Payments").rows[0]["State"] == "booked"
        values = form_values(shown, back)
        assert browser.post(back, data=values).status_code == 422
        assert browser.post(back, data=values | {"reason": "Wrong file"}).status_code == 303
        assert table(browser.get(saved.location), "Payments").rows[0]["State"] == "reversed"


class TestKinds:
    def test_lists_what_somebody_may_import(self, client_for: ClientFor, cast: Cast) -> None:
        lead = table(client_for(cast.lead).get("/import"), "What to import").first_column()
        assert lead == ["Contacts", "Registry", "Registry workbook", "Milestones"]
        cfo = table(client_for(cast.cfo).get("/import"), "What to import").first_column()
        assert cfo == ["Budgets", "Payments"]
        assert "Nothing to import with your role" in text(client_for(cast.viewer).get("/import"))
