"""A cycle has possible dates and rates, few moves, and amounts worth a second look."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.calendar.rules import (
    CYCLE_MOVES,
    CycleState,
    closing_faults,
    cycle_faults,
    described_cycle,
    key_fault,
    key_of_name,
    move_of,
    next_cycle,
    opening_faults,
    unusual_amounts,
)
from app.values.quarter import Quarter
from tests.factories.calendar import cycle_draft


class TestCycleFaults:
    def test_finds_none_in_a_sound_cycle(self) -> None:
        assert cycle_faults(cycle_draft()) == {}

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", "   "),
            ("currency", "XXX"),
            ("ends_on", date(2027, 1, 1)),
            ("ends_on", date(2031, 1, 1)),
            ("quarter_count", 0),
            ("quarter_count", 41),
            ("first_quarter", Quarter(2026, 4)),
            ("first_quarter", Quarter(2027, 3)),
            ("discount_rate", Decimal("-0.01")),
            ("discount_rate", Decimal(9)),
            ("hurdle_rate", Decimal(15)),
            ("release_confidence", Decimal("0.4")),
            ("release_confidence", Decimal(1)),
        ],
    )
    def test_names_the_field_that_is_not_possible(self, field: str, value: object) -> None:
        assert list(cycle_faults(cycle_draft(**{field: value}))) == [field]


class TestMoves:
    def test_lead_from_draft_over_open_to_closed_and_never_back(self) -> None:
        assert [(move.source, move.target) for move in CYCLE_MOVES] == [
            (CycleState.DRAFT, CycleState.OPEN),
            (CycleState.OPEN, CycleState.CLOSED),
        ]

    def test_are_none_where_the_table_has_none(self) -> None:
        assert move_of(CycleState.CLOSED, "open") is None
        assert move_of(CycleState.DRAFT, "close") is None


class TestOpeningFaults:
    def test_finds_none_with_money_and_people(self) -> None:
        assert opening_faults({"Capex": 1}, Decimal(1)) == []

    def test_names_what_is_missing(self) -> None:
        assert "no fund" in opening_faults({}, Decimal(0))[0]
        assert opening_faults({"Capex": 0, "Run": 5}, Decimal(0)) == [
            "The fund Capex has no budget in any quarter; enter one or take the fund out.",
            "No team has any days; enter the capacities of at least one team.",
        ]

    def test_asks_for_no_days_where_no_team_is_paid_in_its_currency(self) -> None:
        assert opening_faults({"IT": 5}, Decimal(0), has_teams=False) == []


class TestClosingFaults:
    def test_bar_a_cycle_that_still_runs(self) -> None:
        faults = closing_faults(date(2027, 6, 30), date(2027, 6, 29))

        assert faults == ["It runs until 30 Jun 2027; change its end if it is over earlier."]
        assert closing_faults(date(2027, 6, 30), date(2027, 6, 30)) == []


class TestKeyFault:
    @pytest.mark.parametrize("key", ["capex", "claims-app", "h1-2027"])
    def test_lets_slugs_pass(self, key: str) -> None:
        assert key_fault(key) is None

    @pytest.mark.parametrize("key", ["", "Capex", "a b", "-a", "a--b", "é", "a" * 41, "a\n"])
    def test_refuses_what_would_not_stand_in_an_address(self, key: str) -> None:
        assert key_fault(key)


class TestUnusualAmounts:
    def test_finds_the_slip_of_the_key(self) -> None:
        amounts = {"a": 1_000, "b": 1_200, "c": 900, "d": 999_999_999}

        assert unusual_amounts(amounts) == {"d"}

    def test_lets_a_wide_but_plausible_range_pass(self) -> None:
        assert not unusual_amounts({"a": 1_000, "b": 2_000, "c": 50_000, "d": 90_000})

    def test_says_nothing_about_too_few(self) -> None:
        assert not unusual_amounts({"a": 1, "b": 1, "c": 999_999_999, "d": 0})


class TestDescribedCycle:
    def test_reads_as_it_is_typed(self) -> None:
        described = described_cycle(cycle_draft(discount_rate=Decimal("0.0925")))

        assert described["Discount rate"] == "9.25 %"
        assert described["First quarter"] == "2027-Q1"


class TestKeyOfName:
    @pytest.mark.parametrize(
        ("name", "key"),
        [("File a claim", "file-a-claim"), ("Règlement d’été", "reglement-d-ete"), ("…", "")],
    )
    def test_is_made_of_its_letters(self, name: str, key: str) -> None:
        assert key_of_name(name) == key


class TestNextCycle:
    def test_is_the_half_year_after_today_or_after_the_last_cycle(self) -> None:
        first = next_cycle(date(2026, 11, 30), None)
        assert (first["starts_on"], first["ends_on"]) == (date(2027, 1, 1), date(2027, 6, 30))
        assert first["first_quarter"] == Quarter(2027, 1)
        after = next_cycle(date(2026, 11, 30), date(2027, 6, 30))
        assert after["starts_on"] == date(2027, 7, 1)
        assert after["name"] == "FY27 Q3 to Q4"
