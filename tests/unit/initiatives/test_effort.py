"""What customers are spared, in its own units: by the same removed share as the money."""

from __future__ import annotations

from decimal import Decimal
from math import exp, log

import pytest

from app.initiatives.rules import EffectClaim, EvidenceGrade, Horizon, OptionClaim
from app.initiatives.rules.effort import FlowRemoved, flow_removed, yearly_flow
from app.journeys.rules import Lever

POOL = 4
HORIZON = Horizon(quarters=4, rate=Decimal("0.09"))
SERVE = {"V": 80_000.0, "u": 6.5, "alpha": 0.5, "addr": 0.5}


def claim(*, start: int = 0, go_live: int = 0, ramp: int = 1, removal: str = "0.5") -> OptionClaim:
    effect = EffectClaim(POOL, Decimal(removal), EvidenceGrade.A)
    return OptionClaim(start, go_live, ramp, None, (effect,))


def spared(one: OptionClaim, *, minutes: str | None = "5") -> FlowRemoved:
    found = flow_removed(
        one, POOL, Lever.SERVE, SERVE, HORIZON, Decimal(minutes) if minutes else None
    )
    assert found is not None
    return found


class TestYearlyFlow:
    @pytest.mark.parametrize(
        ("lever", "inputs", "flow"),
        [
            (Lever.SERVE, SERVE, 40_000),
            (Lever.FAIL, {"V_f": 50_000, "f": 0.04, "k": 90, "addr": 0.5}, 1_000),
            (Lever.RETAIN, {"N": 120_000, "p": 0.2, "s": 0.2, "addr": 0.6, "m": 180}, 2_880),
            (Lever.CONVERT, {"A": 10_000, "r": 0.2, "r_max": 0.25, "m_s": 70}, 500),
        ],
    )
    def test_is_the_pool_without_its_money(
        self, lever: Lever, inputs: dict[str, float], flow: float
    ) -> None:
        assert yearly_flow(lever, inputs) == pytest.approx(flow)

    @pytest.mark.parametrize("lever", [Lever.SPEND, Lever.RISK])
    def test_is_none_where_only_money_flows(self, lever: Lever) -> None:
        assert yearly_flow(lever, {}) is None


class TestFlowRemoved:
    def test_counts_four_quarters_of_a_full_effect_after_the_haircut(self) -> None:
        removed = 1 - exp(0.95 * log(0.5))
        found = spared(claim())
        assert found.in_a_year == pytest.approx(40_000 * removed)
        assert found.over_horizon == pytest.approx(40_000 * removed)
        assert found.minutes_over_horizon == pytest.approx(5 * 40_000 * removed)

    def test_counts_nothing_before_the_effect_is_live(self) -> None:
        late = spared(claim(start=1, go_live=1))
        assert late.over_horizon == pytest.approx(spared(claim()).over_horizon / 2)
        assert late.in_a_year == spared(claim()).in_a_year
        assert spared(claim(go_live=4)).over_horizon == 0

    def test_tells_no_minutes_where_nobody_measured_them(self) -> None:
        assert spared(claim(), minutes=None).minutes_over_horizon is None

    def test_counts_contacts_that_a_change_brings_as_less_than_none(self) -> None:
        assert spared(claim(removal="-0.1")).over_horizon == pytest.approx(-4_000)
