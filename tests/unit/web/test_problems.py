"""What is said to programs names no page, no button and nothing to tick."""

from __future__ import annotations

import re

from app.web.errors import WORDS
from app.web.problems import ADVICE

OF_PAGES = re.compile(r"\b(page|button|reload|tick|form|below)\b", re.IGNORECASE)


def test_programs_are_not_told_about_pages() -> None:
    said = {status: (words.title, words.advice) for status, words in WORDS.items()} | ADVICE
    assert [status for status, words in said.items() if OF_PAGES.search(" ".join(words))] == []
