"""The figures at the head of a case, and the values it has alone and in a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.initiatives.models import Option
from app.initiatives.presenters.case_sources import CaseSources, Linked, formula_place, linked
from app.initiatives.presenters.sections import pool_name
from app.initiatives.queries import PlanName, PlanValues
from app.initiatives.rules import OptionCase
from app.values.money import Money
from app.web.filters import money, money_short


@dataclass(frozen=True, slots=True)
class PlanChoice:
    """The plan a case is read in; ``values`` None where the plan leaves the initiative out.

    ``sharers``: key and title of the others it funds that act on the same pool, by pool id.
    """

    name: PlanName
    values: PlanValues | None
    sharers: Mapping[int, Sequence[tuple[str, str]]]

    @property
    def href(self) -> str:
        place: dict[str, Any] = dict(self.name.place)
        return url_for(self.name.endpoint, **place)


def kpis(case: OptionCase, currency: str, sources: CaseSources) -> list[dict[str, Any]]:
    """Value, cost and what is left; each leads to its part of the page or to its formula."""
    value, cost = Money(case.standalone.total, currency), Money(case.cost, currency)
    net = Money(case.net, currency)
    return [
        {
            "label": "Standalone value",
            "value": money_short(value),
            "note": money(value),
            "href": sources.part("values"),
            "note_href": sources.part("values"),
        },
        {
            "label": "Cost, discounted",
            "value": money_short(cost),
            "note": f"{money(Money(case.nominal_cost, currency))} as spent",
            "href": sources.part("costs"),
            "note_href": sources.part("costs"),
        },
        {
            "label": "Net",
            "value": money_short(net),
            "note": money(net),
            "tone": "good" if net.minor > 0 else "poor" if net.minor < 0 else None,
            "href": formula_place("net"),
            "note_href": formula_place("net"),
        },
    ]


def three_values(
    case: OptionCase, plan: PlanChoice | None, values: PlanValues | None, currency: str
) -> list[list[Linked]]:
    """Standalone, allocated and marginal with their formulas; a plan's only where it funds it."""
    alone = case.standalone.total
    formula = "Σ V(t)·(1 − e^(−a·ρ(t))), as if alone"
    rows = [_value("Standalone", formula, alone, currency, formula_place("standalone"))]
    if plan is None or values is None:
        return rows
    if values.standalone != alone:
        left = "the same on what approved initiatives leave of the pools"
        there = _value("Standalone in the plan", left, values.standalone, currency, plan.href)
        rows.append(there)
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
        _resolved(plan, values, currency),
    ]  # fmt: skip


def _resolved(plan: PlanChoice, values: PlanValues, currency: str) -> list[Linked]:
    asked = url_for("portfolio.answer", run_id=plan.name.run_id, word="marginal")
    formula = "best value − best value without it, its money free for others"
    if values.is_cut:
        formula += "; of the whole plan of its run, before items were left out"
    row = _value("Marginal with re-solve", formula, values.resolved or 0, currency, asked)
    if values.resolved is None:
        row[2] = linked("ask the run", asked)
    return row


def _value(name: str, formula: str, minor: int, currency: str, href: str) -> list[Linked]:
    return [
        linked(name),
        {"text": formula, "is_formula": True},
        linked(money(Money(minor, currency)), href),
    ]


@dataclass(frozen=True, slots=True)
class SharedRow:
    """A pool with the first others of the plan that act on it, and how many more do."""

    pool: str
    others: Sequence[tuple[str, str]]
    more: int


def shared_rows(option: Option, plan: PlanChoice) -> list[SharedRow]:
    """Every pool the option acts on, with who else of the plan does."""
    pools = {one.pool_id: one for one in sorted(option.effects, key=lambda effect: -effect.id)}
    rows = []
    for id_, effect in sorted(pools.items()):
        sharers = plan.sharers.get(id_, ())
        shown = sharers[:MOST_SHARERS]
        rows.append(SharedRow(pool_name(effect), shown, len(sharers) - len(shown)))
    return rows


MOST_SHARERS = 25
"""How many others that act on a pool are listed, by key."""
