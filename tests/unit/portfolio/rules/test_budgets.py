"""A wish for a whole budget becomes budgets by quarter that add up to it."""

from __future__ import annotations

import pytest

from app.portfolio.rules.budgets import split_total, spread_budget


class TestSpreadBudget:
    def test_keeps_the_proportions_of_what_is_free(self) -> None:
        assert spread_budget([300, 100], [0, 0], 200) == [150, 50]

    def test_leaves_what_is_committed_where_it_is(self) -> None:
        assert spread_budget([300, 100], [200, 0], 300) == [250, 50]

    def test_adds_up_to_the_cent(self) -> None:
        assert sum(spread_budget([100, 100, 100], [0, 0, 0], 1_000) or []) == 1_000

    def test_refuses_less_than_is_committed(self) -> None:
        assert spread_budget([300, 100], [200, 0], 199) is None

    def test_does_not_add_where_more_is_committed_than_given(self) -> None:
        assert spread_budget([100, 300], [200, 0], 500) == [100, 400]

    def test_spreads_evenly_where_nothing_was_free(self) -> None:
        assert spread_budget([0, 0], [0, 0], 10) == [5, 5]


class TestSplitTotal:
    @pytest.mark.parametrize(
        ("totals", "wanted", "split"),
        [({1: 300, 2: 100}, 200, {1: 150, 2: 50}), ({1: 0, 2: 0}, 10, {1: 5, 2: 5})],
    )
    def test_keeps_the_shares_of_the_funds(
        self, totals: dict[int, int], wanted: int, split: dict[int, int]
    ) -> None:
        assert split_total(totals, wanted) == split
