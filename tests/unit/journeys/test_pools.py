"""A pool is its formula, to the cent, and its present value counts the stock of customers."""

from __future__ import annotations

from decimal import Decimal
from math import exp

import pytest

from app.journeys.rules import (
    LEVER_INPUTS,
    Lever,
    annual_pool_minor,
    discounted_pool_minor,
    input_faults,
    intensity,
    ramp_profile,
    savable_customers,
)

# The worked example of the value model. It gives the journey-attributable churn, p·s = 4 pp; the
# segment's own churn, which the stock of customers kept decays with, is 18 % a year: the figure
# with which the model's own 266,900 comes out.
CHURN = Decimal("0.18")
RETAIN = {
    "N": Decimal(120_000),
    "p": CHURN,
    "s": Decimal("0.04") / CHURN,
    "addr": Decimal("0.60"),
    "m": Decimal(180),
}


def _removed(intensities: float) -> float:
    """The share of a pool that intensities adding up to this remove."""
    return 1.0 - exp(-intensities)


class TestAnnualPool:
    def test_serve_is_the_avoidable_cost_of_the_contacts(self) -> None:
        inputs = {"V": 200_000, "u": "5.50", "alpha": "0.4", "addr": "0.5"}

        assert _pool(Lever.SERVE, inputs) == 220_000_00

    def test_convert_is_the_gap_to_the_ceiling(self) -> None:
        inputs = {"A": 50_000, "r": "0.031", "r_max": "0.045", "m_s": 120}

        assert _pool(Lever.CONVERT, inputs) == 84_000_00

    def test_spend_is_the_margin_on_the_headroom(self) -> None:
        inputs = {"N_x": 40_000, "b": 300, "mu": "0.35", "headroom": "0.06"}

        assert _pool(Lever.SPEND, inputs) == 252_000_00

    def test_fail_is_the_remedy_of_the_failures(self) -> None:
        inputs = {"V_f": 90_000, "f": "0.08", "k": "42.5", "addr": "0.7"}

        assert _pool(Lever.FAIL, inputs) == 214_200_00

    def test_retain_is_a_year_of_margin_of_the_customers_who_could_be_kept(self) -> None:
        assert annual_pool_minor(Lever.RETAIN, RETAIN, "EUR") == 2_880 * 180_00
        assert round(savable_customers(RETAIN), 9) == 2_880

    def test_risk_is_the_expected_loss(self) -> None:
        assert _pool(Lever.RISK, {"prob": "0.05", "loss": 2_000_000, "addr": "0.5"}) == 50_000_00

    def test_counts_in_the_minor_units_of_the_currency(self) -> None:
        inputs = {"prob": Decimal("0.5"), "loss": Decimal(1001), "addr": Decimal(1)}

        assert annual_pool_minor(Lever.RISK, inputs, "JPY") == 500

    @pytest.mark.parametrize("lever", Lever)
    def test_names_every_input_once(self, lever: Lever) -> None:
        symbols = [spec.symbol for spec in LEVER_INPUTS[lever]]

        assert len(symbols) == len(set(symbols))
        assert all(spec.label and spec.unit for spec in LEVER_INPUTS[lever])


class TestInputFaults:
    def test_finds_none_in_a_sound_pool(self) -> None:
        assert input_faults(Lever.RETAIN, RETAIN) == {}

    def test_names_a_negative_figure(self) -> None:
        faults = input_faults(Lever.RETAIN, RETAIN | {"m": Decimal(-1)})

        assert faults == {"m": "Contribution margin of a customer kept cannot be negative."}

    def test_names_a_share_above_everything(self) -> None:
        faults = input_faults(Lever.RETAIN, RETAIN | {"addr": Decimal(60)})

        assert faults == {"addr": "Addressable within the horizon is a share; enter at most 100 %."}

    def test_names_a_ceiling_below_today(self) -> None:
        inputs = _decimals({"A": 1, "r": "0.05", "r_max": "0.04", "m_s": 1})

        assert "r_max" in input_faults(Lever.CONVERT, inputs)

    def test_names_a_pool_beyond_all_measure(self) -> None:
        inputs = _decimals({"V": 10**12, "u": 10**9, "alpha": 1, "addr": 1})

        assert input_faults(Lever.SERVE, inputs) == {
            "u": "These figures make an absurd pool; check the units."
        }

    def test_says_nothing_about_inputs_still_missing(self) -> None:
        assert input_faults(Lever.SERVE, {}) == {}

    def test_bars_the_annual_pool(self) -> None:
        with pytest.raises(ValueError, match="cannot be negative"):
            annual_pool_minor(Lever.RETAIN, RETAIN | {"N": Decimal(-5)}, "EUR")


class TestDiscountedPool:
    def test_discounts_a_flow_from_the_middle_of_each_quarter(self) -> None:
        values = discounted_pool_minor(
            Lever.SERVE, 400_000, churn=None, quarters=2, discount_rate=Decimal("0.21")
        )

        assert values == (round(100_000 * 1.21**-0.125), round(100_000 * 1.21**-0.375))

    def test_without_discounting_a_flow_is_a_quarter_of_the_year(self) -> None:
        values = discounted_pool_minor(
            Lever.FAIL, 400_000, churn=None, quarters=4, discount_rate=Decimal(0)
        )

        assert values == (100_000,) * 4

    def test_retain_folds_the_stock_into_every_quarter(self) -> None:
        annual, rate, quarters = 51_840_000, Decimal("0.09"), 12
        shares = [_removed(x) for x in ramp_profile(2, 4, 6, quarters)]

        values = discounted_pool_minor(
            Lever.RETAIN, annual, churn=CHURN, quarters=quarters, discount_rate=rate
        )

        stock = total = 0.0
        for quarter, share in enumerate(shares, start=1):
            inflow = annual / 4 * share
            stock = stock * (1 - float(CHURN)) ** 0.25 + inflow
            total += (stock - inflow / 2) / 4 / (1 + float(rate)) ** ((quarter - 0.5) / 4)
        assert sum(v * e for v, e in zip(values, shares, strict=True)) == pytest.approx(
            total, abs=6
        )

    def test_retain_needs_the_churn(self) -> None:
        with pytest.raises(ValueError, match="churn"):
            discounted_pool_minor(Lever.RETAIN, 1, churn=None, quarters=1, discount_rate=Decimal(0))

    def test_gives_the_present_value_of_the_worked_example(self) -> None:
        alone = intensity(Decimal("0.30"), Decimal(1))
        shares = [_removed(alone * rho) for rho in ramp_profile(3, 3, 12, 12)]
        values = discounted_pool_minor(
            Lever.RETAIN,
            annual_pool_minor(Lever.RETAIN, RETAIN, "EUR"),
            churn=CHURN,
            quarters=12,
            discount_rate=Decimal("0.09"),
        )

        present = sum(v * e for v, e in zip(values, shares, strict=True)) / 100

        assert round(present, -2) == 266_900


def _decimals(inputs: dict[str, int | str]) -> dict[str, Decimal]:
    return {symbol: Decimal(value) for symbol, value in inputs.items()}


def _pool(lever: Lever, inputs: dict[str, int | str]) -> int:
    return annual_pool_minor(lever, _decimals(inputs), "EUR")
