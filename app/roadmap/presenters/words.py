"""How days, slips, criteria and money of hurdles are said."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_UP, Decimal

from app.initiatives.rules import Direction
from app.roadmap.rules import CriterionFacts, HurdleState, Measurement, Reading
from app.roadmap.rules.wanted import Wanted
from app.values.money import Money
from app.values.unit import unit_for
from app.web.filters import counted, day, money_short, number, percent

UNIT_GAP = "\u202f"


def load_percent(share: Decimal) -> str:
    """How much of what there is, in whole percent; what is over never reads as 100 %."""
    if not 1 < share < Decimal("1.01"):
        return percent(share, 0)
    return percent(share.quantize(Decimal("0.001"), rounding=ROUND_UP))


def slip_words(due_on: date, baseline_on: date) -> str:
    """How far a day moved from the day first agreed; empty when it did not."""
    days = (due_on - baseline_on).days
    if not days:
        return ""
    return f"{counted(abs(days), 'day')} {'later' if days > 0 else 'earlier'} than agreed"


def move_days(from_on: date, to_on: date) -> str:
    """By how many days something was moved."""
    days = (to_on - from_on).days
    return f"{counted(abs(days), 'day')} {'later' if days > 0 else 'earlier'}"


def agreed_words(due_on: date, baseline_on: date) -> str:
    """The day first agreed, and how far it was moved since."""
    days = (due_on - baseline_on).days
    if not days:
        return day(baseline_on)
    way = "later" if days > 0 else "earlier"
    return f"{day(baseline_on)}, moved {counted(abs(days), 'day')} {way}"


def distance_words(due_on: date, today: date) -> str:
    """How far a day lies from today."""
    days = (due_on - today).days
    if days == 0:
        return "today"
    return f"in {counted(days, 'day')}" if days > 0 else f"{counted(-days, 'day')} ago"


def measure(value: object, unit: str) -> str:
    """A measured value with its unit."""
    text = number(value)  # type: ignore[arg-type]
    word = unit_for(value, unit)  # type: ignore[arg-type]
    return f"{text}{UNIT_GAP}{word}" if unit else text


def wanted_words(criterion: CriterionFacts, wanted: Wanted) -> str:
    """What a criterion asks for, or did, or would."""
    bound = "at least" if criterion.direction is Direction.AT_LEAST else "at most"
    text = f"{bound} {measure(wanted.threshold, criterion.unit)}"
    if wanted.minimum_sample is None:
        return text
    return f"{text}, sample {number(wanted.minimum_sample)} or more"


def condition(criterion: CriterionFacts) -> str:
    """What is agreed: at most 1,900 calls, from a sample of 200."""
    text = wanted_words(criterion, criterion.wanted)
    return text if criterion.is_must_meet else f"{text}, not decisive"


def verdict(reading: Reading) -> tuple[str, str]:
    """The glyph of a reading and its word."""
    if reading.latest is None:
        return "notdue", "Not measured"
    if reading.is_early:
        return "notdue", "Before the start"
    if reading.is_thin:
        return "risk", "Sample too small"
    return ("passed", "Met") if reading.reaches else ("missed", "Not met")


def criteria_items(readings: tuple[Reading, ...]) -> list[dict[str, object]]:
    """The criteria of a hurdle as the list component takes them."""
    items: list[dict[str, object]] = []
    for reading in readings:
        latest = reading.latest
        items.append(
            {
                "label": reading.criterion.metric,
                "condition": _condition_and_day(reading),
                "measured": measure(latest.value, reading.criterion.unit) if latest else None,
                "state": verdict(reading)[0],
            }
        )
    return items


def measured_when(one: Measurement) -> str:
    """The day of a measurement, or both days of its window."""
    if one.since is None or one.since == one.measured_on:
        return day(one.measured_on)
    return f"{day(one.since)} to {day(one.measured_on)}"


def _condition_and_day(reading: Reading) -> str:
    text = condition(reading.criterion) + reading.criterion.amended_words
    if reading.latest is None:
        return text
    text += f" · measured {measured_when(reading.latest)}"
    if reading.is_early:
        return f"{text}, before the work starts"
    return (
        f"{text}, sample {number(reading.latest.sample)} is too small" if reading.is_thin else text
    )


def sums(amounts: list[tuple[str, int]]) -> str:
    """Short sums of (currency, minor units), one per currency, never mixed."""
    totals: dict[str, int] = {}
    for currency, minor in amounts:
        totals[currency] = totals.get(currency, 0) + minor
    return " + ".join(money_short(Money(minor, code)) for code, minor in sorted(totals.items()))


STATE_ORDER = (
    HurdleState.MISSED,
    HurdleState.AT_RISK,
    HurdleState.IN_REVIEW,
    HurdleState.NOT_DUE,
    HurdleState.PASSED,
    HurdleState.STOPPED,
    HurdleState.WAIVED,
)
