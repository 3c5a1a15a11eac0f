"""The ledger's pages: where the money stands, what was spent, what will be."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.approvals.models import Commitment, LedgerTransfer, SpendDetail
from app.approvals.routes.spending import spend_form
from app.calendar.models import FundBudget
from app.db.session import transaction
from app.initiatives.models import Initiative
from app.roadmap.rules import HurdleAction
from app.values.money import Money, parse_money
from app.web.filters import money, month
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.calendar import make_cycle
from tests.factories.roadmap import decide, measure, tranches_of
from tests.factories.spending import account_of, spend
from tests.support.pages import error_on, form_values, heading, links, notice, table, text

ClientFor = Callable[..., Any]


@pytest.fixture
def commitments(session: Session, cast: Cast, now: datetime) -> dict[str, int]:
    """Three commitments by key: one passed its first hurdle, one was stopped, one is on hold."""
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        made = {key: one.id for key, one in make_commitments(session, cast, now, world).items()}
    acts = (HurdleAction.RELEASE, HurdleAction.STOP, HurdleAction.HOLD)
    for commitment_id, action in zip(made.values(), acts, strict=True):
        first = tranches_of(session, commitment_id)[0]
        with transaction(session):
            measure(session, first, 17, actor=cast.manager, now=now)
            decide(session, first, action, actor=cast.cfo, now=now, reason="So it is")
    return made


@pytest.fixture
def paying(commitments: dict[str, int]) -> int:
    """The commitment that has released money."""
    return commitments["CX-101"]


def movements(page: Any) -> list[dict[str, str]]:
    """The movements of the ledger's page, without the lines that head their months."""
    return [row for row in table(page, "Movements").rows if row["When"] != row["Amount"]]


def minor(cell: str) -> int:
    return parse_money(cell.lstrip("€"), "EUR").minor


class TestLedger:
    def test_says_that_there_is_no_such_cycle(
        self, client_for: ClientFor, cast: Cast, paying: int
    ) -> None:
        client = client_for(cast.cfo)
        for page in ("/ledger", "/ledger/exposure"):
            assert "There is no cycle “99”; this is " in text(client.get(f"{page}?cycle=99"))
            assert "There is no cycle" not in text(client.get(page))

    def test_names_all_money_that_came_back_freed(
        self, client_for: ClientFor, cast: Cast, paying: int
    ) -> None:
        words = text(client_for(cast.cfo).get("/ledger"))
        assert "+ Freed" in words and "Freed by stops" not in words

    def test_says_so_when_there_is_nothing_yet(self, client_for: ClientFor, cast: Cast) -> None:
        client = client_for(cast.viewer)
        assert "There is no cycle yet" in client.get("/ledger").text
        assert "There is no cycle yet" in client.get("/ledger/exposure").text

    def test_lists_and_narrows_movements(
        self, client_for: ClientFor, cast: Cast, commitments: dict[str, int]
    ) -> None:
        client = client_for(cast.viewer)
        page = client.get("/ledger")
        assert {row["Movement"].split()[0] for row in movements(page)} == {
            "Committed", "Released", "Freed",
        }  # fmt: skip
        assert len(page.queries) <= 13
        assert "Book spend" not in text(page)
        one = client.get("/ledger?initiative=CX-101&kind=commit")
        assert [row["Amount"] for row in movements(one)] == ["€215,000.00"]
        assert "No movement of FY27 H1 fits" in client.get("/ledger?kind=spend").text

    def test_opens_on_the_latest_cycle_that_has_movements_and_says_so(
        self, client_for: ClientFor, cast: Cast, session: Session, commitments: dict[str, int]
    ) -> None:
        with transaction(session):
            newer = make_cycle(
                session, name="FY28 H1", starts_on=date(2027, 2, 1), ends_on=date(2028, 6, 30)
            ).id
        client = client_for(cast.cfo)
        page = client.get("/ledger")
        assert len(page.queries) <= 13
        count = len(movements(page))
        assert count and "FY28 H1 has no movement yet; this is " in text(page)
        assert links(page)["Show FY28 H1"].endswith(f"cycle={newer}")
        assert "FY28 H1 (no movement)" in text(page)
        page = client.get(f"/ledger?cycle={newer}")
        assert "No movement of FY28 H1 yet" in text(page)
        assert "has no movement yet; this is" not in text(page)
        assert any(f"({count} movements)" in words for words in links(page))
        lines = list(csv.DictReader(StringIO(client.get("/ledger/movements.csv").text)))
        assert len(lines) == count

    @pytest.mark.parametrize("by", ["cycle", "fund", "quarter", "initiative"])
    def test_adds_up_by_eye_however_it_is_grouped(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, paying: int,
        by: str,
    ) -> None:  # fmt: skip
        with transaction(session):
            spend(session, paying, 10_00, actor=cast.cfo, now=now)
        found = table(client_for(cast.cfo).get(f"/ledger?by={by}"), "Approved money")
        sums = [0] * 6
        for row in found.rows:
            cells = [minor(cell) for cell in list(row.values())[1:]]
            approved, *parts, spent = cells
            assert approved == sum(parts) and spent >= 0, row
            if next(iter(row.values())) != "All":
                sums = [one + other for one, other in zip(sums, cells, strict=True)]
        assert sums[0] == 680_000_00 and sums[-1] == 10_00 and all(sums)

    def test_gives_the_same_figures_as_files(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, paying: int
    ) -> None:
        with transaction(session):
            spend(session, paying, 10_50, actor=cast.cfo, now=now, reference="=1+1")
        client = client_for(cast.viewer)
        rows = list(csv.DictReader(StringIO(client.get("/ledger/balances.csv?by=fund").text)))
        assert rows[-1]["fund".capitalize()] == "All" and rows[-1]["Approved"] == "680000.00"
        assert rows[-1]["Spent"] == "10.50"
        moved = list(csv.DictReader(StringIO(client.get("/ledger/movements.csv").text)))
        assert moved[0]["Kind"] == "spend" and moved[0]["Amount"] == "10.50"
        assert moved[0]["Reference"] == "'=1+1" and moved[0]["Paid on"] == str(now.date())
        assert len(moved) == len(movements(client.get("/ledger")))


class TestLedgerOnAPhone:
    def test_shows_balances_first_and_folds_the_rest_under_its_sums(
        self, client_for: ClientFor, cast: Cast, commitments: dict[str, int]
    ) -> None:
        page = client_for(cast.cfo).get("/ledger")
        total = page.soup.select_one(".kpis div")
        assert total.get_text(" ", strip=True) == "Approved €680k €680,000.00"
        folded = [one.get_text(strip=True) for one in page.soup.select("details.fold summary")]
        assert folded[0] == "1 line, €680,000.00 approved"
        assert " left of €" in folded[1]
        moved = dict.fromkeys(("Committed", "Released", "Freed"), 0)
        for row in movements(page):
            moved[row["Movement"].split()[0]] += minor(row["Amount"])
        words = ", ".join(
            f"{kind.lower()} {money(Money(sum_, 'EUR'))}" for kind, sum_ in moved.items()
        )
        assert folded[2] == f"{len(movements(page))} movements, here {words}"

    def test_gives_movements_in_pages_under_their_months(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, paying: int
    ) -> None:
        with transaction(session):
            for number in range(30):
                spend(
                    session,
                    paying,
                    1_00,
                    actor=cast.cfo,
                    now=now,
                    key=f"{number:032x}",
                    reference=f"R-{number}",
                )
        client = client_for(cast.cfo)
        page = client.get("/ledger")
        assert len(movements(page)) == 25
        assert table(page, "Movements").rows[0]["Amount"] == month(now.date())
        rest = movements(client.get(links(page)["Next"]))
        assert 25 + len(rest) == session.scalar(select(func.count()).select_from(LedgerTransfer))


class TestOnePayment:
    def typed(self, client: Any, session: Session, commitment_id: int, **changes: str) -> Any:
        account = account_of(session, commitment_id)
        sent = form_values(client.get("/ledger/spend"), "/ledger/spend")
        typed = {
            "commitment": str(commitment_id), "fund": str(next(iter(account.funds))),
            "amount": "1,250.50", "paid_on": "2026-12-30", "quarter": str(account.start),
            "reference": "R-1",
        }  # fmt: skip
        return sent | typed | changes

    def test_is_booked_once_and_shown(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, paying: int
    ) -> None:
        client = client_for(cast.cfo)
        sent = self.typed(client, session, paying, paid_on=str(now.date()))
        answers = [client.post("/ledger/spend", data=sent) for _ in range(2)]
        assert [one.status_code for one in answers] == [303, 303], text(answers[0])
        assert answers[0].location == answers[1].location
        page = client.get(answers[0].location)
        assert heading(page) == "€1,250.50 for CX-101"
        assert "R-1" in text(page) and len(page.queries) <= 12
        ledger = client.get("/ledger?kind=spend")
        assert [row["Amount"] for row in movements(ledger)] == ["€1,250.50"]

    def test_of_all_that_was_left_gets_its_answer_twice(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, paying: int
    ) -> None:
        client = client_for(cast.cfo)
        left = account_of(session, paying).left
        sent = self.typed(client, session, paying, paid_on=str(now.date()), amount=f"{left.amount}")
        answers = [client.post("/ledger/spend", data=sent) for _ in range(2)]
        assert [one.status_code for one in answers] == [303, 303], text(answers[1])
        assert answers[0].location == answers[1].location

    def test_that_is_changed_after_going_back_is_another_one(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, paying: int
    ) -> None:
        client = client_for(cast.cfo)
        sent = self.typed(client, session, paying, paid_on=str(now.date()))
        client.post("/ledger/spend", data=sent)
        page = client.post("/ledger/spend", data=sent | {"amount": "7", "reference": "R-2"})
        assert page.status_code == 422 and "sent before with other content" in text(page)
        again = form_values(page, "/ledger/spend")
        assert (again["amount"], again["reference"]) == ("7", "R-2")
        assert client.post("/ledger/spend", data=again).status_code == 303
        amounts = [row["Amount"] for row in movements(client.get("/ledger?kind=spend"))]
        assert sorted(amounts) == ["€1,250.50", "€7.00"]

    def test_that_is_wrong_says_where_and_keeps_what_was_typed(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, paying: int
    ) -> None:
        client = client_for(cast.cfo)
        day = str(now.date())
        sent = self.typed(client, session, paying, amount="9bn", paid_on=day)
        page = client.post("/ledger/spend", data=sent)
        assert page.status_code == 422 and "released and not yet spent" in error_on(page, "Amount")
        assert form_values(page, "/ledger/spend")["reference"] == "R-1"
        assert client.post("/ledger/spend", data={}).status_code == 422

    def test_is_in_one_currency_so_that_a_bare_amount_means_one_thing(
        self, app: Flask, session: Session, paying: int
    ) -> None:
        euros = account_of(session, paying)
        dollars = replace(euros, commitment_id=paying + 1_000, currency="USD")
        for query, currency, expected in (
            ("", "EUR", paying), ("?currency=USD", "USD", dollars.commitment_id),
            (f"?commitment={dollars.commitment_id}", "USD", dollars.commitment_id),
        ):  # fmt: skip
            with app.test_request_context(f"/ledger/spend{query}"):
                form = spend_form([euros, dollars])
                assert form.currency == form.amount.currency == currency
                assert [choice[0] for choice in form.commitment.choices] == [expected]

    def test_of_an_invoice_that_is_booked_is_asked_about(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, paying: int
    ) -> None:
        with transaction(session):
            spend(session, paying, 10_00, actor=cast.cfo, now=now, reference="R-1")
        client = client_for(cast.cfo)
        sent = self.typed(client, session, paying, paid_on=str(now.date()))
        page = client.post("/ledger/spend", data=sent)
        assert page.status_code == 422 and "under “R-1” already" in text(page)
        again = form_values(page, "/ledger/spend") | {"is_part": "y"}
        assert client.post("/ledger/spend", data=again).status_code == 303

    def test_is_taken_back_with_a_reason(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, paying: int
    ) -> None:
        with transaction(session):
            transfer_id = spend(session, paying, 10_00, actor=cast.cfo, now=now)
        client, address = client_for(cast.cfo2), f"/ledger/spend/{transfer_id}"
        sent = form_values(client.get(address), f"{address}/reversal")
        assert client.post(f"{address}/reversal", data=sent).status_code == 422
        for _ in range(2):
            done = client.post(f"{address}/reversal", data=sent | {"reason": "Wrong invoice"})
            assert done.status_code == 303
        page = client.get(address)
        assert "Wrong invoice" in text(page) and "Take it back" not in text(page)
        assert session.scalar(select(func.count(LedgerTransfer.reverses_id))) == 1
        assert "Take it back" not in text(client_for(cast.viewer).get(address))

    def test_of_ones_own_initiative_is_for_somebody_else(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, paying: int
    ) -> None:
        with transaction(session):
            transfer_id = spend(session, paying, 10_00, actor=cast.cfo, now=now)
            session.execute(
                update(Initiative).where(Initiative.key == "CX-101").values(owner_id=cast.cfo2.id)
            )
        client = client_for(cast.cfo2)
        assert "No released money is left to spend" in text(client.get("/ledger/spend"))
        assert "You own CX-101" in text(client.get(f"/ledger/spend/{transfer_id}"))


class TestAFile:
    def send(self, client: Any, content: str, name: str = "actuals.csv") -> Any:
        page, check = "/import/actuals", "/import/actuals/check"
        sent = form_values(client.get(page), page)
        mapping = client.post(
            page,
            data=sent | {"file": (BytesIO(content.encode()), name)},
            content_type="multipart/form-data",
        )
        return client.post(check, data=form_values(mapping, check))

    def content(self, session: Session, now: datetime, commitment_id: int, *amounts: str) -> str:
        account = account_of(session, commitment_id)
        fund = next(iter(account.funds.values()))
        rows = [
            f'CX-101,{fund},{now.date()},"{amount}",R-{amount},{account.start}'
            for amount in amounts
        ]
        return "\n".join(["initiative,fund,paid_on,amount,reference,quarter", *rows])

    def test_is_booked_whole_after_a_dry_run(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, paying: int
    ) -> None:
        client = client_for(cast.cfo)
        dry = self.send(client, self.content(session, now, paying, "10.50", "2k"))
        assert "Nothing is booked yet" in text(dry) and len(dry.queries) <= 12
        amounts = [row["Amount"] for row in table(dry, "The first payments").rows]
        assert amounts == ["€10.50", "€2,000.00"]
        assert session.scalar(select(func.count(SpendDetail.transfer_id))) == 0
        sent = form_values(dry, "/import/actuals/save")
        for _ in range(2):
            assert client.post("/import/actuals/save", data=sent).status_code == 303
        page = client.get("/ledger/spend")
        assert "2 payments of €2,010.50 booked" in notice(page)
        assert [row["Sum"] for row in table(page, "Files booked so far").rows] == ["€2,010.50"]

    def test_booked_before_under_another_name_says_so_in_the_dry_run(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, paying: int
    ) -> None:
        client = client_for(cast.cfo)
        content = self.content(session, now, paying, "10.50", "2k")
        sent = form_values(self.send(client, content), "/import/actuals/save")
        client.post("/import/actuals/save", data=sent)
        again = self.send(client, content, "copy.csv")
        assert "This file was booked already, as “actuals.csv”." in text(again)
        assert "Book 2 payments" not in text(again)
        sent = form_values(again, "/import/actuals/save")
        assert client.post("/import/actuals/save", data=sent).status_code == 422

    def test_with_an_error_is_not_booked_at_all(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, paying: int
    ) -> None:
        client = client_for(cast.cfo)
        dry = self.send(client, self.content(session, now, paying, "10.50", "9bn"))
        (row,) = table(dry, "Errors and notes").rows
        assert (row["Line"], row["Column"]) == ("3", "amount")
        assert "Book 1 payment" not in text(dry)
        sent = form_values(dry, "/import/actuals/save")
        refused = client.post("/import/actuals/save", data=sent)
        assert refused.status_code == 422 and "Nothing was booked" in text(refused)
        assert session.scalar(select(func.count(SpendDetail.transfer_id))) == 0

    def test_that_is_none_is_refused_in_words(
        self, client_for: ClientFor, cast: Cast, paying: int
    ) -> None:
        page = self.send(client_for(cast.cfo), "a,b\n1,2\n")
        assert page.status_code == 422 and "Choose the column that holds this" in text(page)


class TestExposure:
    def test_stands_between_released_and_all_that_is_held(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, paying: int
    ) -> None:
        with transaction(session):
            spend(session, paying, 10_00, actor=cast.cfo, now=now)
        page = client_for(cast.viewer).get("/ledger/exposure")
        assert len(page.queries) <= 12
        heads = ("Spent", "Released", "To the next hurdle", "Expected", "Maximum")
        found = []
        for caption in ("Exposure by quarter", "Exposure by initiative"):
            *rows, total = table(page, caption).rows
            sums = {head: sum(minor(row[head]) for row in rows) for head in heads}
            assert sums == {head: minor(total[head]) for head in heads}
            found.append(sums)
        assert found[0] == found[1]
        one = found[0]
        approved = session.scalar(select(func.sum(Commitment.amount_minor)))
        freed = session.scalar(
            select(func.sum(LedgerTransfer.amount_minor)).where(LedgerTransfer.kind == "free")
        )
        assert one["Spent"] == 10_00 and one["Maximum"] == (approved or 0) - (freed or 0)
        assert one["Released"] < one["Expected"] < one["Maximum"]
        assert table(page, "Chances of hurdles").rows[0] == {
            "Place": "Hurdle 1", "Passed": "1 of 2", "Chance": "50 %",
        }  # fmt: skip

    def test_warns_where_a_budget_does_not_hold_what_is_released(
        self, client_for: ClientFor, cast: Cast, session: Session, paying: int
    ) -> None:
        client = client_for(cast.viewer)
        calm = client.get("/ledger/exposure")
        assert "more than the fund has" not in text(calm)
        with transaction(session):
            session.execute(update(FundBudget).values(amount_minor=1))
        tight = client.get("/ledger/exposure")
        assert "are released or hang on a next hurdle" in text(tight)
        assert "are paid if every hurdle passes" in text(tight)

    def test_draws_each_quarter_with_what_is_expected_and_possible(
        self, client_for: ClientFor, cast: Cast, paying: int
    ) -> None:
        page = client_for(cast.viewer).get("/ledger/exposure")
        rows = table(page, "Exposure by quarter").rows[:-1]
        drawn = [one.get_text(" ", strip=True) for one in page.soup.select(".bars--bands li")]
        assert len(drawn) == len([row for row in rows if minor(row["Maximum"])])
        for words, row in zip(drawn, rows, strict=True):
            assert words.startswith(row["Quarter"])
            if row["Expected"] != row["Maximum"]:
                assert "expected, at most €" in words

    def test_folds_long_tables_under_their_sum(
        self, client_for: ClientFor, cast: Cast, paying: int
    ) -> None:
        page = client_for(cast.viewer).get("/ledger/exposure")
        most = table(page, "Exposure by quarter").rows[-1]["Maximum"]
        folded = [one.get_text(strip=True) for one in page.soup.select("details.fold summary")]
        assert folded == [f"To the cent, {most} at most", f"3 initiatives, {most} at most"]
