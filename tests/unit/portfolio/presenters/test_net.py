"""What a plan brings less what it costs: as present value, with its sign in words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from flask import Flask

from app.initiatives.rules import Horizon, cost_rows
from app.portfolio.presenters.net import horizon_of, net_of, net_sum
from app.values.money import Money


@pytest.fixture(autouse=True)
def _in_an_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


class TestNet:
    def test_discounts_cost_as_the_business_case_does(self) -> None:
        rows = cost_rows({"Capex": {0: 100_000, 4: 100_000}}, 0, Horizon(8, Decimal("0.1")))
        net = net_of(eur(300_000), rows)
        assert net.cost == eur(round(100_000 * 1.1**-0.125 + 100_000 * 1.1**-1.125))
        assert net.amount == eur(300_000) - net.cost

    def test_says_a_loss_in_words(self) -> None:
        rows = cost_rows({"Capex": {0: 100_000}}, 0, Horizon(8, Decimal(0)))
        net = net_of(eur(40_000), rows)
        assert net.is_loss
        assert net.words == "costs €600.00 more than it brings"
        assert net.rate == Decimal("-0.6")
        assert net.short_words is not None
        assert net.short_words.startswith("Brings less than it costs: €1,000.00")

    def test_says_a_gain_in_words_and_leaves_items_unmarked(self) -> None:
        rows = cost_rows({"Capex": {0: 100_000}}, 0, Horizon(8, Decimal(0)))
        net = net_of(eur(140_000), rows)
        assert net.words == "brings €400.00 more than it costs"
        assert net.short_words is None

    def test_names_spend_after_the_horizon_and_does_not_count_it(self) -> None:
        rows = cost_rows({"Capex": {0: 100_000, 2: 50_000}}, 0, Horizon(2, Decimal(0)))
        net = net_of(eur(140_000), rows)
        assert net.cost == eur(100_000)
        assert "€500.00 spent after them is not counted" in net.explanation

    def test_of_a_plan_is_the_sum_of_its_items(self) -> None:
        rows = cost_rows({"Capex": {1: 33_333}}, 0, Horizon(8, Decimal("0.07")))
        one = net_of(eur(10), rows)
        assert net_sum([one, one], "EUR").amount == one.amount + one.amount

    def test_is_unknown_without_the_rate_of_the_run(self) -> None:
        assert horizon_of({}) is None
        found = horizon_of({"discount_rate": "0.08", "quarter_count": 12})
        assert found == Horizon(12, Decimal("0.08"))
