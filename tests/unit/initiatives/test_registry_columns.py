"""Which columns of the registry an address asks for."""

from __future__ import annotations

import pytest

from app.initiatives.rules import (
    REGISTRY_COLUMNS,
    chosen_columns,
    columns_text,
    hides_order,
)


class TestChosenColumns:
    def test_stand_in_the_order_of_the_table_whatever_the_order_asked(self) -> None:
        names = [one.name for one in chosen_columns(["cost.owner", "journey"])]
        assert names == ["key", "title", "journey", "owner", "cost"]

    @pytest.mark.parametrize("texts", [[], [""], ["nope"], ["..", "drop table"]])
    def test_are_the_usual_ones_where_none_is_named(self, texts: list[str]) -> None:
        assert [one for one in REGISTRY_COLUMNS if one.is_usual] == list(chosen_columns(texts))

    def test_come_back_out_of_their_text(self) -> None:
        for texts in (
            ["sponsor"],
            ["journey.cost"],
            ["key"],
            [".".join(o.name for o in REGISTRY_COLUMNS)],
        ):
            chosen = chosen_columns(texts)
            assert chosen_columns([columns_text(chosen)]) == chosen
        assert columns_text(chosen_columns([])) == ""


class TestHidesOrder:
    def test_is_said_of_amounts_alone(self) -> None:
        assert hides_order("-cost") and hides_order("value")
        assert not hides_order("title") and not hides_order("-nope")
