"""Which measurements are impossible and which are so unusual that they are asked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.journeys.rules.origins import share_error
from app.roadmap.rules.posterior import Among, Design
from app.values.money import CURRENCY_DIGITS

FAR = 100
"""How many times as far from nothing as the threshold a figure may lie unasked."""

PERCENT_WORDS = frozenset({"%", "percent", "per cent", "pct"})
COUNTED_WORDS = frozenset(
    {
        "million", "millions", "mn", "m", "thousand", "k", "billion", "bn", "count", "number",
        "calls", "contacts", "customers", "callers", "cases", "people", "days", "hours", "minutes",
        "seconds", "weeks", "months", "visits", "orders", "complaints", "pieces", "items",
    }
)  # fmt: skip
"""Units of which there can't be fewer than none."""

BELOW_NOTHING = "There cannot be less than nothing of this; enter 0 or more."
CONFIRM = "Correct it, or confirm it below."
UNUSUAL = f"{{why}} {CONFIRM}"


@dataclass(frozen=True, slots=True)
class Measuring:
    """How something was measured.

    ``error`` is the standard error in the criterion's unit, ``since`` the first day of a window,
    ``link`` an https address, ``persists`` whether what was measured stays when the initiative
    ends.
    """

    error: Decimal | None = None
    since: date | None = None
    link: str = ""
    among: Among = Among.ALL
    design: Design = Design.COMPARISON
    persists: bool = False


PLAINLY = Measuring()
"""On one day, among all, compared with others; nothing more is known."""


def measured_fault(
    value: Decimal, unit: str, *, threshold: Decimal, baseline: Decimal | None
) -> str | None:
    """Why a figure can't be: below zero in a unit that counts, where nothing agreed lies there."""
    if value < 0 and _counts(unit) and not _lies_below(threshold, baseline):
        return BELOW_NOTHING
    return None


def unusual_words(
    value: Decimal, unit: str, *, threshold: Decimal, baseline: Decimal | None
) -> str | None:
    """What is unusual about a possible figure, as a sentence; None if nothing is."""
    if value < 0 and not _lies_below(threshold, baseline):
        return "This is below zero, and neither the baseline nor the threshold is."
    highest = max(abs(threshold), abs(baseline or Decimal(0)))
    if _is_percent(unit) and value > 100 >= highest:
        return "This is more than 100\u202f%."
    if highest and abs(value - threshold) > FAR * highest:
        return f"This is more than {FAR} times as far away as the threshold."
    return None


def standard_error(
    value: Decimal, unit: str, sample: int | None, stated: Decimal | None
) -> Decimal | None:
    """The standard error stated, or a share's from its sample; None where neither says it.

    In the unit of the value: p ± √(p·(1 − p)/(n + 4)) with two cases of either kind added.
    """
    if stated is not None:
        return stated
    if sample is None or not _is_percent(unit) or not 0 <= value <= 100:
        return None
    return 100 * share_error(value / 100 * sample, sample)


def _lies_below(threshold: Decimal, baseline: Decimal | None) -> bool:
    return threshold < 0 or (baseline is not None and baseline < 0)


def _is_percent(unit: str) -> bool:
    return unit.strip().casefold() in PERCENT_WORDS


def _counts(unit: str) -> bool:
    """Whether the unit is money, a share or something counted; words that say nothing are not."""
    if _is_percent(unit):
        return True
    words = unit.split()
    return any(word.strip("%.,()") in CURRENCY_DIGITS for word in words) or any(
        word.casefold().strip(".,()") in COUNTED_WORDS for word in words
    )
