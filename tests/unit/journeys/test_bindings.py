"""Inputs of pools may be figures of touchpoints; they follow the baseline or stay, never guess."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.journeys.rules import (
    BINDABLE,
    LEVER_INPUTS,
    Binding,
    BoundFigure,
    InputKind,
    PoolFigure,
    bound_value,
    moved,
)
from tests.factories.journeys import measured

FIGURES = {
    1: measured(contacts_per_year=1_000, cost_per_contact_minor=500, unmet_share="0.2"),
    2: measured(contacts_per_year=3_000, cost_per_contact_minor=900, unmet_share="0.4"),
    3: measured(contacts_per_year=0, unmet_share="0.9"),
    4: measured(contacts_per_year=500),
}


class TestBoundValue:
    @pytest.mark.parametrize(
        ("figure", "ids", "value"),
        [
            (BoundFigure.CONTACTS, (1, 2), "4000"),
            (BoundFigure.CONTACTS, (3,), "0"),
            (BoundFigure.COST, (1, 2), "8"),
            (BoundFigure.UNMET, (1, 2), "0.35"),
            (BoundFigure.UNMET, (1, 3), "0.2"),
        ],
    )
    def test_adds_contacts_up_and_weighs_the_rest_by_them(
        self, figure: BoundFigure, ids: tuple[int, ...], value: str
    ) -> None:
        assert bound_value(Binding(figure, ids), FIGURES, "EUR") == Decimal(value)

    @pytest.mark.parametrize(
        ("figure", "ids"),
        [
            (BoundFigure.CONTACTS, (1, 9)),
            (BoundFigure.CONTACTS, ()),
            (BoundFigure.COST, (3,)),
            (BoundFigure.UNMET, (1, 4)),
        ],
    )
    def test_is_none_where_one_touchpoint_is_not_measured(
        self, figure: BoundFigure, ids: tuple[int, ...]
    ) -> None:
        assert bound_value(Binding(figure, ids), FIGURES, "EUR") is None

    def test_writes_a_cost_in_major_units_of_the_currency(self) -> None:
        yen = {1: measured(contacts_per_year=10, cost_per_contact_minor=700)}

        assert bound_value(Binding(BoundFigure.COST, (1,)), yen, "JPY") == 700


def test_moved_figures_keep_their_spread_in_proportion() -> None:
    figure = PoolFigure("V", Decimal(200), Decimal(100), Decimal(300))

    after = moved(figure, Decimal(100))

    assert (after.low, after.value, after.high) == (50, 100, 150)


class TestMovedShares:
    def _moved(self, low: str, likely: str, high: str, value: str) -> PoolFigure:
        rate = Binding(BoundFigure.UNMET, (1,))
        figure = PoolFigure("f", Decimal(likely), Decimal(low), Decimal(high), binding=rate)
        return moved(figure, Decimal(value))

    def test_end_at_the_whole(self) -> None:
        after = self._moved("0.3", "0.5", "0.8", "0.7")

        assert (after.low, after.value, after.high) == (Decimal("0.42"), Decimal("0.7"), 1)
        assert self._moved("0.3", "0.5", "0.8", "0.6").high == Decimal("0.96")

    def test_keep_their_order(self) -> None:
        after = self._moved("0.3", "0.3", "0.3", "1")

        assert (after.low, after.value, after.high) == (1, 1, 1)


def test_what_is_bound_fits_the_kind_of_its_input() -> None:
    kinds = {
        BoundFigure.CONTACTS: InputKind.COUNT,
        BoundFigure.COST: InputKind.MONEY,
        BoundFigure.UNMET: InputKind.SHARE,
    }
    for lever, symbols in BINDABLE.items():
        specs = {spec.symbol: spec.kind for spec in LEVER_INPUTS[lever]}
        for symbol, figure in symbols.items():
            assert specs[symbol] is kinds[figure]
