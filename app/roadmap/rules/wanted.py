"""What a criterion asks for, as approved, as amended since, and as somebody would have it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.initiatives.rules import Direction
from app.values.written import day_words


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a criterion asks for: a threshold in its unit, and the smallest sample that counts."""

    threshold: Decimal
    minimum_sample: int | None

    def is_looser_than(self, other: Wanted, direction: Direction) -> bool:
        """Whether it is easier to meet, by the threshold or by the sample."""
        if direction is Direction.AT_LEAST:
            easier = self.threshold < other.threshold
        else:
            easier = self.threshold > other.threshold
        return easier or (self.minimum_sample or 0) < (other.minimum_sample or 0)


@dataclass(frozen=True, slots=True)
class Amended:
    """The amendment a criterion is judged on, and what was approved before any.

    ``evidence_on``: the day the last evidence was recorded before somebody asked, None if there
    was none. ``is_looser`` than what was approved.
    """

    id: int
    approved: Wanted
    asked_by: str
    asked_on: date
    reason: str
    agreed_by: str
    agreed_on: date
    answer: str
    evidence_on: date | None
    is_looser: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """An amendment nobody has decided."""

    id: int
    wanted: Wanted
    asked_by: str
    asked_on: date
    evidence_on: date | None


def evidence_words(evidence_on: date | None) -> str:
    """That there was evidence already when somebody asked; empty if there was none."""
    return f"asked after evidence was recorded on {day_words(evidence_on)}" if evidence_on else ""
