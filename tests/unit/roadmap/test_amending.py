"""What is looser than what was agreed, and who may say yes to it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.approvals.rules import TrancheState
from app.initiatives.rules import Direction
from app.roadmap.rules import Decider
from app.roadmap.rules.amending import (
    AmendmentRecord,
    AmendmentState,
    Hand,
    amendment_faults,
    bar_on_agreeing,
    bar_on_asking,
    bar_on_waiting,
)
from app.roadmap.rules.wanted import Wanted

AGREED = Wanted(Decimal(15), 200)


def record(
    state: AmendmentState = AmendmentState.WAITING, **changes: TrancheState
) -> AmendmentRecord:
    tranche = changes.get("tranche", TrancheState.PENDING)
    hands = {2: Hand.LEADS, 3: Hand.CHANGED, 4: Hand.MEASURED}
    return AmendmentRecord(state, tranche, "CX-101", 1, hands)


class TestLooser:
    @pytest.mark.parametrize(
        ("direction", "threshold", "sample", "is_looser"),
        [
            (Direction.AT_LEAST, 12, 200, True),
            (Direction.AT_LEAST, 18, 200, False),
            (Direction.AT_MOST, 18, 200, True),
            (Direction.AT_MOST, 12, 200, False),
            (Direction.AT_LEAST, 15, 100, True),
            (Direction.AT_LEAST, 18, None, True),
            (Direction.AT_LEAST, 15, 300, False),
        ],
    )
    def test_is_what_is_easier_to_meet(
        self, direction: Direction, threshold: int, sample: int | None, is_looser: bool
    ) -> None:
        assert Wanted(Decimal(threshold), sample).is_looser_than(AGREED, direction) is is_looser


class TestFaults:
    def test_name_each_field(self) -> None:
        def faults(wanted: Wanted, reason: str = "So") -> set[str]:
            found = amendment_faults(wanted, AGREED, reason, unit="%", baseline=Decimal(10))
            return set(found)

        assert faults(Wanted(Decimal(12), 200)) == set()
        assert faults(AGREED, "") == {"reason", "threshold"}
        assert faults(Wanted(Decimal(-1), 0), "x" * 4_001) == {
            "reason", "threshold", "minimum_sample",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("threshold", "said"),
        [(101, "more than 100\u202f%"), (30_000_000, "more than 100\u202f%"), (100, None)],
    )
    def test_name_a_threshold_that_nothing_can_reach(
        self, threshold: int, said: str | None
    ) -> None:
        wanted = Wanted(Decimal(threshold), 200)
        found = amendment_faults(wanted, AGREED, "So", unit="%", baseline=Decimal(10))
        assert (said in found["threshold"]) if said else (found == {})

    def test_name_no_threshold_below_zero_in_a_unit_that_goes_there(self) -> None:
        wanted = Wanted(Decimal(-5), 200)
        assert amendment_faults(wanted, AGREED, "So", unit="NPS", baseline=Decimal(10)) == {}


class TestBars:
    def test_keep_out_whose_hands_are_in_it(self) -> None:
        said = {one: bar_on_agreeing(record(), Decider(one, may=True)) for one in range(1, 6)}
        assert said[5] is None
        assert [("You cannot decide" in (said[one] or "")) for one in range(1, 5)] == [True] * 4
        assert bar_on_agreeing(record(), Decider(5, may=False)) == (
            "Only Finance agrees to amendments."
        )

    def test_end_with_the_first_answer_or_the_hurdle(self) -> None:
        assert bar_on_waiting(record()) is None
        assert bar_on_waiting(record(AmendmentState.AGREED)) == "This amendment is agreed already."
        assert "decided first" in (bar_on_waiting(record(AmendmentState.CLOSED)) or "")
        assert bar_on_waiting(record(tranche=TrancheState.RELEASED))

    def test_let_the_manager_and_the_owner_ask(self) -> None:
        open_ = TrancheState.HELD
        assert bar_on_asking(open_, "CX-101", manages=True, is_owner=False) is None
        assert bar_on_asking(open_, "CX-101", manages=False, is_owner=True) is None
        assert "CX-101" in (bar_on_asking(open_, "CX-101", manages=False, is_owner=False) or "")
        assert bar_on_asking(TrancheState.FREED, "CX-101", manages=True, is_owner=True)
