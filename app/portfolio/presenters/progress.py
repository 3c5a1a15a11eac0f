"""A run while it works, and how its plan and bound came together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.jobs.models import Job
from app.jobs.rules import JobState
from app.portfolio.models import Run
from app.portfolio.presenters.verdicts import gap_words, job_verdict, noted_of
from app.values.money import Money
from app.web.filters import money

DOING = {
    "building": "Writing the model",
    "searching": "Searching for better plans",
    "settling ties": "Settling ties between equal plans",
    "confirming": "Confirming that no plan exists",
    "done": "Keeping the answer",
}


def progress_view(
    run: Run, currency: str, now: datetime, *, waits_for: int | None, silence: str | None = None
) -> dict[str, Any]:
    """What the progress component shows of a run that isn't over.

    ``waits_for``: the same person's run that has to end first. ``silence``: that no worker answers.
    """
    noted = noted_of(run.job)
    seconds = _seconds(run.job, noted, now)
    verdict = job_verdict(run.job)
    # The state stands here and not in the page's head, for only this part is put in place anew.
    facts = [("state", verdict.word)]
    if run.job.attempts > 1:
        facts.append(("attempt", str(run.job.attempts)))
    if noted:
        facts.append(("best plan", _money(noted.get("value"), currency)))
    if noted.get("bound") is not None:
        facts.append(("at most", _money(noted["bound"], currency)))
        facts.append(("gap", gap_words(noted.get("gap"))))
    if noted.get("funded"):
        facts.append(("funded", f"{noted['funded']} of {noted['of']}"))
    if run.job.started_at is not None:
        facts.append(("seconds", f"{seconds} of {run.time_limit_seconds}"))
    is_queued = run.job.state is JobState.QUEUED
    doing = None if is_queued else DOING.get(str(noted.get("doing")), "Starting")
    waiting = f"It waits for run {waits_for} of the same person to end." if waits_for else None
    return {
        "percent": min(99, round(100 * seconds / run.time_limit_seconds)) if noted else None,
        "phase": silence or verdict.sentence
        if silence or verdict.word == "Stopping"
        else doing or waiting or verdict.sentence,
        "facts": facts,
    }


def _seconds(job: Job, noted: Mapping[str, Any], now: datetime) -> int:
    """Seconds the solver counted, or since the worker began."""
    if noted.get("seconds") is not None:
        return int(noted["seconds"])
    return max(0, int((now - job.started_at).total_seconds())) if job.started_at else 0


def _money(minor: int | None, currency: str) -> str:
    return "none yet" if minor is None else money(Money(minor, currency))


def sparkline_points(noted: Mapping[str, Any] | None) -> tuple[str, str] | None:
    """Value and bound over time as points on a 100 × 100 field; None when too little is known."""
    trace: Sequence[Sequence[Any]] = (noted or {}).get("trace") or ()
    values = [(point[0], point[1]) for point in trace if point[1] is not None]
    bounds = [(point[0], point[2]) for point in trace if point[2] is not None]
    if len(values) < 2:
        return None
    end = values[-1][0] or 1
    levels = [level for _, level in (*values, *bounds)]
    low, high = min(levels), max(levels)
    return _points(values, end, low, high), _points(bounds, end, low, high)


def _points(points: Sequence[tuple[float, int]], end: float, low: int, high: int) -> str:
    span = (high - low) or 1
    return " ".join(
        f"{100 * seconds / end:.1f},{95 - 90 * (level - low) / span:.1f}"
        for seconds, level in points
    )
