"""The digest as a letter: what is said, what is only counted, and no letter for nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from app.mail.rules import Letter
from app.reporting.rules import MOST_LINES, DigestLine, digest_letter

SITE = "https://waymark.test"
UNTIL = datetime(2027, 3, 4, tzinfo=UTC)


def letter(waits: list[DigestLine], changed: list[DigestLine]) -> Letter | None:
    return digest_letter(
        name="Maya Osei", site=SITE, waits=waits, changed=changed, expires_at=UNTIL
    )


class TestDigestLetter:
    def test_is_none_where_there_is_nothing_to_say(self) -> None:
        assert letter([], []) is None

    def test_says_what_waits_with_its_page_and_where_to_stop_it(self) -> None:
        found = letter([DigestLine("CX-101 Pilot: evidence is missing", "/gates/7")], [])
        assert found is not None
        assert found.subject == "1 thing waits for you in Waymark"
        assert "- CX-101 Pilot: evidence is missing\n  https://waymark.test/gates/7" in found.text
        assert "https://waymark.test/account#digest" in found.text
        assert "Changed on what you own" not in found.text

    def test_counts_what_is_too_much_to_name(self) -> None:
        many = [DigestLine(f"CX-{n}", f"/initiatives/CX-{n}") for n in range(MOST_LINES + 3)]
        found = letter([], many)
        assert found is not None
        assert "- and 3 more" in found.text
        assert found.subject == "What others changed on what you own in Waymark"

    def test_keeps_a_name_with_line_ends_on_its_line(self) -> None:
        found = letter([DigestLine("Odd\n\n-- \nname", "/x")], [])
        assert found is not None and "- Odd -- name\n" in found.text
