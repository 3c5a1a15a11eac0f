"""What one approver may approve alone, and when two signatures are under the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.approvals.rules import HandKind, bar_on, hands_of, move_of
from app.approvals.rules.limits import (
    ConditionDraft,
    ConditionHands,
    LimitSet,
    Terms,
    limit_hands,
    limit_of,
    needs_second,
    read_terms,
    settlement_bar,
)
from app.approvals.rules.states import ProposalState

MONDAY = datetime(2027, 2, 15, 9, tzinfo=UTC)
BEFORE, AFTER = MONDAY - timedelta(days=9), MONDAY + timedelta(hours=1)


def limit(amount: int | None, *, by: int = 7, at: datetime = BEFORE, person: int = 1) -> LimitSet:
    return LimitSet(person, f"Person {person}", amount, by, at)


class TestLimit:
    def test_is_the_one_set_last(self) -> None:
        assert limit_of(1, [limit(900), limit(500), limit(100, person=2)]) == 500

    def test_is_none_where_nobody_set_one_or_somebody_lifted_it(self) -> None:
        assert limit_of(3, [limit(900)]) is None
        assert limit_of(1, [limit(900), limit(None)]) is None

    @pytest.mark.parametrize(
        ("granted", "most", "wanted"),
        [(500, 500, False), (501, 500, True), (1, 0, True), (0, 0, False), (10**15, None, False)],
    )
    def test_asks_for_a_second_approver_above_it(
        self, granted: int, most: int | None, wanted: bool
    ) -> None:
        assert needs_second(granted, most) is wanted


class TestWhoSetsLimits:
    def bar(self, person: int, limits: list[LimitSet]) -> str | None:
        hands = limit_hands(limits, MONDAY)
        assert {hand.part for hand in hands} <= {HandKind.SET_LIMITS}
        return bar_on(
            move_of("approve"), state=ProposalState.SUBMITTED, may=True,
            hands=hands_of(person, hands),
        )  # fmt: skip

    def test_does_not_decide_while_it_counts(self) -> None:
        assert "you set the approval limit of Person 1" in str(self.bar(7, [limit(500)]))

    def test_does_not_decide_what_was_submitted_before(self) -> None:
        assert self.bar(7, [limit(500, at=AFTER), limit(400, by=8, at=AFTER)]) is not None

    def test_decides_once_another_limit_counts(self) -> None:
        assert self.bar(7, [limit(500), limit(400, by=8)]) is None


class TestTerms:
    first = ConditionDraft("Vendor signed", 4, date(2027, 6, 30))
    second = ConditionDraft("Works council agreed")

    def test_are_the_same_in_any_order(self) -> None:
        one = Terms(frozenset({3, 1}), (self.first, self.second))
        other = Terms(frozenset({1, 3}), (self.second, self.first))
        assert one.digest == other.digest

    @pytest.mark.parametrize(
        "changed",
        [
            Terms(frozenset(), (first, second)),
            Terms(frozenset({1}), (first,)),
            Terms(frozenset({1}), (first, ConditionDraft("Works council agreed", 4))),
            Terms(frozenset({1}), (ConditionDraft("Vendor signed", 4, date(2027, 7, 1)), second)),
        ],
    )
    def test_differ_by_every_part(self, changed: Terms) -> None:
        assert changed.digest != Terms(frozenset({1}), (self.first, self.second)).digest

    def test_are_read_as_they_were_signed(self) -> None:
        terms = Terms(frozenset({2}), (self.second, self.first))
        assert read_terms(terms.content).digest == terms.digest
        assert set(read_terms(terms.content).conditions) == {self.first, self.second}

    def test_are_said_in_words(self) -> None:
        words = Terms(frozenset({2}), (self.first,)).words({2: "CX-102", 4: "CX-104"})
        assert words == "without CX-102; on condition for CX-104 “Vendor signed”, due 30 Jun 2027"
        assert Terms(frozenset(), ()).words({}) == "every item"


class TestSettling:
    hands = ConditionHands(submitted_by=1, owners={2, 3})

    @pytest.mark.parametrize(
        ("person", "may", "is_settled", "said"),
        [
            (9, True, True, "settled already"),
            (9, False, False, "Only Finance"),
            (1, True, False, "you submitted"),
            (3, True, False, "you own"),
        ],
    )
    def test_is_for_other_hands(self, person: int, may: bool, is_settled: bool, said: str) -> None:
        bar = settlement_bar(self.hands, person_id=person, may=may, is_settled=is_settled)
        assert said in str(bar)

    def test_is_for_anybody_else_in_finance(self) -> None:
        assert settlement_bar(self.hands, person_id=9, may=True, is_settled=False) is None
