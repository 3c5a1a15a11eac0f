"""By how much a measurement changes the expected intensity on a pool."""

from __future__ import annotations

from math import isclose, log1p

from app.reviews.rules.bridge import StepKind, measured_factors
from app.roadmap.rules.posterior import EffectCase, EffectNow, Normal


def effect(
    pool: str, removal: float, now: float, *, haircut: float = 0.5, is_measured: bool = True
) -> EffectNow:
    case = EffectCase(1, pool, Normal(removal, 0.1), haircut, is_assumed=False)
    measured = Normal(now, 0.02) if is_measured else None
    return EffectNow(case, measured, Normal(now, 0.02), haircut)


class TestMeasuredFactors:
    def test_are_none_where_nothing_was_measured(self) -> None:
        assert dict(measured_factors([effect("a/serve", 0.3, 0.3, is_measured=False)])) == {}

    def test_set_the_intensity_after_the_measurement_against_that_as_approved(self) -> None:
        found = dict(measured_factors([effect("a/serve", 0.3, 0.15)]))
        assert isclose(float(found["a/serve"]), log1p(-0.15) / log1p(-0.3))

    def test_add_up_the_behaviours_on_a_pool(self) -> None:
        both = [
            effect("a/serve", 0.3, 0.15),
            effect("a/serve", 0.2, 0.2, is_measured=False),
            effect("b/spend", 0.1, 0.1, is_measured=False),
        ]
        found = dict(measured_factors(both))
        then, now = log1p(-0.3) + log1p(-0.2), log1p(-0.15) + log1p(-0.2)
        assert found.keys() == {"a/serve"}
        assert isclose(float(found["a/serve"]), now / then)

    def test_take_no_haircut_off_harm(self) -> None:
        found = dict(measured_factors([effect("a/serve", 0.3, -0.1)]))
        assert isclose(float(found["a/serve"]), log1p(0.1) / (0.5 * log1p(-0.3)))


class TestStepKind:
    def test_has_a_word_for_each(self) -> None:
        assert len({kind.word for kind in StepKind}) == len(StepKind)
