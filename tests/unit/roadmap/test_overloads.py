"""Which teams a plan loads over what they have."""

from __future__ import annotations

from decimal import Decimal

from app.roadmap.rules.overloads import Overload, overload_of, overloads
from app.values.quarter import Quarter

Q1, Q2 = Quarter(2027, 1), Quarter(2027, 2)
NAMES = {1: "Web", 2: "Data"}


class TestOverloads:
    def test_are_those_of_teams_whose_days_move(self) -> None:
        before = {(1, Q1): Decimal(12), (1, Q2): Decimal(5), (2, Q1): Decimal(99)}
        after = {(1, Q1): Decimal(12), (1, Q2): Decimal("10.5"), (2, Q1): Decimal(99)}
        available = {(1, Q1): Decimal(10), (1, Q2): Decimal(10), (2, Q1): Decimal(10)}
        assert overloads(before, after, available, NAMES) == [
            Overload("Web", Q1, Decimal(12), Decimal(12), Decimal(10)),
            Overload("Web", Q2, Decimal(5), Decimal("10.5"), Decimal(10)),
        ]

    def test_full_is_not_over_and_nothing_there_is(self) -> None:
        after = {(1, Q1): Decimal(10), (2, Q1): Decimal(1)}
        found = overloads({}, after, {(1, Q1): Decimal(10)}, NAMES)
        assert [one.team for one in found] == ["Data"]
        assert found[0].available == 0

    def test_are_read_as_they_were_kept(self) -> None:
        one = Overload("Web", Q2, Decimal(0), Decimal("10.50"), Decimal(100))
        assert one.document["after"] == "10.5" and one.document["available"] == "100"
        assert overload_of(one.document) == one
