"""Counts in a source's words come to our touchpoints, and what has no place is named."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.interactions.engine.placing import OTHER, Placed, Spot, placed
from app.interactions.engine.requests import CountLine
from tests.unit.interactions.logs import mapping

SPOTS = {
    ("motor-claim", "use", "contact_centre"): Spot(7, "EUR"),
    ("motor-claim", "action", "contact_centre"): Spot(8, "EUR"),
    ("abroad", "use", "contact_centre"): Spot(9, "USD"),
}


def _line(**changes: Any) -> CountLine:
    values: dict[str, Any] = dict.fromkeys(CountLine.model_fields, 0) | {
        "month": date(2026, 5, 1), "journey": None, "stage": None, "channel": "Phone",
        "reason": "Bill", "segment": "", "expected": "", "is_prospect": False, "contacts": 10,
        "costed": 4, "cost_minor": 400,
    }  # fmt: skip
    return CountLine(**values | changes)


def _place(*lines: CountLine, **changes: Any) -> Placed:
    return placed(lines, mapping(**changes), SPOTS, 2)


class TestPlaced:
    def test_adds_up_words_that_mean_the_same_place(self) -> None:
        words = {"Phone": "contact_centre", "Hotline": "contact_centre"}
        found = _place(
            _line(), _line(channel="HOTLINE "), channel={"column": "through", "words": words}
        )
        ((key, sums),) = found.months.items()
        assert (key.touchpoint_id, sums["contacts"], sums["cost_minor"]) == (7, 20, 800)

    def test_names_words_without_a_place_and_touchpoints_that_do_not_exist(self) -> None:
        found = _place(_line(), _line(channel="Fax"), _line(channel=None), _line(channel="Post"))
        assert found.unplaced == {
            "“Fax” means no channel": 10,
            "No channel is said": 10,
            "The journey “motor-claim” has no touchpoint Use × Letters and bills": 10,
        }
        assert found.unplaced_count == 30

    def test_takes_stages_by_words(self) -> None:
        stage = {"column": "ok", "words": {"new": "action"}, "otherwise": "use"}
        found = _place(_line(stage="New"), _line(stage="old"), stage=stage)
        assert {key.touchpoint_id for key in found.months} == {7, 8}

    def test_costs_contacts_by_a_tariff_of_their_channel(self) -> None:
        found = _place(_line(), cost={"tariff": {"contact_centre": "6.25"}})
        ((_, sums),) = found.months.items()
        assert (sums["costed"], sums["cost_minor"]) == (10, 6250)

    def test_adds_a_tariff_below_the_smallest_unit_up_whatever_the_lines(self) -> None:
        lines = [_line(reason=f"r{n}", contacts=1) for n in range(100)]
        found = _place(*lines, cost={"tariff": {"contact_centre": "0.004"}})
        assert len(found.months) == 100
        assert sum(sums["cost_minor"] for sums in found.months.values()) == 40

    def test_leaves_cost_in_another_currency_out_and_says_so(self) -> None:
        found = _place(_line(), journey={"fixed": "abroad"})
        ((_, sums),) = found.months.items()
        assert (sums["contacts"], sums["costed"], sums["cost_minor"]) == (10, 0, 0)
        assert found.uncosted == 4

    def test_counts_the_rarest_of_too_many_words_together(self) -> None:
        lines = [_line(reason=f"r{n}", contacts=n + 1) for n in range(300)]
        found = _place(*lines)
        assert len(found.months) == 200
        assert found.folded == {"reason": 101}
        other = [sums for key, sums in found.months.items() if key.reason == OTHER]
        assert other[0]["contacts"] == sum(range(1, 102))
