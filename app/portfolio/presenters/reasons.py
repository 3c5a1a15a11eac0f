"""Why an initiative is not funded, where that can be shown without solving again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.portfolio.engine.counting import Account
from app.portfolio.engine.problem import (
    Bound,
    Count,
    Pin,
    Placement,
    Problem,
    Requires,
    Rule,
    Together,
    price_of,
)
from app.portfolio.presenters.names import Names
from app.portfolio.rules.demands import listed
from app.values.carrying import lacking
from app.values.money import Money
from app.web.filters import money, number
from app.web.filters import quarter as quarter_words

MOST_NAMED = 6
"""Short quarters of one fund or team that a sentence names; more are told together."""


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
        if price_of(rule) is not None:
            continue  # what can be paid for keeps nobody out by itself
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
    """What a placement lacks beside the plan.

    ``share`` is all money short by all money asked for, and the same of days: 0.1 is a tenth.
    """

    share: float
    quarters: int
    words: str


@dataclass(frozen=True, slots=True)
class _Short:
    """A fund or team with what it is short of, by planning quarter."""

    name: str
    quarters: Mapping[int, str]
    total: str

    def words(self, problem: Problem) -> str:
        """Every quarter by name, or all of them together where they are too many to read."""
        if len(self.quarters) > MOST_NAMED:
            first, last = _when(problem, min(self.quarters)), _when(problem, max(self.quarters))
            return (
                f"{self.name} short {self.total} in all, "
                f"in {len(self.quarters)} quarters from {first} to {last}"
            )
        named = [f"{_when(problem, at)} short {much}" for at, much in self.quarters.items()]
        return f"{self.name} {listed(named)}"


def _does_not_fit(account: Account, place: int, needs: list[Requires], names: Names) -> str | None:
    """Said only when every option at every start would overspend a fund or overwork a team.

    Starts that come too early for what the initiative needs are none. The nearest lacks the least
    of what it asks for, then in the fewest quarters.
    """
    problem = account.problem
    begun = {placement.initiative: placement.start for placement in account.chosen}
    first = max((begun[rule.needs] + rule.lag for rule in needs), default=0)
    lacks: list[tuple[float, int, int, str, str, str]] = []
    for o, option in enumerate(problem.initiatives[place].options):
        for start in option.starts:
            if start < first:
                continue
            lack = _lack(account, Placement(place, o, start), names)
            if lack is None:
                return None
            when = problem.quarters[start]
            lacks.append((lack.share, lack.quarters, len(lacks), lack.words, option.key, when))
    if not lacks:
        keys = listed([problem.initiatives[rule.needs].key for rule in needs])
        return f"{keys} is planned too late for it: it has no start after that."
    *_, words, key, quarter = min(lacks)
    named = f"“{names.option(problem.initiatives[place].key, key)}” from {quarter_words(quarter)}"
    return f"No option fits beside the funded ones. The nearest is {named}: {words}."


def _lack(account: Account, placement: Placement, names: Names) -> _Lack | None:
    money_share, funds = _money_lack(account, placement, names)
    days_share, teams = _days_lack(account, placement, names)
    shorts = [*funds, *teams]
    if not shorts:
        return None
    return _Lack(
        money_share + days_share,
        sum(len(short.quarters) for short in shorts),
        "; ".join(short.words(account.problem) for short in shorts),
    )


def _money_lack(
    account: Account, placement: Placement, names: Names
) -> tuple[float, Sequence[_Short]]:
    """What is short of what is asked for, as a share, and where.

    A quarter is short by what it would need on top once those before it have been helped out.
    """
    problem = account.problem
    needed, missing, shorts = 0, 0, []
    for flow in problem.option(placement).spend:
        fund = problem.funds[flow.target]
        spend = list(account.spend[flow.target])
        for quarter, amount in problem.in_horizon(placement, flow):
            spend[quarter] += int(amount)
            needed += int(amount)
        taken = [bound + spent for bound, spent in zip(fund.bound, spend, strict=True)]
        lacks = lacking(fund.budget, taken, fund.carry_over)
        if any(lacks):
            missing += sum(lacks)
            words = {at: _money(lack, problem) for at, lack in enumerate(lacks) if lack}
            shorts.append(_Short(names.fund(fund.key), words, _money(sum(lacks), problem)))
    return (missing / needed if needed else float(bool(shorts))), shorts


def _days_lack(
    account: Account, placement: Placement, names: Names
) -> tuple[float, Sequence[_Short]]:
    """What is short of the work asked for, as a share, and where; priced overtime is no lack."""
    problem = account.problem
    needed, missing, shorts = Decimal(0), Decimal(0), []
    for flow in problem.option(placement).demand:
        capacity = problem.capacities[flow.target]
        if capacity.overtime_price is not None:
            continue
        over: dict[int, Decimal] = {}
        for quarter, amount in problem.in_horizon(placement, flow):
            needed += amount
            more = account.demand[flow.target][quarter] + amount - capacity.available[quarter]
            if amount and more > 0:
                over[quarter] = more
        if over:
            total = sum(over.values(), Decimal(0))
            missing += total
            words = {at: f"{_plain(days)} {capacity.unit}" for at, days in over.items()}
            name = names.team(capacity.key)
            shorts.append(_Short(name, words, f"{_plain(total)} {capacity.unit}"))
    return (float(missing / needed) if needed else 0.0), shorts


def _money(minor: int, problem: Problem) -> str:
    return money(Money(minor, problem.currency))


def _plain(days: Decimal) -> str:
    return number(days.normalize())


def _when(problem: Problem, quarter: int) -> str:
    return quarter_words(problem.quarters[quarter])
