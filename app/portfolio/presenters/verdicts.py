"""What is known about a run and its plan, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.jobs.models import Job
from app.jobs.rules import JobState
from app.portfolio.models import Run
from app.portfolio.presenters.names import Names
from app.portfolio.rules.demands import listed
from app.values.money import Money
from app.web.filters import money, money_short, percent

NO_PLAN_POSSIBLE = "Can't be done"

TINY = "<\u202f"
"""Stands before the smallest gap that is written."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state for the eye (kind, word) and the sentence that goes with it."""

    kind: str
    word: str
    sentence: str


def plan_verdict(result: Mapping[str, Any], names: Names) -> Verdict:
    """What the result says about its plan: proven, how close, or why there is none."""
    if result["status"] == "infeasible":
        return _infeasible(result, names)
    if result["value"] is None:
        return Verdict("bad", "No plan", f"No plan was found{_ending(result)}. Give it more time.")
    match result["status"]:
        case "optimal":
            return _optimal(result)
        case "within_gap":
            word = f"Within {gap_words(result['gap']).lstrip(TINY)} of the best"
            return Verdict("ok", word, f"{_room(result)}{_approximation(result)}")
        case "stopped":
            text = f"This is the best plan found until then. {_room(result)}"
            return Verdict("warn", "Stopped by a person", f"{text}{_approximation(result)}")
        case "time_limit":
            text = f"This is the best plan found by then. {_room(result)}"
            return Verdict("warn", "Time ran out", f"{text}{_approximation(result)}")
    return Verdict("bad", "Failed", "The solver gave no answer that can be trusted.")


def gap_words(gap: float | None) -> str:
    """A gap as a percentage, never rounded down to nothing."""
    if gap is None:
        return "–"
    exact = Decimal(repr(gap))
    if 0 < exact < Decimal("0.0001"):
        return "<\u202f0.01\u202f%"
    return percent(exact, 2)


def result_gap(result: Mapping[str, Any]) -> str:
    """The gap of a result in words: nothing once it is proven without approximation."""
    if result.get("status") == "optimal" and not result.get("approximation"):
        return percent(Decimal(0), 0)
    return gap_words(result.get("gap"))


def job_verdict(job: Job) -> Verdict:
    """Where a run stands that has no result to show."""
    match job.state:
        case JobState.QUEUED:
            return Verdict("idle", "Waiting", "A worker will take it as soon as one is free.")
        case JobState.RUNNING if job.stop_requested_at is not None:
            return Verdict("accent", "Stopping", "The best plan so far is being kept.")
        case JobState.RUNNING:
            return Verdict("accent", "Running", "The optimizer is searching.")
        case JobState.STOPPED:
            text = "It was stopped before it began, so there is no plan. Start it again."
            return Verdict("idle", "Stopped", text)
        case JobState.LOST:
            text = (
                "The worker ended without a word, twice. Nothing was changed. Start it again; "
                "if it stays, tell an admin."
            )
            return Verdict("bad", "Lost", text)
        case JobState.FAILED:
            return Verdict("bad", "Failed", job.failure or "It failed. Start it again.")
    return Verdict("bad", "No result", "The run ended without a result. Start it again.")


def noted_of(job: Job) -> Mapping[str, Any]:
    """What the run noted on its job while it worked, or at its end."""
    return job.progress or {}


def summary_verdict(run: Run, names: Names | None = None) -> Verdict:
    """A run in a list, from what its job noted at the end; without names no rule is named."""
    noted = noted_of(run.job)
    if not run.job.state.is_over or noted.get("doing") != "done":
        if run.result_digest is not None:
            return Verdict("ok", "Done", "Open the run to see its result.")
        return job_verdict(run.job)
    if names is None:
        noted = {**noted, "conflict": ()}
    return plan_verdict(noted, names or Names({}))


def _money(result: Mapping[str, Any], minor: int) -> str:
    return money(Money(minor, result["currency"]))


def _room(result: Mapping[str, Any]) -> str:
    if result.get("bound") is None:
        return "How much better another plan could be is not known."
    more = max(0, result["bound"] - result["value"])
    return (
        f"No plan is worth more than {_money(result, result['bound'])}, "
        f"{_money(result, more)} or {gap_words(result['gap'])} above this one."
    )


def _optimal(result: Mapping[str, Any]) -> Verdict:
    """Proven, as far as the approximation of overlap lets it be."""
    if not result["approximation"]:
        return Verdict("ok", "Proven optimal", "No other plan is worth more.")
    open_ = Money(result["approximation"], result["currency"])
    return Verdict(
        "ok",
        f"Proven optimal within {money_short(open_)}",
        f"No other plan is worth more, but for at most {money(open_)}: overlap on shared pools is "
        "approximated while searching and may understate a plan by that much. All figures here "
        "are exact.",
    )


def _approximation(result: Mapping[str, Any]) -> str:
    if not result["approximation"]:
        return ""
    return (
        " Overlap on shared pools is approximated while searching; it may understate a plan by at "
        f"most {_money(result, result['approximation'])}. All figures here are exact."
    )


def _ending(result: Mapping[str, Any]) -> str:
    return {"time_limit": " in time", "stopped": " before it was stopped"}.get(result["status"], "")


def _infeasible(result: Mapping[str, Any], names: Names) -> Verdict:
    limits = [f"“{limit_words(key, names)}”" for key in result["conflict"]]
    text = "No choice keeps every limit, pin and rule."
    if limits:
        # What one repair breaks, its misses added up over all units: not all that clashes, and
        # no claim that no other way is cheaper.
        text += f" A plan would be possible without {listed(limits)}."
    return Verdict("bad", NO_PLAN_POSSIBLE, text)


def limit_words(key: str, names: Names) -> str:
    """A limit the engine names by its key: a rule, a fund's budget or a team's days."""
    kind, _, rest = key.partition(":")
    if kind == "fund":
        return f"budget of {names.fund(rest)}"
    if kind == "capacity":
        return f"days of {names.team(rest)}"
    return names.rule(rest if kind == "rule" else key)
