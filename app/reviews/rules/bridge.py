"""From the value approved in a cycle to what it is now: every step by an exact recount.

The frozen problem of each approved round is counted again after each thing that happened to it,
in one order: evidence, stops, rescopes, and within these by key. So the steps add up to the minor
unit, whatever pools the initiatives share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from math import log1p

from app.portfolio.engine.counting import Account
from app.portfolio.engine.crediting import credits
from app.portfolio.engine.problem import Effect, Placement, Problem
from app.roadmap.rules.posterior import EffectNow


class StepKind(Enum):
    """What changed the value, in the order in which it is counted."""

    APPROVED = "approved"
    EVIDENCE = "evidence"
    STOPPED = "stopped"
    RESCOPED = "rescoped"
    NEW = "new"
    NOW = "now"

    @property
    def word(self) -> str:
        return _WORDS[self]

    @property
    def is_total(self) -> bool:
        return self in (StepKind.APPROVED, StepKind.NOW)


_WORDS = {
    StepKind.APPROVED: "Approved first",
    StepKind.EVIDENCE: "Re-estimated by evidence",
    StepKind.STOPPED: "Stopped",
    StepKind.RESCOPED: "Rescoped",
    StepKind.NEW: "Approved later",
    StepKind.NOW: "Now",
}


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened to one approved initiative since.

    ``factors``: by option and pool, by how much what was measured changes the expected intensity;
    empty where nothing was measured. ``option`` is what it goes on with, where it was rescoped.
    """

    key: str
    factors: Mapping[tuple[str, str], Decimal]
    is_stopped: bool = False
    option: str | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """One approval: the frozen problem, what of it was granted, and what happened since."""

    problem: Problem
    chosen: tuple[Placement, ...]
    happened: Sequence[Happened]
    is_first: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a bridge with who caused it; ``key`` is empty for a round's own value."""

    kind: StepKind
    key: str
    minor: int


@dataclass(frozen=True, slots=True)
class Recount:
    """The changes of a round; ``unknown`` are keys whose rescope the frozen problem can't count."""

    changes: tuple[Change, ...]
    unknown: tuple[str, ...] = ()

    @property
    def now_minor(self) -> int:
        return sum(one.minor for one in self.changes)


def recount(approved: Round) -> Recount:
    """The value of one round and each change to it, minor units."""
    problem, chosen = approved.problem, approved.chosen
    kind = StepKind.APPROVED if approved.is_first else StepKind.NEW
    value = _value(problem, chosen)
    changes, unknown = [Change(kind, "", value)], []
    ordered = sorted(approved.happened, key=lambda one: one.key)

    def count(kind: StepKind, key: str) -> None:
        nonlocal value
        found = _value(problem, chosen)
        changes.append(Change(kind, key, found - value))
        value = found

    for one in (one for one in ordered if one.factors):
        problem = _re_estimated(problem, one)
        count(StepKind.EVIDENCE, one.key)
    for one in (one for one in ordered if one.is_stopped):
        chosen = tuple(p for p in chosen if problem.initiatives[p.initiative].key != one.key)
        count(StepKind.STOPPED, one.key)
    for one in (one for one in ordered if one.option is not None and not one.is_stopped):
        moved = _rescoped(problem, chosen, one)
        if moved is None:
            unknown.append(one.key)
            continue
        chosen = moved
        count(StepKind.RESCOPED, one.key)
    return Recount(tuple(changes), tuple(unknown))


def _value(problem: Problem, chosen: tuple[Placement, ...]) -> int:
    return sum(one.allocated for one in credits(Account(problem, chosen)))


def _re_estimated(problem: Problem, one: Happened) -> Problem:
    """The problem with the effects of one initiative as measured."""
    return replace(
        problem,
        initiatives=tuple(
            initiative
            if initiative.key != one.key
            else replace(
                initiative,
                options=tuple(
                    replace(
                        option,
                        effects=tuple(
                            _scaled(problem, effect, option.key, one) for effect in option.effects
                        ),
                    )
                    for option in initiative.options
                ),
            )
            for initiative in problem.initiatives
        ),
    )


def _scaled(problem: Problem, effect: Effect, option: str, one: Happened) -> Effect:
    factor = one.factors.get((option, problem.pools[effect.pool].key))
    if factor is None:
        return effect
    return replace(effect, intensity=tuple(value * factor for value in effect.intensity))


def _rescoped(
    problem: Problem, chosen: tuple[Placement, ...], one: Happened
) -> tuple[Placement, ...] | None:
    """The choices with its new option at the same start; None where that was never in it."""
    found = []
    for placement in chosen:
        initiative = problem.initiatives[placement.initiative]
        if initiative.key != one.key:
            found.append(placement)
            continue
        options = [option.key for option in initiative.options]
        if one.option not in options:
            return None
        place = options.index(one.option)
        if placement.start not in initiative.options[place].starts:
            return None
        found.append(replace(placement, option=place))
    return tuple(found)


def measured_factors(effects: Sequence[EffectNow]) -> Iterator[tuple[str, Decimal]]:
    """Per pool the expected intensity after what was measured, against that as approved.

    Σ g'·a' / Σ g·a over the behaviours on the pool, a = −ln(1 − q); harm keeps no haircut.
    """
    for pool in sorted({one.case.pool for one in effects if one.measured is not None}):
        own = [one for one in effects if one.case.pool == pool]
        then = sum(_intensity(one.case.removal.mean, one.case.haircut) for one in own)
        now = sum(_intensity(one.now.mean, one.haircut) for one in own)
        if then:
            yield pool, Decimal(repr(now / then))


LARGEST = 0.95
"""The most that may be removed of a pool by one effect, as in the model."""


def _intensity(removal: float, haircut: float) -> float:
    kept = max(-LARGEST, min(LARGEST, removal))
    return -(haircut if kept > 0 else 1.0) * log1p(-kept)
