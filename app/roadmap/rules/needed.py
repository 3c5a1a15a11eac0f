"""What an initiative needs and no longer gets, in words; the figures know nothing of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.roadmap.rules.hurdles import HurdleFacts, Recommendation
from app.roadmap.rules.judging import Judged, NotJudged, recommend_by_figures
from app.values.money import Money
from app.values.written import day_words


@dataclass(frozen=True, slots=True)
class Dependant:
    """An initiative under way that needs another one, and the money still committed to it."""

    key: str
    title: str
    committed: Money


@dataclass(frozen=True, slots=True)
class LostNeed:
    """Something an initiative under way needs: stopped, or finished before it got any money."""

    key: str
    title: str
    was_finished: bool
    on: date

    @property
    def words(self) -> str:
        """As it follows the initiative that needs it: needs CX-106, which was stopped on …"""
        how = "was finished early without any of its money" if self.was_finished else "was stopped"
        return f"needs {self.key}, which {how} on {day_words(self.on)}"

    @property
    def sentence(self) -> str:
        return f"It {self.words}."


def recommend_knowing(
    facts: HurdleFacts, today: date, judged: Judged | NotJudged, lost: Sequence[LostNeed]
) -> Recommendation:
    """What the figures recommend, whose grounds name what is needed and gone, too."""
    found = recommend_by_figures(facts, today, judged)
    return replace(found, grounds=(*found.grounds, *(one.sentence for one in lost)))
