"""Arrange the business case: figures with their formulas and sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.initiatives.models import Effect, Initiative, Option
from app.initiatives.presenters.sections import pool_name
from app.initiatives.queries import CaseBasis, claim_of
from app.initiatives.rules import OptionCase, option_case
from app.journeys.rules import FORMULAS, PoolState, intensity
from app.values.money import Money
from app.web.filters import day, money, money_short, number, percent, quarter, signed

_LEFT, _GAP = 1, 4


@dataclass(frozen=True, slots=True)
class CaseView:
    """An option's case as the page shows it."""

    option: Option
    start: str
    kpis: list[dict[str, Any]]
    effects: list[list[Any]]
    declared: str | None
    costs: list[list[str]]
    cost_total: list[str]
    beyond: Money | None
    uncounted: list[str]
    steps: list[tuple[str, str, str]]
    bridge: list[dict[str, Any]]


def case_views(initiative: Initiative, basis: CaseBasis) -> list[CaseView]:
    """The case of every option, the full one first."""
    return [_view(option, initiative, basis) for option in reversed(initiative.options)]


def full_case(initiative: Initiative, basis: CaseBasis | None) -> OptionCase | None:
    """The case of the full option, without its presentation."""
    if basis is None or not initiative.options:
        return None
    return _case(initiative.options[-1], initiative, basis)[0]


def _case(option: Option, initiative: Initiative, basis: CaseBasis) -> tuple[OptionCase, list[str]]:
    flows: dict[str, dict[int, int]] = {}
    for one in sorted(option.spend, key=lambda s: (s.fund.name, s.quarter_index)):
        flows.setdefault(one.fund.name, {})[one.quarter_index] = one.amount_minor
    uncounted = []
    for need in sorted(option.demand, key=lambda d: (d.team.name, d.quarter_index)):
        if need.team.currency != initiative.currency:
            uncounted.append(
                f"The days of {need.team.name} cost {need.team.currency} and are not counted."
            )
            continue
        cost = int((need.days * need.team.day_rate_minor).to_integral_value())
        flows.setdefault(f"{need.team.name}, own days", {})[need.quarter_index] = cost
    claim = claim_of(option, option.effects, initiative.planned_start, basis.first)
    case = option_case(claim, flows, basis.annual, basis.discounted, basis.horizon)
    return case, sorted(set(uncounted))


def _view(option: Option, initiative: Initiative, basis: CaseBasis) -> CaseView:
    case, uncounted = _case(option, initiative, basis)
    currency = initiative.currency
    effects = sorted(option.effects, key=lambda one: one.id)
    uncounted += [
        f"The pool “{pool_name(one)}” is in another currency or lacks an input and counts nothing."
        for one in effects
        if one.pool_id not in basis.discounted
    ]
    return CaseView(
        option=option,
        start=quarter(basis.first + case.claim.start),
        kpis=_kpis(case, currency),
        effects=[_effect_row(one, case, currency) for one in effects],
        declared=_declared(option, case, currency),
        costs=[
            [
                row.label,
                money(Money(row.nominal_minor, currency)),
                money(Money(row.discounted_minor, currency)),
            ]
            for row in case.costs
        ],
        cost_total=[
            "Total", money(Money(case.nominal_cost, currency)), money(Money(case.cost, currency)),
        ],
        beyond=Money(case.beyond, currency) if case.beyond else None,
        uncounted=uncounted,
        steps=_steps(case, currency),
        bridge=_bridge(case, currency) if any(step.minor for step in case.steps) else [],
    )  # fmt: skip


def _kpis(case: OptionCase, currency: str) -> list[dict[str, Any]]:
    net = Money(case.net, currency)
    return [
        {
            "label": "Standalone value",
            "value": money_short(Money(case.standalone.total, currency)),
            "note": money(Money(case.standalone.total, currency)),
        },
        {
            "label": "Cost, discounted",
            "value": money_short(Money(case.cost, currency)),
            "note": f"{money(Money(case.nominal_cost, currency))} as spent",
        },
        {
            "label": "Net",
            "value": money_short(net),
            "note": money(net),
            "tone": "good" if net.minor > 0 else "poor" if net.minor < 0 else None,
        },
    ]


def _effect_row(effect: Effect, case: OptionCase, currency: str) -> list[Any]:
    pool = effect.pool
    strength = intensity(effect.removal_share, effect.grade.haircut)
    certified = "certified" if pool.state is PoolState.CERTIFIED else "claimed, not certified"
    behaviour = effect.behaviour
    unit = f" {behaviour.unit}" if behaviour.unit else ""
    return [
        pool_name(effect),
        f"{money(Money(pool.annual_value_minor, currency))} a year = {FORMULAS[pool.lever]}"
        f" · {pool.source}, {day(pool.measured_on)}, {certified}",
        f"{behaviour.measure} {number(behaviour.baseline)} → {number(behaviour.target)}{unit}"
        f" · {behaviour.source}, {day(behaviour.measured_on)}",
        f"q {percent(effect.removal_share)}",
        f"{effect.grade.value}: g {percent(effect.grade.haircut)} · {effect.evidence}",
        f"{strength:.4f}",
    ]


def _declared(option: Option, case: OptionCase, currency: str) -> str | None:
    if option.declared_benefit_minor is None or option.declared_grade is None:
        return None
    grade = option.declared_grade
    return (
        f"{money(Money(option.declared_benefit_minor, currency))} × {percent(grade.haircut)}"
        f" (grade {grade.value}, {grade.word}), discounted at go-live ="
        f" {money(Money(case.standalone.declared, currency))} · {option.declared_source}"
    )


def _steps(case: OptionCase, currency: str) -> list[tuple[str, str, str]]:
    return [
        (
            step.label,
            money(Money(step.minor, currency))
            if step.is_total
            else signed(Money(step.minor, currency)),
            step.note,
        )
        for step in case.steps
    ]


def _bridge(case: OptionCase, currency: str) -> list[dict[str, Any]]:
    """Bars from claim to value on a field of 100 × 100; y grows downward."""
    levels = _levels(case)
    top = max((max(pair) for pair in levels), default=0) or 1
    width = (100 - 2 * _LEFT - _GAP * (len(levels) - 1)) / len(levels)
    bars = []
    for place, ((low, high), step) in enumerate(zip(levels, case.steps, strict=True)):
        end = high if step.is_total or step.minor >= 0 else low
        bars.append(
            {
                "label": step.short,
                "value": money_short(Money(step.minor, currency)),
                "x": round(_LEFT + place * (width + _GAP), 2),
                "w": round(width, 2),
                "y": round(100 - 100 * high / top, 2),
                "h": round(max(0.6, 100 * (high - low) / top), 2),
                "tone": "base" if step.is_total else "ok" if step.minor >= 0 else "idle",
                "join": round(100 - 100 * end / top, 2),
            }
        )
    return bars


def _levels(case: OptionCase) -> Sequence[tuple[int, int]]:
    """Lower and upper end of each bar in minor units, the deltas hanging from what came before."""
    levels = []
    reached = 0
    for step in case.steps:
        if step.is_total:
            reached = step.minor
            levels.append((0, max(reached, 0)))
            continue
        before, reached = reached, reached + step.minor
        levels.append((max(0, min(before, reached)), max(before, reached, 0)))
    return levels
