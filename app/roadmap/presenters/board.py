"""The roadmap: its head, its drawing and the table beneath."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.approvals.rules import CommitmentState
from app.roadmap.engine.timeline import (
    Bar,
    Diamond,
    Zoom,
    axis_drawing,
    axis_for,
    lane_drawings,
)
from app.roadmap.presenters.choices import Lanes, RoadmapChoices, Show, matches
from app.roadmap.presenters.lanes import LaneSet, Placed
from app.roadmap.presenters.standing import Standing
from app.roadmap.presenters.words import slip_words, sums
from app.roadmap.queries.timeline import TimelineCommitment
from app.values.money import Money
from app.web.filters import counted, day, number
from app.web.paging import Page

YEARS_IN_QUARTERS = 6
"""How many years are drawn by quarters unless another zoom is asked for."""

ROWS = 50
"""Initiatives on one page of the table."""

MOST_DRAWN = 1000
"""How many bars are drawn whatever was asked for."""

LANE_DRAWN = 100
"""How many of each lane are drawn where there are more than that."""

Tab = tuple[str, str, bool, str | None]
"""Word, address, whether it is open, and how many it shows."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a roadmap."""

    subtitle: str
    tabs: Sequence[Tab]
    lanes: Sequence[tuple[str, str, bool]]
    zooms: Sequence[tuple[str, str, bool]]
    cycles: Sequence[tuple[str, str]]


def in_reach(known: Sequence[Standing], choices: RoadmapChoices) -> list[Standing]:
    """What the cycle and the text leave, before a tab is chosen."""
    return [
        one
        for one in known
        if choices.cycle in (None, one.commitment.cycle_id)
        and matches(choices.q, one.commitment.key, one.commitment.title)
    ]


def shown_of(reach: Sequence[Standing], show: Show, person_id: int) -> list[Standing]:
    """What a tab shows."""
    if show is Show.MINE:
        return [one for one in reach if one.commitment.owner_id == person_id]
    if show is Show.TROUBLE:
        return [one for one in reach if one.is_in_trouble]
    return [one for one in reach if one.waits] if show is Show.WAITING else list(reach)


_TABS = {
    Show.ALL: "All initiatives",
    Show.MINE: "Mine",
    Show.TROUBLE: "At risk or missed",
    Show.WAITING: "To decide",
}


def head(
    known: Sequence[Standing],
    reach: Sequence[Standing],
    choices: RoadmapChoices,
    zoom: Zoom,
    person_id: int,
) -> Head:
    """The words and links above the drawing, which is drawn at ``zoom``."""
    cycles = {str(one.commitment.cycle_id): one.commitment.cycle for one in known}
    counts = {show: len(shown_of(reach, show, person_id)) for show in Show}
    return Head(
        subtitle=_subtitle(reach),
        tabs=[
            (
                word,
                choices.href(show=show),
                choices.show is show,
                number(counts[show]) if counts[show] else None,
            )
            for show, word in _TABS.items()
        ],
        lanes=[(one.word, choices.href(lanes=one), choices.lanes is one) for one in Lanes],
        zooms=[(one.word, choices.href(zoom=one), zoom is one) for one in Zoom],
        cycles=[("", "All cycles"), *sorted(cycles.items(), key=lambda one: one[1], reverse=True)],
    )


def _subtitle(reach: Sequence[Standing]) -> str:
    hurdles = sum(len(one.commitment.hurdles) for one in reach)
    waiting = sum(one.waits for one in reach)
    kept = [o.commitment for o in reach if o.commitment.state is not CommitmentState.STOPPED]
    money = sums([(one.currency, one.amount_minor) for one in kept])
    stopped = len(reach) - len(kept)
    parts = [
        counted(len(kept), "funded initiative") + (f", {stopped} stopped" if stopped else ""),
        money,
        f"{counted(hurdles, 'hurdle')}, {number(waiting) if waiting else 'none'} to decide",
    ]
    return " · ".join(part for part in parts if part)


Span = tuple[date, date]
"""A first and a last day."""


def span_of(shown: Sequence[Standing]) -> Span | None:
    """The first and the last day of all that is shown, None of nothing."""
    if not shown:
        return None
    first = min(one.commitment.starts_on for one in shown)
    return first, max(last_day(one.commitment) for one in shown)


def zoom_of(span: Span | None, choices: RoadmapChoices) -> Zoom:
    """The zoom asked for; else years where quarters would make a roadmap too long to look at."""
    if choices.zoom is not None or span is None:
        return choices.zoom or Zoom.QUARTER
    days = (span[1] - span[0]).days
    return Zoom.YEAR if days > YEARS_IN_QUARTERS * 366 else Zoom.QUARTER


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the roadmap component takes; ``left_out`` says that bars are, empty where none is."""

    lanes: list[dict[str, object]]
    axis: dict[str, object]
    load_words: str
    left_out: str
    bars: int


class _DayWords(dict[date, str]):
    """Days as written; each is worked out once a page."""

    def __missing__(self, on: date) -> str:
        self[on] = day(on)
        return self[on]


def drawing(
    lanes: LaneSet,
    choices: RoadmapChoices,
    axis: tuple[Zoom, date, Span | None],
    page_of: Callable[[str], str],
    move_of: Callable[[int], str] | None = None,
) -> Drawing:
    """Bars and diamonds on their lanes; ``page_of`` gives an initiative's page by its key.

    ``axis``: zoom, today and the span of all that is shown, whether it is drawn or not.
    ``move_of`` gives where a commitment is moved, None for whoever moves nothing.
    """
    prefix = choices.href(at=None, page=choices.page)
    prefix += "at=" if prefix == "?" else "&at="
    words, drawn = _DayWords(), _drawn(lanes, choices)
    bars = [_bar(key, one, choices, prefix, words, page_of, move_of) for key, one in drawn]
    placed = len(lanes.placed)
    track = axis_for(bars, *axis)
    return Drawing(
        lane_drawings(lanes.lanes, bars, track),
        axis_drawing(track),
        lanes.load_words,
        _left_out(len(drawn), placed) if len(drawn) < placed else "",
        placed,
    )


def _drawn(lanes: LaneSet, choices: RoadmapChoices) -> Placed:
    """What is drawn: all, or the first of each lane where that would be too long to look at.

    The hurdle looked at is always among it.
    """
    if choices.all or len(lanes.placed) <= MOST_DRAWN:
        return lanes.placed
    drawn: Placed = []
    counts: dict[str, int] = {}
    for lane, standing in lanes.placed:
        counts[lane] = counts.get(lane, 0) + 1
        if counts[lane] <= LANE_DRAWN or _holds(standing, choices.at):
            drawn.append((lane, standing))
    return drawn


def _holds(standing: Standing, tranche_id: int | None) -> bool:
    if tranche_id is None:
        return False
    return any(hurdle.tranche_id == tranche_id for hurdle in standing.commitment.hurdles)


def _left_out(drawn: int, placed: int) -> str:
    return (
        f"{number(drawn)} of {number(placed)} bars are drawn: of each lane the first"
        f" {number(LANE_DRAWN)} by the start that was approved. Loads count all of them, and the"
        " table below lists all."
    )


def _bar(
    lane: str,
    standing: Standing,
    choices: RoadmapChoices,
    prefix: str,
    words: _DayWords,
    page_of: Callable[[str], str],
    move_of: Callable[[int], str] | None,
) -> Bar:
    one = standing.commitment
    may_move = move_of is not None and one.state is CommitmentState.ACTIVE
    diamonds = tuple(
        Diamond(
            hurdle.due_on,
            state.value,
            f"{hurdle.name}, {state.word.lower()}, {words[hurdle.due_on]}",
            f"{prefix}{hurdle.tranche_id}",
            hurdle.tranche_id == choices.at,
            hurdle.tranche_id if may_move and hurdle.is_open else 0,
        )
        for hurdle, state in zip(one.hurdles, standing.states, strict=True)
    )
    return Bar(
        key=one.key,
        title=one.title,
        href=page_of(one.key),
        lane=lane,
        starts_on=one.starts_on,
        ends_on=last_day(one),
        baseline_ends_on=one.baseline_ends_on,
        baseline_starts_on=one.start.first_day,
        work_id=one.id,
        move_href=move_of(one.id) if move_of and may_move else "",
        diamonds=diamonds,
        is_selected=any(diamond.is_selected for diamond in diamonds),
        note=one.end_word or _lost_note(standing),
        is_stopped=one.state is CommitmentState.STOPPED,
    )


def last_day(one: TimelineCommitment) -> date:
    """When the bar ends: where it was stopped, else with its last spend or hurdle."""
    if one.stopped_on is not None:
        return max(one.starts_on, min(one.stopped_on, one.ends_on))
    days = [one.ends_on, *[hurdle.facts.due_on for hurdle in one.hurdles]]
    if one.spends_until is not None:
        days.append(one.spends_until.last_day)
    return max(days)


def table_page(
    shown: Sequence[Standing], choices: RoadmapChoices, page_of: Callable[[str], str]
) -> Page[dict[str, Any]]:
    """One page of the table beneath the drawing."""
    first = (choices.page - 1) * ROWS
    rows = [_row(one, choices, page_of) for one in shown[first : first + ROWS]]
    return Page(rows, len(shown), choices.page, ROWS)


def _row(
    standing: Standing, choices: RoadmapChoices, page_of: Callable[[str], str]
) -> dict[str, Any]:
    one, following = standing.commitment, standing.following
    ends_on = last_day(one)
    is_stopped = one.state is CommitmentState.STOPPED
    return {
        "key": one.key,
        "title": one.title,
        "href": page_of(one.key),
        "starts_on": one.starts_on,
        "start_slip": slip_words(one.starts_on, one.start.first_day),
        "ends_on": ends_on,
        "slip": "" if is_stopped else slip_words(ends_on, one.baseline_ends_on),
        "hurdle": following.name if following else None,
        "hurdle_href": choices.href(at=following.tranche_id) if following else None,
        "due_on": following.due_on if following else None,
        "tone": standing.state.value if standing.state else _END_TONES[one.state],
        "state": standing.state.word if standing.state else one.end_word.capitalize(),
        "released": Money(one.released_minor, one.currency),
        "approved": Money(one.amount_minor, one.currency),
        "work_id": one.id if one.state is CommitmentState.ACTIVE else 0,
        "lost": [lost.words for lost in standing.lost_needs],
    }


def _lost_note(standing: Standing) -> str:
    """What the work needs and no longer gets, short enough for beside its bar."""
    return ", ".join(f"needs {one.key}: gone" for one in standing.lost_needs)


_END_TONES = {
    CommitmentState.ACTIVE: "idle",
    CommitmentState.COMPLETED: "passed",
    CommitmentState.STOPPED: "idle",
}
