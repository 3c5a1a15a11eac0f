"""How a commitment splits over its milestones, and what a stop takes back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

from app.approvals.rules import MilestonePlan, planned_tranches, spend_left
from app.values.quarter import Quarter

Q1, Q2, Q3 = Quarter(2027, 1), Quarter(2027, 2), Quarter(2027, 3)

DAYS = (date(2027, 3, 31), date(2027, 6, 30), date(2027, 9, 30), date(2027, 12, 31))


def plans(*shares: str) -> list[MilestonePlan]:
    return [
        MilestonePlan(
            number, date(2027, 3 * number, 31 if number in (1, 4) else 30), Decimal(share)
        )
        for number, share in enumerate(shares, start=1)
    ]


class TestPlannedTranches:
    def test_add_up_to_the_commitment_to_the_cent(self) -> None:
        tranches = planned_tranches(
            100_00, plans("0.333333", "0.333333", "0.333334"), planned_start=Q1, start=Q1
        )
        assert sum(tranche.amount_minor for tranche in tranches) == 100_00
        assert [tranche.amount_minor for tranche in tranches] == [33_33, 33_33, 33_34]

    def test_fall_due_as_planned_for_the_planned_start(self) -> None:
        tranches = planned_tranches(10, plans("1"), planned_start=Q1, start=Q1)
        assert tranches[0].due_on == date(2027, 3, 31)

    def test_move_by_as_many_months_as_the_start(self) -> None:
        tranches = planned_tranches(10, plans("0.5", "0.5"), planned_start=Q1, start=Q3)
        assert [tranche.due_on for tranche in tranches] == [date(2027, 9, 30), date(2027, 12, 30)]

    def test_come_in_the_order_of_their_dates(self) -> None:
        late, early = plans("0.4", "0.6")[::-1]
        tranches = planned_tranches(100, [late, early], planned_start=Q1, start=Q1)
        assert [(t.position, t.milestone_id, t.amount_minor) for t in tranches] == [
            (1, 1, 40),
            (2, 2, 60),
        ]

    def test_hold_to_the_cent_what_a_registry_named_for_each(self) -> None:
        named = (399_999_999_99, 10_200_000, 1_83, 0)
        total = sum(named)
        milestones = [
            MilestonePlan(number, DAYS[number - 1], Decimal(round(minor / total, 6)), minor)
            for number, minor in enumerate(named, start=1)
        ]
        tranches = planned_tranches(total, milestones, planned_start=Q1, start=Q1)
        assert [tranche.amount_minor for tranche in tranches] == list(named)

    def test_go_by_the_shares_once_one_was_set_by_hand(self) -> None:
        one, two = plans("0.5", "0.5")
        milestones = [MilestonePlan(one.milestone_id, one.due_on, one.share, 99), two]
        tranches = planned_tranches(100, milestones, planned_start=Q1, start=Q1)
        assert [tranche.amount_minor for tranche in tranches] == [50, 50]

    def test_of_nothing_hold_nothing(self) -> None:
        tranches = planned_tranches(0, plans("0.5", "0.5"), planned_start=Q1, start=Q1)
        assert [tranche.amount_minor for tranche in tranches] == [0, 0]

    def test_always_add_up_whatever_the_shares(self) -> None:
        dice = Random(7)
        for _ in range(300):
            shares = [str(Decimal(dice.randrange(1, 999_999)) / 1_000_000) for _ in range(4)]
            total = dice.randrange(0, 10**12)
            tranches = planned_tranches(total, plans(*shares), planned_start=Q1, start=Q2)
            assert sum(tranche.amount_minor for tranche in tranches) == total
            assert min(tranche.amount_minor for tranche in tranches) >= 0


class TestSpendLeft:
    SPEND = {(1, Q1): 100, (1, Q2): 60, (2, Q2): 40, (1, Q3): 30}

    def test_keeps_everything_while_nothing_is_freed(self) -> None:
        assert spend_left(self.SPEND, 0) == self.SPEND

    def test_takes_back_the_latest_quarters_first(self) -> None:
        assert spend_left(self.SPEND, 30) == self.SPEND | {(1, Q3): 0}

    def test_takes_from_the_funds_of_one_quarter_in_proportion(self) -> None:
        assert spend_left(self.SPEND, 80) == self.SPEND | {(1, Q3): 0, (1, Q2): 30, (2, Q2): 20}

    def test_leaves_nothing_when_everything_is_freed(self) -> None:
        assert not any(spend_left(self.SPEND, 230).values())
