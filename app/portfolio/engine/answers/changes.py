"""Changes of a problem that an answer proposes: each can be applied by a machine.

``change.apply(problem)`` gives the changed problem, its initiatives, funds and quarters in their
old order; the digest is left empty (`with_digest` computes it). Money is whole minor units.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from math import floor
from typing import Any

from app.portfolio.engine.problem import (
    Capacity,
    Fund,
    Initiative,
    Option,
    Pin,
    Problem,
    Rule,
)


class ChangeError(ValueError):
    """The change names something that this problem does not have."""


@dataclass(frozen=True, slots=True)
class ScaleBudgets:
    """All budgets, or one fund's, times ``share``, rounded down per quarter."""

    share: Fraction
    fund: str | None = None

    def apply(self, problem: Problem) -> Problem:
        if self.fund is not None:
            _place([fund.key for fund in problem.funds], self.fund)
        return _with_budgets(
            problem,
            [
                fund.budget
                if self.fund not in (None, fund.key)
                else tuple(floor(amount * self.share) for amount in fund.budget)
                for fund in problem.funds
            ],
        )


@dataclass(frozen=True, slots=True)
class AddBudget:
    """More money: (fund, quarter, minor units); never less than nothing is left of a budget."""

    amounts: tuple[tuple[str, str, int], ...]

    @property
    def total(self) -> int:
        return sum(amount for _, _, amount in self.amounts)

    def apply(self, problem: Problem) -> Problem:
        funds = [fund.key for fund in problem.funds]
        table = [list(fund.budget) for fund in problem.funds]
        for fund, quarter, amount in self.amounts:
            row, column = _place(funds, fund), _place(problem.quarters, quarter)
            table[row][column] = max(0, table[row][column] + amount)
        return _with_budgets(problem, table)


@dataclass(frozen=True, slots=True)
class AddCapacity:
    """More of a team: (capacity, quarter, amount in its unit)."""

    amounts: tuple[tuple[str, str, Decimal], ...]

    def apply(self, problem: Problem) -> Problem:
        capacities: list[Capacity] = list(problem.capacities)
        keys = [capacity.key for capacity in capacities]
        for key, quarter, amount in self.amounts:
            row, column = _place(keys, key), _place(problem.quarters, quarter)
            given = list(capacities[row].available)
            given[column] = max(Decimal(0), given[column] + amount)
            capacities[row] = replace(capacities[row], available=tuple(given))
        return _changed(problem, capacities=tuple(capacities))


@dataclass(frozen=True, slots=True)
class CostFactor:
    """The spend of every option of an initiative times ``factor``, rounded down."""

    initiative: str
    factor: Decimal

    def apply(self, problem: Problem) -> Problem:
        def cheaper(option: Option) -> Option:
            return replace(
                option,
                spend=tuple(
                    replace(
                        flow,
                        amounts=tuple(
                            int((a * self.factor).to_integral_value(ROUND_FLOOR))
                            for a in flow.amounts
                        ),
                    )
                    for flow in option.spend
                ),
            )

        return _with_options(problem, self.initiative, cheaper)


@dataclass(frozen=True, slots=True)
class AddValue:
    """Every placement of an initiative is worth this much more by itself."""

    initiative: str
    minor: int

    def apply(self, problem: Problem) -> Problem:
        def dearer(option: Option) -> Option:
            return replace(option, values=tuple(value + self.minor for value in option.values))

        return _with_options(problem, self.initiative, dearer)


@dataclass(frozen=True, slots=True)
class DropRule:
    """The problem without one rule."""

    rule: str

    def apply(self, problem: Problem) -> Problem:
        _place([rule.key for rule in problem.rules], self.rule)
        return _changed(problem, rules=tuple(r for r in problem.rules if r.key != self.rule))


@dataclass(frozen=True, slots=True)
class Redraw:
    """Other inputs than expected, as factors in the problem's order.

    Per initiative that of its own value and, by option, those of each of its effects and that of
    its spend; per pool that of its value, one for all quarters or one for each.
    """

    own: tuple[Decimal, ...]
    effects: tuple[tuple[tuple[Decimal, ...], ...], ...]
    costs: tuple[tuple[Decimal, ...], ...]
    pools: tuple[tuple[Decimal, ...], ...]

    def apply(self, problem: Problem) -> Problem:
        drawn = zip(problem.initiatives, self.own, self.effects, self.costs, strict=True)
        initiatives = tuple(
            replace(
                one,
                options=tuple(
                    _redrawn(option, own, does, costs)
                    for option, does, costs in zip(one.options, effects, spends, strict=True)
                ),
            )
            for one, own, effects, spends in drawn
        )
        pools = tuple(
            replace(
                pool,
                value=tuple(
                    _times(value, factors[min(quarter, len(factors) - 1)])
                    for quarter, value in enumerate(pool.value)
                ),
            )
            for pool, factors in zip(problem.pools, self.pools, strict=True)
        )
        return _changed(problem, initiatives=initiatives, pools=pools)


@dataclass(frozen=True, slots=True)
class Force:
    """The initiative is funded, in whatever option and start."""

    initiative: str

    def apply(self, problem: Problem) -> Problem:
        return _pinned(problem, "fund", self.initiative)


@dataclass(frozen=True, slots=True)
class Exclude:
    """The initiative is not funded."""

    initiative: str

    def apply(self, problem: Problem) -> Problem:
        return _pinned(problem, "exclude", self.initiative)


Change = (
    ScaleBudgets
    | AddBudget
    | AddCapacity
    | CostFactor
    | AddValue
    | DropRule
    | Redraw
    | Force
    | Exclude
)


def applied(problem: Problem, changes: Iterable[Change]) -> Problem:
    """The problem with one change after the other."""
    for change in changes:
        problem = change.apply(problem)
    return problem


def change_document(change: Change) -> dict[str, Any]:
    """The change as JSON, as `read_change` takes it."""
    match change:
        case ScaleBudgets(share, fund):
            written: dict[str, Any] = {"type": "scale_budgets", "share": str(share)}
            return written | ({} if fund is None else {"fund": fund})
        case AddBudget(amounts):
            return {"type": "add_budget", "amounts": [_entry("fund", *a) for a in amounts]}
        case AddCapacity(amounts):
            entries = [_entry("capacity", key, quarter, str(a)) for key, quarter, a in amounts]
            return {"type": "add_capacity", "amounts": entries}
        case CostFactor(initiative, factor):
            return {"type": "cost_factor", "initiative": initiative, "factor": str(factor)}
        case AddValue(initiative, minor):
            return {"type": "add_value", "initiative": initiative, "minor": minor}
        case DropRule(rule):
            return {"type": "drop_rule", "rule": rule}
        case Redraw():
            return {"type": "redraw"} | {name: _texts(getattr(change, name)) for name in _REDRAWN}
        case Force(initiative):
            return {"type": "force", "initiative": initiative}
        case Exclude(initiative):
            return {"type": "exclude", "initiative": initiative}
    raise TypeError(f"{type(change).__name__} has no written form.")


def read_change(document: Mapping[str, Any]) -> Change:
    """The change a document says. Raises ChangeError."""
    try:
        match document["type"]:
            case "scale_budgets":
                return ScaleBudgets(Fraction(document["share"]), document.get("fund"))
            case "add_budget":
                return AddBudget(
                    tuple((a["fund"], a["quarter"], int(a["amount"])) for a in document["amounts"])
                )
            case "add_capacity":
                entries = document["amounts"]
                return AddCapacity(
                    tuple((a["capacity"], a["quarter"], Decimal(a["amount"])) for a in entries)
                )
            case "cost_factor":
                return CostFactor(document["initiative"], Decimal(document["factor"]))
            case "add_value":
                return AddValue(document["initiative"], int(document["minor"]))
            case "drop_rule":
                return DropRule(document["rule"])
            case "redraw":
                return Redraw(*(_factors(document[name]) for name in _REDRAWN))
            case "force":
                return Force(document["initiative"])
            case "exclude":
                return Exclude(document["initiative"])
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise ChangeError("This is no change of a problem.") from error
    raise ChangeError("There is no change of this type.")


def _entry(name: str, key: str, quarter: str, amount: int | str) -> dict[str, Any]:
    return {name: key, "quarter": quarter, "amount": amount}


def _place(keys: Iterable[str], key: str) -> int:
    for place, one in enumerate(keys):
        if one == key:
            return place
    raise ChangeError(f"“{key}” is not part of this problem.")


def _changed(problem: Problem, **fields: Any) -> Problem:
    return replace(problem, digest="", **fields)


def _with_budgets(problem: Problem, budgets: Iterable[Iterable[int]]) -> Problem:
    funds: list[Fund] = [
        replace(fund, budget=tuple(budget))
        for fund, budget in zip(problem.funds, budgets, strict=True)
    ]
    return _changed(problem, funds=tuple(funds))


def _with_options(problem: Problem, key: str, change: Any) -> Problem:
    place = _place([one.key for one in problem.initiatives], key)
    initiatives: list[Initiative] = list(problem.initiatives)
    options = tuple(change(option) for option in initiatives[place].options)
    initiatives[place] = replace(initiatives[place], options=options)
    return _changed(problem, initiatives=tuple(initiatives))


def _pinned(problem: Problem, kind: str, key: str) -> Problem:
    place = _place([one.key for one in problem.initiatives], key)
    taken = {rule.key for rule in problem.rules}
    name = f"{kind}:{key}"
    while name in taken:
        name += "+"
    pin = Pin(name, kind, place, None, None, "")
    rules: list[Rule] = sorted([*problem.rules, pin], key=lambda rule: rule.key)
    return _changed(problem, rules=tuple(rules))


def _times(amount: int, factor: Decimal) -> int:
    return int((amount * factor).to_integral_value(ROUND_HALF_EVEN))


_REDRAWN = ("own", "effects", "costs", "pools")


def _texts(factors: Any) -> Any:
    return [_texts(one) for one in factors] if isinstance(factors, tuple) else str(factors)


def _factors(texts: Any) -> Any:
    return tuple(map(_factors, texts)) if isinstance(texts, list) else Decimal(texts)


def _redrawn(option: Option, own: Decimal, effects: tuple[Decimal, ...], cost: Decimal) -> Option:
    return replace(
        option,
        values=tuple(_times(value, own) for value in option.values),
        spend=tuple(
            replace(flow, amounts=tuple(_times(int(a), cost) for a in flow.amounts))
            for flow in option.spend
        ),
        effects=tuple(
            replace(one, intensity=tuple(round(a * factor, 9) for a in one.intensity))
            for one, factor in zip(option.effects, effects, strict=True)
        ),
    )
