"""The roadmap: its head, its drawing and the table beneath."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.approvals.rules import CommitmentState
from app.roadmap.engine.timeline import (
    Axis,
    Zoom,
    axis_drawing,
    axis_for,
    lane_drawings,
)
from app.roadmap.presenters.bars import Drawer, last_day
from app.roadmap.presenters.choices import Lanes, RoadmapChoices, Show, matches
from app.roadmap.presenters.lanes import LaneSet, Placed
from app.roadmap.presenters.standing import Standing
from app.roadmap.presenters.words import slip_words, sums
from app.values.money import Money
from app.values.names import by_name
from app.web.filters import counted, number
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
    owners: Sequence[tuple[str, str]]
    plans: str
    view: str


def in_reach(known: Sequence[Standing], choices: RoadmapChoices) -> list[Standing]:
    """What cycle, owner and text leave, before a tab is chosen."""
    return [
        one
        for one in known
        if choices.cycle in (None, one.commitment.cycle_id)
        and (choices.show is Show.MINE or choices.owner in (None, one.commitment.owner_id))
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
    owners = {str(one.commitment.owner_id): one.commitment.owner for one in known}
    counts = {show: len(shown_of(reach, show, person_id)) for show in Show}
    return Head(
        subtitle=_subtitle(reach),
        tabs=[
            (
                word,
                choices.href(show=show, owner=None if show is Show.MINE else choices.owner),
                choices.show is show,
                number(counts[show]) if counts[show] else None,
            )
            for show, word in _TABS.items()
        ],
        lanes=[(one.word, choices.href(lanes=one), choices.lanes is one) for one in Lanes],
        zooms=[(one.word, choices.href(zoom=one), zoom is one) for one in Zoom],
        cycles=[("", "All cycles"), *sorted(cycles.items(), key=lambda one: one[1], reverse=True)],
        owners=[("", "All owners"), *by_name(owners.items(), lambda one: one[1])],
        plans=_plans(reach),
        view=_view(choices, owners),
    )


def _plans(reach: Sequence[Standing]) -> str:
    """The cycles of what is in reach, newest first, each with its plan version."""
    found = {one.commitment.cycle: one.commitment.plan_number for one in reach}
    return ", ".join(
        f"{cycle} plan version {number}" if number else f"{cycle} as approved"
        for cycle, number in sorted(found.items(), reverse=True)
    )


def _view(choices: RoadmapChoices, owners: Mapping[str, str]) -> str:
    """What is shown of it all, for paper, on which no link says so."""
    parts = [f"By {choices.lanes.word.lower()}"]
    if choices.show is not Show.ALL:
        parts.append(_TABS[choices.show].lower())
    if choices.show is not Show.MINE and choices.owner is not None:
        parts.append(f"owned by {owners.get(str(choices.owner), 'nobody')}")
    if choices.q:
        parts.append(f"with “{choices.q}”")
    return ", ".join(parts)


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


def drawing(lanes: LaneSet, axis: tuple[Zoom, date, Span | None], drawer: Drawer) -> Drawing:
    """Bars and diamonds on their lanes.

    ``axis``: zoom, today and the span of all that is shown, whether it is drawn or not.
    """
    drawn, prefix = _drawn(lanes, drawer.choices), drawer.prefix
    bars = [drawer.bar(key, one, prefix) for key, one in drawn]
    placed = len(lanes.placed)
    track = axis_for(bars, *axis)
    return Drawing(
        lane_drawings(lanes.lanes, bars, track),
        axis_drawing(track) | {"others": _others(track)},
        lanes.load_words,
        _left_out(len(drawn), placed) if len(drawn) < placed else "",
        placed,
    )


def _others(track: Axis) -> list[dict[str, object]]:
    """The same axis at the other zooms, so that a script changes it without asking for more."""
    return [axis_drawing(replace(track, zoom=zoom)) for zoom in Zoom if zoom is not track.zoom]


def _drawn(lanes: LaneSet, choices: RoadmapChoices) -> Placed:
    """What is drawn: all, or the first of each lane where that would be too long to look at.

    What is looked at is always among it.
    """
    if choices.all or len(lanes.placed) <= MOST_DRAWN:
        return lanes.placed
    drawn: Placed = []
    counts: dict[str, int] = {}
    for lane, standing in lanes.placed:
        counts[lane] = counts.get(lane, 0) + 1
        if counts[lane] <= LANE_DRAWN or _holds(standing, choices):
            drawn.append((lane, standing))
    return drawn


def _holds(standing: Standing, choices: RoadmapChoices) -> bool:
    """Whether it is what is looked at."""
    if choices.work is not None:
        return standing.commitment.id == choices.work
    if choices.at is None:
        return False
    return any(hurdle.tranche_id == choices.at for hurdle in standing.commitment.hurdles)


def _left_out(drawn: int, placed: int) -> str:
    return (
        f"{number(drawn)} of {number(placed)} bars are drawn: of each lane the first"
        f" {number(LANE_DRAWN)} by the start that was approved. Loads count all of them, and the"
        " table below lists all."
    )


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
        "hurdle_href": choices.href(at=following.tranche_id, work=None) if following else None,
        "due_on": following.due_on if following else None,
        "tone": standing.state.value if standing.state else _END_TONES[one.state],
        "state": standing.state.word if standing.state else one.end_word.capitalize(),
        "released": Money(one.released_minor, one.currency),
        "approved": Money(one.amount_minor, one.currency),
        "work_id": one.id if one.state is CommitmentState.ACTIVE else 0,
        "lost": [lost.words for lost in standing.lost_needs],
    }


_END_TONES = {
    CommitmentState.ACTIVE: "idle",
    CommitmentState.COMPLETED: "passed",
    CommitmentState.STOPPED: "idle",
}
