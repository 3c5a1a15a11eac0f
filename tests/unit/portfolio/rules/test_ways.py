"""Ways out: named by what they change, and whose change it is."""

from __future__ import annotations

from typing import Any

import pytest

from app.portfolio.rules.ways import bound_initiatives, is_of_scenario, way_key, ways_of

BUDGET: dict[str, Any] = {"type": "add_budget", "amounts": [{"fund": "f", "amount": 1}]}


def drop(rule: str) -> dict[str, Any]:
    return {"type": "drop_rule", "rule": rule}


class TestKey:
    def test_is_the_same_wherever_the_way_stands(self) -> None:
        assert way_key({"changes": [BUDGET], "funded": ["A"]}) == way_key({"changes": [BUDGET]})

    def test_differs_with_any_amount(self) -> None:
        more = {**BUDGET, "amounts": [{"fund": "f", "amount": 2}]}
        assert way_key({"changes": [BUDGET]}) != way_key({"changes": [more]})


class TestWays:
    def test_begin_with_the_repair(self) -> None:
        assert list(ways_of({"repair": {"n": 1}, "ways_out": [{"n": 2}]})) == [{"n": 1}, {"n": 2}]
        assert list(ways_of({"repair": None, "ways_out": []})) == []


class TestWhoseChange:
    @pytest.mark.parametrize(
        ("change", "is_own", "keys"),
        [
            (BUDGET, True, []),
            (drop("pin:CX-1"), True, []),
            (drop("R1"), True, []),
            (drop("needs:CX-1:CX-2"), False, ["CX-1"]),
            (drop("either:CX-1:CX-2"), False, ["CX-1", "CX-2"]),
            ({"type": "add_capacity", "amounts": []}, False, []),
        ],
    )
    def test_is_told_by_its_rule(self, change: Any, is_own: bool, keys: list[str]) -> None:
        assert is_of_scenario(change) is is_own
        assert list(bound_initiatives(change)) == keys
