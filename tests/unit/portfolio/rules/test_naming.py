"""Pins and rules about what can't be chosen any more."""

from __future__ import annotations

from typing import Any

import pytest

from app.errors import InvalidError
from app.portfolio.rules.demands import DemandKind
from app.portfolio.rules.facts import DemandFacts, PinFacts, ProblemFacts
from app.portfolio.rules.naming import settle_names
from app.portfolio.rules.pins import PinKind
from tests.unit.portfolio.rules.facts import candidate, facts, option


def with_pin(kind: PinKind) -> ProblemFacts:
    return facts(candidate("CX-1"), pins=(PinFacts("CX-9", kind, None, None, "Because"),))


def with_demand(kind: DemandKind, **parameters: Any) -> ProblemFacts:
    return facts(
        candidate("CX-1"), candidate("CX-2"), demands=(DemandFacts("R1", kind, parameters, ""),)
    )


class TestPins:
    def test_out_falls_away(self) -> None:
        settled, remarks = settle_names(with_pin(PinKind.EXCLUDE))
        assert settled.pins == ()
        assert remarks[0].subject == "CX-9"

    @pytest.mark.parametrize("kind", [PinKind.FUND, PinKind.FIX])
    def test_in_is_refused(self, kind: PinKind) -> None:
        with pytest.raises(InvalidError) as refused:
            settle_names(with_pin(kind))
        assert "CX-9 can't be chosen in this cycle" in refused.value.fields["CX-9"]


class TestRules:
    def test_at_most_loses_the_missing_member(self) -> None:
        settled, remarks = settle_names(
            with_demand(DemandKind.AT_MOST, count=1, initiatives=["CX-1", "CX-9"])
        )
        assert settled.demands[0].parameters["initiatives"] == ["CX-1"]
        assert "CX-9 can't be chosen" in remarks[0].text

    def test_at_least_stays_while_enough_are_left(self) -> None:
        settled, _ = settle_names(
            with_demand(DemandKind.AT_LEAST, count=2, initiatives=["CX-1", "CX-2", "CX-9"])
        )
        assert settled.demands[0].parameters["initiatives"] == ["CX-1", "CX-2"]

    @pytest.mark.parametrize(
        ("kind", "parameters"),
        [
            (DemandKind.AT_LEAST, {"count": 2, "initiatives": ["CX-1", "CX-9"]}),
            (DemandKind.REQUIRES, {"initiative": "CX-1", "needs": "CX-9", "lag": 0}),
            (DemandKind.TOGETHER, {"initiatives": ["CX-1", "CX-9"]}),
            (
                DemandKind.SHARE,
                {"at_least": "0.1", "of": "budget", "tag": "lens", "equals": "people"},
            ),
            (DemandKind.AT_LEAST, {"count": 1, "tag": "lens", "equals": "people"}),
        ],
    )
    def test_a_promise_that_can_not_be_kept_is_refused(
        self, kind: DemandKind, parameters: dict[str, Any]
    ) -> None:
        with pytest.raises(InvalidError) as refused:
            settle_names(with_demand(kind, **parameters))
        assert "remove this from the scenario" in refused.value.fields["R1"]

    @pytest.mark.parametrize(
        ("kind", "parameters"),
        [
            (DemandKind.REQUIRES, {"initiative": "CX-9", "needs": "CX-1", "lag": 0}),
            (DemandKind.SYNERGY, {"initiatives": ["CX-1", "CX-9"], "value": 5}),
            (
                DemandKind.SHARE,
                {"at_most": "0.1", "of": "budget", "tag": "lens", "equals": "people"},
            ),
            (DemandKind.AT_MOST, {"count": 1, "tag": "lens", "equals": "people"}),
        ],
    )
    def test_what_says_nothing_falls_away(
        self, kind: DemandKind, parameters: dict[str, Any]
    ) -> None:
        settled, remarks = settle_names(with_demand(kind, **parameters))
        assert settled.demands == ()
        assert remarks[0].subject.startswith("Rule “")


class TestPastStarts:
    """What a pin fixes has to be possible still."""

    def test_a_pin_that_fixes_one_is_refused(self) -> None:
        pin = PinFacts("CX-1", PinKind.FIX, None, 0, "Agreed")
        with pytest.raises(InvalidError) as refused:
            settle_names(facts(candidate("CX-1"), pins=(pin,), present=1))
        assert refused.value.fields["CX-1"] == (
            "“CX-1 is funded from 2027-Q1”: Q1 2027 is over, so nothing can start then any more. "
            "Lift the pin, or fix a later start."
        )

    def test_a_pin_on_what_can_not_start_any_more_says_why(self) -> None:
        pin = PinFacts("CX-1", PinKind.FUND, None, None, "Agreed")
        late = facts(candidate("CX-1", option(latest=0)), candidate("CX-2"), pins=(pin,), present=1)
        with pytest.raises(InvalidError) as refused:
            settle_names(late)
        assert "its last possible start, Q1 2027, is over" in refused.value.fields["CX-1"]
