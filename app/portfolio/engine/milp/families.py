"""One function per family of constraints, each with its formula (numbers as in docs/model.md)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import pulp

from app.portfolio.engine.milp.model import EQ, GE, LE, Model, Terms
from app.portfolio.engine.problem import (
    Bound,
    Count,
    Flow,
    Pin,
    Placement,
    Requires,
    Rule,
    Share,
    Synergy,
    Together,
)


def add_choices(model: Model) -> None:
    """(1) Σ_{o,s} x_ios = y_i: an initiative is placed once or not at all."""
    for place, positions in model.placed.items():
        terms = [(model.x[position], 1) for position in positions]
        model.row([*terms, (model.y[place], -1)], EQ, 0)


def add_own_values(model: Model) -> None:
    """(2) Σ v_ios·x_ios joins the value."""
    for position in model.positions:
        own = model.problem.own_value(model.problem.placements[position])
        model.value.append((model.x[position], own))


def add_budgets(model: Model) -> None:
    """(3) Σ k_ift·x + c_t − c_{t−1} ≤ B_t − C_t and c_t ≤ κ·(B_t + c_{t−1}).

    c is the money moving on, C what is committed already.
    """
    for place, fund in enumerate(model.problem.funds):
        table = _by_quarter(model, place, "spend")
        owner, free = f"fund:{fund.key}", fund.free
        if not fund.carry_over:
            for quarter, terms in enumerate(table):
                model.row(terms, LE, free[quarter], owner=owner)
            continue
        size = max(1, *fund.bound, *(abs(c) for terms in table for _, c in terms))
        earlier: pulp.LpVariable | None = None
        for quarter, terms in enumerate(table):
            moved = model.positive(f"c{place:03d}_{quarter:03d}")
            arrived = [] if earlier is None else [(earlier, -float(size))]
            row = [*((x, float(c)) for x, c in terms), (moved, float(size)), *arrived]
            model.row(row, LE, free[quarter], owner=owner)
            share = float(fund.carry_over)
            cap = [(moved, 1.0)] + ([] if earlier is None else [(earlier, -share)])
            model.row(cap, LE, share * fund.budget[quarter] / size)
            earlier = moved


def add_capacities(model: Model) -> None:
    """(4) Σ d_ict·x − o_ct ≤ A_ct; overtime o ≥ 0 costs its price, without a price o = 0."""
    for place, capacity in enumerate(model.problem.capacities):
        for quarter, terms in enumerate(_by_quarter(model, place, "demand")):
            if not terms:
                continue
            row: list[tuple[Any, Any]] = list(terms)
            if capacity.overtime_price is not None:
                size = float(max(c for _, c in terms))
                over = model.positive(f"o{place:03d}_{quarter:03d}")
                row = [*((x, float(c)) for x, c in terms), (over, -size)]
                model.value.append((over, -capacity.overtime_price * size))
            available = Fraction(capacity.available[quarter])
            model.row(row, LE, available, owner=f"capacity:{capacity.key}")


def add_requires(model: Model, rule: Requires) -> None:
    """(5) Σ_{s≤t} x_is ≤ Σ_{s≤t−lag} x_js for every quarter t."""
    mine = _starts(model, rule.initiative)
    theirs = _starts(model, rule.needs)
    for quarter in sorted(mine):
        begun = [(x, 1) for start, xs in mine.items() if start <= quarter for x in xs]
        ready = [(x, -1) for start, xs in theirs.items() if start <= quarter - rule.lag for x in xs]
        model.row(begun + ready, LE, 0, owner=f"rule:{rule.key}")


def add_together(model: Model, rule: Together) -> None:
    """(6) y_i = y_j along the list."""
    for one, other in zip(rule.initiatives, rule.initiatives[1:], strict=False):
        model.row([(model.y[one], 1), (model.y[other], -1)], EQ, 0, owner=f"rule:{rule.key}")


def add_count(model: Model, rule: Count) -> None:
    """(7) Σ y_i ≤ n, or ≥ n."""
    sense = LE if rule.bound is Bound.AT_MOST else GE
    terms = [(model.y[place], 1) for place in rule.initiatives]
    model.row(terms, sense, rule.count, owner=f"rule:{rule.key}")


def add_pin(model: Model, rule: Pin) -> None:
    """(8) y_i = 0 to exclude; Σ of the allowed x_ios = 1 to fund or fix."""
    if rule.kind == "exclude":
        model.row([(model.y[rule.initiative], 1)], LE, 0, owner=f"rule:{rule.key}")
        return
    allowed = [
        (model.x[position], 1)
        for position in model.placed[rule.initiative]
        if (placement := model.problem.placements[position])
        and rule.allows(placement.option, placement.start)
    ]
    model.row(allowed, GE, 1, owner=f"rule:{rule.key}")


def add_share(model: Model, rule: Share) -> None:
    """(9) Σ_{tagged} k·x ≤ σ·ΣB, or ≤ σ·Σ k·x over all; ≥ for a floor."""
    members = set(rule.initiatives)
    sense = LE if rule.bound is Bound.AT_MOST else GE
    share = Fraction(rule.share)
    terms: list[tuple[pulp.LpVariable, int]] = []
    for position in model.positions:
        placement = model.problem.placements[position]
        tagged = placement.initiative in members
        spend = model.problem.spend(placement)
        if rule.of == "spend":
            weight = share.denominator * tagged - share.numerator
            terms.append((model.x[position], spend * weight))
        elif tagged:
            terms.append((model.x[position], spend))
    limit = share * model.problem.budget_total if rule.of == "budget" else 0
    model.row(terms, sense, limit, owner=f"rule:{rule.key}")


def add_synergy(model: Model, rule: Synergy) -> None:
    """(10) z ≤ y_i for every member; value·z joins the value."""
    earned = model.positive(f"z{len(model.value):06d}", 1.0)
    for place in rule.initiatives:
        model.row([(earned, 1), (model.y[place], -1)], LE, 0)
    model.value.append((earned, rule.value))


def add_overlap(model: Model) -> None:
    """(11) Σ_b δ_b ≤ Σ a·x − S_low, 0 ≤ δ_b ≤ width_b; V·slope_b·δ_b joins the value.

    Slopes fall from segment to segment, so the segments fill in order by themselves. δ is counted
    in widths: the variable runs from 0 to 1.
    """
    for (pool, quarter), curve in sorted(model.curves.items()):
        model.value_base += curve.worth * curve.base
        filled: list[tuple[pulp.LpVariable, float]] = []
        for k, (width, slope) in enumerate(zip(curve.widths, curve.slopes, strict=True)):
            delta = model.positive(f"d{pool:05d}_{quarter:03d}_{k:03d}", 1.0)
            filled.append((delta, width))
            model.value.append((delta, curve.worth * slope * width))
        acting = [(model.x[position], -a) for position, a in curve.terms if position in model.x]
        model.row([*filled, *acting], LE, -curve.start)


def add_cliques(model: Model, rules: Iterable[Rule]) -> None:
    """(12) Σ y ≤ 1 over groups every two of which exclude each other by some rule.

    Implied by the rules, but tighter: three pairs a–b, b–c, a–c become one row.
    """
    beside: dict[int, set[int]] = {}
    for rule in rules:
        if isinstance(rule, Count) and rule.bound is Bound.AT_MOST and rule.count == 1:
            for place in rule.initiatives:
                beside.setdefault(place, set()).update(set(rule.initiatives) - {place})
    seen: set[tuple[int, ...]] = set()
    for place in sorted(beside):
        for other in sorted(beside[place]):
            clique = {place, other}
            for third in sorted(beside[place] & beside[other]):
                if clique <= beside[third]:
                    clique.add(third)
            found = tuple(sorted(clique))
            if len(found) > 2 and found not in seen:
                seen.add(found)
                model.row([(model.y[p], 1) for p in found], LE, 1)


def spend_terms(model: Model) -> Terms:
    """Spend to the end of each option."""
    return [
        (model.x[p], model.problem.full_spend(model.problem.placements[p])) for p in model.positions
    ]


def change_terms(model: Model) -> Terms:
    """Initiatives placed otherwise than in the incumbent, up to a constant."""
    held: dict[int, Placement] = {p.initiative: p for p in model.problem.incumbent}
    terms: list[tuple[pulp.LpVariable, int]] = []
    for position in model.positions:
        placement = model.problem.placements[position]
        if placement.initiative not in held:
            terms.append((model.x[position], 1))
        elif held[placement.initiative] == placement:
            terms.append((model.x[position], -1))
    return terms


def order_terms(model: Model) -> Terms:
    """Positions in key order, so that equal plans have one winner."""
    return [(model.x[position], position + 1) for position in model.positions]


def _by_quarter(model: Model, target: int, field: str) -> list[list[tuple[Any, Any]]]:
    problem = model.problem
    table: list[list[tuple[Any, Any]]] = [[] for _ in problem.quarters]
    for position in model.positions:
        placement = problem.placements[position]
        option = problem.option(placement)
        flows: tuple[Flow, ...] = option.spend if field == "spend" else option.demand
        for flow in flows:
            if flow.target == target:
                for quarter, amount in problem.in_horizon(placement, flow):
                    exact = int(amount) if amount == int(amount) else Fraction(amount)
                    table[quarter].append((model.x[position], exact))
    return table


def _starts(model: Model, initiative: int) -> dict[int, list[pulp.LpVariable]]:
    found: dict[int, list[pulp.LpVariable]] = {}
    for position in model.placed[initiative]:
        start = model.problem.placements[position].start
        found.setdefault(start, []).append(model.x[position])
    return dict(sorted(found.items()))
