"""Where each figure of a baseline comes from, when it was measured, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum

from app.journeys.rules.months import MonthSpan

FEWEST_MONTHS = 6
"""Below this many months the spread between months says nothing."""

_TOP_SCORE = Decimal(10)
_ERROR_DIGITS = 6


class FigureKind(Enum):
    """The figures a baseline has of a touchpoint, by the names their fields carry."""

    CONTACTS = "contacts"
    SATISFACTION = "satisfaction"
    TARGET = "target"
    IMPORTANCE = "importance"
    COST = "cost"
    MINUTES = "minutes"
    UNMET = "unmet"

    @property
    def word(self) -> str:
        return _KIND_WORDS[self]


_KIND_WORDS = {
    FigureKind.CONTACTS: "Contacts a year",
    FigureKind.SATISFACTION: "Satisfaction",
    FigureKind.TARGET: "Target",
    FigureKind.IMPORTANCE: "Importance",
    FigureKind.COST: "Cost per contact",
    FigureKind.MINUTES: "Minutes per contact",
    FigureKind.UNMET: "Unmet share",
}

JUDGED_BY_PEOPLE = (FigureKind.TARGET, FigureKind.IMPORTANCE)
"""No log knows these: they are kept until somebody judges anew."""


class OriginKind(Enum):
    """How a figure came into a baseline."""

    LOG = "log"
    KEPT = "kept"
    HAND = "hand"

    @property
    def word(self) -> str:
        return _ORIGIN_WORDS[self]


_ORIGIN_WORDS = {
    OriginKind.LOG: "From the log",
    OriginKind.KEPT: "Kept",
    OriginKind.HAND: "Entered by hand",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one figure comes from.

    ``sample`` is how many contacts it stands on and ``error`` its standard error in the figure's
    own unit, both None where unknown. ``logged`` is what the log said where a person said
    otherwise or took the figure away, ``kept_from`` the version in which a kept figure was
    measured. ``note`` is why a person did so, or what else should be known of a logged figure.
    ``measured_on`` and the ``months`` of the log it counts are those of the version that measured
    it; they are read with it and are no part of what it is.
    """

    kind: OriginKind
    sample: int | None = None
    error: Decimal | None = None
    logged: Decimal | None = None
    kept_from: int | None = None
    note: str = ""
    measured_on: date | None = field(default=None, compare=False)
    months: MonthSpan | None = field(default=None, compare=False)


BY_HAND = Origin(OriginKind.HAND)
"""What a figure is of which nothing else is known."""


def count_error(contacts: int) -> Decimal:
    """The standard error of a number of contacts, as of a Poisson count: √(n + 1)."""
    return Decimal(contacts + 1).sqrt()


def share_error(hits: Decimal, sample: int) -> Decimal:
    """The standard error of a share, Agresti–Coull: p = (hits + 2)/(n + 4), √(p·(1 − p)/(n + 4)).

    The four added cases keep few contacts, all met or all unmet, from looking certain.
    """
    size = Decimal(sample + 4)
    share = (hits + 2) / size
    return _rounded((share * (1 - share) / size).sqrt())


def score_error(score_sum: Decimal, sample: int) -> Decimal:
    """The largest standard error a mean score from 0 to 10 can have.

    The log keeps sums, not squares. No scores with mean m spread more than m·(10 − m), all 0 or
    10 (Bhatia–Davis), so a change beyond this error is beyond the true one too.
    """
    return _rounded(_TOP_SCORE * share_error(score_sum / _TOP_SCORE, sample))


def mean_error(months: list[tuple[Decimal, int]]) -> Decimal | None:
    """The standard error of Σy/Σn over months (y, n): √(k/(k − 1)·Σ(y − R·n)²)/Σn.

    The ratio estimator with months as clusters (Cochran, *Sampling Techniques*). None with fewer
    than six months.
    """
    counted = [(total, count) for total, count in months if count]
    if len(counted) < FEWEST_MONTHS:
        return None
    size = sum(count for _, count in counted)
    ratio = sum((total for total, _ in counted), Decimal(0)) / size
    spread = sum(((total - ratio * count) ** 2 for total, count in counted), Decimal(0))
    groups = Decimal(len(counted))
    return _rounded((groups / (groups - 1) * spread).sqrt() / size)


def _rounded(error: Decimal) -> Decimal:
    return round(error, _ERROR_DIGITS)
