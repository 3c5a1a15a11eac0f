"""The parts of an initiative's page as tabs."""

from __future__ import annotations

from flask import url_for

_SECTIONS = (
    ("overview", "Overview", "initiatives.show"),
    ("questions", "Questions", "initiatives.questions"),
    ("options", "Options", "initiatives.options"),
    ("behaviours", "Behaviours", "initiatives.behaviours"),
    ("milestones", "Milestones", "initiatives.milestones"),
    ("links", "Dependencies", "initiatives.links"),
    ("case", "Business case", "initiatives.case"),
    ("discussion", "Discussion", "comments.on_initiative"),
    ("history", "History", "initiatives.history"),
)
"""Name, word and page of every part; later stations have pages of it, too."""


def section_tabs(key: str, section: str) -> list[tuple[str, str, bool]]:
    """Word, address and whether it is the one shown, for each part."""
    return [
        (word, url_for(endpoint, key=key), name == section) for name, word, endpoint in _SECTIONS
    ]
