"""One hurdle as the command line prints it, in the words and figures of its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.roadmap.models import Evidence
from app.roadmap.presenters.forecast import ForecastView, forecast_view
from app.roadmap.presenters.review import criteria_rows
from app.roadmap.queries import Gate
from app.roadmap.rules import Reading
from app.roadmap.rules.judging import Judged, NotJudged
from app.roadmap.rules.posterior import EffectNow, Normal
from app.values.money import Money
from app.web.filters import day, money


def gate_document(gate: Gate) -> dict[str, Any]:
    """The hurdle for programs: amounts in minor units, shares as numbers, days as ISO dates."""
    tranche, found = gate.tranche, gate.recommendation
    return {
        "hurdle": tranche.id,
        "name": tranche.milestone.name,
        "initiative": {"key": gate.initiative.key, "title": gate.initiative.title},
        "state": gate.state.value,
        "due_on": tranche.due_on.isoformat(),
        "agreed_on": tranche.baseline_due_on.isoformat(),
        "holds": {"minor": tranche.amount_minor, "currency": tranche.currency},
        "criteria": [_criterion(one) for one in gate.readings],
        "evidence": [_measured(one) for one in gate.evidence],
        "forecast": _forecast(gate.judged),
        "recommendation": None
        if found is None
        else {"action": found.action.value, "grounds": list(found.grounds)},
        "decisions": [
            {
                "action": one.action.value,
                "recommended": one.recommended.value,
                "by": one.decided_by.name,
                "at": one.decided_at.isoformat(),
                "reason": one.reason,
                "grounds": one.grounds,
            }
            for one in gate.decisions
        ],
    }


def _criterion(one: Reading) -> dict[str, Any]:
    criterion, latest = one.criterion, one.latest
    return {
        "id": criterion.id,
        "metric": criterion.metric,
        "unit": criterion.unit,
        "direction": criterion.direction.value,
        "threshold": str(criterion.threshold),
        "minimum_sample": criterion.minimum_sample,
        "is_must_meet": criterion.is_must_meet,
        "latest": latest.number if latest else None,
        "passes": one.passes if one.is_measured else None,
        "words": one.words,
    }


def _measured(one: Evidence) -> dict[str, Any]:
    return {
        "id": one.id,
        "criterion": one.criterion_id,
        "value": str(one.value),
        "standard_error": None if one.standard_error is None else str(one.standard_error),
        "sample": one.sample,
        "measured_on": one.measured_on.isoformat(),
        "source": one.source,
        "recorded_by": one.recorded_by.name,
    }


def _forecast(judged: Judged | NotJudged | None) -> dict[str, Any] | None:
    """What the money still brings; ``why_not`` where only the thresholds speak."""
    if judged is None:
        return None
    if isinstance(judged, NotJudged):
        return {"why_not": judged.why}
    return {
        "effects": [_effect(one) for one in judged.effects],
        "benefit_minor": round(judged.forward.benefit),
        "cost_minor": round(judged.forward.cost),
        "kept_minor": round(judged.forward.kept_minor),
        "return": judged.forward.rate,
        "hurdle_rate": str(judged.hurdle_rate),
        "other_use": judged.other_use,
        "no_other_use": judged.no_other_use or None,
        "bar": judged.bar,
        "chance": judged.chance,
        "confidence": str(judged.confidence),
    }


def _effect(one: EffectNow) -> dict[str, Any]:
    return {
        "pool": one.case.pool,
        "case": _normal(one.case.removal) | {"haircut": one.case.haircut},
        "measured": _normal(one.measured) if one.measured else None,
        "now": _normal(one.now) | {"haircut": one.haircut},
    }


def _normal(one: Normal) -> dict[str, float]:
    return {"mean": one.mean, "error": one.error}


def gate_lines(gate: Gate) -> list[str]:
    """The hurdle for people, as its page tells it."""
    tranche = gate.tranche
    held = money(Money(tranche.amount_minor, tranche.currency))
    lines = [
        f"{tranche.milestone.name}, {gate.initiative.key} {gate.initiative.title}",
        f"{gate.state.word}; due {day(tranche.due_on)}, agreed {day(tranche.baseline_due_on)}; "
        f"{'holds' if gate.facts.is_open else 'held'} {held}",
        "",
        "Criteria",
    ]
    for row in criteria_rows(gate):
        lines += _criterion_lines(row)
    if (view := forecast_view(gate)) is not None:
        lines += _forecast_lines(view)
    elif isinstance(gate.judged, NotJudged):
        lines += ["", gate.judged.why]
    if gate.recommendation is not None:
        lines += ["", f"The figures recommend: {gate.recommendation.word}"]
        lines += [f"  - {ground}" for ground in gate.recommendation.grounds]
    for one in gate.decisions:
        why = one.reason or one.grounds
        when = day(one.decided_at.date())
        lines += ["", f"{one.action.word} by {one.decided_by.name} on {when}: {why}"]
    return lines


def _criterion_lines(row: Mapping[str, Any]) -> list[str]:
    measured = row["measured"] or "not measured"
    parts = [f"{measured} {row['measured_note']}".strip()]
    parts += [f"sample {row['sample']}"] if row["sample"] else []
    parts += [str(row["source"])] if row["source"] else []
    parts += [str(row["unusual"])] if row["unusual"] else []
    return [
        f"  {row['metric']}, {row['condition']}: {row['word']}",
        f"    {', '.join(parts)}",
        *(f"    before: {one}" for one in row["earlier"]),
    ]


def _forecast_lines(view: ForecastView) -> list[str]:
    lines = ["", "What the money still brings"]
    for effect in view.effects:
        lines.append(f"  Share removed of {effect['name']}")
        lines += [
            f"    {name}: {share}{f' ({haircut})' if haircut else ''}"
            for name, share, haircut in effect["rows"]
        ]
    lines += [f"  {name}: {words}" for name, words in view.facts]
    return [*lines, *(f"  {note}" for note in view.notes)]
