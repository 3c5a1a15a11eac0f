"""Levels, stages and changes as they are written."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from app.reviews.rules.maturity import Answer, DimensionLevel, Level, MaturityStage, tenths
from app.web.filters import NONE, number

NOT_KNOWN = "Not known"
OPEN = "Not answered"


@dataclass(frozen=True, slots=True)
class Change:
    """A difference in words, with the glyph and the tone it is shown in; higher is better."""

    text: str
    trend: str
    tone: str


def level_words(level: Level) -> str:
    """A level to one decimal, 2.8, or what it lies between, 2.0 to 3.0."""
    low = number(tenths(level.low), 1)
    return low if level.exact is not None else f"{low} to {number(tenths(level.high), 1)}"


def stage_words(stage: MaturityStage) -> str:
    """A stage with its number: 2 Development."""
    return f"{stage.number} {stage.word}"


def overall_words(level: Level) -> str:
    """The stage that a level has reached, or the two it may have: Initial or Development."""
    low, high = level.stages
    if low is high:
        return low.word
    joined = "or" if high.number == low.number + 1 else "to"
    return f"{low.word} {joined} {high.word}"


def answer_words(answer: Answer | None) -> str:
    if answer is None:
        return OPEN
    return stage_words(answer.stage) if answer.stage else NOT_KNOWN


def change_of(difference: Fraction | int | None, digits: int = 1) -> Change | None:
    """A difference of levels to one decimal, or of stages to none; None when there is none."""
    if difference is None:
        return None
    size = number(tenths(abs(Fraction(difference))), digits)
    if difference == 0:
        return Change(f"±{size}", "flat", "")
    if difference > 0:
        return Change(f"+{size}", "up", "good")
    return Change(f"\u2212{size}", "down", "poor")


def gaps_of(one: DimensionLevel) -> str:
    """What a dimension lacks to have one level: 1 of 4 not known; empty when it lacks nothing."""
    said = []
    if one.unknown:
        said.append(f"{len(one.unknown)} of {one.asked} not known")
    if one.open:
        said.append(f"{len(one.open)} of {one.asked} not answered")
    return ", ".join(said)


def lowest_words(one: DimensionLevel) -> str:
    """The lowest answer of a dimension among those known."""
    return stage_words(one.lowest) if one.lowest else NONE
