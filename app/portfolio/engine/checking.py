"""Every limit and rule against a set of choices, in exact arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.portfolio.engine.counting import Account, fund_quarters
from app.portfolio.engine.measuring import Amount, shown_slack
from app.portfolio.engine.problem import (
    AverageRisk,
    ChangeLoad,
    Count,
    Keep,
    Pin,
    Placement,
    Problem,
    Requires,
    Rule,
    Share,
    SpendOn,
    Synergy,
    Together,
    price_of,
)


@dataclass(frozen=True, slots=True)
class RuleState:
    """How far a rule is from its limit, in its own unit.

    Units stand in docs/model.md, B4. ``slack`` below zero is missed; None where nothing can be
    measured. ``binding`` is no slack. A soft rule has a ``price`` in minor units per unit of miss;
    ``paid`` is what its miss takes off the plan's value.
    """

    key: str
    type: str
    slack: int | float | None
    binding: bool
    price: Decimal | None = None
    paid: int = 0

    @property
    def miss(self) -> int | float:
        """How much is missed; 0 when the rule holds."""
        return max(0, -self.slack) if self.slack is not None else 0

    @property
    def is_broken(self) -> bool:
        """Missed without a price to pay for it: no plan may do that."""
        return self.price is None and self.miss > 0


@dataclass(frozen=True, slots=True)
class Breach:
    """A limit that does not hold; ``cover`` are choices that can never all stand together."""

    owner: str
    text: str
    cover: tuple[Placement, ...]


def rule_type(rule: Rule) -> str:
    """The rule's type as the problem file writes it."""
    match rule:
        case Requires():
            return "requires"
        case Together():
            return "together"
        case Count(bound=bound):
            return bound.value
        case Pin(kind=kind):
            return kind
        case Share():
            return "share"
        case SpendOn():
            return "spend_on"
        case AverageRisk():
            return "average_risk"
        case ChangeLoad():
            return "change_load"
        case Keep():
            return "keep"
        case Synergy():
            return "synergy"
    raise TypeError(f"{type(rule).__name__} is no rule.")


def rule_states(account: Account, paid: Mapping[int, int] | None = None) -> list[RuleState]:
    """One state per rule, in the problem's order; ``paid`` is by position of the rule."""
    settled = paid or {}
    return [
        _state(rule, slack, settled.get(position, 0))
        for position, (rule, slack) in enumerate(
            zip(account.problem.rules, account.slacks, strict=True)
        )
    ]


def _state(rule: Rule, slack: Amount | None, paid: int) -> RuleState:
    is_binding = slack is not None and slack <= 0
    price = price_of(rule)
    return RuleState(rule.key, rule_type(rule), shown_slack(rule, slack), is_binding, price, paid)


def breaches(account: Account) -> list[Breach]:
    """Everything a set of choices breaks; empty for a plan that may be shown.

    What is missed of a soft rule is paid for and no breach.
    """
    found = list(_impossible_choices(account))
    if found:
        return found
    found.extend(_budget_breaches(account))
    found.extend(_capacity_breaches(account))
    for state in rule_states(account):
        if state.is_broken:
            text = f"rule {state.key} ({state.type}) is missed by {state.miss:,}"
            found.append(Breach(f"rule:{state.key}", text, ()))
    return found


def is_allowed(account: Account) -> bool:
    """Whether the choices break nothing: `breaches` without saying what, much sooner."""
    return not (
        any(True for _ in _impossible_choices(account))
        or any(True for _ in overspent(account))
        or any(True for _ in overworked(account))
        or any(state.is_broken for state in rule_states(account))
    )


def _impossible_choices(account: Account) -> Iterator[Breach]:
    problem, seen = account.problem, set()
    for placement in account.chosen:
        name = problem.initiatives[placement.initiative].key
        if placement.initiative in seen:
            yield Breach("choice", f"{name} is chosen twice", ())
        seen.add(placement.initiative)
        if placement.start not in problem.option(placement).starts:
            yield Breach("choice", f"{name} cannot start then", ())


def _budget_breaches(account: Account) -> Iterator[Breach]:
    problem = account.problem
    for place, quarter, missing in overspent(account):
        fund = problem.funds[place]
        text = f"{fund.key} is overspent by {missing:,} in {problem.quarters[quarter]}"
        cover = _minimal_cover(problem, account.chosen, place, quarter)
        yield Breach(f"fund:{fund.key}:{quarter}", text, cover)


def overspent(account: Account) -> Iterator[tuple[int, int, int]]:
    """Fund, quarter and what is missing."""
    for place, fund in enumerate(account.problem.funds):
        for quarter, state in enumerate(fund_quarters(fund, account.spend[place])):
            if state.left < 0:
                yield place, quarter, -state.left


def _minimal_cover(
    problem: Problem, chosen: tuple[Placement, ...], fund: int, last: int
) -> tuple[Placement, ...]:
    """The fewest choices found that already overspend the fund by quarter ``last``.

    Spend is never negative, so whatever contains them overspends too.
    """
    series: dict[Placement, list[int]] = {}
    for placement in chosen:
        row = [0] * len(problem.quarters)
        for flow in problem.option(placement).spend:
            if flow.target == fund:
                for quarter, amount in problem.in_horizon(placement, flow):
                    row[quarter] += int(amount)
        if any(row[: last + 1]):
            series[placement] = row
    kept = sorted(series, key=lambda placement: sum(series[placement]))
    for placement in tuple(kept):
        rest = [other for other in kept if other != placement]
        total = [sum(series[p][q] for p in rest) for q in range(len(problem.quarters))]
        if any(state.left < 0 for state in fund_quarters(problem.funds[fund], total)[: last + 1]):
            kept = rest
    return tuple(kept)


def _capacity_breaches(account: Account) -> Iterator[Breach]:
    problem = account.problem
    for place, quarter, missing in overworked(account):
        capacity, when = problem.capacities[place], problem.quarters[quarter]
        text = f"{capacity.key} lacks {missing} {capacity.unit or 'units'} in {when}"
        cover = tuple(
            placement
            for placement in account.chosen
            for flow in problem.option(placement).demand
            if flow.target == place and quarter in dict(problem.in_horizon(placement, flow))
        )
        yield Breach(f"capacity:{capacity.key}:{quarter}", text, cover)


def overworked(account: Account) -> Iterator[tuple[int, int, Decimal]]:
    """Capacity without priced overtime, quarter and what is missing."""
    for place, capacity in enumerate(account.problem.capacities):
        if capacity.overtime_price is None:
            for quarter, missing in enumerate(account.overtime[place]):
                if missing > 0:
                    yield place, quarter, missing
