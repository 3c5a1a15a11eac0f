"""Whether a change is more than chance: one rule for every page and file that tells of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from math import prod

from app.journeys.rules.figures import figure_of
from app.journeys.rules.hot_spots import Measured
from app.journeys.rules.log import Logged
from app.journeys.rules.months import MonthSpan
from app.journeys.rules.origins import (
    BY_HAND,
    FigureKind,
    Origin,
    OriginKind,
    count_error,
    score_error,
    share_error,
)

WIDTH = 2
"""Standard errors a change has to exceed: what chance alone stays within 19 times in 20."""


class Change(Enum):
    """What can be said of the change of a figure between two versions."""

    NONE = "none"
    CLEAR = "clear"
    WITHIN = "within"
    SHARED = "shared"
    UNTESTED = "untested"

    @property
    def word(self) -> str:
        return _CHANGE_WORDS[self]


_CHANGE_WORDS = {
    Change.NONE: "no change",
    Change.CLEAR: "more than chance",
    Change.WITHIN: "within chance",
    Change.SHARED: "not judged, some months count in both",
    Change.UNTESTED: "not tested",
}


def change_of(difference: Decimal, before: Origin, now: Origin) -> Change:
    """Whether a difference exceeds the sampling error: |d| > 2·√(e₁² + e₂²).

    Only figures from the log have an error; with anything else there is no test. Nor is there one
    of two figures that count some of the same months: they are no independent samples.
    """
    if not difference:
        return Change.NONE
    if shared_months(before, now) is not None:
        return Change.SHARED
    error = joint_error(before, now)
    if error is None:
        return Change.UNTESTED
    return Change.CLEAR if abs(difference) > error else Change.WITHIN


def joint_error(before: Origin, now: Origin) -> Decimal | None:
    """What chance alone explains of a difference, 2·√(e₁² + e₂²); None where not known."""
    if before.error is None or now.error is None:
        return None
    return WIDTH * (before.error**2 + now.error**2).sqrt()


def shared_months(before: Origin, now: Origin) -> MonthSpan | None:
    """The months of the log that both figures count; None where there are none."""
    if before.months is None or now.months is None:
        return None
    return overlap(before.months, now.months)


def overlap(one: MonthSpan, other: MonthSpan) -> MonthSpan | None:
    """The months in both spans; None where there are none."""
    both = MonthSpan(max(one.first, other.first), min(one.end, other.end))
    return both if both.months > 0 else None


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a figure that is worked out from others, and where it comes from."""

    value: Decimal
    origin: Origin


def product_change(before: Sequence[Factor], now: Sequence[Factor]) -> Change:
    """What can be said of the change of a product, factor by factor in the same order.

    Every factor that moved has to be one that can be tested. The variance of a product of
    independent factors is Π(x² + e²) − Πx² (Goodman); a factor that was kept, or that did not move
    and has no error, counts as certain.
    """
    pairs = list(zip(before, now, strict=True))
    difference = _product(one.value for one in now) - _product(one.value for one in before)
    if not difference:
        return Change.NONE
    said = {
        change_of(later.value - earlier.value, earlier.origin, later.origin)
        for earlier, later in pairs
    }
    for bar in (Change.SHARED, Change.UNTESTED):
        if bar in said:
            return bar
    tested = [pair for pair in pairs if not _is_certain(*pair)]
    certain = [pair for pair in pairs if _is_certain(*pair)]
    spread = sum(
        (
            _variance(pair[side] for pair in tested)
            * _product(pair[side].value ** 2 for pair in certain)
            for side in (0, 1)
        ),
        Decimal(0),
    )
    return Change.CLEAR if abs(difference) > WIDTH * spread.sqrt() else Change.WITHIN


def _is_certain(before: Factor, now: Factor) -> bool:
    is_kept = now.origin.kind is OriginKind.KEPT
    return before.value == now.value and (is_kept or joint_error(before.origin, now.origin) is None)


def _variance(factors: Iterable[Factor]) -> Decimal:
    found = [(one.value**2, (one.origin.error or Decimal(0)) ** 2) for one in factors]
    return _product(square + error for square, error in found) - _product(
        square for square, _ in found
    )


def _product(values: Iterable[Decimal]) -> Decimal:
    return prod(values, start=Decimal(1))


@dataclass(frozen=True, slots=True)
class Version:
    """The figures of a touchpoint in one version, by hand where one has no origin."""

    figures: Measured
    origins: Mapping[FigureKind, Origin]

    def factor(self, kind: FigureKind) -> Factor:
        """A figure that the version has; unmet not known counts as 0."""
        value = figure_of(self.figures, kind) or Decimal(0)
        return Factor(value, self.origins.get(kind, BY_HAND))


def figures_change(kinds: Sequence[FigureKind], before: Version, now: Version) -> Change:
    """What can be said of the change of a product of figures, such as contacts × cost."""
    return product_change([before.factor(one) for one in kinds], [now.factor(one) for one in kinds])


def pain_change(before: Version, now: Version) -> Change:
    """What can be said of the change of a touchpoint's importance × shortfall × contacts.

    The shortfall is as uncertain as its satisfaction; beside a new target nothing can be tested.
    """
    is_same_target = before.figures.satisfaction_target == now.figures.satisfaction_target
    return product_change(
        *(
            [
                one.factor(FigureKind.IMPORTANCE),
                Factor(
                    one.figures.shortfall,
                    one.factor(FigureKind.SATISFACTION).origin if is_same_target else BY_HAND,
                ),
                one.factor(FigureKind.CONTACTS),
            ]
            for one in (before, now)
        )
    )


_LOG_ERRORS: Mapping[FigureKind, Callable[[Logged], Decimal]] = {
    FigureKind.CONTACTS: lambda one: count_error(one.contacts),
    FigureKind.SATISFACTION: lambda one: score_error(one.score_sum, one.scored),
    FigureKind.UNMET: lambda one: share_error(Decimal(one.unmet), one.judged),
}


def logged_change(
    kind: FigureKind | None, difference: Decimal, before: Logged, now: Logged
) -> Change:
    """What can be said of the change of a figure between two spans of the log that share no month.

    ``kind`` None is a figure whose spread the sums don't tell, such as a sum of costs.
    """
    error = _LOG_ERRORS.get(kind) if kind else None
    earlier, later = (
        Origin(OriginKind.LOG, error=error(one) if error else None) for one in (before, now)
    )
    return change_of(difference, earlier, later)
