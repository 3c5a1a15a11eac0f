"""Names stand where people look for them."""

from __future__ import annotations

from app.values.names import by_name


class TestByName:
    def test_minds_neither_capitals_nor_accents_and_digits_by_their_value(self) -> None:
        names = ["Zoo", "Ärger", "apple", "Claim 10", "Öl", "claim 9", "Oper", "Arm", "10", "9a"]
        assert by_name(names, str) == [
            "9a", "10", "apple", "Ärger", "Arm", "claim 9", "Claim 10", "Öl", "Oper", "Zoo",
        ]  # fmt: skip

    def test_is_the_same_whatever_order_they_come_in(self) -> None:
        names = ["late reply", "Late reply", "LATE REPLY"]
        assert by_name(names, str) == by_name(reversed(names), str)
