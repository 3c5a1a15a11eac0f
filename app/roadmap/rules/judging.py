"""Release, stop, or stop early, by what a hurdle still brings; what an override costs (H5–H8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from enum import Enum

from app.initiatives.rules.milestone_kinds import HurdleKind
from app.roadmap.rules.forward import Forward
from app.roadmap.rules.hurdles import HurdleFacts, Recommendation, deciding, recommend
from app.roadmap.rules.posterior import EffectNow, widest_error
from app.roadmap.rules.words import HurdleAction


class Weighing(Enum):
    """What the forward return says of a hurdle whose criteria are met."""

    PASSES = "passes"
    CAPTURED = "captured"
    UNCERTAIN = "uncertain"
    TOO_LITTLE = "too little"


@dataclass(frozen=True, slots=True)
class Judged:
    """What a recommendation by figures rests on.

    ``other_use`` is λ*, None while it is not worked out, and then ``no_other_use`` says why. Rates
    are shares. ``forecast_id`` is the stored answer λ* comes from; it lies within ``other_range``
    where a solve ended before its proof. ``smaller`` names smaller options that would pass, with
    their chance.
    """

    effects: tuple[EffectNow, ...]
    forward: Forward
    hurdle_rate: Decimal
    confidence: Decimal
    other_use: float | None
    no_other_use: str
    kind: HurdleKind = HurdleKind.GROW
    target_error: Decimal | None = None
    smaller: tuple[tuple[str, float], ...] = ()
    forecast_id: int | None = None
    other_range: tuple[float, float] | None = None

    @property
    def bar(self) -> float:
        """What the return has to reach: the hurdle rate, or the best other use if it is more."""
        wanted = float(self.hurdle_rate)
        return wanted if self.other_use is None else max(wanted, self.other_use)

    @property
    def chance(self) -> float:
        return self.forward.chance(self.bar)

    @property
    def weighing(self) -> Weighing:
        """A grow hurdle asks for a likely return, a learn hurdle that it is known well enough."""
        theta = float(self.confidence)
        if self.kind is HurdleKind.LEARN:
            if self.target_error is not None and self._error > float(self.target_error):
                return Weighing.UNCERTAIN
            theta = 1 - theta
        if self.chance >= theta:
            return Weighing.PASSES
        if self.forward.kept_minor and self.forward.chance_if_nothing_stayed(self.bar) >= theta:
            return Weighing.CAPTURED
        return Weighing.TOO_LITTLE

    @property
    def _error(self) -> float:
        return widest_error(self.effects)


@dataclass(frozen=True, slots=True)
class NotJudged:
    """Why a hurdle has no forward return, as a sentence."""

    why: str


def recommend_by_figures(
    facts: HurdleFacts, today: date, judged: Judged | NotJudged
) -> Recommendation:
    """The recommendation by criteria, weighed by what is still to come where that is known.

    A missed or unmeasured criterion is not made good by a high return. A smaller option that would
    pass is named beside a stop, for whoever would rather rescope.
    """
    first = recommend(facts, today)
    if first.waits:
        return first
    if isinstance(judged, NotJudged):
        return Recommendation(first.action, (*first.grounds, judged.why))
    if first.action is HurdleAction.HOLD:
        return first
    if first.action is HurdleAction.STOP:
        found = deciding(facts.readings)
        more = _smaller_words(judged) if any(one.fails for one in found) else ()
        return Recommendation(first.action, (*first.grounds, *more))
    weighing = judged.weighing
    grounds = (*first.grounds, *effect_words(judged.effects), *return_words(judged))
    if weighing is Weighing.PASSES:
        return Recommendation(HurdleAction.RELEASE, grounds)
    if weighing is Weighing.CAPTURED:
        return Recommendation(HurdleAction.FINISH, (*grounds, _STOPS[weighing]))
    more = _smaller_words(judged)
    return Recommendation(HurdleAction.STOP, (*grounds, _STOPS[weighing], *more))


_STOPS = {
    Weighing.CAPTURED: (
        "Finish early: what was measured stays without it, and what is still to come is too little."
    ),
    Weighing.UNCERTAIN: "The effect is not known as well as this hurdle was to make it.",
    Weighing.TOO_LITTLE: "That is too little for the money that is left.",
}


ONLY_IF_MET = tuple(_STOPS.values())
"""Grounds that a recommendation names only where every deciding criterion is met."""


def effect_words(effects: Sequence[EffectNow]) -> tuple[str, ...]:
    """What each measured effect was, and is now."""
    return tuple(
        f"{one.case.pool}: {spread_words(one.now.mean, one.now.error)} is removed now, "
        f"{spread_words(one.case.removal.mean, one.case.removal.error)} as approved."
        for one in effects
        if one.measured is not None
    )


def return_words(judged: Judged) -> tuple[str, ...]:
    """Return, chance, what is asked for, and where that comes from."""
    rate, bar = rate_words(judged.forward.rate), rate_words(judged.bar)
    theta = float(judged.confidence)
    if judged.kind is HurdleKind.LEARN:
        theta = 1 - theta
    said = (
        f"The money left returns {rate}; it reaches {bar} with a chance of "
        f"{rate_words(judged.chance, digits=0)}, and {rate_words(theta, digits=0)} is asked for."
    )
    if judged.other_use is None:
        return said, judged.no_other_use
    best = other_use_words(judged.other_use)
    hurdle = rate_words(float(judged.hurdle_rate))
    return said, f"The best other use of the money returns {best}, the hurdle rate is {hurdle}."


def other_use_words(rate: float) -> str:
    """The return of the best other use; all of it lost means that there is no other use."""
    words = rate_words(rate)
    return f"{words} (nothing else can use it)" if words == rate_words(-1) else words


def _smaller_words(judged: Judged) -> tuple[str, ...]:
    return tuple(
        f"Or rescope to the smaller option {name}: what it still needs would pass with a chance of "
        f"{rate_words(chance, digits=0)}."
        for name, chance in judged.smaller
    )


def spread_words(mean: float, error: float) -> str:
    """A share with its error: 15.6 % ± 5.4."""
    return f"{rate_words(mean)} ± {abs(error) * 100:,.1f}"


def rate_words(rate: float, digits: int = 1) -> str:
    """A share in percent, with a true minus."""
    text = f"{rate * 100:,.{digits}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    return f"{text}\u202f%".replace("-", "\u2212")


def override_minor(judged: Judged, action: HurdleAction) -> int | None:
    """The present value expected to be lost by this action instead of the better one, minor units.

    Going on is worth E[B] − C·(1 + bar) more than stopping or finishing. A hold only delays and a
    rescope is another plan; neither has a price.
    """
    if not action.ends_hurdle:
        return None
    gain = judged.forward.expected - judged.forward.cost * (1 + judged.bar)
    lost = gain if action.frees_rest else -gain
    return max(0, int(Decimal(lost).to_integral_value(ROUND_HALF_EVEN)))
