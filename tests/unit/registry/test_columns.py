"""Columns of foreign files are guessed, checked and put into ours, lines kept."""

from __future__ import annotations

from app.interactions.engine.table import read_table
from app.registry.engine.budget_rows import BudgetBook, draft_budgets
from app.registry.engine.columns import as_csv, guessed, mapped, mapping_faults, unfolded
from app.registry.rules import RowKind
from app.values.quarter import Quarter

Q1, Q2 = Quarter(2027, 1), Quarter(2027, 2)


class TestGuessed:
    def test_finds_headers_by_their_words_in_any_case(self) -> None:
        headers = ("KEY", "Milestone", "Due date", "Remark")
        found = guessed(headers, RowKind.MILESTONES)
        assert found == {"initiative": "KEY", "name": "Milestone", "due_on": "Due date"}

    def test_uses_no_header_twice(self) -> None:
        found = guessed(("Quarter", "Amount", "Fund"), RowKind.BUDGETS)
        assert sorted(found.values()) == ["Amount", "Fund", "Quarter"]


class TestMappingFaults:
    def test_names_what_is_missing_unknown_and_chosen_twice(self) -> None:
        columns = {"initiative": "A", "name": "A", "due_on": "C"}
        faults = mapping_faults(columns, ("A", "B"), RowKind.MILESTONES)
        assert faults == {
            "name": "“A” is chosen for Initiative (key) already.",
            "due_on": "The file has no column “C”; choose another.",
        }
        assert "initiative" in mapping_faults({}, ("A",), RowKind.MILESTONES)


class TestUnfolded:
    def test_turns_a_column_per_quarter_into_rows(self) -> None:
        table = unfolded(read_table(b"Fund,2027-Q1,Q2 2027\ncapex,5,\nrun,6,7\n", "b.csv"))
        assert [(row.line, *row.cells.values()) for row in table.rows] == [
            (2, "capex", "2027-Q1", "5"),
            (3, "run", "2027-Q1", "6"),
            (3, "run", "2027-Q2", "7"),
        ]

    def test_leaves_other_tables_alone(self) -> None:
        table = read_table(b"fund,quarter,amount\ncapex,2027-Q1,5\n", "b.csv")
        assert unfolded(table) is table


class TestAsCsv:
    def test_keeps_every_row_on_its_line(self) -> None:
        table = read_table(b"A,B\n1,x\n\n\n2,y\n", "f.csv")
        again = read_table(as_csv(mapped(table, {"fund": "A", "name": "B"})), "f.csv")
        assert [(row.line, row.cells["fund"]) for row in again.rows] == [(2, "1"), (5, "2")]


class TestDraftBudgets:
    BOOK = BudgetBook("EUR", {"capex": "capex", "investment": "capex"}, {("capex", Q1): 5_00})

    def test_gives_what_differs(self) -> None:
        table = read_table(b'fund,quarter,amount\nInvestment,2027-Q1,"1,200"\n', "b.csv")
        draft = draft_budgets(table, self.BOOK)
        assert (draft.wanted, draft.errors) == ({("capex", Q1): 1_200_00}, ())

    def test_leaves_out_what_is_as_it_was(self) -> None:
        table = read_table(b"fund,quarter,amount\ncapex,2027-Q1,5\n", "b.csv")
        assert draft_budgets(table, self.BOOK).wanted == {}

    def test_names_line_column_and_what_to_do(self) -> None:
        lines = b"fund,quarter,amount\nrun,2027-Q1,5\ncapex,2028-Q1,5\ncapex,2027-Q1,-1\n"
        issues = draft_budgets(read_table(lines, "b.csv"), self.BOOK).errors
        assert [(one.line, one.column) for one in issues] == [
            (2, "fund"), (3, "quarter"), (4, "amount"),
        ]  # fmt: skip
        assert "it has capex" in issues[0].message

    def test_refuses_one_cell_twice(self) -> None:
        lines = b"fund,quarter,amount\ncapex,2027-Q1,6\ncapex,2027-Q1,7\n"
        (issue,) = draft_budgets(read_table(lines, "b.csv"), self.BOOK).errors
        assert (issue.line, issue.message[:6]) == (3, "Line 2")
