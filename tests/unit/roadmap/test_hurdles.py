"""What the measurements say about a hurdle."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.approvals.rules import TrancheState
from app.initiatives.rules import Direction
from app.roadmap.rules import (
    HOLD_DAYS,
    CriterionFacts,
    HurdleAction,
    HurdleFacts,
    HurdleState,
    Measurement,
    hurdle_state,
    needs_reason,
    readings,
    recommend,
)

DUE = date(2027, 4, 1)


def criterion(number: int = 1, **changes: Any) -> CriterionFacts:
    values: dict[str, Any] = {
        "id": number, "metric": "Self-service", "unit": "%", "direction": Direction.AT_LEAST,
        "threshold": Decimal(20), "minimum_sample": 100, "is_must_meet": True,
    }  # fmt: skip
    return CriterionFacts(**values | changes)


def measured(
    value: int | str, *, number: int = 1, of: int = 1, sample: int | None = 100, on: date = DUE
) -> Measurement:
    return Measurement(number, of, Decimal(value), sample, on)


def hurdle(*measurements: Measurement, **changes: Any) -> HurdleFacts:
    values: dict[str, Any] = {
        "state": TrancheState.PENDING, "due_on": DUE, "criteria": (criterion(),),
        "measurements": measurements,
    }  # fmt: skip
    return HurdleFacts(**values | changes)


class TestReadings:
    def test_take_the_latest_day_and_then_the_latest_record(self) -> None:
        early = measured(30, number=3, on=DUE - timedelta(days=1))
        first, second = measured(10, number=1), measured(15, number=2)
        (reading,) = readings((criterion(),), (first, second, early))
        assert reading.latest == second

    @pytest.mark.parametrize(
        ("direction", "value", "passes"),
        [
            (Direction.AT_LEAST, 20, True),
            (Direction.AT_LEAST, "19.99", False),
            (Direction.AT_MOST, 20, True),
            (Direction.AT_MOST, "20.01", False),
        ],
    )
    def test_pass_on_the_agreed_side_of_the_threshold(
        self, direction: Direction, value: int | str, passes: bool
    ) -> None:
        (reading,) = readings((criterion(direction=direction),), (measured(value),))
        assert reading.passes is passes and reading.fails is not passes

    def test_neither_pass_nor_fail_on_too_small_a_sample(self) -> None:
        (reading,) = readings((criterion(),), (measured(30, sample=99),))
        assert not reading.passes and not reading.fails and reading.is_thin
        assert reading.words == "Self-service is 30\u202f%, from a sample of 99; 100 were agreed."

    def test_need_no_sample_where_none_was_agreed(self) -> None:
        (reading,) = readings((criterion(minimum_sample=None),), (measured(30, sample=None),))
        assert reading.passes


class TestRecommend:
    def test_releases_when_every_must_meet_criterion_passes(self) -> None:
        facts = hurdle(
            measured(25), measured(5, number=2, of=2),
            criteria=(criterion(1), criterion(2, is_must_meet=False)),
        )  # fmt: skip
        assert recommend(facts, DUE).action is HurdleAction.RELEASE

    def test_stops_when_one_must_meet_criterion_fails(self) -> None:
        facts = hurdle(
            measured(25), measured(5, number=2, of=2), criteria=(criterion(1), criterion(2))
        )
        found = recommend(facts, DUE)
        assert found.action is HurdleAction.STOP
        assert found.text == "Self-service is 5\u202f%, which misses at least 20\u202f%."

    def test_counts_every_criterion_where_none_is_must_meet(self) -> None:
        facts = hurdle(measured(5), criteria=(criterion(is_must_meet=False),))
        assert recommend(facts, DUE).action is HurdleAction.STOP

    def test_holds_while_evidence_is_missing_or_thin(self) -> None:
        assert recommend(hurdle(), DUE).action is HurdleAction.HOLD
        assert recommend(hurdle(measured(30, sample=5)), DUE).action is HurdleAction.HOLD

    def test_holds_once_and_then_stops(self) -> None:
        held = hurdle(state=TrancheState.HELD, held_on=DUE)
        until = DUE + timedelta(days=HOLD_DAYS)
        assert recommend(held, until).action is HurdleAction.HOLD
        assert recommend(held, until + timedelta(days=1)).action is HurdleAction.STOP

    def test_never_releases_what_nothing_can_measure(self) -> None:
        assert recommend(hurdle(criteria=()), DUE).action is HurdleAction.HOLD


class TestHurdleState:
    def test_of_released_money_is_passed_or_waived(self) -> None:
        assert hurdle_state(hurdle(state=TrancheState.RELEASED), DUE) is HurdleState.PASSED
        waived = hurdle(state=TrancheState.RELEASED, followed=False)
        assert hurdle_state(waived, DUE) is HurdleState.WAIVED

    def test_of_freed_money_is_missed(self) -> None:
        assert hurdle_state(hurdle(state=TrancheState.FREED), DUE) is HurdleState.MISSED

    def test_is_stopped_and_not_missed_if_the_stop_went_against_the_figures(self) -> None:
        against = hurdle(measured(20), state=TrancheState.FREED, followed=False)
        assert hurdle_state(against, DUE) is HurdleState.STOPPED
        assert HurdleState.STOPPED.word == "Stopped"

    def test_waits_quietly_until_a_month_before(self) -> None:
        assert hurdle_state(hurdle(), DUE - timedelta(days=31)) is HurdleState.NOT_DUE
        assert hurdle_state(hurdle(), DUE - timedelta(days=30)) is HurdleState.AT_RISK

    def test_is_missed_when_its_day_has_gone_by_without_passing(self) -> None:
        assert hurdle_state(hurdle(), DUE) is HurdleState.AT_RISK
        assert hurdle_state(hurdle(), DUE + timedelta(days=1)) is HurdleState.MISSED

    def test_is_in_review_when_everything_passes(self) -> None:
        assert hurdle_state(hurdle(measured(20)), DUE) is HurdleState.IN_REVIEW
        late = DUE + timedelta(days=9)
        assert hurdle_state(hurdle(measured(20)), late) is HurdleState.IN_REVIEW

    def test_is_at_risk_when_a_must_meet_criterion_fails_early(self) -> None:
        early = DUE - timedelta(days=60)
        assert hurdle_state(hurdle(measured(5, on=early)), early) is HurdleState.AT_RISK

    def test_is_at_risk_while_it_is_held(self) -> None:
        held = hurdle(state=TrancheState.HELD, held_on=DUE)
        assert hurdle_state(held, DUE + timedelta(days=9)) is HurdleState.AT_RISK


class TestBeforeTheStart:
    START = date(2027, 7, 1)

    def test_a_figure_from_before_the_work_never_recommends_its_money(self) -> None:
        early = measured(25, on=date(2027, 6, 30))
        facts = hurdle(early, starts_on=self.START, due_on=date(2027, 12, 1))
        found = recommend(facts, date(2027, 12, 1))
        assert found.action is HurdleAction.HOLD
        assert "measured before the work starts on 1 Jul 2027" in found.text
        (reading,) = facts.readings
        assert not reading.passes and not reading.fails
        assert hurdle_state(facts, date(2027, 6, 30)) is HurdleState.NOT_DUE

    def test_a_bad_starting_point_stops_nothing(self) -> None:
        facts = hurdle(measured(5, on=date(2027, 6, 30)), starts_on=self.START)
        assert recommend(facts, DUE).action is HurdleAction.HOLD

    def test_counts_from_the_first_day_of_the_work_on(self) -> None:
        facts = hurdle(measured(25, on=self.START), starts_on=self.START)
        assert recommend(facts, self.START).action is HurdleAction.RELEASE


class TestWait:
    def test_nothing_is_to_be_decided_before_the_day_without_figures(self) -> None:
        found = recommend(hurdle(), DUE - timedelta(days=1))
        assert found.waits and found.word == "Wait"
        assert found.text.endswith("Nothing to decide before 1 Apr 2027, the day it is due.")
        assert not recommend(hurdle(), DUE).waits

    def test_figures_are_decided_on_before_the_day(self) -> None:
        assert not recommend(hurdle(measured(25)), DUE - timedelta(days=30)).waits
        assert not recommend(hurdle(measured(5)), DUE - timedelta(days=30)).waits

    def test_a_hold_before_there_is_anything_to_decide_says_why(self) -> None:
        waits = recommend(hurdle(), DUE - timedelta(days=1))
        late = recommend(hurdle(), DUE)
        assert needs_reason(HurdleAction.HOLD, waits)
        assert not needs_reason(HurdleAction.HOLD, late)
