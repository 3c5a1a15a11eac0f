"""Arrange the business case: figures with their formulas and sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.initiatives.models import Effect, Initiative, Option
from app.initiatives.presenters.case_chain import ChainView, chain_view
from app.initiatives.presenters.case_effort import effort_rows
from app.initiatives.presenters.case_outlook import OutlookView, outlook_view
from app.initiatives.presenters.case_sources import (
    CaseSources,
    Linked,
    formula_place,
    linked,
    pool_page,
)
from app.initiatives.presenters.case_steps import bridge_bars, case_steps, step_rows, zero_line
from app.initiatives.presenters.case_values import (
    PlanChoice,
    SharedRow,
    kpis,
    shared_rows,
    three_values,
)
from app.initiatives.presenters.sections import grade_words, pool_name
from app.initiatives.queries import CaseBasis, case_of, cost_flows
from app.initiatives.rules import OptionCase
from app.journeys.rules import FORMULAS, PoolState, intensity
from app.values.money import Money
from app.web.filters import day, money, number, percent, quarter

PARTS = (
    ("chain", "To money"), ("claim", "Claim to value"), ("values", "Values"),
    ("effort", "Beside the money"), ("outlook", "How sure"), ("costs", "Costs"),
)  # fmt: skip
"""The parts of a case in the order of the page: their places and what a list of them calls them."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """An option's case as the page shows it; ``parts`` are the places and words of what it has."""

    option: Option
    parts: list[tuple[str, str]]
    sources: CaseSources
    start: Linked
    is_in_plan: bool
    kpis: list[dict[str, Any]]
    values: list[list[Linked]]
    shared: list[SharedRow]
    effects: list[list[Linked]]
    declared: list[Linked]
    effort: list[list[Linked]]
    costs: list[list[Linked]]
    cost_total: list[Linked]
    beyond: Money | None
    uncounted: list[str]
    step_rows: list[list[Linked]]
    bridge: list[dict[str, Any]]
    zero: float
    chain: ChainView | None
    outlook: OutlookView


def case_views(
    initiative: Initiative, basis: CaseBasis, plan: PlanChoice | None = None
) -> list[CaseView]:
    """The case of every option, the full one first; the one a plan funds as it starts there."""
    return [_view(option, initiative, basis, plan) for option in reversed(initiative.options)]


def case_places(cases: Sequence[CaseView]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """What the page holds: each option with its parts, and the formulas at the end."""
    options = [(case.option.name, case.sources.part("option"), case.parts) for case in cases]
    return [*options, ("Formulas", "#formulas", [])]


def _view(
    option: Option, initiative: Initiative, basis: CaseBasis, plan: PlanChoice | None
) -> CaseView:
    values = plan.values if plan and plan.values and plan.values.option == option.key else None
    case = case_of(option, initiative, basis, values)
    currency = initiative.currency
    effects = sorted(option.effects, key=lambda one: one.id)
    sources = CaseSources.of(initiative, option)
    steps = case_steps(initiative, option, case, plan.href if plan else None, values)
    bridge = bridge_bars(steps, currency)
    chain = chain_view(initiative, option, effects, case)
    missing = {"chain": chain is None, "claim": not bridge}
    return CaseView(
        option=option,
        parts=[(sources.part(name), word) for name, word in PARTS if not missing.get(name)],
        sources=sources,
        start=linked(
            quarter(basis.first + case.claim.start),
            plan.href if plan and values else sources.option,
        ),
        is_in_plan=values is not None,
        kpis=kpis(case, currency, sources),
        values=three_values(case, plan, values, currency),
        shared=shared_rows(option, plan) if plan and values else [],
        effects=[_effect_row(sources, one) for one in effects],
        declared=_declared(option, case, currency, sources),
        effort=effort_rows(option, case.claim, basis),
        costs=_costs(option, case, currency, sources),
        cost_total=_cost_row("Total", None, case.nominal_cost, case.cost, currency, sources),
        beyond=Money(case.beyond, currency) if case.beyond else None,
        uncounted=_uncounted(option, initiative, basis),
        step_rows=step_rows(steps),
        bridge=bridge,
        zero=zero_line(steps),
        chain=chain,
        outlook=outlook_view(initiative, option, case, basis),
    )


def _uncounted(option: Option, initiative: Initiative, basis: CaseBasis) -> list[str]:
    pools = {one.pool_id: one for one in option.effects if one.pool_id not in basis.discounted}
    return [
        *cost_flows(option, initiative).uncounted,
        *(
            f"The pool “{pool_name(one)}” is in another currency or lacks an input and counts"
            " nothing."
            for one in sorted(pools.values(), key=lambda effect: effect.id)
        ),
    ]


def _effect_row(sources: CaseSources, effect: Effect) -> list[Linked]:
    pool = effect.pool
    strength = intensity(effect.removal_share, effect.grade.haircut)
    certified = "certified" if pool.state is PoolState.CERTIFIED else "claimed, not certified"
    behaviour = effect.behaviour
    unit = f" {behaviour.unit}" if behaviour.unit else ""
    sureness = ""
    if effect.removal_low is not None and effect.removal_high is not None:
        sureness = f", P10 {percent(effect.removal_low)} to P90 {percent(effect.removal_high)}"
    return [
        linked(pool_name(effect), pool_page(effect)),
        linked(
            f"{money(Money(pool.annual_value_minor, pool.journey.currency))} a year ="
            f" {FORMULAS[pool.lever]} · {pool.source}, {day(pool.measured_on)}, {certified}",
            pool_page(effect),
        ),
        linked(
            f"{behaviour.measure} {number(behaviour.baseline)} →"
            f" {number(behaviour.target)}{unit} · {behaviour.source},"
            f" {day(behaviour.measured_on)}",
            sources.behaviour(effect),
        ),
        linked(f"q {percent(effect.removal_share)}{sureness}", sources.behaviour(effect)),
        linked(f"{grade_words(effect)} · {effect.evidence}", sources.behaviour(effect)),
        linked(number(Decimal(f"{strength:.4f}"), 4), formula_place("intensity")),
    ]


def _declared(
    option: Option, case: OptionCase, currency: str, sources: CaseSources
) -> list[Linked]:
    """What is declared and what of it counts, phrase by phrase; nothing without a benefit."""
    if option.declared_benefit_minor is None or option.declared_grade is None:
        return []
    grade = option.declared_grade
    return [
        linked(money(Money(option.declared_benefit_minor, currency)), sources.option),
        linked(" × "),
        linked(percent(grade.haircut), formula_place("haircut")),
        linked(f" (grade {grade.value}, {grade.word}), discounted at go-live = "),
        linked(money(Money(case.standalone.declared, currency)), formula_place("discounting")),
        linked(". Source: "),
        linked(option.declared_source or "", sources.option),
    ]


def _costs(
    option: Option, case: OptionCase, currency: str, sources: CaseSources
) -> list[list[Linked]]:
    funds = {one.fund.name for one in option.spend}
    return [
        _cost_row(
            row.label, sources.cycle("funds" if row.label in funds else "teams"),
            row.nominal_minor, row.discounted_minor, currency, sources,
        )
        for row in case.costs
    ]  # fmt: skip


def _cost_row(
    label: str, href: str | None, nominal: int, discounted: int, currency: str, sources: CaseSources
) -> list[Linked]:
    return [
        linked(label, href),
        linked(money(Money(nominal, currency)), sources.option),
        linked(money(Money(discounted, currency)), formula_place("discounting")),
    ]
