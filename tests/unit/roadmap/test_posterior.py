"""What a measurement leaves of the approved case."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.initiatives.rules import EvidenceGrade
from app.roadmap.rules.posterior import (
    BehaviourMeasured,
    Design,
    EffectCase,
    Normal,
    effect_case,
    effect_now,
    measured_effect,
    posterior,
)

CASE = EffectCase(1, "claims/serve", Normal(0.30, 0.12), 0.55, False)


def pilot(value: float, error: float, **changes: object) -> BehaviourMeasured:
    """Self-service of callers, from 10 % to 40 %: 1 point stands for 1 % of the pool."""
    given = {"baseline": 10.0, "target": 40.0, "reached": 1.0, "design": Design.CONTROLLED}
    return BehaviourMeasured(**given | {"value": Normal(value, error)} | changes)  # type: ignore[arg-type]


class TestPosterior:
    def test_of_the_worked_example(self) -> None:
        found = posterior(Normal(0.30, 0.12), Normal(0.12, 0.06))
        assert (round(found.mean, 6), round(found.error, 6)) == (0.156, 0.053666)

    def test_of_the_worked_example_as_it_is_measured(self) -> None:
        found = effect_now(CASE, pilot(22.0, 6.0))
        assert found.measured is not None
        assert (round(found.measured.mean, 9), round(found.measured.error, 9)) == (0.12, 0.06)
        assert (round(found.now.mean, 6), round(found.now.error, 6)) == (0.156, 0.053666)

    @given(st.floats(-0.9, 0.9), st.floats(0.001, 0.5), st.floats(-0.9, 0.9), st.floats(0.001, 0.5))
    def test_lies_between_and_is_surer_than_either(
        self, mean: float, error: float, value: float, noise: float
    ) -> None:
        found = posterior(Normal(mean, error), Normal(value, noise))
        assert min(mean, value) - 1e-12 <= found.mean <= max(mean, value) + 1e-12
        assert found.error < min(error, noise)

    def test_of_two_measurements_does_not_hang_on_their_order(self) -> None:
        prior, one, other = Normal(0.3, 0.12), Normal(0.12, 0.06), Normal(0.2, 0.03)
        there, back = (
            posterior(posterior(prior, one), other),
            posterior(posterior(prior, other), one),
        )
        assert there.mean == pytest.approx(back.mean) and there.error == pytest.approx(back.error)

    def test_leaves_what_counts_as_certain(self) -> None:
        assert posterior(Normal(0.3, 0.0), Normal(0.1, 0.05)) == Normal(0.3, 0.0)


class TestCase:
    def test_takes_its_error_from_the_range(self) -> None:
        grade = EvidenceGrade.C
        case = effect_case(1, "p", Decimal("0.3"), Decimal("0.1462"), Decimal("0.4538"), grade)
        assert round(case.removal.error, 4) == 0.12 and not case.is_assumed

    def test_assumes_what_the_haircut_takes_where_no_range_is_stated(self) -> None:
        case = effect_case(1, "p", Decimal("-0.3"), None, None, EvidenceGrade.D)
        assert round(case.removal.error, 9) == 0.195 and case.is_assumed


class TestMeasured:
    def test_among_all_customers_is_scaled_up_by_what_was_at_work(self) -> None:
        found = measured_effect(CASE, pilot(22.0, 6.0, reached=0.5))
        assert (round(found.mean, 9), round(found.error, 9)) == (0.24, 0.12)

    def test_is_refused_while_nothing_is_at_work(self) -> None:
        with pytest.raises(ValueError, match="at work"):
            measured_effect(CASE, pilot(22.0, 6.0, reached=0.0))

    def test_of_a_measure_that_falls_counts_the_other_way(self) -> None:
        found = measured_effect(CASE, pilot(1.9, 0.1, baseline=2.2, target=1.6))
        assert (round(found.mean, 9), round(found.error, 9)) == (0.15, 0.05)

    @pytest.mark.parametrize(("error", "haircut"), [(1e-6, 0.95), (1e6, 0.55), (12.0, 0.75)])
    def test_moves_the_haircut_by_its_weight(self, error: float, haircut: float) -> None:
        assert effect_now(CASE, pilot(40.0, error)).haircut == pytest.approx(haircut, abs=1e-6)

    def test_lowers_the_haircut_where_it_is_worse_than_the_case(self) -> None:
        sure = EffectCase(1, "p", Normal(0.3, 0.12), 0.95, False)
        now = effect_now(sure, pilot(40.0, 12.0, design=Design.BEFORE_AFTER))
        assert now.haircut == pytest.approx(0.75)

    def test_that_is_missing_leaves_the_case(self) -> None:
        now = effect_now(CASE, None)
        assert now.now == CASE.removal and now.haircut == CASE.haircut and now.measured is None
