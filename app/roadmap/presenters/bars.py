"""Standings as bars and diamonds with what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from app.approvals.rules import CommitmentState
from app.roadmap.engine.timeline import Bar, Diamond
from app.roadmap.presenters.choices import RoadmapChoices
from app.roadmap.presenters.linked import ALONE, Linked
from app.roadmap.presenters.standing import Standing
from app.roadmap.presenters.words import slip_words
from app.roadmap.queries.timeline import TimelineCommitment
from app.web.filters import day


class _DayWords(dict[date, str]):
    """Days as written; each is worked out once a page."""

    def __missing__(self, on: date) -> str:
        self[on] = day(on)
        return self[on]


@dataclass(frozen=True, slots=True)
class Drawer:
    """What turns standings into bars.

    ``page_of`` gives an initiative's page by its key; ``may_move`` is whether this person moves
    any; ``linked`` are the dependencies by key.
    """

    choices: RoadmapChoices
    page_of: Callable[[str], str]
    may_move: bool = False
    linked: Mapping[str, Linked] = field(default_factory=dict)
    _words: _DayWords = field(default_factory=_DayWords)

    @property
    def prefix(self) -> str:
        """The address of the view, ready for what is looked at."""
        address = self.choices.href(at=None, work=None, page=self.choices.page)
        return address if address == "?" else f"{address}&"

    def bar(self, lane: str, standing: Standing, prefix: str) -> Bar:
        """One bar; ``prefix`` as above, asked for once a page."""
        one = standing.commitment
        may_move = self.may_move and one.state is CommitmentState.ACTIVE
        diamonds = self._diamonds(standing, prefix, may_move)
        linked = self.linked.get(one.key, ALONE)
        return Bar(
            key=one.key,
            title=one.title,
            href=self.page_of(one.key),
            lane=lane,
            starts_on=one.starts_on,
            ends_on=last_day(one),
            baseline_ends_on=one.baseline_ends_on,
            baseline_starts_on=one.start.first_day,
            work_id=one.id,
            look_href=f"{prefix}work={one.id}",
            name=self._name(standing, linked),
            may_move=may_move,
            link_id=linked.id,
            needs=tuple(link.needed.id for link in linked.needs),
            diamonds=diamonds,
            is_selected=one.id == self.choices.work or any(d.is_selected for d in diamonds),
            note=one.end_word or _lost_note(standing),
            is_stopped=one.state is CommitmentState.STOPPED,
        )

    def _diamonds(self, standing: Standing, prefix: str, may_move: bool) -> tuple[Diamond, ...]:
        words, at = self._words, self.choices.at
        return tuple(
            Diamond(
                hurdle.due_on,
                state.value,
                f"{hurdle.name}, {state.word.lower()}, {words[hurdle.due_on]}",
                f"{prefix}at={hurdle.tranche_id}",
                hurdle.tranche_id == at,
                hurdle.tranche_id if may_move and hurdle.is_open else 0,
            )
            for hurdle, state in zip(standing.commitment.hurdles, standing.states, strict=True)
        )

    def _name(self, standing: Standing, linked: Linked) -> str:
        """All that the bar shows, for who hears it."""
        one = standing.commitment
        ends_on = last_day(one)
        parts = [
            f"{one.key} {one.title}",
            f"{self._words[one.starts_on]} to {self._words[ends_on]}",
            one.end_word,
            "" if one.stopped_on else slip_words(ends_on, one.baseline_ends_on),
            linked.words,
        ]
        return ", ".join(part for part in parts if part)


def last_day(one: TimelineCommitment) -> date:
    """When the bar ends: where it was stopped, else with its last spend or hurdle."""
    if one.stopped_on is not None:
        return max(one.starts_on, min(one.stopped_on, one.ends_on))
    days = [one.ends_on, *[hurdle.facts.due_on for hurdle in one.hurdles]]
    if one.spends_until is not None:
        days.append(one.spends_until.last_day)
    return max(days)


def _lost_note(standing: Standing) -> str:
    """What the work needs and no longer gets, short enough for beside its bar."""
    return ", ".join(f"needs {one.key}: gone" for one in standing.lost_needs)
