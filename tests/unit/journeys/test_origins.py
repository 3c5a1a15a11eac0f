"""A change between two baselines counts only when chance does not explain it."""

from __future__ import annotations

import random
from decimal import Decimal
from statistics import pstdev

import pytest

from app.journeys.rules import BY_HAND, Change, Origin, OriginKind, change_of
from app.journeys.rules.origins import count_error, mean_error, score_error, share_error


def log(error: str) -> Origin:
    return Origin(OriginKind.LOG, sample=100, error=Decimal(error))


class TestChangeOf:
    def test_is_clear_only_beyond_twice_the_joint_error(self) -> None:
        before, now = log("0.3"), log("0.4")

        assert change_of(Decimal("1.0"), before, now) is Change.WITHIN
        assert change_of(Decimal("1.01"), before, now) is Change.CLEAR
        assert change_of(Decimal("-1.01"), before, now) is Change.CLEAR

    def test_is_not_tested_against_what_people_entered(self) -> None:
        assert change_of(Decimal(5), BY_HAND, log("0.1")) is Change.UNTESTED
        assert change_of(Decimal(5), log("0.1"), BY_HAND) is Change.UNTESTED

    def test_is_none_where_nothing_changed(self) -> None:
        assert change_of(Decimal(0), BY_HAND, BY_HAND) is Change.NONE


class TestErrors:
    def test_of_a_share_never_say_that_few_contacts_are_certain(self) -> None:
        assert share_error(Decimal(0), 3) > Decimal("0.15")
        assert share_error(Decimal(3), 3) == share_error(Decimal(0), 3)

    def test_of_a_share_fall_with_the_root_of_the_sample(self) -> None:
        small, large = share_error(Decimal(25), 100), share_error(Decimal(2_500), 10_000)

        assert float(small / large) == pytest.approx(10, rel=0.05)

    def test_of_a_score_are_never_below_the_true_one(self) -> None:
        draw = random.Random(4)
        for _ in range(200):
            scores = [draw.choice((0, 2, 5, 7, 9, 10)) for _ in range(draw.randint(50, 400))]
            true = pstdev(scores) / len(scores) ** 0.5
            assert float(score_error(Decimal(sum(scores)), len(scores))) >= true * 0.99

    def test_of_a_count_are_those_of_poisson(self) -> None:
        assert count_error(9_999) == 100

    def test_of_a_mean_come_from_the_spread_between_months(self) -> None:
        same = [(Decimal(500), 100)] * 12
        spread = [(Decimal(400 if n % 2 else 600), 100) for n in range(12)]

        assert mean_error(same) == 0
        # k/(k−1)·12·100² = 130,909.09; its root over 1,200 contacts
        assert mean_error(spread) == Decimal("0.301511")
        assert mean_error(spread[:5]) is None

    def test_hold_19_times_in_20_for_shares(self) -> None:
        draw, wrong = random.Random(7), 0
        for _ in range(1_000):
            counts = [sum(draw.random() < 0.3 for _ in range(150)) for _ in range(2)]
            before, now = (
                Origin(OriginKind.LOG, 150, share_error(Decimal(hits), 150)) for hits in counts
            )
            difference = Decimal(counts[1] - counts[0]) / 150
            wrong += change_of(difference, before, now) is Change.CLEAR
        assert wrong <= 60
