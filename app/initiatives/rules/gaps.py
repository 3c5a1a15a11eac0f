"""What a proposal still lacks before Finance can look at it, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from app.values.quarter import Quarter, QuarterSpan
from app.values.written import day_words

ONE = Decimal(1)


class Part(Enum):
    """The parts of a proposal; the page has a section for each."""

    OVERVIEW = "overview"
    QUESTIONS = "questions"
    OPTIONS = "options"
    BEHAVIOURS = "behaviours"
    MILESTONES = "milestones"


@dataclass(frozen=True, slots=True)
class ProposalShape:
    """How far a proposal has come; the names are what people call the things.

    ``is_registered``: it came from a registry, which knows neither answers nor sponsors.
    """

    is_registered: bool
    has_cycle: bool
    has_sponsor: bool
    unanswered: tuple[str, ...]
    options: tuple[str, ...]
    options_without_spend: tuple[str, ...]
    options_without_benefit: tuple[str, ...]
    milestones: int
    tranche_total: Decimal
    milestones_without_criteria: tuple[str, ...]
    misplaced_milestones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing: where, and what to do about it."""

    part: Part
    message: str


def missing_parts(shape: ProposalShape) -> tuple[Gap, ...]:
    """Everything that is missing, in the order of the page."""
    return (
        *_overview_gaps(shape),
        *_question_gaps(shape),
        *_option_gaps(shape),
        *_milestone_gaps(shape),
    )


def _overview_gaps(shape: ProposalShape) -> Iterable[Gap]:
    if not shape.has_cycle:
        yield Gap(Part.OVERVIEW, "Choose the cycle it is proposed for.")
    if not shape.has_sponsor and not shape.is_registered:
        yield Gap(Part.OVERVIEW, "Name a sponsor.")


def _question_gaps(shape: ProposalShape) -> Iterable[Gap]:
    if shape.unanswered and not shape.is_registered:
        yield Gap(Part.QUESTIONS, f"Answer {_listed(shape.unanswered)}.")


def _option_gaps(shape: ProposalShape) -> Iterable[Gap]:
    if not shape.options:
        yield Gap(Part.OPTIONS, "Add an option with its spend.")
    if shape.options_without_spend:
        yield Gap(
            Part.OPTIONS,
            f"Enter what {_listed(shape.options_without_spend)} spends: money or team days.",
        )
    if shape.options_without_benefit:
        yield Gap(
            Part.BEHAVIOURS,
            f"Give {_listed(shape.options_without_benefit)} an effect on a lever, or a declared"
            " benefit.",
        )


def _milestone_gaps(shape: ProposalShape) -> Iterable[Gap]:
    if not shape.milestones:
        yield Gap(Part.MILESTONES, "Add a milestone with a hurdle that holds the money.")
    elif shape.tranche_total != ONE:
        percent = f"{(shape.tranche_total * 100).normalize():f}\u202f%"
        yield Gap(
            Part.MILESTONES,
            f"The tranches of the milestones add up to {percent}; make it 100\u202f%.",
        )
    if shape.milestones_without_criteria:
        yield Gap(
            Part.MILESTONES,
            f"Say what {_listed(shape.milestones_without_criteria)} has to reach: a criterion with"
            " a threshold.",
        )
    if shape.misplaced_milestones:
        yield Gap(
            Part.MILESTONES,
            f"Move {_listed(shape.misplaced_milestones)} between the planned start and the cycle’s"
            " last quarter.",
        )


def _listed(names: tuple[str, ...]) -> str:
    quoted = [f"“{name}”" for name in names[:4]]
    if len(names) > 4:
        quoted = [*quoted[:3], f"{len(names) - 3} more"]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def due_day_fault(
    due_on: date, planned_start: Quarter, span: QuarterSpan | None, cycle_name: str
) -> str | None:
    """Why a hurdle can't be due on a day, as a sentence; None if it can.

    ``span``: the cycle's quarters; None while the initiative has no cycle.
    """
    if due_on < planned_start.first_day:
        return (
            f"This is before the planned start in {planned_start}. Choose a day from"
            f" {day_words(planned_start.first_day)} on, or plan an earlier start."
        )
    if span is not None and due_on > span.last.last_day:
        return (
            f"This is after {span.last}, the last quarter of {cycle_name}. Choose a day until"
            f" {day_words(span.last.last_day)}."
        )
    return None
