"""The way from what is claimed to what counts, each step with the page its figure comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.initiatives.models import Initiative, Option
from app.initiatives.presenters.case_sources import (
    CaseSources,
    Linked,
    formula_place,
    linked,
    pool_page,
)
from app.initiatives.queries import PlanValues
from app.initiatives.rules import ClaimStep, OptionCase, extended_steps
from app.journeys.rules import Lever
from app.values.money import Money
from app.web.filters import money, money_short, signed

_LEFT, _GAP = 1, 3


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it is read; ``href`` is where its figure comes from."""

    step: ClaimStep
    amount: str
    href: str
    source: str


def case_steps(
    initiative: Initiative,
    option: Option,
    case: OptionCase,
    plan: str | None,
    values: PlanValues | None,
) -> list[Step]:
    """From the claim to the standalone value, and on to what the plan allocates if it funds it."""
    steps: Sequence[ClaimStep] = case.steps
    if values is not None:
        steps = extended_steps(steps, values.standalone, values.allocated)
    sources = _sources(initiative, option, plan)
    return [Step(one, _amount(one, initiative.currency), *sources[one.short]) for one in steps]


def step_rows(steps: Sequence[Step]) -> list[list[Linked]]:
    """The steps as rows: what, how much, why, and the page the figure comes from."""
    return [
        [
            linked(one.step.label),
            linked(one.amount, formula_place("steps")),
            linked(one.step.note),
            linked(one.source, one.href),
        ]
        for one in steps
    ]


def _sources(
    initiative: Initiative, option: Option, plan: str | None
) -> dict[str, tuple[str, str]]:
    places = CaseSources.of(initiative, option)
    claimed, shared = (places.option, "Declared benefit"), (plan or "", "The plan")
    if option.effects:
        claimed = places.part("chain"), "Pools and removal"
        shared = places.part("shared"), "Who shares its pools"
    return {
        "Claimed": claimed,
        "Kept": (_kept_pool(option), "Churn in the pool"),
        "Time": (places.cycle(), "Discount rate of the cycle"),
        "Haircut": (formula_place("haircut"), "Evidence grades"),
        "Ramp": (places.option, "Start, go-live and ramp"),
        "Value": (formula_place("standalone"), "Formula"),
        "Earlier": (plan or "", "The plan"),
        "Overlap": shared,
        "Allocated": (plan or "", "The plan"),
    }


def _kept_pool(option: Option) -> str:
    """The page of the first pool the option keeps customers with; empty without one."""
    kept = [one for one in option.effects if one.pool.lever is Lever.RETAIN]
    if not kept:
        return ""
    return pool_page(min(kept, key=lambda one: one.id))


def _amount(step: ClaimStep, currency: str) -> str:
    amount = Money(step.minor, currency)
    return money(amount) if step.is_total else signed(amount)


def bridge_bars(steps: Sequence[Step], currency: str) -> list[dict[str, Any]]:
    """Bars on a field of 100 × 100; y grows downward. Nothing where nothing is claimed."""
    if not any(one.step.minor for one in steps):
        return []
    levels = _levels([one.step for one in steps])
    top = max(max(pair) for pair in levels)
    low = min(min(pair) for pair in levels)
    height = (top - low) or 1
    width = (100 - 2 * _LEFT - _GAP * (len(levels) - 1)) / len(levels)
    bars = []
    for place, ((under, over), one) in enumerate(zip(levels, steps, strict=True)):
        step = one.step
        end = over if step.is_total or step.minor >= 0 else under
        if step.is_total and step.minor < 0:
            end = under
        bars.append(
            {
                "label": step.short,
                "value": money_short(Money(step.minor, currency)),
                "x": round(_LEFT + place * (width + _GAP), 2),
                "w": round(width, 2),
                "y": round(100 * (top - over) / height, 2),
                "h": round(max(0.6, 100 * (over - under) / height), 2),
                "tone": _tone(step),
                "join": round(100 * (top - end) / height, 2),
                "href": one.href,
            }
        )
    return bars


def _tone(step: ClaimStep) -> str:
    if step.is_total:
        return "base" if step.minor >= 0 else "bad"
    return "ok" if step.minor >= 0 else "idle"


def zero_line(steps: Sequence[Step]) -> float:
    """Where zero lies on the bridge's field, in percent from above."""
    levels = _levels([one.step for one in steps])
    top, low = max(max(pair) for pair in levels), min(min(pair) for pair in levels)
    return round(100 * top / ((top - low) or 1), 2)


def _levels(steps: Sequence[ClaimStep]) -> list[tuple[int, int]]:
    """Lower and upper end of each bar in minor units, the deltas hanging from what came before."""
    levels = []
    reached = 0
    for step in steps:
        before = 0 if step.is_total else reached
        reached = step.minor if step.is_total else reached + step.minor
        levels.append((min(before, reached), max(before, reached)))
    return levels
