"""A moment is one customer's bad contact, with what followed it in ninety days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from app.journeys.rules import WATCH, Aftermath, LoggedContact, aftermaths

START = date(2026, 1, 10)
UNTIL = date(2026, 12, 31)


def _contact(day: int, reason: str = "Status", met: bool | None = True, **more: Any) -> Any:
    return LoggedContact(START + timedelta(days=day), reason, met, **more)


def _found(*contacts: LoggedContact, until: date = UNTIL) -> list[tuple[str, bool, Aftermath]]:
    return list(aftermaths(contacts, until=until))


class TestUnmetContact:
    def test_followed_by_nothing_is_silence(self) -> None:
        assert _found(_contact(0, met=False)) == [
            ("Status", False, Aftermath(contacts=1, silent=1))
        ]

    def test_that_alone_precedes_the_loss_is_told_apart(self) -> None:
        alone = _found(_contact(0, met=False), _contact(60, "Cancel", None, is_lost=True))
        not_alone = _found(
            _contact(0, met=False), _contact(9, met=False), _contact(60, "Cancel", is_lost=True)
        )

        assert alone[0][2] == Aftermath(contacts=1, lost=1, lost_alone=1)
        assert not_alone[0][2] == Aftermath(contacts=1, repeated=1, lost=1)

    def test_counts_who_came_back_for_the_same_reason_and_who_escalated(self) -> None:
        (moment,) = _found(
            _contact(0, met=False), _contact(5), _contact(7, "Complaint", None, is_escalated=True)
        )

        assert moment[2] == Aftermath(contacts=1, repeated=1, escalated=1)

    def test_in_the_watch_of_another_is_no_moment_of_its_own(self) -> None:
        found = _found(_contact(0, met=False), _contact(30, met=False), _contact(91, met=False))

        assert [what.repeated for _, _, what in found] == [1, 0]

    def test_after_which_too_little_time_has_passed_is_left_out(self) -> None:
        last = START + WATCH

        assert len(_found(_contact(0, met=False), until=last)) == 1
        assert _found(_contact(0, met=False), until=last - timedelta(days=1)) == []

    def test_is_not_followed_by_what_comes_after_the_watch(self) -> None:
        (moment,) = _found(_contact(0, met=False), _contact(91, "Cancel", None, is_lost=True))

        assert moment[2] == Aftermath(contacts=1, silent=1)


class TestMetContact:
    def test_is_compared_when_nothing_unmet_follows(self) -> None:
        found = _found(_contact(0), _contact(40, "Cancel", None, is_lost=True))

        assert found == [("Status", True, Aftermath(contacts=1, lost=1))]

    def test_is_no_comparison_when_an_unmet_one_follows_or_went_before(self) -> None:
        before = _found(_contact(0), _contact(40, met=False))
        after = _found(_contact(0, met=False), _contact(40))

        assert [met for _, met, _ in before] == [False]
        assert [met for _, met, _ in after] == [False]


class TestUnjudged:
    def test_begins_no_moment(self) -> None:
        assert _found(_contact(0, met=None)) == []


class TestSum:
    def test_adds_up_customers(self) -> None:
        one = Aftermath(contacts=1, lost=1, lost_alone=1)

        assert one + Aftermath(contacts=2, silent=1) == Aftermath(3, 0, 0, 1, 1, 1)
