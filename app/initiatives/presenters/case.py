"""Arrange the business case: figures with their formulas and sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.initiatives.models import Effect, Initiative, Option
from app.initiatives.presenters.case_chain import ChainView, chain_view
from app.initiatives.presenters.case_effort import effort_rows
from app.initiatives.presenters.case_outlook import OutlookView, outlook_view
from app.initiatives.presenters.case_steps import bridge_bars, case_steps, step_rows, zero_line
from app.initiatives.presenters.sections import grade_words, pool_name
from app.initiatives.queries import CaseBasis, PlanName, PlanValues, case_of, cost_flows
from app.initiatives.rules import OptionCase
from app.journeys.rules import FORMULAS, PoolState, intensity
from app.values.money import Money
from app.web.filters import day, money, money_short, number, percent, quarter

Linked = dict[str, Any]
"""A cell with its words and, where its source has a page, the address of that page."""


@dataclass(frozen=True, slots=True)
class PlanChoice:
    """The plan a case is read in; ``values`` None where the plan leaves the initiative out."""

    name: PlanName
    values: PlanValues | None

    @property
    def href(self) -> str:
        place: dict[str, Any] = dict(self.name.place)
        return url_for(self.name.endpoint, **place)


@dataclass(frozen=True, slots=True)
class CaseView:
    """An option's case as the page shows it."""

    option: Option
    start: str
    is_in_plan: bool
    kpis: list[dict[str, Any]]
    values: list[list[Linked]]
    effects: list[list[Linked]]
    declared: str | None
    effort: list[list[Linked]]
    costs: list[list[str]]
    cost_total: list[str]
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


def _view(
    option: Option, initiative: Initiative, basis: CaseBasis, plan: PlanChoice | None
) -> CaseView:
    values = plan.values if plan and plan.values and plan.values.option == option.key else None
    case = case_of(option, initiative, basis, values)
    currency = initiative.currency
    effects = sorted(option.effects, key=lambda one: one.id)
    uncounted = [
        *cost_flows(option, initiative).uncounted,
        *(
            f"The pool “{pool_name(one)}” is in another currency or lacks an input and counts"
            " nothing."
            for one in effects
            if one.pool_id not in basis.discounted
        ),
    ]
    steps = case_steps(initiative, option, case, plan.href if plan else None, values)
    return CaseView(
        option=option,
        start=quarter(basis.first + case.claim.start),
        is_in_plan=values is not None,
        kpis=_kpis(case, currency),
        values=_three_values(case, plan, values, currency),
        effects=[_effect_row(initiative, one) for one in effects],
        declared=_declared(option, case, currency),
        effort=effort_rows(option, case.claim, basis),
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
        step_rows=step_rows(steps),
        bridge=bridge_bars(steps, currency),
        zero=zero_line(steps),
        chain=chain_view(initiative, option, effects, case),
        outlook=outlook_view(initiative, option, case, basis),
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


def _three_values(
    case: OptionCase, plan: PlanChoice | None, values: PlanValues | None, currency: str
) -> list[list[Linked]]:
    """Standalone, allocated and marginal with their formulas; a plan's only where it funds it."""
    alone = case.standalone.total
    rows = [_value("Standalone", "Σ V(t)·(1 − e^(−a·ρ(t))), as if alone", alone, currency)]
    if plan is None or values is None:
        return rows
    if values.standalone != alone:
        left = "the same on what approved initiatives leave of the pools"
        there = _value("Standalone in the plan", left, values.standalone, currency, plan.href)
        rows.append(there)
    asked = url_for("portfolio.answer", run_id=plan.name.run_id, word="marginal")
    formula = "best value − best value without it, its money free for others"
    if values.is_cut:
        formula += "; of the whole plan of its run, before items were left out"
    resolved = _value("Marginal with re-solve", formula, values.resolved or 0, currency, asked)
    if values.resolved is None:
        resolved[2] = {"text": "ask the run", "href": asked}
    return [
        *rows,
        _value(
            "Allocated",
            "Σ V(t)·E(t)·a·ρ(t)/S(t): its log-share of each pool; all shares make the plan",
            values.allocated, currency, plan.href,
        ),
        _value(
            "Marginal, the rest fixed", "value of the plan − value of the same plan without it",
            values.marginal, currency, plan.href,
        ),
        resolved,
    ]  # fmt: skip


def _value(
    name: str, formula: str, minor: int, currency: str, href: str | None = None
) -> list[Linked]:
    amount = {"text": money(Money(minor, currency)), "href": href}
    return [{"text": name}, {"text": formula}, amount]


def _effect_row(initiative: Initiative, effect: Effect) -> list[Linked]:
    pool = effect.pool
    strength = intensity(effect.removal_share, effect.grade.haircut)
    certified = "certified" if pool.state is PoolState.CERTIFIED else "claimed, not certified"
    behaviour = effect.behaviour
    unit = f" {behaviour.unit}" if behaviour.unit else ""
    behaviours = url_for("initiatives.behaviours", key=initiative.key)
    sureness = ""
    if effect.removal_low is not None and effect.removal_high is not None:
        sureness = f", P10 {percent(effect.removal_low)} to P90 {percent(effect.removal_high)}"
    return [
        {
            "text": pool_name(effect),
            "href": url_for("journeys.pool", key=pool.journey.key, word=pool.lever.value),
        },
        {
            "text": f"{money(Money(pool.annual_value_minor, pool.journey.currency))} a year ="
            f" {FORMULAS[pool.lever]} · {pool.source}, {day(pool.measured_on)}, {certified}"
        },
        {
            "text": f"{behaviour.measure} {number(behaviour.baseline)} →"
            f" {number(behaviour.target)}{unit} · {behaviour.source},"
            f" {day(behaviour.measured_on)}",
            "href": behaviours,
        },
        {"text": f"q {percent(effect.removal_share)}{sureness}"},
        {"text": f"{grade_words(effect)} · {effect.evidence}", "href": behaviours},
        {"text": f"{strength:.4f}".replace("-", "\u2212")},
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
