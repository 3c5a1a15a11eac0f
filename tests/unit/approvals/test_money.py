"""Budgets against commitments, and balances from movements."""

from __future__ import annotations

from decimal import Decimal

from app.approvals.rules import Balance, FundBudget, Movement, TransferKind, balance, fund_uses
from app.approvals.rules.asking import overdrawn_sentences
from app.values.quarter import Quarter

Q1, Q2 = Quarter(2027, 1), Quarter(2027, 2)


def fund(carry_over: str = "0", *budget: int) -> FundBudget:
    return FundBudget(1, "Capex", (Q1, Q2), budget or (100_00, 100_00), Decimal(carry_over))


class TestFundUses:
    def test_count_what_is_bound_and_asked_against_the_budget(self) -> None:
        first, second = fund_uses(fund(), bound={Q1: 30_00}, asked={Q1: 50_00})
        assert (first.bound, first.asked, first.left) == (30_00, 50_00, 20_00)
        assert second.left == 100_00

    def test_let_unspent_money_move_on_as_far_as_the_fund_allows(self) -> None:
        _, second = fund_uses(fund("0.25"), bound={}, asked={Q2: 125_00})
        assert (second.arrived, second.left) == (25_00, 0)

    def test_say_when_a_quarter_is_overdrawn(self) -> None:
        first, _ = fund_uses(fund(), bound={Q1: 90_00}, asked={Q1: 10_01})
        assert first.is_overdrawn


class TestOverdrawnSentences:
    def test_are_none_when_the_budget_is_just_enough(self) -> None:
        asked = {(1, Q1): 100_00}
        assert overdrawn_sentences([fund()], bound={}, asked=asked, currency="EUR") == []

    def test_name_fund_quarter_and_what_is_missing(self) -> None:
        asked = {(1, Q1): 100_01}
        found = overdrawn_sentences([fund()], bound={}, asked=asked, currency="EUR")
        assert found == ["Capex lacks €0.01 in 2027-Q1."]

    def test_name_money_asked_of_a_fund_the_cycle_does_not_have(self) -> None:
        asked = {(9, Q1): 5_00}
        found = overdrawn_sentences([fund()], bound={}, asked=asked, currency="EUR")
        assert found == ["€5.00 is asked of funds that left the cycle."]

    def test_name_a_later_quarter_whose_commitments_lived_on_what_is_asked_now(self) -> None:
        bound, asked = {(1, Q2): 80_00}, {(1, Q1): 100_00}
        funds = [fund("1", 100_00, 0)]
        found = overdrawn_sentences(funds, bound=bound, asked=asked, currency="EUR")
        assert found == ["Capex lacks €80.00 in 2027-Q2."]

    def test_leave_out_a_quarter_that_was_overdrawn_before_and_is_asked_nothing(self) -> None:
        bound, asked = {(1, Q2): 180_00}, {(1, Q1): 100_00}
        assert overdrawn_sentences([fund()], bound=bound, asked=asked, currency="EUR") == []

    def test_ignore_what_falls_after_the_last_quarter(self) -> None:
        asked = {(1, Q2 + 1): 500_00}
        assert overdrawn_sentences([fund()], bound={}, asked=asked, currency="EUR") == []


class TestBalance:
    def test_of_an_approval_is_committed(self) -> None:
        found = balance(100, [Movement(TransferKind.COMMIT, 100)])
        assert found == Balance(approved=100, committed=100)
        assert found.is_sound

    def test_moves_with_releases_stops_and_payments(self) -> None:
        found = balance(
            100,
            [
                Movement(TransferKind.COMMIT, 100),
                Movement(TransferKind.RELEASE, 60),
                Movement(TransferKind.FREE, 40),
                Movement(TransferKind.SPEND, 25),
            ],
        )
        assert found == Balance(approved=100, committed=0, released=60, freed=40, spent=25)
        assert found.is_sound

    def test_takes_reversals_back(self) -> None:
        found = balance(
            100,
            [
                Movement(TransferKind.COMMIT, 100),
                Movement(TransferKind.RELEASE, 60),
                Movement(TransferKind.REVERSE, 60, TransferKind.RELEASE),
            ],
        )
        assert found == Balance(approved=100, committed=100)

    def test_is_not_sound_when_more_is_released_than_committed(self) -> None:
        moved = [Movement(TransferKind.COMMIT, 100), Movement(TransferKind.RELEASE, 101)]
        assert not balance(100, moved).is_sound
