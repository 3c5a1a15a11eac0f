"""Where the practice stands: figures, dimensions, and what the next stage takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.reviews.presenters.maturity.words import (
    Change,
    change_of,
    gaps_of,
    level_words,
    lowest_words,
    overall_words,
    stage_words,
)
from app.reviews.rules.maturity import Level, Standing, level_change
from app.web.filters import NONE, day, number


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """A dimension as the table beside the radar shows it."""

    word: str
    level: str
    before: str
    change: Change | None
    lowest: str
    gaps: str


@dataclass(frozen=True, slots=True)
class Act:
    """A weakest question with what its next stage shows, or one that nobody could answer."""

    dimension: str
    level: str
    question: str
    now: str
    next: str
    shows: str


def key_figures(
    now: Standing, before: Standing | None, before_on: date | None
) -> list[dict[str, object]]:
    """The figures at the top of the page."""
    low, high = now.overall.stages
    is_one = low is high
    held = " and ".join(one.dimension.word for one in now.holding_back)
    mean: dict[str, object] = {
        "label": "Mean of the six dimensions",
        "value": level_words(now.mean),
        "note": "the first assessment",
    }
    if before is not None:
        change = change_of(level_change(before.mean, now.mean))
        mean["note"] = (
            f"{change.text} since {day(before_on)}"
            if change
            else f"was {level_words(before.mean)} on {day(before_on)}"
        )
        mean["tone"] = change.tone if change else ""
    return [
        {
            "label": "Overall stage",
            "value": overall_words(now.overall),
            "unit": f"{low.number} of 5" if is_one else "of 5 stages",
            "note": "the stage every dimension has reached"
            if is_one
            else "which one hangs on what is not known",
        },
        {
            "label": "Lowest level",
            "value": level_words(now.overall),
            "note": f"in {held}; it sets the overall stage"
            if now.overall.exact is not None
            else f"may be in {held}",
        },
        mean,
        {
            "label": "Not known",
            "value": number(len(now.unknown)),
            "unit": f"of {number(now.asked)} answers",
            "note": "every level is one figure"
            if not now.unknown
            else "levels that stand on them have two ends",
        },
    ]


def dimension_rows(now: Standing, before: Standing | None) -> list[DimensionRow]:
    """The dimensions in the order they are asked."""
    earlier = _levels(before)
    return [
        DimensionRow(
            word=one.dimension.word,
            level=level_words(one.level),
            before=level_words(earlier[one.dimension.word]) if earlier else NONE,
            change=change_of(level_change(earlier[one.dimension.word], one.level))
            if earlier
            else None,
            lowest=lowest_words(one),
            gaps=gaps_of(one),
        )
        for one in now.dimensions
    ]


def acts(now: Standing) -> list[Act]:
    """Where to act: the weakest questions of every dimension, the lowest dimension first."""
    found: list[Act] = []
    for one in sorted(now.dimensions, key=lambda one: one.level.low):
        word, level = one.dimension.word, level_words(one.level)
        following = one.lowest.following if one.lowest else None
        if one.lowest and following:
            found += [
                Act(
                    word,
                    level,
                    question.text,
                    stage_words(one.lowest),
                    stage_words(following),
                    question.at(following),
                )
                for question in one.weakest
            ]
        found += [
            Act(word, level, question.text, "Not known", "Find out", question.ask_for)
            for question in one.unknown
        ]
    return found


def finished_words(now: Standing) -> Sequence[str]:
    """The dimensions in which nothing is left to reach."""
    return [
        one.dimension.word
        for one in now.dimensions
        if one.lowest and one.lowest.following is None and not one.unknown
    ]


def _levels(standing: Standing | None) -> dict[str, Level]:
    return {one.dimension.word: one.level for one in standing.dimensions} if standing else {}
