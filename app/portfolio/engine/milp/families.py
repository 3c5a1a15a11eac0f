"""One function per family of constraints, each with its formula (numbers as in docs/model.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any

import pulp

from app.portfolio.engine.measuring import addition
from app.portfolio.engine.milp.model import EQ, GE, LARGEST, LE, Model, Number, Terms
from app.portfolio.engine.problem import (
    AverageRisk,
    Bound,
    ChangeLoad,
    Count,
    Flow,
    Keep,
    Limiting,
    Option,
    Pin,
    Placement,
    Requires,
    Rule,
    Share,
    SpendOn,
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
        owner, free = f"fund:{fund.key}", fund.free
        table = _by_quarter(model, place, "spend", float if fund.carry_over else exact)
        if not fund.carry_over:
            for quarter, terms in enumerate(table):
                model.row(terms, LE, free[quarter], owner=owner)
            continue
        size = max(1, *fund.bound, *(max(abs(c) for _, c in terms) for terms in table if terms))
        earlier: pulp.LpVariable | None = None
        for quarter, terms in enumerate(table):
            moved = model.positive(f"c{place:03d}_{quarter:03d}")
            arrived = [] if earlier is None else [(earlier, -float(size))]
            row = [*terms, (moved, float(size)), *arrived]
            model.row(row, LE, free[quarter], owner=owner)
            share = float(fund.carry_over)
            cap = [(moved, 1.0)] + ([] if earlier is None else [(earlier, -share)])
            model.row(cap, LE, share * fund.budget[quarter] / size)
            earlier = moved


def add_capacities(model: Model) -> None:
    """(4) Σ d_ict·x − o_ct ≤ A_ct; overtime o ≥ 0 costs its price, without a price o = 0."""
    for place, capacity in enumerate(model.problem.capacities):
        number = exact if capacity.overtime_price is None else float
        for quarter, terms in enumerate(_by_quarter(model, place, "demand", number)):
            if not terms:
                continue
            row: list[tuple[Any, Any]] = list(terms)
            if capacity.overtime_price is not None:
                size = max(c for _, c in row)
                over = model.positive(f"o{place:03d}_{quarter:03d}")
                row.append((over, -size))
                model.value.append((over, -capacity.overtime_price * size))
            available = Fraction(capacity.available[quarter])
            model.row(row, LE, available, owner=f"capacity:{capacity.key}")


def add_requires(model: Model, rule: Requires) -> None:
    """(5) Σ_{s≤t} x_is ≤ Σ_{s≤t−lag} x_js (+ m_t) for every quarter t."""
    mine = _starts(model, rule.initiative)
    theirs = _starts(model, rule.needs)
    quarters = sorted(mine) if rule.price is None else range(len(model.problem.quarters))
    for quarter in quarters:
        begun = [(x, 1) for start, xs in mine.items() if start <= quarter for x in xs]
        ready = [(x, -1) for start, xs in theirs.items() if start <= quarter - rule.lag for x in xs]
        if begun:
            _limit(model, rule, begun + ready, LE, 0)


def add_together(model: Model, rule: Together) -> None:
    """(6) y_i = y_j along the list; soft: y_i ≤ u for all, price·(n·u − Σ y_i) off the value."""
    if rule.price is None:
        for one, other in zip(rule.initiatives, rule.initiatives[1:], strict=False):
            model.row([(model.y[one], 1), (model.y[other], -1)], EQ, 0, owner=f"rule:{rule.key}")
        return
    started = model.positive(f"u{len(model.value):06d}", 1.0)
    price = float(rule.price)
    model.value.append((started, -price * len(rule.initiatives)))
    for place in rule.initiatives:
        model.row([(model.y[place], 1), (started, -1)], LE, 0)
        model.value.append((model.y[place], price))


def add_count(model: Model, rule: Count) -> None:
    """(7) Σ y_i ≤ n (+ m), or ≥ n (− m)."""
    terms = [(model.y[place], 1) for place in rule.initiatives]
    _limit(model, rule, terms, _sense(rule.bound), rule.count)


def add_pin(model: Model, rule: Pin) -> None:
    """(8) y_i = 0 to exclude; Σ of the allowed x_ios ≥ 1 to fund or fix."""
    if rule.kind == "exclude":
        terms = [(model.y[rule.initiative], 1)]
        if rule.price is None:
            model.row(terms, LE, 0, owner=f"rule:{rule.key}")
        else:
            model.value.append((model.y[rule.initiative], -float(rule.price)))
        return
    allowed = [
        position
        for position in model.placed[rule.initiative]
        if (placement := model.problem.placements[position])
        and rule.allows(placement.option, placement.start)
    ]
    _want(model, rule, allowed)


def add_share(model: Model, rule: Share) -> None:
    """(9) Σ_{tagged} k·x ≤ σ·ΣB (+ m), or ≤ σ·Σ k·x over all; ≥ for a floor."""
    members = set(rule.initiatives)
    share = Fraction(rule.share)
    spends = _spends(model, None if rule.of == "spend" else members)
    if rule.of == "budget":
        _limit(model, rule, spends, _sense(rule.bound), share * model.problem.budget_total)
        return
    tagged = {id(model.x[p]) for place in members for p in model.placed[place]}
    # Whole coefficients where the rule is hard; where money is paid per unit, units of money.
    scale = share.denominator if rule.price is None else 1
    terms: Terms = [(x, spend * (scale * (id(x) in tagged) - share * scale)) for x, spend in spends]
    if rule.price is None:
        terms = [(x, int(coefficient)) for x, coefficient in terms]
    _limit(model, rule, terms, _sense(rule.bound), 0)


def add_spend_on(model: Model, rule: SpendOn) -> None:
    """(13) Σ_{members} k·x ≤ L (+ m), or ≥ L (− m)."""
    _limit(model, rule, _spends(model, set(rule.initiatives)), _sense(rule.bound), rule.limit)


def add_average_risk(model: Model, rule: AverageRisk) -> None:
    """(14) Σ w·(r_io − R)·x ≤ 0 (+ m), w one or the spend of the choice."""
    problem = model.problem
    terms: list[tuple[pulp.LpVariable, Fraction | int]] = []
    known: dict[tuple[int, int], Fraction] = {}
    for place in rule.initiatives:
        for position in model.placed[place]:
            placement = problem.placements[position]
            option = (place, placement.option)
            if rule.by == "spend" or option not in known:
                known[option] = Fraction(addition(problem, rule, placement)[0])
            terms.append((model.x[position], known[option]))
    if rule.price is None:
        common = lcm(*(coefficient.denominator for _, coefficient in terms))
        if common <= LARGEST:
            terms = [(x, int(coefficient * common)) for x, coefficient in terms]
    _limit(model, rule, terms, LE, 0)


def add_change_load(model: Model, rule: ChangeLoad) -> None:
    """(15) Σ of the x live in t ≤ n (+ m_t) for every quarter t."""
    problem = model.problem
    live: list[list[tuple[pulp.LpVariable, int]]] = [[] for _ in problem.quarters]
    for place in rule.initiatives:
        for position in model.placed[place]:
            counted = addition(problem, rule, problem.placements[position])
            for quarter, is_live in enumerate(counted):
                if is_live:
                    live[quarter].append((model.x[position], 1))
    for terms in live:
        if len(terms) > rule.count:
            _limit(model, rule, terms, LE, rule.count)


def add_keep(model: Model, rule: Keep) -> None:
    """(16) Σ of the x_ios that keep i ≥ 1 for every incumbent named, or price·(1 − Σ x) is off the
    value."""
    for one in rule.held:
        kept = [
            position
            for position in model.placed[one.initiative]
            if rule.allows(model.problem.placements[position])
        ]
        _want(model, rule, kept)


def _want(model: Model, rule: Pin | Keep, positions: Iterable[int]) -> None:
    """One of the placements is chosen, or the price is paid."""
    terms = [(model.x[position], 1) for position in positions]
    if rule.price is None:
        model.row(terms, GE, 1, owner=f"rule:{rule.key}")
        return
    price = float(rule.price)
    model.value_base -= price
    model.value.extend((x, price) for x, _ in terms)


def _limit(model: Model, rule: Limiting, terms: Terms, sense: int, limit: Number) -> None:
    """One row of a rule. Soft: what is missed is a variable m ≥ 0 whose price is off the value.

    m is counted in multiples of the row's largest coefficient, as overtime is, and such a row is
    never rounded to whole units: a miss may be any amount.
    """
    if rule.price is None:
        model.row(terms, sense, limit, owner=f"rule:{rule.key}")
        return
    size = float(max((abs(c) for _, c in terms), default=0)) or 1.0
    miss = model.positive(f"p{len(model.value):06d}")
    row = [(x, float(coefficient)) for x, coefficient in terms]
    missed = (miss, -size if sense == LE else size)
    model.row([*row, missed], sense, limit, soft=f"rule:{rule.key}")
    model.value.append((miss, -float(rule.price) * size))


def _sense(bound: Bound) -> int:
    return LE if bound is Bound.AT_MOST else GE


def _spends(model: Model, members: set[int] | None) -> list[tuple[pulp.LpVariable, int]]:
    """Spend within the horizon of every placement, of some initiatives or of all."""
    return [
        (model.x[position], model.spends[position])
        for position in model.positions
        if members is None or model.problem.placements[position].initiative in members
    ]


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
    """(12) Σ y ≤ 1 over groups every two of which exclude each other by some hard rule.

    Implied by the rules, but tighter: three pairs a–b, b–c, a–c become one row. What a rule says by
    itself is not said again.
    """
    beside: dict[int, set[int]] = {}
    seen: set[tuple[int, ...]] = set()
    for rule in rules:
        if isinstance(rule, Count) and rule.bound is Bound.AT_MOST and _is_exclusive(rule):
            seen.add(rule.initiatives)
            for place in rule.initiatives:
                beside.setdefault(place, set()).update(set(rule.initiatives) - {place})
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


def _is_exclusive(rule: Count) -> bool:
    """Whether it lets one of them at most be funded, whatever that is worth."""
    return rule.count == 1 and rule.price is None


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


def exact(amount: int | Decimal) -> int | Fraction:
    """The amount as a whole number, or else as a fraction."""
    return int(amount) if amount == int(amount) else Fraction(amount)


def _by_quarter(
    model: Model, target: int, field: str, number: Callable[[Any], Any]
) -> list[list[tuple[Any, Any]]]:
    """What every placement takes from a fund or asks of a team, by planning quarter, each amount
    as a ``number``."""
    problem = model.problem
    table: list[list[tuple[Any, Any]]] = [[] for _ in problem.quarters]
    known: dict[tuple[int, int], list[tuple[int, Any]]] = {}
    for position in model.positions:
        placement = problem.placements[position]
        option = (placement.initiative, placement.option)
        if option not in known:
            amounts = _amounts(problem.option(placement), target, field)
            known[option] = [(offset, number(amount)) for offset, amount in amounts]
        last = len(table) - placement.start
        x = model.x[position]
        for offset, amount in known[option]:
            if offset < last:
                table[placement.start + offset].append((x, amount))
    return table


def _amounts(option: Option, target: int, field: str) -> list[tuple[int, Any]]:
    """Non-zero amounts by quarter from the start; the same whenever that is."""
    flows: tuple[Flow, ...] = option.spend if field == "spend" else option.demand
    return [
        (offset, amount)
        for flow in flows
        if flow.target == target
        for offset, amount in enumerate(flow.amounts)
        if amount
    ]


def _starts(model: Model, initiative: int) -> dict[int, list[pulp.LpVariable]]:
    found: dict[int, list[pulp.LpVariable]] = {}
    for position in model.placed[initiative]:
        start = model.problem.placements[position].start
        found.setdefault(start, []).append(model.x[position])
    return dict(sorted(found.items()))
