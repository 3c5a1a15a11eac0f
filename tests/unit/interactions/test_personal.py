"""Personal data in texts is told from codes."""

from __future__ import annotations

import pytest

from app.interactions.engine.personal import masked, personal_kind


class TestPersonalKind:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("write to ann.lee@example.org", "an e-mail address"),
            ("call 0170 1234567", "a phone number"),
            ("+49 (0)30 123456", "a phone number"),
            ("(617) 555-0199", "a phone number"),
            ("Mrs Jane Doe called", "a name"),
            ("my name is Ann Lee", "a name"),
            ("Where is my claim?", None),
            ("Order 4711 of 2024", None),
            ("03.05.2026", None),
            ("2026-05-03 10:00", None),
            ("Missed Trash/Recycling", None),
            ("M Street lights", None),
        ],
    )
    def test_sees_it(self, text: str, kind: str | None) -> None:
        assert personal_kind(text) == kind


class TestMasked:
    def test_leaves_the_rest(self) -> None:
        assert masked("Mr. Smith, ann@example.org, 0170 1234567, again") == "…, …, …, again"
