"""What a questionnaire is: questions whose five stages are described by what can be observed."""

from __future__ import annotations

from dataclasses import dataclass

from app.reviews.rules.maturity.words import Dimension, MaturityStage


@dataclass(frozen=True, slots=True)
class Question:
    """One question; ``shown`` says for each stage, the first to the last, what can be observed.

    ``ask_for`` names what would prove an answer. ``key`` stays the same over versions as long as
    answers can be compared.
    """

    key: str
    dimension: Dimension
    text: str
    ask_for: str
    shown: tuple[str, str, str, str, str]

    def at(self, stage: MaturityStage) -> str:
        """What can be observed at a stage."""
        return self.shown[stage.number - 1]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The questions of one version, by dimension in the order they are asked."""

    version: int
    questions: tuple[Question, ...]

    def of(self, dimension: Dimension) -> tuple[Question, ...]:
        return tuple(one for one in self.questions if one.dimension is dimension)
