"""Control totals: what Finance says the claims on pools may add up to at most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from app.journeys.rules.words import Lever, PoolState
from app.values.money import CURRENCY_DIGITS, Money


class ControlKind(Enum):
    """What a control total limits."""

    COST_CENTRE = "cost_centre"
    GROWTH = "growth"

    @property
    def word(self) -> str:
        return _WORDS[self]

    @property
    def levers(self) -> tuple[Lever, ...]:
        """The levers whose pools count against it."""
        return _LEVERS[self]


_WORDS = {
    ControlKind.COST_CENTRE: "Variable cost of a cost centre",
    ControlKind.GROWTH: "Growth ceiling",
}
_LEVERS = {
    ControlKind.COST_CENTRE: (Lever.SERVE,),
    ControlKind.GROWTH: (Lever.CONVERT, Lever.SPEND),
}

CONTROLLED = (*_LEVERS[ControlKind.COST_CENTRE], *_LEVERS[ControlKind.GROWTH])
"""The levers a control total limits."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A control total as it is checked; ``minor`` is a year's money."""

    id: int
    kind: ControlKind
    name: str
    currency: str
    minor: int
    owner: str

    @property
    def subject(self) -> str:
        if self.kind is ControlKind.GROWTH:
            return f"the growth ceiling “{self.name}”"
        return f"the variable cost of {self.name}"


@dataclass(frozen=True, slots=True)
class Claim:
    """A pool as a control total sees it; ``control_id`` is the cost centre a serve pool names."""

    pool_id: int
    journey_key: str
    journey: str
    lever: Lever
    state: PoolState
    minor: int
    currency: str
    control_id: int | None
    is_in_use: bool


@dataclass(frozen=True, slots=True)
class ControlDraft:
    """What Finance says about a control total."""

    kind: ControlKind
    name: str
    amount: Money
    owner_id: int
    source: str
    measured_on: date


def ceiling_of(claim: Claim, ceilings: Iterable[Ceiling]) -> Ceiling | None:
    """The control total a claim counts against; None where there is none yet."""
    for one in ceilings:
        if claim.lever not in one.kind.levers or claim.currency != one.currency:
            continue
        if one.kind is ControlKind.GROWTH or one.id == claim.control_id:
            return one
    return None


def claims_on(ceiling: Ceiling, claims: Iterable[Claim]) -> list[Claim]:
    """The pools that count against a control total."""
    return [one for one in claims if ceiling_of(one, [ceiling]) is not None]


def certified_minor(claims: Iterable[Claim], *, besides: int | None = None) -> int:
    """What is certified of claims, in use or not, and what pool ``besides`` claims."""
    return sum(
        one.minor for one in claims if one.state is PoolState.CERTIFIED or one.pool_id == besides
    )


def excess_words(ceiling: Ceiling, minor: int) -> str | None:
    """By how much claims exceed a control total and who owns it; None when they fit."""
    if minor <= ceiling.minor:
        return None
    over = Money(minor - ceiling.minor, ceiling.currency)
    return f"Claims exceed {ceiling.subject} by {over}; owner {ceiling.owner}."


def missing_words(claim: Claim) -> str:
    """What a pool lacks that no control total limits."""
    if claim.lever is Lever.SERVE:
        return (
            "The pool names no cost centre whose cost it would save. Name one of Finance’s control"
            " totals, so that the claims on it can be added up."
        )
    return (
        f"Finance has set no growth ceiling in {claim.currency} yet, so nobody can say whether "
        f"{claim.lever.word.lower()} pools fit under it."
    )


def control_faults(draft: ControlDraft, *, today: date) -> dict[str, str]:
    """What is impossible about a control total, one sentence by field."""
    faults = {}
    if not draft.name.strip():
        faults["name"] = "Give it the name people know it by, such as Contact centre 4410."
    if draft.amount.currency not in CURRENCY_DIGITS:
        faults["currency_code"] = "Choose one of the currencies Waymark knows."
    if draft.amount.minor < 0:
        faults["amount"] = "An amount a year cannot be negative."
    if not draft.source.strip():
        faults["source"] = "Say where the amount comes from."
    if draft.measured_on > today:
        faults["measured_on"] = "The amount cannot be from the future."
    return faults
