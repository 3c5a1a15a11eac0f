"""Rows become initiatives with costs, dates and hurdles, and every bad row is named."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path

import pytest

from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.table import read_table
from app.registry.engine.drafts import ImportDraft
from app.registry.engine.mapping import Mapping, parse_mapping
from app.registry.engine.reading import read_drafts
from app.values.quarter import Quarter, QuarterSpan

DATA = Path(__file__).parents[2] / "data"
HEADER = (
    "Unique Investment Identifier,Agency Name,Investment Title,Project Name,Start Date,"
    "Completion Date (B1),Planned Cost ($ M)"
)


def shipped(name: str) -> Mapping:
    return parse_mapping(
        (resources.files("app.registry") / "mappings" / f"{name}.json").read_bytes()
    )


def read(*lines: str, first: str = "2011-Q1", quarters: int = 40) -> ImportDraft:
    content = "\n".join([HEADER, *lines]).encode()
    horizon = QuarterSpan(Quarter.parse(first), quarters)
    return read_drafts(read_table(content, "x.csv"), shipped("us-it-dashboard"), horizon)


class TestReadDrafts:
    def test_one_investment_has_one_milestone_per_project(self) -> None:
        draft = read(
            "I-1,Labor,Portal,Design,2011-01-01T00:00:00Z,2011-06-30T00:00:00Z,1",
            "I-1,Labor,Portal,Build,2011-07-01T00:00:00Z,2011-12-31T00:00:00Z,3",
        )
        (portal,) = draft.initiatives
        assert (portal.key, portal.title, portal.unit) == ("IT-I-1", "Portal", "Labor")
        assert [(m.name, m.due_on, m.tranche_share) for m in portal.milestones] == [
            ("Design", date(2011, 6, 30), Decimal("0.25")),
            ("Build", date(2011, 12, 31), Decimal("0.75")),
        ]
        assert draft.issues == ()

    def test_a_milestone_holds_the_very_money_of_its_row(self) -> None:
        draft = read(
            "I-1,Labor,Portal,Design,2011-01-01T00:00:00Z,2011-06-30T00:00:00Z,4.0",
            "I-1,Labor,Portal,Build,2011-07-01T00:00:00Z,2011-12-31T00:00:00Z,0.102",
            "I-1,Labor,Portal,Run,2011-07-01T00:00:00Z,2012-12-31T00:00:00Z,131.7",
        )
        (portal,) = draft.initiatives
        assert [m.money_minor for m in portal.milestones] == [
            4_000_000_00, 102_000_00, 131_700_000_00,
        ]  # fmt: skip

    def test_cost_is_spread_by_day_and_sums_to_the_cent(self) -> None:
        (one,) = read("I-1,L,P,A,2011-02-15T00:00:00Z,2011-12-30T00:00:00Z,0.333333").initiatives
        assert sum(one.spend_minor) == 33_333_300
        assert len(one.spend_minor) == 4
        assert one.spend_minor[0] < one.spend_minor[1]

    def test_cost_from_before_the_cycle_is_sunk_and_said(self) -> None:
        draft = read("I-1,L,P,A,2010-07-01T00:00:00Z,2011-12-31T00:00:00Z,549")
        # 549 days in all, 184 of them before 2011
        assert draft.spend_minor == 365 * 100_000_000
        assert [note.message for note in draft.notes] == [
            "It started on 2010-07-01; only cost from 2011-01-01 on counts, the rest is sunk."
        ]

    def test_the_benefit_is_declared_as_an_opinion(self) -> None:
        (one,) = read("I-1,L,P,A,2011-01-01T00:00:00Z,2011-12-31T00:00:00Z,2").initiatives
        assert one.declared_benefit_minor == 300_000_000
        assert shipped("us-it-dashboard").benefit.grade == "E"  # type: ignore[union-attr]

    def test_the_hurdle_is_the_planned_cost(self) -> None:
        (one,) = read("I-1,L,P,A,2011-01-01T00:00:00Z,2011-12-31T00:00:00Z,2.0E-6").initiatives
        criterion = one.milestones[0].criterion
        assert criterion is not None
        assert (criterion.direction, criterion.threshold) == ("at_most", Decimal("0.000002"))

    @pytest.mark.parametrize(
        ("row", "column", "says"),
        [
            ("I-1,L,P,A,2011-01-01,2011-12-31,", "Planned Cost ($ M)", "missing"),
            ("I-1,L,P,A,2011-01-01,2011-12-31,-1", "Planned Cost ($ M)", "negative"),
            ("I-1,L,P,A,2011-01-01,2011-12-31,NaN", "Planned Cost ($ M)", "not a number"),
            ("I-1,L,P,A,2011-01-01,2011-12-31,1e99", "Planned Cost ($ M)", "too large"),
            ("I-1,L,P,A,2011-01-01,2011-12-31,1e-9", "Planned Cost ($ M)", "finer"),
            ("I-1,L,P,A,2011-02-30,2011-12-31,1", "Start Date", "not a day"),
            ("I-1,L,P,A,2011-05-01,2011-04-30,1", "Completion Date (B1)", "before it starts"),
            ("I-1,L,P,A,2010-01-01,2010-12-31,1", "Completion Date (B1)", "before the cycle"),
            ("I-1,L,P,A,2011-01-01,,1", "Completion Date (B1)", "missing"),
            ("I-1,L,P,,2011-01-01,2011-12-31,1", "Project Name", "missing"),
            ("I-1,L,,A,2011-01-01,2011-12-31,1", "Investment Title", "missing"),
            (",L,P,A,2011-01-01,2011-12-31,1", "Unique Investment Identifier", "missing"),
        ],
    )
    def test_names_line_and_column_of_a_bad_row(self, row: str, column: str, says: str) -> None:
        draft = read("I-0,L,P,A,2011-01-01,2011-12-31,1", row)
        (error,) = draft.errors
        assert (error.line, error.column) == (3, column)
        assert says in error.message
        assert [one.key for one in draft.initiatives] == ["IT-I-0"]

    def test_refuses_a_file_without_the_mapped_columns(self) -> None:
        table = read_table(b"a,b\n1,2\n", "x.csv")
        with pytest.raises(FileRefusedError, match="Agency Name"):
            read_drafts(table, shipped("us-it-dashboard"), QuarterSpan(Quarter.parse("2011-Q1"), 4))


class TestShippedMappings:
    def test_reads_the_it_dashboard(self) -> None:
        table = read_table((DATA / "us_it_dashboard_extract.csv").read_bytes(), "x.csv")
        draft = read_drafts(
            table, shipped("us-it-dashboard"), QuarterSpan(Quarter.parse("2011-Q1"), 40)
        )
        assert {issue.message.split(" on ")[0] for issue in draft.errors} == {
            "The planned cost is missing.",
            "It ends",
        }
        assert len({row.cells["Unique Investment Identifier"] for row in table.rows}) == 12
        assert sum(len(one.milestones) for one in draft.initiatives) == len(table.rows) - len(
            draft.errors
        )

    def test_reads_performance_goals_with_hurdles_and_evidence(self) -> None:
        table = read_table((DATA / "us_performance_goals_extract.json").read_bytes(), "x.json")
        draft = read_drafts(
            table, shipped("us-performance-goals"), QuarterSpan(Quarter.parse("2021-Q4"), 8)
        )
        exports = draft.initiatives[0]
        assert exports.unit == "DOC"
        first = exports.milestones[0]
        assert first.due_on == date(2022, 9, 30)
        assert first.criterion is not None
        assert (first.criterion.direction, first.criterion.threshold) == ("at_least", 76_000)
        assert [(r.measured_on, r.value) for r in first.readings] == [
            (date(2021, 12, 31), 12_905),
            (date(2022, 3, 31), 25_421),
        ]
        assert draft.errors == ()
