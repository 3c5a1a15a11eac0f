"""The board pack: the frozen version on pages and in sheets, with the screen's own figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy.orm import Session

from app.accounts.services import hide_costs
from app.approvals.queries import get_proposal
from app.approvals.services import approve_proposal, submit_proposal
from app.audit.queries import find_head
from app.audit.rules import anchor
from app.db.session import transaction
from app.portfolio.queries import get_run
from app.portfolio.rules import InquiryKind
from app.portfolio.services.inquiries import ask
from tests.factories.accounts import Cast
from tests.factories.approvals import make_proposal, make_unsure_run, make_world, verdict_on
from tests.integration.portfolio.test_inquiries import work
from tests.support.pages import links, table

ClientFor = Callable[..., Any]
SHEETS = [
    "Cover", "Decision", "Frontier", "Roadmap", "Funded", "Not funded", "Risks", "Forced",
    "Signatures",
]  # fmt: skip


def printed(answer: Any) -> str:
    """All words of a PDF without their spaces, which a setter of type moves."""
    assert answer.mimetype == "application/pdf"
    pages = PdfReader(BytesIO(answer.data)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def squeezed(words: str) -> str:
    return "".join(words.split())


def rows(book: Any, name: str) -> list[tuple[Any, ...]]:
    """The cells of a sheet below its head; the head is its first row with two words or more."""
    found = list(book[name].iter_rows(values_only=True))
    head = next(at for at, row in enumerate(found) if sum(cell is not None for cell in row) > 1)
    return found[head + 1 :]


@pytest.fixture
def waiting(session: Session, cast: Cast, now: datetime) -> int:
    """A proposal with something forced, whose frontier, reasons and prices are known."""
    run_id = make_unsure_run(session, cast, now)
    for kind in (InquiryKind.FRONTIER, InquiryKind.EXPLAIN, InquiryKind.PRICE):
        with transaction(session):
            ask(session, get_run(session, run_id), kind, actor=cast.lead, now=now)
        work(session, now)
    with transaction(session):
        run = get_run(session, run_id)
        return submit_proposal(session, run, note="", actor=cast.lead, now=now).id


@pytest.fixture
def approved(session: Session, cast: Cast, now: datetime) -> int:
    """A proposal approved without its dearest item."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        made = make_proposal(session, cast, now, world).id
    with transaction(session):
        proposal = get_proposal(session, made)
        struck = [proposal.items[0].id]
        verdict = verdict_on(proposal, reason="Without the dearest", struck=struck)
        approve_proposal(session, proposal, verdict, actor=cast.cfo, now=now)
    return made


class TestPdf:
    def test_tells_what_is_asked_what_it_buys_and_what_was_forced(
        self, client_for: ClientFor, session: Session, cast: Cast, waiting: int
    ) -> None:
        client = client_for(cast.viewer)
        page = client.get(f"/proposals/{waiting}")
        answer = client.get(links(page)["PDF"])
        said = printed(answer)
        head = find_head(session)
        assert head is not None
        proposal = get_proposal(session, waiting)
        items = table(page, "Items of the proposal")
        wanted = [
            proposal.cycle.name, proposal.digest, anchor(head.number, head.hash), "Approve €",
            "to be released hurdle by hurdle", "What each budget can buy", "Roadmap",
            "What is funded", "What is not funded, and why", "What could go wrong",
            "Promised to the ombudsman", "Second approver",
        ]  # fmt: skip
        for row in items.rows:
            if row["Spend"].startswith("€"):
                wanted += [row[head] for head in ("Spend", "Standalone", "Allocated", "Marginal")]
        missing = [words for words in wanted if squeezed(words) not in said]
        assert missing == []
        assert len(answer.queries) <= 12

    def test_is_tagged_with_language_title_and_page_numbers(
        self, client_for: ClientFor, cast: Cast, approved: int
    ) -> None:
        answer = client_for(cast.viewer).get(f"/proposals/{approved}/pack.pdf")
        reader = PdfReader(BytesIO(answer.data))
        root = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert root["/Lang"] == "en"
        assert reader.metadata is not None and "Board pack" in (reader.metadata.title or "")
        assert "pdfuaid" in root["/Metadata"].get_data().decode()
        count = len(reader.pages)
        last = squeezed(reader.pages[-1].extract_text())
        assert f"{count}/{count}" in last

    def test_names_who_approved_and_what_was_left_out(
        self, client_for: ClientFor, session: Session, cast: Cast, approved: int
    ) -> None:
        said = printed(client_for(cast.viewer).get(f"/proposals/{approved}/pack.pdf"))
        proposal = get_proposal(session, approved)
        kept = sum(one.spend_minor for one in proposal.items if not one.is_struck)
        wanted = (
            f"{cast.cfo.name} approved €{kept / 100:,.2f}", "without 1 item",
            "Left out by the decision", "Approved without some items", "Without the dearest",
        )  # fmt: skip
        for words in wanted:
            assert squeezed(words) in said
        assert "Secondapprover" not in said


class TestWorkbook:
    def test_has_the_same_parts_with_typed_cells_and_sums_as_formulas(
        self, client_for: ClientFor, cast: Cast, waiting: int
    ) -> None:
        client = client_for(cast.viewer)
        page = client.get(f"/proposals/{waiting}")
        answer = client.get(links(page)["Spreadsheet"])
        book = load_workbook(BytesIO(answer.data))
        assert book.sheetnames == SHEETS
        funded = rows(book, "Funded")
        assert all(isinstance(cell, int | float) for row in funded[:-1] for cell in row[6:12])
        assert str(funded[-1][6]).startswith("=SUM(")
        assert funded[-1][7] is None  # values that overlap have no total
        dues = [row[5] for row in rows(book, "Roadmap")[:-1]]
        assert dues and all(isinstance(one, date) for one in dues)
        assert len(rows(book, "Frontier")) >= 2
        assert any("Forcing it in costs" in str(row[4]) for row in rows(book, "Not funded"))
        assert len(answer.queries) <= 12

    def test_has_the_figures_of_the_page_to_the_cent(
        self, client_for: ClientFor, cast: Cast, approved: int
    ) -> None:
        client = client_for(cast.viewer)
        page = client.get(f"/proposals/{approved}")
        answer = client.get(f"/proposals/{approved}/pack.xlsx")
        known = load_workbook(BytesIO(answer.data), data_only=True)
        shown = [row for row in table(page, "Items of the proposal").rows if "owned" in str(row)]
        struck = next(row for row in rows(known, "Not funded") if "Left out" in str(row[4]))
        columns = ("Spend", "Standalone", "Allocated", "Marginal")
        on_page = {
            tuple(_exact(row[column]) for column in columns)
            for row in shown
            if str(struck[0]) not in row["Initiative"]
        }
        *items, total = rows(known, "Funded")
        assert {tuple(_cents(cell) for cell in row[6:10]) for row in items} == on_page
        asked = dict(row[:2] for row in rows(known, "Decision"))
        assert _cents(total[6]) == _cents(asked["Asked"]) == sum(one[0] for one in on_page)
        assert _cents(total[8]) == _cents(asked["Value, present value before cost"])

    def test_takes_no_name_for_a_formula(
        self, client_for: ClientFor, session: Session, cast: Cast, approved: int
    ) -> None:
        with transaction(session):
            get_proposal(session, approved).cycle.name = "=2+3"
        answer = client_for(cast.viewer).get(f"/proposals/{approved}/pack.xlsx")
        cover = load_workbook(BytesIO(answer.data))["Cover"]
        assert not any(cell.data_type == "f" for row in cover.iter_rows() for cell in row)


class TestWhoMaySee:
    @pytest.mark.parametrize("kind", ["pdf", "xlsx"])
    def test_is_shut_to_whom_money_is_hidden_from(
        self, client_for: ClientFor, session: Session, cast: Cast, now: datetime, approved: int,
        kind: str,
    ) -> None:  # fmt: skip
        with transaction(session):
            hide_costs(session, cast.viewer, actor=cast.admin, now=now)
        answer = client_for(cast.viewer).get(f"/proposals/{approved}/pack.{kind}")
        assert answer.status_code == 403


def _exact(words: str) -> Decimal:
    return Decimal(words.replace("€", "").replace(",", "").replace("\u2212", "-"))


def _cents(cell: Any) -> Decimal:
    return Decimal(str(cell)).quantize(Decimal("0.01"))
