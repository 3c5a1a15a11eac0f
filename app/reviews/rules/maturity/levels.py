"""Levels from answers, exactly: fractions all the way, rounded only to be read.

What is not known could be any stage, so a level that stands on it has two ends and no figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from app.reviews.rules.maturity.questions import Question, Questionnaire
from app.reviews.rules.maturity.words import FIRST, LAST, Dimension, MaturityStage


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question; without a stage it is said not to be known."""

    stage: MaturityStage | None
    evidence: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """A level from 1 to 5, or the two ends it lies between."""

    low: Fraction
    high: Fraction

    @property
    def exact(self) -> Fraction | None:
        """The one figure; None while something it stands on is not known."""
        return self.low if self.low == self.high else None

    @property
    def stages(self) -> tuple[MaturityStage, MaturityStage]:
        """The stages that its two ends have reached: rounded down."""
        return MaturityStage(floor(self.low)), MaturityStage(floor(self.high))


@dataclass(frozen=True, slots=True)
class DimensionLevel:
    """Where a dimension stands.

    ``weakest`` are the questions with the lowest stage among those that are known; ``unknown`` were
    answered as not known, ``open`` were not answered at all.
    """

    dimension: Dimension
    level: Level
    asked: int
    lowest: MaturityStage | None
    weakest: tuple[Question, ...]
    unknown: tuple[Question, ...]
    open: tuple[Question, ...]

    @property
    def has_answers(self) -> bool:
        """Whether anybody answered any of its questions, be it that it is not known."""
        return len(self.open) < self.asked


@dataclass(frozen=True, slots=True)
class Standing:
    """Where everything stands, dimension by dimension and as a whole."""

    dimensions: tuple[DimensionLevel, ...]

    @property
    def overall(self) -> Level:
        """The lowest dimension's level; its stage is the one that every dimension has reached."""
        levels = [one.level for one in self.dimensions]
        return Level(min(one.low for one in levels), min(one.high for one in levels))

    @property
    def mean(self) -> Level:
        """The mean of the dimensions' levels; it stands beside `overall` and replaces nothing."""
        levels = [one.level for one in self.dimensions]
        return Level(_mean([one.low for one in levels]), _mean([one.high for one in levels]))

    @property
    def holding_back(self) -> tuple[DimensionLevel, ...]:
        """The dimensions that could be the lowest."""
        limit = self.overall.high
        return tuple(one for one in self.dimensions if one.level.low <= limit)

    @property
    def open(self) -> tuple[Question, ...]:
        return tuple(question for one in self.dimensions for question in one.open)

    @property
    def unknown(self) -> tuple[Question, ...]:
        return tuple(question for one in self.dimensions for question in one.unknown)

    @property
    def asked(self) -> int:
        return sum(one.asked for one in self.dimensions)


def standing(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> Standing:
    """Work out where everything stands; ``answers`` by the key of their question."""
    return Standing(
        tuple(
            _dimension_level(dimension, questionnaire.of(dimension), answers)
            for dimension in Dimension
        )
    )


def tenths(value: Fraction) -> Decimal:
    """A level or a difference to one decimal, half away from zero, as it is shown."""
    size = floor(abs(value) * 10 + Fraction(1, 2))
    return Decimal(size if value >= 0 else -size) / 10


def level_change(before: Level, after: Level) -> Fraction | None:
    """By how much a level rose; None while one of the two is not one figure."""
    if before.exact is None or after.exact is None:
        return None
    return after.exact - before.exact


def _dimension_level(
    dimension: Dimension, questions: Sequence[Question], answers: Mapping[str, Answer]
) -> DimensionLevel:
    stages = {
        one.key: answer.stage.number
        for one in questions
        if (answer := answers.get(one.key)) is not None and answer.stage is not None
    }
    least = min(stages.values(), default=None)
    return DimensionLevel(
        dimension=dimension,
        level=Level(
            _mean([stages.get(one.key, FIRST.number) for one in questions]),
            _mean([stages.get(one.key, LAST.number) for one in questions]),
        ),
        asked=len(questions),
        lowest=None if least is None else MaturityStage(least),
        weakest=tuple(one for one in questions if stages.get(one.key, 0) == least),
        unknown=tuple(one for one in questions if one.key in answers and one.key not in stages),
        open=tuple(one for one in questions if one.key not in answers),
    )


def _mean(values: Sequence[Fraction | int]) -> Fraction:
    return sum((Fraction(one) for one in values), Fraction(0)) / len(values)
