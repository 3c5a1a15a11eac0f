"""What striking out costs, told as surely as it is known and no surer."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.approvals.presenters.strikes import StrikePrice, better_plan, strike_prices
from app.approvals.rules import FrozenProposal
from app.values.money import Money


def frozen(value: int = 1_000_00) -> FrozenProposal:
    """As much of a frozen proposal as prices are told from."""
    result = json.dumps({"value": value})
    cycle = SimpleNamespace(currency="EUR")
    return cast(FrozenProposal, SimpleNamespace(result=result, cycle=cycle))


def price(value: int = 1_000_00, best: int = 1_000_00, **changes: Any) -> StrikePrice:
    row = {
        "initiative": "A", "fixed": 500_00, "resolved": 300_00, "uncertainty": 0,
        "enters": ["B"], "leaves": [],
    } | changes  # fmt: skip
    return strike_prices(frozen(value), {"value": best, "rows": [row]})["A"]


class TestStrikePrices:
    def test_are_the_loss_against_the_best_plan_without_it(self) -> None:
        one = price()
        assert one.amount == Money(300_00, "EUR")
        assert one.sentence == (
            "€300.00 if its money is put to its best other use (proven); B comes in"
        )

    def test_count_from_the_submitted_plan_where_a_better_one_is_known(self) -> None:
        """Without A the best is worth 900; the plan to be decided is worth 1,000, not 1,200."""
        one = price(best=1_200_00)
        assert one.amount == Money(100_00, "EUR")
        assert one.moves == ""

    def test_say_what_a_better_use_would_gain(self) -> None:
        one = price(resolved=-50_00, uncertainty=5)
        assert one.sentence == (
            "with its money put to its best other use, the plan is worth €50.00 more "
            "(at most €0.05 more); B comes in"
        )

    @pytest.mark.parametrize(
        ("uncertainty", "kind", "word"),
        [(0, "ok", "Proven"), (10, "ok", "At most €0.10 less"),
         (11, "warn", "At most €0.11 less"), (None, "warn", "Not proven")],
    )  # fmt: skip
    def test_are_proven_only_where_nothing_is_open(
        self, uncertainty: int | None, kind: str, word: str
    ) -> None:
        one = price(uncertainty=uncertainty)
        assert (one.kind, one.word) == (kind, word)

    def test_give_no_figure_where_no_plan_was_found(self) -> None:
        one = price(resolved=None, uncertainty=None, enters=[])
        assert one.amount is None
        assert one.sentence == "no plan without it was found that keeps every rule"

    @pytest.mark.parametrize(
        ("changes", "moves"),
        [
            ({"enters": ["B", "C"], "leaves": ["D"]}, "B and C come in; D goes, too"),
            ({"enters": []}, "others change their option or start"),
            ({"enters": [], "resolved": 500_00}, "nothing else gains by it"),
            ({"enters": [], "leaves": ["D"], "resolved": 600_00}, "D goes, too; rules bind"),
        ],
    )
    def test_say_what_the_money_does(self, changes: dict[str, Any], moves: str) -> None:
        assert price(**changes).moves.startswith(moves)


class TestBetterPlan:
    def test_is_told_only_where_one_was_found(self) -> None:
        assert better_plan(frozen(), []) is None
        assert better_plan(frozen(), [{"value": 1_000_00}, {"value": None}]) is None
        found = better_plan(frozen(), [{"value": 1_000_00}, {"value": 1_000_07}])
        assert found == Money(7, "EUR")
