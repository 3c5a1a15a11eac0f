"""An effect begins at go-live, grows, lasts, and adds up without ever exceeding the pool."""

from __future__ import annotations

from decimal import Decimal
from math import log

import pytest

from app.journeys.rules import intensity, ramp_profile


class TestRampProfile:
    def test_begins_in_the_go_live_quarter_and_is_full_after_the_ramp(self) -> None:
        assert ramp_profile(3, 3, None, 6) == pytest.approx((0, 0, 1 / 3, 2 / 3, 1, 1))

    def test_halves_every_half_life_after_it_was_full(self) -> None:
        profile = ramp_profile(1, 1, 4, 9)

        assert profile[0] == 1
        assert profile[4] == pytest.approx(0.5)
        assert profile[8] == pytest.approx(0.25)

    def test_never_fades_when_the_cause_is_gone(self) -> None:
        assert ramp_profile(1, 2, None, 40)[-1] == 1

    def test_is_full_at_once_without_a_ramp(self) -> None:
        assert ramp_profile(2, 0, None, 3) == (0, 1, 1)
        assert ramp_profile(2, 1, None, 3) == (0, 1, 1)

    def test_continues_what_went_live_before_the_horizon(self) -> None:
        assert ramp_profile(-1, 3, 8, 12) == ramp_profile(1, 3, 8, 14)[2:]

    def test_is_nothing_when_go_live_lies_after_the_horizon(self) -> None:
        assert ramp_profile(5, 3, 8, 4) == (0, 0, 0, 0)

    def test_fades_ever_less_the_longer_the_half_life(self) -> None:
        assert ramp_profile(1, 1, 10**6, 12)[-1] == pytest.approx(1, abs=1e-4)


class TestIntensity:
    def test_is_the_negative_logarithm_of_what_remains(self) -> None:
        assert intensity(Decimal("0.30"), Decimal(1)) == pytest.approx(-log(0.7))

    def test_is_cut_by_the_haircut(self) -> None:
        assert intensity(Decimal("0.30"), Decimal("0.35")) == pytest.approx(-0.35 * log(0.7))

    def test_is_nothing_with_a_zero_haircut(self) -> None:
        assert intensity(Decimal("0.30"), Decimal(0)) == 0

    def test_is_negative_for_a_disbenefit(self) -> None:
        assert intensity(Decimal("-0.10"), Decimal(1)) == pytest.approx(-log(1.1))

    def test_counts_harm_in_full_however_thin_its_evidence(self) -> None:
        assert intensity(Decimal("-0.10"), Decimal("0.20")) == pytest.approx(-log(1.1))

    def test_refuses_adding_more_than_almost_the_whole_pool(self) -> None:
        with pytest.raises(ValueError, match=r"0\.95"):
            intensity(Decimal("-0.96"), Decimal(1))

    def test_refuses_removing_more_than_anything_can(self) -> None:
        with pytest.raises(ValueError, match=r"0\.95"):
            intensity(Decimal("0.96"), Decimal(1))
