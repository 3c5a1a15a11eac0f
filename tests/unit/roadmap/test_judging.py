"""What is recommended once the figures of a hurdle are known, and what an override costs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from app.approvals.rules import TrancheState
from app.initiatives.rules import Direction
from app.initiatives.rules.milestone_kinds import HurdleKind
from app.roadmap.rules import CriterionFacts, HurdleAction, HurdleFacts, Measurement
from app.roadmap.rules.forward import Forward
from app.roadmap.rules.judging import (
    Judged,
    NotJudged,
    Weighing,
    override_minor,
    rate_words,
    recommend_by_figures,
)
from app.roadmap.rules.posterior import EffectCase, EffectNow, Normal

DUE = date(2027, 4, 1)
CRITERION = CriterionFacts(1, "Self-service", "%", Direction.AT_LEAST, Decimal(20), 100, True)
EFFECT = EffectNow(
    EffectCase(1, "claims/serve", Normal(0.3, 0.12), 0.8, False),
    Normal(0.12, 0.06), Normal(0.156, 0.0537), 0.8,
)  # fmt: skip


def hurdle(value: int | None = 30, sample: int = 100, **changes: Any) -> HurdleFacts:
    measured = () if value is None else (Measurement(1, 1, Decimal(value), sample, DUE),)
    return HurdleFacts(TrancheState.PENDING, DUE, (CRITERION,), measured, **changes)


def judged(reaching: float = 0.7, kept: float = 0.0, **changes: Any) -> Judged:
    """A return that reaches the hurdle rate of 15 % in so many of the draws; cost 1,000.00."""
    many = round(1000 * reaching)
    returns = np.sort(np.array([0.4] * many + [-0.2] * (1000 - many)))
    expected = 100_000 * (1 + float(returns.mean()))
    values: dict[str, Any] = {
        "effects": (EFFECT,),
        "forward": Forward(expected, 100_000.0, expected, kept, returns),
        "hurdle_rate": Decimal("0.15"),
        "confidence": Decimal("0.6"),
        "other_use": None,
        "no_other_use": "No other use is worked out yet.",
    }
    return Judged(**values | changes)


MISSED, MET, NOTHING, THIN = hurdle(10), hurdle(), hurdle(None), hurdle(30, sample=50)
RELEASE, HOLD, STOP = HurdleAction.RELEASE, HurdleAction.HOLD, HurdleAction.STOP
FINISH = HurdleAction.FINISH
LEARN = {"kind": HurdleKind.LEARN, "target_error": Decimal("0.06")}


class TestRecommend:
    @pytest.mark.parametrize(
        ("facts", "figures", "action", "said"),
        [
            (MET, judged(0.6), RELEASE, "with a chance of 60\u202f%, and 60\u202f% is asked for"),
            (MET, judged(0.599), STOP, "too little for the money that is left"),
            (MISSED, judged(1.0), STOP, "which misses"),
            (NOTHING, judged(1.0), HOLD, "is not measured"),
            (THIN, judged(0.0), HOLD, "from a sample of 50"),
            (hurdle(None, held_on=date(2026, 12, 1)), judged(1.0), STOP, "held once"),
            (MET, judged(0.9, other_use=0.5), STOP, "best other use of the money returns 50.0"),
            (MET, judged(0.9, other_use=0.1), RELEASE, "the hurdle rate is 15.0"),
            (MET, judged(0.9, other_use=-1.0), RELEASE, "(nothing else can use it), the hurdle"),
            (MET, judged(0.0, kept=40_000), FINISH, "Finish early"),
            (MET, judged(0.0, kept=30_000), STOP, "too little"),
            (MET, judged(0.4, **LEARN), RELEASE, "40\u202f% is asked for"),
            (MET, judged(0.3, **LEARN), STOP, "too little"),
            (MET, judged(0.9, **LEARN | {"target_error": Decimal("0.05")}), STOP, "not known as"),
        ],
    )  # fmt: skip
    def test_by_case(
        self, facts: HurdleFacts, figures: Judged, action: HurdleAction, said: str
    ) -> None:
        found = recommend_by_figures(facts, date(2027, 4, 5), figures)
        assert found.action is action
        assert said in found.text

    @pytest.mark.parametrize("facts", [MISSED, MET])
    def test_names_a_smaller_option_that_would_pass(self, facts: HurdleFacts) -> None:
        found = recommend_by_figures(facts, DUE, judged(0.1, smaller=(("Lean", 0.81),)))
        assert found.action is STOP
        assert found.grounds[-1] == (
            "Or rescope to the smaller option Lean: what it still needs would pass with a chance "
            "of 81\u202f%."
        )

    def test_names_no_smaller_option_where_evidence_lacks(self) -> None:
        late = hurdle(None, held_on=date(2026, 12, 1))
        found = recommend_by_figures(late, date(2027, 6, 1), judged(smaller=(("Lean", 0.81),)))
        assert found.action is STOP and "Lean" not in found.text

    def test_says_that_the_hurdle_rate_stands_alone(self) -> None:
        assert recommend_by_figures(MET, DUE, judged()).grounds[-1] == (
            "No other use is worked out yet."
        )

    def test_says_what_was_approved_and_is_now(self) -> None:
        assert (
            "claims/serve: 15.6\u202f% ± 5.4 is removed now, 30.0\u202f% ± 12.0 as approved."
            in recommend_by_figures(MET, DUE, judged()).grounds
        )

    def test_goes_by_the_criteria_where_nothing_is_bound(self) -> None:
        found = recommend_by_figures(MET, DUE, NotJudged("No behaviour is bound."))
        assert found.action is RELEASE and found.grounds[-1] == "No behaviour is bound."


class TestOverride:
    def test_costs_what_going_on_would_have_brought(self) -> None:
        one = judged(1.0)  # worth 1,400.00 against 1,150.00 asked for
        assert override_minor(one, STOP) == 25_000
        assert override_minor(one, RELEASE) == 0

    def test_costs_what_the_money_would_have_brought_elsewhere(self) -> None:
        one = judged(1.0, other_use=0.6)
        assert override_minor(one, RELEASE) == 20_000
        assert override_minor(one, STOP) == 0

    def test_has_no_price_for_a_delay(self) -> None:
        assert override_minor(judged(), HOLD) is None


def test_a_captured_return_is_told_from_a_small_one() -> None:
    assert judged(0.0, kept=40_000).weighing is Weighing.CAPTURED
    assert judged(0.0).weighing is Weighing.TOO_LITTLE


def test_nothing_has_no_minus() -> None:
    assert rate_words(-0.0001) == "0.0\u202f%"
