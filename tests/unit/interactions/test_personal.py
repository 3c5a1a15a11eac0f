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
            ("Frau von der Leyen hat angerufen", "a name"),
            ("Sehr geehrter Herr Dr. Müller", "a name"),
            ("MR JOHN SMITH", "a name"),
            ("IBAN DE89 3704 0044 0532 0130 00 bitte", "an account number"),
            ("gb29nwbk60161331926819", "an account number"),
            ("DE88370400440532013000", None),
            ("AB12CDEF34567890", None),
            ("Card 4111 1111 1111 1111 was blocked", "a card number"),
            ("378282246310005", "a card number"),
            ("5555-5555-5555-4444", "a card number"),
            ("4111 1111 1111 1112", None),
            ("Order 1234567890123452", None),
            ("Dr Google", None),
            ("Ms Office", None),
            ("Herr Kunde", None),
            ("MS Teams is slow", None),
            ("Dear customer", None),
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
        account = "from DE89 3704 0044 0532 0130 00 by 4111111111111111 paid"
        assert masked(account) == "from … by … paid"
