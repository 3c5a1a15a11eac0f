"""What a change that was tried out would do, against the plan in view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.errors import InvalidError
from app.portfolio.presenters.bench import budget_of, short_difference
from app.portfolio.presenters.comparison import Change, Comparison, compare
from app.portfolio.presenters.names import Names
from app.portfolio.presenters.verdicts import NO_PLAN_POSSIBLE, Verdict, gap_words, plan_verdict
from app.portfolio.queries.answers import Answer
from app.portfolio.rules.pins import PinKind
from app.values.money import Money
from app.web.filters import money_short, signed

MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class TrialView:
    """The answer to a trial: figures as (label, value, difference, tone), and who changes place.

    ``asked``: what was changed, in words. ``lists``: (title, changes, how many more).
    ``pool_keys``: what its values stand on.
    """

    verdict: Verdict
    asked: Sequence[str]
    figures: Sequence[Mapping[str, object]]
    lists: Sequence[tuple[str, Sequence[Change], int]]
    is_same: bool
    seconds: str
    pool_keys: Sequence[str] = ()

    @property
    def has_plan(self) -> bool:
        return bool(self.figures)

    @property
    def is_clash(self) -> bool:
        """Whether no plan is possible, rather than none found in time."""
        return self.verdict.word == NO_PLAN_POSSIBLE


def trial_view(trial: Answer, known: Answer | None, asked: Sequence[str]) -> TrialView:
    """Arrange the answer of a trial beside the plan in view."""
    found = _compared(known, trial) if known is not None and trial.has_plan else None
    lists = [] if found is None else [
        (title, changes[:MOST_NAMED], max(0, len(changes) - MOST_NAMED))
        for title, changes in (
            ("In", found.added), ("Out", found.dropped),
            ("Moved", found.moved), ("Re-scoped", found.rescoped),
        )
        if changes
    ]  # fmt: skip
    return TrialView(
        verdict=trial_verdict(trial),
        asked=asked,
        figures=_figures(trial, known) if trial.has_plan else (),
        lists=lists,
        is_same=found is not None and found.is_same,
        pool_keys=[pool.key for pool in trial.problem.pools],
        seconds=f"{Decimal(repr(trial.result['seconds'])).quantize(Decimal('0.1'))}\u202fs",
    )


def _compared(known: Answer, trial: Answer) -> Comparison | None:
    try:
        return compare(known, trial)
    except InvalidError:
        return None


def trial_verdict(trial: Answer) -> Verdict:
    """How good the plan of a quick look is; running out of time is no fault of it."""
    result = trial.result
    verdict = plan_verdict(result, Names(trial.inputs))
    if result["value"] is None or result["status"] not in ("time_limit", "within_gap"):
        return verdict
    if result["gap"] is None:
        return Verdict("idle", "Quick look", verdict.sentence)
    word = f"Within {gap_words(result['gap'])} of the best"
    return Verdict("accent", word, verdict.sentence)


def _figures(trial: Answer, known: Answer | None) -> list[Mapping[str, object]]:
    result, currency = trial.result, trial.result["currency"]
    before = known.result if known is not None and known.has_plan else None
    rows = (
        ("Value", result["value"], before["value"] if before else None, True),
        ("Spend", result["spend"], before["spend"] if before else None, False),
        ("Budget", budget_of(result), budget_of(before) if before else None, False),
    )
    figures: list[Mapping[str, object]] = []
    for label, now, then, is_judged in rows:
        difference = None if then is None else Money(now - then, currency)
        figures.append(
            {
                "label": label,
                "value": money_short(Money(now, currency)),
                "note": "" if difference is None else f"{short_difference(difference)} on this run",
                "tone": _tone(difference) if is_judged else "",
            }
        )
    funded = len(result["funded"])
    note = "" if before is None else f"{signed(funded - len(before['funded']))} on this run"
    figures.append({"label": "Funded", "value": str(funded), "note": note, "tone": ""})
    return figures


def _tone(difference: Money | None) -> str:
    if not difference:
        return ""
    return "good" if difference.minor > 0 else "poor"


def asked_in_words(
    totals: Mapping[str, tuple[int, int]], pins: Mapping[str, PinKind | None], currency: str
) -> list[str]:
    """Changes as sentences; ``totals`` give each fund's whole before and now by its name."""
    words = [
        f"{name} {money_short(Money(before, currency))} → {money_short(Money(now, currency))}"
        for name, (before, now) in totals.items()
        if before != now
    ]
    for key, kind in pins.items():
        if kind is None:
            words.append(f"{key} no longer pinned")
        else:
            words.append(f"{key} left out" if kind is PinKind.EXCLUDE else f"{key} forced in")
    return words
