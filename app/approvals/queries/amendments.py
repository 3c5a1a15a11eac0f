"""What later stations know of criteria that were amended after a decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class AmendedCriterion:
    """One agreed amendment in words; ``late`` says that evidence was there before, or is empty."""

    key: str
    hurdle: str
    metric: str
    before: str
    after: str
    asked_by: str
    asked_on: date
    agreed_by: str
    agreed_on: date
    reason: str
    late: str


AMENDED_CRITERIA: list[Callable[[Session, int], Sequence[AmendedCriterion]]] = []
"""A later station appends what was amended: (session, decision id) → amendments in order."""


def list_amended_criteria(session: Session, decision_id: int) -> list[AmendedCriterion]:
    """Everything amended since a decision, in order."""
    return [one for provide in AMENDED_CRITERIA for one in provide(session, decision_id)]
