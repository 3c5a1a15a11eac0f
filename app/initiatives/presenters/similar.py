"""Initiatives that are like another, each with the reason in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.initiatives.queries import Similar
from app.initiatives.rules import tone_of
from app.initiatives.rules.likeness import Likeness
from app.web.filters import counted


@dataclass(frozen=True, slots=True)
class SimilarLine:
    """A row: what it is called, who owns it, where it stands, and why it is named here."""

    key: str
    title: str
    owner: str
    tone: str
    state: str
    why: str


def similar_lines(found: Sequence[Similar]) -> list[SimilarLine]:
    """The rows in their order."""
    return [
        SimilarLine(
            one.key, one.title, one.owner, tone_of(one.state), one.state.word, why_words(one.why)
        )
        for one in found
    ]


def why_words(why: Likeness) -> str:
    """Why two are alike: the words of both titles, the touchpoints and levers of both."""
    said = []
    if why.words:
        listed = ", ".join(f"“{word}”" for word in why.words)
        whole = len(why.words) * why.share.denominator // why.share.numerator
        said.append(f"both titles say {listed}, {len(why.words)} of their {counted(whole, 'word')}")
    if why.touchpoints:
        levers = ", ".join(why.levers)
        same = counted(why.touchpoints, "touchpoint")
        said.append(f"changes {same} of this one and moves the same lever: {levers}")
    words = "; ".join(said)
    return words[:1].upper() + words[1:]
