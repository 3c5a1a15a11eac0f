"""A moment is one customer's bad contact, with what followed it in ninety days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.journeys.rules import (
    WATCH,
    Aftermath,
    Compared,
    Consequence,
    LoggedContact,
    Moment,
    aftermaths,
    ordered_by_loss,
)

START = date(2026, 1, 10)
UNTIL = date(2026, 12, 31)


def _contact(day: int, reason: str = "Status", met: bool | None = True, **more: Any) -> Any:
    return LoggedContact(START + timedelta(days=day), reason, met, **more)


def _found(*contacts: LoggedContact, until: date = UNTIL) -> list[Moment]:
    return list(aftermaths(contacts, until=until))


def _after(*contacts: LoggedContact) -> list[Aftermath]:
    return [moment.after for moment in _found(*contacts)]


class TestUnmetContact:
    def test_followed_by_nothing_is_silence(self) -> None:
        assert _found(_contact(0, met=False)) == [
            Moment(START, "Status", False, Aftermath(contacts=1, silent=1))
        ]

    def test_that_alone_precedes_the_loss_is_told_apart(self) -> None:
        left = _contact(60, "Cancel", None, is_lost=True)
        alone = Aftermath(contacts=1, lost=1, lost_alone=1)

        assert _after(_contact(0, met=False), left) == [alone]
        assert _after(_contact(0, met=False), _contact(9, met=False), left) == [
            Aftermath(contacts=1, repeated=1, lost=1)
        ]

    def test_counts_who_came_back_for_the_same_reason_and_who_escalated(self) -> None:
        assert _after(
            _contact(0, met=False), _contact(5), _contact(7, "Complaint", None, is_escalated=True)
        ) == [Aftermath(contacts=1, repeated=1, escalated=1)]

    def test_within_ninety_days_of_another_is_no_moment_of_its_own(self) -> None:
        found = _found(
            _contact(0, met=False), _contact(30, met=False), _contact(91, met=False),
            _contact(182, met=False),
        )  # fmt: skip

        assert [moment.on for moment in found] == [START, START + timedelta(days=182)]

    def test_after_which_too_little_time_has_passed_is_left_out(self) -> None:
        last = START + WATCH

        assert len(_found(_contact(0, met=False), until=last)) == 1
        assert _found(_contact(0, met=False), until=last - timedelta(days=1)) == []

    def test_is_not_followed_by_what_comes_after_the_watch(self) -> None:
        assert _after(_contact(0, met=False), _contact(91, "Cancel", None, is_lost=True)) == [
            Aftermath(contacts=1, silent=1)
        ]

    def test_is_one_a_day_and_reason_whatever_their_order(self) -> None:
        day = [
            _contact(0, met=False),
            _contact(0, met=True),
            _contact(0, "Bill", met=False, is_lost=True),
        ]
        both = [Aftermath(contacts=1, lost=1)] * 2

        assert _after(*day) == _after(*reversed(day)) == both

    def test_is_one_where_it_was_unmet_in_several_journeys(self) -> None:
        day = [_contact(0, met=False, journey=one) for one in ("claim", "buy")]
        met = _contact(0, journey="advice")
        alone = Aftermath(contacts=1, repeated=1, lost=1, lost_alone=1)

        assert _found(met, *day, _contact(9, is_lost=True, journey="claim")) == [
            Moment(START, "Status", False, alone, "buy")
        ]


class TestMetContact:
    def test_is_compared_when_nothing_unmet_is_near(self) -> None:
        assert _found(_contact(0), _contact(40, "Cancel", None, is_lost=True)) == [
            Moment(START, "Status", True, Aftermath(contacts=1, lost=1))
        ]

    def test_is_no_comparison_when_an_unmet_one_is_near_or_a_met_one_went_before(self) -> None:
        before = _found(_contact(0), _contact(40, met=False))
        after = _found(_contact(0, met=False), _contact(40))

        assert [one.is_met for one in before] == [False]
        assert [one.is_met for one in after] == [False]
        assert [one.on for one in _found(_contact(0), _contact(90))] == [START]


class TestUnjudged:
    def test_begins_no_moment(self) -> None:
        assert _found(_contact(0, met=None)) == []


class TestCompared:
    def test_says_how_many_times_as_often_something_follows(self) -> None:
        one = Compared(
            Aftermath(contacts=40, lost=8, silent=4), Aftermath(contacts=100, lost=5, silent=4)
        )

        assert one.lift(Consequence.LOST) == Decimal(4)
        assert one.lift(Consequence.SILENT) is None

    def test_says_nothing_of_too_few(self) -> None:
        one = Compared(Aftermath(contacts=29, lost=8), Aftermath(contacts=60, lost=9))

        assert one.lift(Consequence.LOST) is None
        assert Aftermath().share(Consequence.LOST) is None

    def test_puts_what_precedes_loss_the_most_first_and_too_few_last(self) -> None:
        enough = Aftermath(contacts=60, lost=3)
        found = ordered_by_loss(
            {
                "few": Compared(Aftermath(contacts=3, lost=3), enough),
                "much": Compared(Aftermath(contacts=100, lost=9), enough),
                "more": Compared(Aftermath(contacts=40, lost=8), enough),
                "none": Compared(Aftermath(), enough),
            }
        )

        assert [reason for reason, _ in found] == ["more", "much", "few"]
