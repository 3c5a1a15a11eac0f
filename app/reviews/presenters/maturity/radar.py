"""Six levels as a radar, and each over time: positions for the components that draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import cos, pi, sin

from app.reviews.presenters.maturity.words import level_words
from app.reviews.rules.maturity import Dimension, Level, MaturityStage, Standing
from app.web.filters import day

Point = tuple[float, float]

_CENTRE = (180.0, 160.0)
_RADIUS = 108.0
_STAGES = len(MaturityStage)
_SIDES = len(Dimension)


@dataclass(frozen=True, slots=True)
class Outline:
    """One assessment drawn: a closed ``shape`` where all levels are known, else the ``lines`` there
    are; ``spans`` are levels that lie between two ends."""

    shape: str
    lines: Sequence[tuple[Point, Point]]
    dots: Sequence[Point]
    spans: Sequence[tuple[Point, Point]]


@dataclass(frozen=True, slots=True)
class RadarLabel:
    """The word at the end of a spoke, with the level on the line below it."""

    x: float
    y: float
    anchor: str
    word: str
    level: str


@dataclass(frozen=True, slots=True)
class Radar:
    """A radar on a field of 360 × 316 units."""

    centre: Point
    rings: Sequence[str]
    scale: Sequence[tuple[float, str]]
    spokes: Sequence[Point]
    labels: Sequence[RadarLabel]
    now: Outline
    before: Outline | None
    says: str


def radar(now: Standing, before: Standing | None) -> Radar:
    """Draw an assessment and, behind it, the one before."""
    levels = [(one.dimension.word, level_words(one.level)) for one in now.dimensions]
    return Radar(
        centre=_CENTRE,
        rings=[_ring(stage.number) for stage in MaturityStage],
        scale=[(_place(0, stage.number)[1], str(stage.number)) for stage in MaturityStage],
        spokes=[_place(side, _STAGES) for side in range(_SIDES)],
        labels=[_label(side, word, level) for side, (word, level) in enumerate(levels)],
        now=_outline(now),
        before=_outline(before) if before else None,
        says="Levels from 1 to 5: " + ", ".join(f"{word} {level}" for word, level in levels),
    )


def _outline(standing: Standing) -> Outline:
    levels = [one.level for one in standing.dimensions]
    places = [
        None if level.exact is None else _place(side, level.exact)
        for side, level in enumerate(levels)
    ]
    known = [place for place in places if place is not None]
    return Outline(
        shape=_written(known) if len(known) == _SIDES else "",
        lines=[
            (place, following)
            for side, place in enumerate(places)
            if place is not None and (following := places[(side + 1) % _SIDES]) is not None
        ],
        dots=known,
        spans=[
            (_place(side, level.low), _place(side, level.high))
            for side, level in enumerate(levels)
            if level.exact is None
        ],
    )


def _label(side: int, word: str, level: str) -> RadarLabel:
    x, y = _place(side, Fraction(56, 10))
    sideways = round(sin(_angle(side)), 6)
    anchor = "mid" if not sideways else "start" if sideways > 0 else "end"
    lift = -18.0 if not side else 4.0 if side == _SIDES // 2 else -6.0
    return RadarLabel(x, round(y + lift, 1), anchor, word, level)


def _ring(stage: int) -> str:
    return _written([_place(side, stage) for side in range(_SIDES)])


def _written(places: Sequence[Point]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)


def _place(side: int, level: Fraction | int) -> Point:
    """Where a level lies on a spoke; the first one points upwards, the others follow clockwise."""
    reach = _RADIUS * float(level) / _STAGES
    x = _CENTRE[0] + reach * sin(_angle(side))
    y = _CENTRE[1] - reach * cos(_angle(side))
    return round(x, 1), round(y, 1)


def _angle(side: int) -> float:
    return 2 * pi * side / _SIDES


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A level at a day in percent of the field; ``label`` stands beside it, ``title`` says all."""

    x: float
    y: float
    label: str
    title: str
    is_exact: bool
    y_low: float


@dataclass(frozen=True, slots=True)
class Trend:
    """A dimension over time."""

    word: str
    level: str
    ticks: Sequence[float]
    points: Sequence[TrendPoint]
    first: str
    last: str
    says: str


def trends(closed: Sequence[tuple[date, Standing]]) -> list[Trend]:
    """Every dimension over the closed assessments, the oldest first; two at least."""
    days = [when for when, _ in closed]
    return [
        _trend(dimension, days, [_level(standing, dimension) for _, standing in closed])
        for dimension in Dimension
    ]


def trend_table(closed: Sequence[tuple[date, Standing]]) -> list[list[str]]:
    """The same figures: a row per day, a column per dimension."""
    return [
        [day(when), *(level_words(one.level) for one in standing.dimensions)]
        for when, standing in closed
    ]


def _trend(dimension: Dimension, days: Sequence[date], levels: Sequence[Level]) -> Trend:
    whole = (days[-1] - days[0]).days
    ends = (0, len(days) - 1)
    points = [
        TrendPoint(
            x=round(9 + 82 * (when - days[0]).days / whole, 2),
            y=_height(level.high),
            label=level_words(level) if number in ends else "",
            title=f"{day(when)}: {level_words(level)}",
            is_exact=level.exact is not None,
            y_low=_height(level.low),
        )
        for number, (when, level) in enumerate(zip(days, levels, strict=True))
    ]
    return Trend(
        word=dimension.word,
        level=level_words(levels[-1]),
        ticks=[_height(Fraction(stage.number)) for stage in MaturityStage],
        points=points,
        first=day(days[0]),
        last=day(days[-1]),
        says=f"{dimension.word}: " + ", ".join(point.title for point in points),
    )


def _level(standing: Standing, dimension: Dimension) -> Level:
    return next(one.level for one in standing.dimensions if one.dimension is dimension)


def _height(level: Fraction) -> float:
    """In percent from the top: stage 5 at 20, stage 1 at 78."""
    return round(float(78 - (level - 1) * Fraction(58, 4)), 2)
