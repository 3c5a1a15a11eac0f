"""Why an initiative is not funded, where that can be shown without solving again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.portfolio.engine.counting import Account, fund_quarters
from app.portfolio.engine.problem import (
    Bound,
    Count,
    Pin,
    Placement,
    Problem,
    Requires,
    Rule,
    Together,
)
from app.portfolio.presenters.names import Names
from app.portfolio.rules.demands import listed
from app.values.money import Money
from app.web.filters import money, number
from app.web.filters import quarter as quarter_words


def not_funded_reasons(
    problem: Problem, chosen: tuple[Placement, ...], names: Names
) -> dict[str, str]:
    """A reason by initiative key; initiatives without a provable reason are not in it.

    The best plan may leave out what would fit: then only solving again could say why.
    """
    account = Account(problem, chosen)
    funded = {placement.initiative for placement in chosen}
    rules = _rules_by_initiative(problem)
    found: dict[str, str] = {}
    for place, initiative in enumerate(problem.initiatives):
        if place in funded:
            continue
        by_rule = (_barred_by(rule, place, funded, problem, names) for rule in rules.get(place, ()))
        reason = next((words for words in by_rule if words), None)
        needs = [rule for rule in rules.get(place, ()) if isinstance(rule, Requires)]
        reason = reason or _worthless(problem, place) or _does_not_fit(account, place, needs, names)
        if reason:
            found[initiative.key] = reason
    return found


def _rules_by_initiative(problem: Problem) -> Mapping[int, list[Rule]]:
    found: dict[int, list[Rule]] = {}
    for rule in problem.rules:
        if isinstance(rule, Pin | Requires):
            found.setdefault(rule.initiative, []).append(rule)
        elif isinstance(rule, Count | Together):
            for member in rule.initiatives:
                found.setdefault(member, []).append(rule)
    return found


def _barred_by(
    rule: Rule, place: int, funded: set[int], problem: Problem, names: Names
) -> str | None:
    keys = [initiative.key for initiative in problem.initiatives]
    match rule:
        case Pin(kind="exclude"):
            return f"Left out by a pin: {rule.reason}" if rule.reason else "Left out by a pin."
        case Requires() if rule.needs not in funded:
            return f"It needs {keys[rule.needs]}, which is not funded."
        case Count(bound=Bound.AT_MOST):
            taken = [keys[member] for member in rule.initiatives if member in funded]
            if len(taken) < rule.count:
                return None
            if not taken:
                return f"“{names.rule(rule.key)}” leaves it out."
            are = "is" if len(taken) == 1 else "are"
            some = listed(taken) if len(taken) < 6 else f"{len(taken)} others"
            return f"“{names.rule(rule.key)}”, and {some} {are} funded."
        case Together():
            others = [keys[m] for m in rule.initiatives if m != place and m not in funded]
            return f"It goes only together with {listed(others)}." if others else None
    return None


def _worthless(problem: Problem, place: int) -> str | None:
    options = problem.initiatives[place].options
    has_value = any(any(o.values) or o.effects for o in options)
    return None if has_value else "It counts no value in this cycle."


@dataclass(frozen=True, slots=True)
class _Lack:
    """What a placement lacks beside the plan; ``share`` of what it asks for, to find the least."""

    share: float
    words: str


def _does_not_fit(account: Account, place: int, needs: list[Requires], names: Names) -> str | None:
    """Said only when every option at every start would overspend a fund or overwork a team.

    Starts that come too early for what the initiative needs are none.
    """
    problem = account.problem
    begun = {placement.initiative: placement.start for placement in account.chosen}
    first = max((begun[rule.needs] + rule.lag for rule in needs), default=0)
    lacks: list[tuple[float, int, str, str, str]] = []
    for o, option in enumerate(problem.initiatives[place].options):
        for start in option.starts:
            if start < first:
                continue
            placement = Placement(place, o, start)
            lack = _money_lack(account, placement, names) or _days_lack(account, placement, names)
            if lack is None:
                return None
            lacks.append((lack.share, len(lacks), lack.words, option.key, problem.quarters[start]))
    if not lacks:
        keys = listed([problem.initiatives[rule.needs].key for rule in needs])
        return f"{keys} is planned too late for it: none of its starts lies behind that."
    _, _, words, key, quarter = min(lacks)
    named = f"{names.option(problem.initiatives[place].key, key)} from {quarter_words(quarter)}"
    return f"No option fits beside the funded ones. The nearest, {named}, lacks {words}."


def _money_lack(account: Account, placement: Placement, names: Names) -> _Lack | None:
    problem = account.problem
    for flow in problem.option(placement).spend:
        asked = problem.in_horizon(placement, flow)
        spend = list(account.spend[flow.target])
        for quarter, amount in asked:
            spend[quarter] += int(amount)
        fund = problem.funds[flow.target]
        for quarter, state in enumerate(fund_quarters(fund, spend)):
            if state.left < 0:
                lacking = money(Money(-state.left, problem.currency))
                words = f"{lacking} of {names.fund(fund.key)} in {_when(problem, quarter)}"
                return _Lack(-state.left / sum(int(amount) for _, amount in asked), words)
    return None


def _days_lack(account: Account, placement: Placement, names: Names) -> _Lack | None:
    problem = account.problem
    for flow in problem.option(placement).demand:
        capacity = problem.capacities[flow.target]
        if capacity.overtime_price is not None:
            continue
        for quarter, amount in problem.in_horizon(placement, flow):
            over = account.demand[flow.target][quarter] + amount - capacity.available[quarter]
            if over > 0:
                words = (
                    f"{number(over.normalize())} {capacity.unit} of {names.team(capacity.key)} "
                    f"in {_when(problem, quarter)}"
                )
                return _Lack(float(over / amount), words)
    return None


def _when(problem: Problem, quarter: int) -> str:
    return quarter_words(problem.quarters[quarter])
