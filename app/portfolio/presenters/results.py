"""A run's result as its page shows it; every figure comes from the recounted answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from app.portfolio.engine.problem import Placement, Problem
from app.portfolio.presenters.names import Names
from app.portfolio.presenters.net import Net, horizon_of, net_of, net_sum, placed_costs
from app.portfolio.presenters.reasons import not_funded_reasons
from app.portfolio.presenters.usage import UsedRow, capacity_rows, fund_committed, fund_rows
from app.portfolio.presenters.verdicts import Verdict, plan_verdict, result_gap
from app.portfolio.queries.answers import Answer
from app.portfolio.rules.demands import DemandKind
from app.values.money import Money, sum_money
from app.web.filters import counted, money, money_short, number

GREEDY_WORDS = {
    "value": "by value",
    "value/cost, stop": "by value per money, ending where the money does",
    "value/cost, skip": "by value per money, skipping what does not fit",
}


SOLVERS = {"highs": "HiGHS", "cbc": "CBC"}
"""What a result names by its back end because the search ended before the solver said more."""

NEVER_BINDING = frozenset({"together", "keep", "synergy", "fund", "exclude", "fix"})
"""Rules without a limit to come up against: pins are decisions, not limits."""


@dataclass(frozen=True, slots=True)
class FundedLine:
    """A funded initiative with its three values; ``per_money`` None when it costs nothing."""

    rank: int
    key: str
    title: str
    option: str
    start: str
    spend: Money
    beyond: Money | None
    standalone: Money
    allocated: Money
    marginal: Money
    per_money: Decimal | None
    share: int
    is_declared: bool
    net: Net | None


@dataclass(frozen=True, slots=True)
class NotFundedLine:
    """An initiative left out, with the best it would be worth alone and a reason if one is sure."""

    key: str
    title: str
    standalone: Money
    reason: str | None


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule with what room it leaves, or what it cost where it was broken."""

    sentence: str
    reason: str
    room: str
    is_binding: bool
    is_broken: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the funded initiatives; ``overlap`` is what standalone claims count twice.

    ``value`` is what is ``allocated`` less what is ``paid`` for broken rules (None: nothing).
    """

    value: Money
    allocated: Money
    paid: Money | None
    spend: Money
    left: Money
    committed: Money | None
    standalone: Money
    marginal: Money
    overlap: Money
    per_money: Decimal | None


@dataclass(frozen=True)
class ResultView:
    """Everything the result page shows of an answer with a plan."""

    verdict: Verdict
    totals: Totals
    net: Net | None
    funded: Sequence[FundedLine]
    not_funded: Sequence[NotFundedLine]
    funds: Sequence[UsedRow]
    capacities: Sequence[UsedRow]
    pools: Sequence[Mapping[str, Any]]
    rules: Sequence[RuleLine]
    greedy: str | None
    greedy_falls_short: bool
    remarks: Sequence[Mapping[str, Any]]
    quarters: Sequence[str]
    gap: str
    solver: str
    seconds: Decimal

    @property
    def candidate_count(self) -> int:
        return len(self.funded) + len(self.not_funded)

    @cached_property
    def has_declared(self) -> bool:
        return any(line.is_declared for line in self.funded)

    @cached_property
    def has_unexplained(self) -> bool:
        """Whether no reason stands at something that is not funded."""
        return not all(line.reason for line in self.not_funded)

    @cached_property
    def binding(self) -> list[str]:
        """Names of funds and teams that are used up in some quarter."""
        return [row.name for row in (*self.funds, *self.capacities) if row.is_full]


Line = TypeVar("Line", FundedLine, NotFundedLine)


def matching(lines: Sequence[Line], words: str) -> list[Line]:
    """The lines whose key or title holds every one of ``words``, whatever their case."""
    wanted = words.casefold().split()
    if not wanted:
        return list(lines)
    return [
        line
        for line in lines
        if all(word in f"{line.key} {line.title}".casefold() for word in wanted)
    ]


@lru_cache(maxsize=16)
def result_view(answer: Answer) -> ResultView:
    """Arrange an answer; kept while the same answer is looked at."""
    result, names = answer.result, Names(answer.inputs)
    totals, nets = _totals(result), _nets(answer)
    return ResultView(
        verdict=plan_verdict(result, names),
        totals=totals,
        net=_net(totals.value, nets),
        funded=_funded(result, names, nets),
        not_funded=_not_funded(answer, names),
        funds=fund_rows(result, names),
        capacities=capacity_rows(result, names),
        pools=_pools(result, names),
        rules=[_rule(rule, result, answer.problem, names) for rule in result["rules"]],
        greedy=_greedy(result),
        greedy_falls_short=bool(result["greedy"] and result["greedy"]["shortfall"]),
        remarks=names.listed("remarks"),
        quarters=result["quarters"],
        gap=result_gap(result),
        solver=SOLVERS.get(result["solver"], result["solver"]),
        seconds=Decimal(repr(result["seconds"])).quantize(Decimal("0.1")),
    )


def ratio(value: Money, spend: Money) -> Decimal | None:
    """Value per unit of money to two digits; None when nothing is spent."""
    if not spend:
        return None
    exact = Decimal(value.minor) / Decimal(spend.minor)
    return exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)


def _totals(result: Mapping[str, Any]) -> Totals:
    currency, rows = result["currency"], result["funded"]
    value, spend = Money(result["value"] or 0, currency), Money(result["spend"], currency)
    committed = sum(sum(fund_committed(fund)) for fund in result["funds"])
    budget = sum(sum(fund["budget"]) for fund in result["funds"]) - committed
    standalone = sum_money((Money(r["value_standalone"], currency) for r in rows), currency)
    allocated = sum_money((Money(r["value_allocated"], currency) for r in rows), currency)
    paid = result.get("paid", 0)
    return Totals(
        value=value,
        allocated=allocated,
        paid=Money(paid, currency) if paid else None,
        spend=spend,
        left=Money(budget, currency) - spend,
        committed=Money(committed, currency) if committed else None,
        standalone=standalone,
        marginal=sum_money((Money(r["value_marginal"], currency) for r in rows), currency),
        overlap=standalone - allocated,
        per_money=ratio(value, spend),
    )


def _nets(answer: Answer) -> dict[str, Net]:
    """Allocated value against discounted cost by initiative; empty without a noted rate."""
    horizon = horizon_of(answer.inputs.get("cycle", {}))
    if horizon is None:
        return {}
    result = answer.result
    chosen = placements_of(answer.problem, result)
    costs = placed_costs(answer.problem, chosen, horizon)
    return {
        row["initiative"]: net_of(
            Money(row["value_allocated"], result["currency"]), costs[row["initiative"]]
        )
        for row in result["funded"]
    }


def plan_net(answer: Answer) -> Net | None:
    """What a whole plan brings less what it costs; None without a noted rate."""
    return _net(_totals(answer.result).value, _nets(answer))


def _net(value: Money, nets: Mapping[str, Net]) -> Net | None:
    if not nets:
        return None
    return replace(net_sum(nets.values(), value.currency), value=value)


def _funded(result: Mapping[str, Any], names: Names, nets: Mapping[str, Net]) -> list[FundedLine]:
    """The best value per money first; what costs nothing before all."""
    currency = result["currency"]
    order = sorted(result["funded"], key=_rank)
    ratios = [
        ratio(Money(row["value_allocated"], currency), Money(row["spend"], currency))
        for row in order
    ]
    best = max((one for one in ratios if one is not None and one > 0), default=Decimal(1))
    return [
        FundedLine(
            rank=place + 1,
            key=row["initiative"],
            title=names.title(row["initiative"]),
            option=names.option(row["initiative"], row["option"]),
            start=row["start"],
            spend=Money(row["spend"], currency),
            beyond=Money(row["spend_beyond"], currency) if row["spend_beyond"] else None,
            standalone=Money(row["value_standalone"], currency),
            allocated=Money(row["value_allocated"], currency),
            marginal=Money(row["value_marginal"], currency),
            per_money=ratios[place],
            share=_share_of_best(ratios[place], best),
            is_declared=names.is_declared(row["initiative"], row["option"]),
            net=nets.get(row["initiative"]),
        )
        for place, row in enumerate(order)
    ]


def _share_of_best(one: Decimal | None, best: Decimal) -> int:
    """A bar's length from 0 to 100; what costs nothing fills it."""
    return 100 if one is None else max(0, round(one / best * 100))


def _rank(row: Mapping[str, Any]) -> tuple[int, Decimal, str]:
    if not row["spend"]:
        return (0, Decimal(-row["value_allocated"]), row["initiative"])
    return (1, -Decimal(row["value_allocated"]) / row["spend"], row["initiative"])


def placements_of(problem: Problem, result: Mapping[str, Any]) -> tuple[Placement, ...]:
    """The choices of a recounted result."""
    initiatives = {one.key: place for place, one in enumerate(problem.initiatives)}
    found = []
    for row in result["funded"]:
        place = initiatives[row["initiative"]]
        options = [option.key for option in problem.initiatives[place].options]
        start = problem.quarters.index(row["start"])
        found.append(Placement(place, options.index(row["option"]), start))
    return tuple(found)


def _not_funded(answer: Answer, names: Names) -> list[NotFundedLine]:
    result, problem = answer.result, answer.problem
    reasons = not_funded_reasons(problem, placements_of(problem, result), names)
    lines = [
        NotFundedLine(
            key=row["initiative"],
            title=names.title(row["initiative"]),
            standalone=Money(row["value_standalone"], result["currency"]),
            reason=reasons.get(row["initiative"]),
        )
        for row in result["not_funded"]
    ]
    return sorted(lines, key=lambda line: (-line.standalone.minor, line.key))


def _pools(result: Mapping[str, Any], names: Names) -> list[Mapping[str, Any]]:
    currency = result["currency"]
    used = [pool for pool in result["pools"] if pool["value"]]
    return [
        {
            "label": names.pool(pool["key"]),
            "value": f"{money_short(Money(pool['taken'], currency))} of "
            f"{money_short(Money(pool['value'], currency))}",
            "share": max(0, min(100, round(100 * pool["taken"] / pool["value"], 1))),
        }
        for pool in used
    ]


def _rule(
    rule: Mapping[str, Any], result: Mapping[str, Any], problem: Problem, names: Names
) -> RuleLine:
    currency, is_broken = result["currency"], bool(rule.get("miss"))
    return RuleLine(
        sentence=names.rule(rule["key"]),
        reason=names.reason(rule["key"]),
        room=_missed(rule, currency) if is_broken else _room(rule, currency),
        is_binding=bool(rule["binding"]) and not is_broken and rule["type"] not in NEVER_BINDING,
        is_broken=is_broken,
    )


def _missed(rule: Mapping[str, Any], currency: str) -> str:
    """By how much a soft rule is missed and what that takes off the value."""
    miss, paid = rule["miss"], money(Money(rule["paid"], currency))
    if rule["type"] in ("share", "spend_on"):
        return f"missed by {money(Money(miss, currency))}; {paid} paid"
    if rule["type"] in ("fund", "exclude", "fix"):
        return f"not kept; {paid} paid"
    by = f"{number(miss)} × {DemandKind(rule['type']).unit}"
    return f"missed: {by}; {paid} paid"


def _room(rule: Mapping[str, Any], currency: str) -> str:
    slack = rule["slack"]
    match rule["type"]:
        case "share" | "spend_on":
            return f"{money(Money(slack, currency))} of room"
        case "at_most" | "change_load":
            when = " in the fullest quarter" if rule["type"] == "change_load" else ""
            return f"room for {number(slack)} more{when}" if slack else f"no room for more{when}"
        case "at_least":
            return f"{number(slack)} more than asked" if slack else "just met"
        case "average_risk":
            points = Decimal(repr(slack)).quantize(Decimal("0.1"))
            return f"room for {number(points)} risk points more" if slack else "just met"
        case "requires" if slack is None:
            return "not in play"
        case "requires":
            return "just in time" if not slack else f"{counted(slack, 'quarter')} to spare"
        case "synergy":
            return "earned where all are funded"
        case "fund" | "exclude" | "fix":
            return "pinned"
    return "kept"


def _greedy(result: Mapping[str, Any]) -> str | None:
    greedy = result["greedy"]
    if greedy is None:
        return None
    listed = GREEDY_WORDS.get(greedy["list"], greedy["list"])
    shortfall = Money(greedy["shortfall"], result["currency"])
    if not shortfall:
        return f"A list ranked {listed} would do as well."
    return f"{money(-shortfall)} for the same money from a list ranked {listed}."
