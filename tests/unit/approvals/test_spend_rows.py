"""A file of actuals is read row by row, and every fault is named at its line and column."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.approvals.rules.actuals import Account, Actual
from app.approvals.rules.spend_rows import MOST_ROWS, SpendBook, SpendDraft, draft_spend
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.table import read_table
from app.values.quarter import Quarter

TODAY = date(2027, 5, 10)
HEADER = "initiative,fund,paid_on,amount,reference,quarter,cycle"
CAPEX, OPEX = 1, 2

ANSWERS = Account(
    commitment_id=7, key="CX-1", title="Answers", cycle="FY27", currency="EUR", is_active=True,
    owner_id=50, start=Quarter(2027, 1), last=Quarter(2027, 4), left_minor=100_00,
    funds={CAPEX: "Capex"}, booked={"R-9": 20_00},
)  # fmt: skip
BOOK = SpendBook({"CX-1": [ANSWERS]}, {"capex": CAPEX, "Capex": CAPEX, "opex": OPEX})
GOOD = "CX-1,capex,2027-04-30,60.00,R-1,,"


def draft(*rows: str, header: str = HEADER, book: SpendBook = BOOK, by: int = 1) -> SpendDraft:
    table = read_table("\n".join([header, *rows]).encode(), "actuals.csv")
    return draft_spend(table, book, person_id=by, today=TODAY)


class TestGoodRows:
    def test_become_payments(self) -> None:
        found = draft(GOOD, "CX-1,Capex,2027-05-10,40,Posting 2,2027-Q1,FY27")
        assert found.issues == () and found.sum_minor == 100_00
        assert [row.actual for row in found.rows] == [
            Actual(7, CAPEX, Quarter(2027, 2), 60_00, date(2027, 4, 30), "R-1"),
            Actual(7, CAPEX, Quarter(2027, 1), 40_00, date(2027, 5, 10), "Posting 2"),
        ]

    def test_are_remarked_when_the_invoice_is_booked_already(self) -> None:
        found = draft("CX-1,capex,2027-04-30,10,R-9,,", GOOD, GOOD.replace("60", "1"))
        assert not found.errors and [one.line for one in found.notes] == [2]
        assert "€20.00 is booked on CX-1 under “R-9” already" in found.notes[0].message

    def test_are_remarked_when_they_stand_there_twice(self) -> None:
        twice = GOOD.replace("60", "10")
        assert "line 2 once more" in draft(twice, twice).notes[0].message

    def test_need_only_the_five_columns(self) -> None:
        found = draft(
            "CX-1,capex,2027-04-30,60,R-1", header="initiative,fund,paid_on,amount,reference"
        )
        assert found.errors == () and len(found.rows) == 1


class TestBadRows:
    @pytest.mark.parametrize(
        ("row", "column", "said"),
        [
            ("CX-2,capex,2027-04-30,1,R,,", "initiative", "no approved money"),
            ("cx-1,capex,2027-04-30,1,R,,", "initiative", "no approved money"),
            ("CX-1,travel,2027-04-30,1,R,,", "fund", "no fund “travel”"),
            ("CX-1,opex,2027-04-30,1,R,,", "fund", "its money is in Capex"),
            ("CX-1,capex,30.04.2027,1,R,,", "paid_on", "not a day"),
            ("CX-1,capex,2027-02-30,1,R,,", "paid_on", "not a day"),
            ("CX-1,capex,2027-05-11,1,R,,", "paid_on", "still to come"),
            ("CX-1,capex,2027-04-30,abc,R,,", "amount", "Enter an amount"),
            ('CX-1,capex,2027-04-30,"1,5",R,,', "amount", "Enter an amount"),
            ("CX-1,capex,2027-04-30,1.001,R,,", "amount", "may mean thousands"),
            ("CX-1,capex,2027-04-30,1.0001,R,,", "amount", "no unit that small"),
            ("CX-1,capex,2027-04-30,$5,R,,", "amount", "not EUR"),
            ("CX-1,capex,2027-04-30,0,R,,", "amount", "above zero"),
            ("CX-1,capex,2027-04-30,-5,R,,", "amount", "above zero"),
            ("CX-1,capex,2027-04-30,100.01,R,,", "amount", "€99.50 released and not yet"),
            ("CX-1,capex,2027-04-30,1,,,", "reference", "Name the invoice"),
            (f"CX-1,capex,2027-04-30,1,{'x' * 81},,", "reference", "at most 80"),
            ("CX-1,capex,2027-04-30,1,R\u202e,,", "reference", "plain characters"),
            ("CX-1,capex,2027-04-30,1,R,Q1,", "quarter", "such as 2027-Q1"),
            ("CX-1,capex,2026-12-30,1,R,,", "quarter", "from 2027-Q1 to 2027-Q4"),
            ("CX-1,capex,2027-04-30,1,R,2028-Q1,", "quarter", "from 2027-Q1 to 2027-Q4"),
            ("CX-1,capex,2027-04-30,1,R,,FY26", "cycle", "no approved money of “FY26”"),
        ],
    )
    def test_are_named_by_line_and_column(self, row: str, column: str, said: str) -> None:
        found = draft(GOOD.replace("60.00", "0.50"), row)
        assert [(one.line, one.column) for one in found.errors] == [(3, column)]
        assert said in found.errors[0].message

    def test_go_over_what_is_released_together(self) -> None:
        found = draft(GOOD, GOOD.replace("R-1", "R-2"))
        assert [one.line for one in found.errors] == [3]
        assert "€40.00 released and not yet" in found.errors[0].message

    def test_are_those_of_the_initiative_one_owns(self) -> None:
        assert "You own CX-1" in draft(GOOD, by=50).errors[0].message

    def test_are_in_one_currency(self) -> None:
        dollars = replace(ANSWERS, commitment_id=8, key="CX-8", currency="USD")
        book = SpendBook({"CX-1": [ANSWERS], "CX-8": [dollars]}, BOOK.funds)
        found = draft(GOOD, GOOD.replace("CX-1", "CX-8"), book=book)
        assert "a file for each currency" in found.errors[0].message


class TestTwoCommitments:
    old = replace(ANSWERS, commitment_id=3, cycle="FY26", is_active=False)

    def test_of_an_initiative_are_told_apart_by_cycle(self) -> None:
        book = SpendBook({"CX-1": [self.old, ANSWERS]}, BOOK.funds)
        found = draft(GOOD, f"{GOOD}FY26", book=book)
        assert [row.actual.commitment_id for row in found.rows] == [7, 3]

    def test_that_are_both_over_have_to_be_named(self) -> None:
        book = SpendBook({"CX-1": [self.old, replace(ANSWERS, is_active=False)]}, BOOK.funds)
        assert "name its cycle" in draft(GOOD, book=book).errors[0].message


class TestFiles:
    @pytest.mark.parametrize(
        ("header", "said"),
        [
            ("initiative,fund,paid_on,amount", "lacks reference"),
            (f"{HEADER},supplier", "“supplier”, which is none"),
        ],
    )
    def test_with_other_columns_are_refused(self, header: str, said: str) -> None:
        with pytest.raises(FileRefusedError, match=said):
            draft("CX-1,capex,2027-04-30,1", header=header)

    def test_of_too_many_rows_are_refused(self) -> None:
        with pytest.raises(FileRefusedError, match="5,000 rows"):
            draft(*[GOOD] * (MOST_ROWS + 1))
