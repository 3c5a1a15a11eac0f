"""Rules are sentences, and impossible ones are refused at their field."""

from __future__ import annotations

from typing import Any

import pytest

from app.portfolio.rules.demands import DemandKind, demand_faults, demand_sentence, listed

CANDIDATES = {
    "CX-1": {"lens": "technology"},
    "CX-2": {"lens": "people"},
    "CX-3": {"lens": "people"},
}


class TestSentence:
    @pytest.mark.parametrize(
        ("kind", "parameters", "sentence"),
        [
            (
                DemandKind.SHARE,
                {"at_most": "0.5", "of": "budget", "tag": "lens", "equals": "technology"},
                "At most 50\u202f% of the budget on lens = technology",
            ),
            (
                DemandKind.SHARE,
                {"at_least": "0.125", "of": "spend", "tag": "unit", "equals": "Service"},
                "At least 12.5\u202f% of the spend on unit = Service",
            ),
            (
                DemandKind.REQUIRES,
                {"initiative": "CX-2", "needs": "CX-1", "lag": 1},
                "CX-2 needs CX-1, started at least 1 quarter before it",
            ),
            (
                DemandKind.REQUIRES,
                {"initiative": "CX-2", "needs": "CX-1", "lag": 0},
                "CX-2 needs CX-1, started in the same quarter or before",
            ),
            (
                DemandKind.TOGETHER,
                {"initiatives": ["CX-1", "CX-2", "CX-3"]},
                "All or none of CX-1, CX-2 and CX-3",
            ),
            (
                DemandKind.AT_MOST,
                {"count": 1, "initiatives": ["CX-1", "CX-2"]},
                "At most 1 of CX-1 and CX-2",
            ),
            (
                DemandKind.AT_LEAST,
                {"count": 2, "tag": "lens", "equals": "people"},
                "At least 2 initiatives with lens = people",
            ),
            (
                DemandKind.SYNERGY,
                {"initiatives": ["CX-1", "CX-2"], "value": 5_000_000},
                "€50,000.00 more when CX-1 and CX-2 are all funded",
            ),
        ],
    )
    def test_says_it_as_people_do(
        self, kind: DemandKind, parameters: dict[str, Any], sentence: str
    ) -> None:
        assert demand_sentence(kind, parameters, "EUR") == sentence

    @pytest.mark.parametrize(
        ("kind", "parameters", "sentence"),
        [
            (
                DemandKind.AT_MOST,
                {"count": 1, "initiatives": ["CX-1", "CX-2"], "price": 2_500_000},
                "At most 1 of CX-1 and CX-2; may be broken for €25,000.00 per initiative "
                "too many",
            ),
            (
                DemandKind.SPEND_ON,
                {"at_most": 100_00, "tag": "lens", "equals": "people", "price": "0.125"},
                "At most €100.00 spent on lens = people; may be broken for 12.5\u202f% of the "
                "money missed",
            ),
            (
                DemandKind.AVERAGE_RISK,
                {"at_most": "2.50", "tag": "lens", "equals": "people"},
                "Risk of at most 2.5 on the average of what is funded with lens = people",
            ),
            (
                DemandKind.CHANGE_LOAD,
                {"count": 2, "initiatives": ["CX-1", "CX-2", "CX-3"], "capacity": "digital"},
                "At most 2 of CX-1, CX-2 and CX-3 that need team digital live at a time",
            ),
            (
                DemandKind.CHANGE_LOAD,
                {"count": 3},
                "At most 3 initiatives live at a time",
            ),
            (
                DemandKind.KEEP,
                {"run": 12, "held": {}, "may_move": False, "price": 100},
                "Keep as it is what run 12 chose; may be broken for €1.00 per initiative "
                "changed",
            ),
        ],
    )  # fmt: skip
    def test_says_what_breaking_it_costs(
        self, kind: DemandKind, parameters: dict[str, Any], sentence: str
    ) -> None:
        assert demand_sentence(kind, parameters, "EUR") == sentence

    def test_lists_one_alone(self) -> None:
        assert listed(["CX-1"]) == "CX-1"


class TestFaults:
    @pytest.mark.parametrize(
        ("kind", "parameters", "field"),
        [
            (DemandKind.REQUIRES, {"initiative": "CX-9", "needs": "CX-1", "lag": 0}, "initiative"),
            (DemandKind.REQUIRES, {"initiative": "CX-1", "needs": "CX-1", "lag": 0}, "needs"),
            (DemandKind.REQUIRES, {"initiative": "CX-1", "needs": "CX-2", "lag": -1}, "lag"),
            (DemandKind.REQUIRES, {"initiative": "CX-1", "needs": "CX-2", "lag": 41}, "lag"),
            (DemandKind.TOGETHER, {"initiatives": ["CX-1"]}, "initiatives"),
            (DemandKind.TOGETHER, {"initiatives": ["CX-1", "CX-9"]}, "initiatives"),
            (DemandKind.AT_MOST, {"count": -1, "initiatives": ["CX-1"]}, "count"),
            (DemandKind.AT_LEAST, {"count": 0, "initiatives": ["CX-1"]}, "count"),
            (DemandKind.AT_LEAST, {"count": 3, "tag": "lens", "equals": "people"}, "count"),
            (DemandKind.AT_MOST, {"count": 1, "tag": "lens", "equals": "magic"}, "tag"),
            (DemandKind.AT_MOST, {"count": 1, "tag": "colour", "equals": "red"}, "tag"),
            (
                DemandKind.SHARE,
                {"at_most": "1.5", "of": "budget", "tag": "lens", "equals": "people"},
                "share",
            ),
            (
                DemandKind.SHARE,
                {"at_most": "-0.1", "of": "budget", "tag": "lens", "equals": "people"},
                "share",
            ),
            (DemandKind.SYNERGY, {"initiatives": ["CX-1", "CX-2"], "value": 0}, "value"),
            (
                DemandKind.SYNERGY,
                {"initiatives": ["CX-1", "CX-2"], "value": 5, "price": 1},
                "price",
            ),
            (DemandKind.TOGETHER, {"initiatives": ["CX-1", "CX-2"], "price": 0}, "price"),
            (
                DemandKind.SHARE,
                {
                    "at_most": "1",
                    "of": "budget",
                    "tag": "lens",
                    "equals": "people",
                    "price": "-0.1",
                },
                "price",
            ),
            (DemandKind.SPEND_ON, {"at_least": 0, "initiatives": ["CX-1"]}, "limit"),
            (DemandKind.SPEND_ON, {"at_most": -1, "initiatives": ["CX-1"]}, "limit"),
            (DemandKind.SPEND_ON, {"at_most": 1, "initiatives": ["CX-9"]}, "initiatives"),
            (DemandKind.AVERAGE_RISK, {"at_most": "-1"}, "risk"),
            (DemandKind.AVERAGE_RISK, {"at_most": "1", "tag": "lens", "equals": "magic"}, "tag"),
            (DemandKind.CHANGE_LOAD, {"count": -1}, "count"),
            (DemandKind.KEEP, {"run": 1, "held": {}}, "run"),
        ],
    )
    def test_stand_at_their_field(
        self, kind: DemandKind, parameters: dict[str, Any], field: str
    ) -> None:
        assert list(demand_faults(kind, parameters, CANDIDATES)) == [field]

    def test_are_none_for_a_sound_rule(self) -> None:
        sound = {"count": 2, "tag": "lens", "equals": "people"}
        assert demand_faults(DemandKind.AT_LEAST, sound, CANDIDATES) == {}
