"""Arrange the milestones with what is agreed, how they stand and what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.initiatives.models import Criterion, Milestone
from app.initiatives.queries import (
    AmendedFigures,
    CriterionStanding,
    HurdleDates,
    MilestoneStanding,
)
from app.values.unit import unit_for
from app.web.filters import day, number

UNKNOWN = MilestoneStanding()


def milestone_cards(
    milestones: Sequence[Milestone], standings: Mapping[int, MilestoneStanding]
) -> list[dict[str, Any]]:
    """Milestones with their criteria in words; ``standings`` by milestone id."""
    return [_card(one, standings.get(one.id, UNKNOWN)) for one in milestones]


def _card(milestone: Milestone, standing: MilestoneStanding) -> dict[str, Any]:
    hurdle = standing.hurdle
    return {
        "milestone": milestone,
        "hurdle": hurdle,
        "due": _due(milestone, hurdle),
        "criteria": [
            _item(one, standing.criteria.get(one.id), standing.amended.get(one.id))
            for one in milestone.criteria
        ],
        "measurements": [
            row
            for one in milestone.criteria
            if one.id in standing.criteria
            for row in _measurements(one, standing.criteria[one.id])
        ],
    }


def _due(milestone: Milestone, hurdle: HurdleDates | None) -> str:
    """The day in force, then the days that were planned and agreed where they differ."""
    if hurdle is None:
        return f"due {day(milestone.due_on)}"
    before = []
    if hurdle.agreed_on != milestone.due_on:
        before.append(f"planned {day(milestone.due_on)}")
    if hurdle.agreed_on != hurdle.due_on:
        before.append(f"agreed {day(hurdle.agreed_on)}, moved since")
    elif before:
        before.append("agreed for the approved start")
    return f"due {day(hurdle.due_on)}" + (f" ({'; '.join(before)})" if before else "")


def _item(
    criterion: Criterion, standing: CriterionStanding | None, amended: AmendedFigures | None
) -> dict[str, Any]:
    words = condition(criterion)
    if amended is not None:
        now = _condition(criterion, amended.threshold, amended.minimum_sample)
        words = (
            f"{now} \u00b7 amended {day(amended.agreed_on)} by {amended.agreed_by}: "
            f"{amended.reason} \u00b7 approved was {words}"
        )
    if standing is None:
        baseline = criterion.baseline
        today = None if baseline is None else f"today {number(baseline)}"
        return {"label": criterion.metric, "condition": words, "measured": today}
    latest = standing.series[0]
    words += f" \u00b7 measured {day(latest.measured_on)}"
    if standing.is_met is None:
        words += f", sample {number(latest.sample)} is too small"
    return {
        "label": criterion.metric,
        "condition": words,
        "measured": _value(criterion, latest.value),
        "state": {True: "passed", False: "missed", None: "risk"}[standing.is_met],
    }


def _measurements(criterion: Criterion, standing: CriterionStanding) -> list[tuple[str, ...]]:
    return [
        (
            criterion.metric,
            day(one.measured_on),
            _value(criterion, one.value),
            number(one.sample) if one.sample is not None else "–",
            one.source,
            one.recorded_by,
        )
        for one in standing.series
    ]


def _value(criterion: Criterion, value: Any) -> str:
    return (
        f"{number(value)}\u202f{unit_for(value, criterion.unit)}"
        if criterion.unit
        else number(value)
    )


def condition(criterion: Criterion) -> str:
    """A criterion as one reads it: at most 1.8 calls, sample of 1,500, must meet."""
    return _condition(criterion, criterion.threshold, criterion.minimum_sample)


def _condition(criterion: Criterion, threshold: Decimal, sample: int | None) -> str:
    unit = f" {unit_for(threshold, criterion.unit)}" if criterion.unit else ""
    words = [f"{criterion.direction.word} {number(threshold)}{unit}"]
    if sample:
        words.append(f"sample of {number(sample)} or more")
    words.append("must meet" if criterion.is_must_meet else "wished for")
    return ", ".join(words)
