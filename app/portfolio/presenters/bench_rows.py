"""Funded and not funded on the workbench: filtered, sorted, with reasons and remedies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import InvalidError
from app.portfolio.engine.problem import Problem
from app.portfolio.presenters.bench import names_listed
from app.portfolio.presenters.comparison import compare
from app.portfolio.presenters.names import Names
from app.portfolio.presenters.results import FundedLine, NotFundedLine, ResultView, matching
from app.portfolio.queries.answers import Answer
from app.values.money import Money
from app.web.filters import money, money_short

SHOWN = {"all": "All", "changed": "Changed", "funded": "Funded", "not": "Not funded"}
SORTS = {"rank": "Value per money", "value": "Value", "spend": "Spend", "key": "Key"}


@dataclass(frozen=True, slots=True)
class Remedy:
    """A way in that was proven: ``kind`` names it to the server, ``words`` is its button."""

    kind: str
    words: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Row:
    """An initiative of the result. ``line`` holds its figures; ``change`` what is new about it;
    ``least`` what its cheapest option costs, where it is not funded."""

    key: str
    line: FundedLine | NotFundedLine
    is_funded: bool
    change: str
    least: Money | None
    cost: str
    reasons: Sequence[str]
    remedies: Sequence[Remedy]


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows that were asked for, funded first, and how many of each kind there are."""

    rows: Sequence[Row]
    funded_count: int
    counts: Mapping[str, int]


def list_rows(
    answer: Answer,
    view: ResultView,
    *,
    before: Answer | None,
    why: Mapping[str, Any] | None,
    droppable: frozenset[str],
    show: str,
    sort: str,
    find: str,
) -> Listing:
    """``before``: the plan that changes are told against. ``why``: the stored reasons of this plan.
    ``droppable``: rules that can be taken off the scenario."""
    changed = _changed(before, answer)
    funded = sorted(matching(view.funded, find), key=_order(sort))
    left = sorted(matching(view.not_funded, find), key=_order(sort))
    counts = {
        "all": len(funded) + len(left),
        "changed": sum(one.key in changed for one in funded)
        + sum(one.key in changed for one in left),
        "funded": len(funded),
        "not": len(left),
    }
    if show == "changed":
        funded = [line for line in funded if line.key in changed]
        left = [line for line in left if line.key in changed]
    funded = [] if show == "not" else funded
    left = [] if show == "funded" else left
    told = {row["initiative"]: row for row in why["rows"]} if why else {}
    names = Names(answer.inputs)
    costs = _least_costs(answer.problem, {line.key for line in left})
    rows = [_funded_row(line, changed) for line in funded]
    for line in left:
        rows.append(
            _left_row(
                line, changed, costs.get(line.key), told.get(line.key),
                _Teller(names, answer.result["currency"], droppable),
            )
        )  # fmt: skip
    return Listing(rows, len(funded), counts)


def _changed(before: Answer | None, answer: Answer) -> dict[str, str]:
    """What is new about an initiative against the plan before, by key."""
    if before is None:
        return {}
    try:
        found = compare(before, answer)
    except InvalidError:
        return {}
    words = {one.key: "new" for one in found.added} | {one.key: "dropped" for one in found.dropped}
    words |= {one.key: f"was {one.before}" for one in (*found.moved, *found.rescoped)}
    return words


def _order(sort: str) -> Callable[[FundedLine | NotFundedLine], tuple[int, str]]:
    """Funded lines and others by the same word; the rank is theirs already."""

    def key(line: FundedLine | NotFundedLine) -> tuple[int, str]:
        if isinstance(line, FundedLine):
            amounts = {"value": -line.allocated.minor, "spend": -line.spend.minor, "key": 0}
            return (amounts.get(sort, line.rank), line.key)
        return (0 if sort == "key" else -line.standalone.minor, line.key)

    return key


def _least_costs(problem: Problem, wanted: set[str]) -> dict[str, Money]:
    """What the cheapest option of each costs in all."""
    return {
        one.key: Money(
            min(
                sum(int(amount) for flow in option.spend for amount in flow.amounts)
                for option in one.options
            ),
            problem.currency,
        )
        for one in problem.initiatives
        if one.key in wanted and one.options
    }


def _funded_row(line: FundedLine, changed: Mapping[str, str]) -> Row:
    return Row(line.key, line, True, changed.get(line.key, ""), None, "", (), ())


def _left_row(
    line: NotFundedLine,
    changed: Mapping[str, str],
    least: Money | None,
    told: Mapping[str, Any] | None,
    teller: _Teller,
) -> Row:
    reasons = [line.reason] if line.reason else []
    remedies: list[Remedy] = []
    cost = ""
    if told is not None:
        cost = teller.cost(told)
        # What was tried says more than what can be seen without solving again.
        reasons = [*teller.sentences(told), *([] if told["is_exact"] else reasons)]
        remedies = teller.remedies(told)
    return Row(line.key, line, False, changed.get(line.key, ""), least, cost, reasons, remedies)


@dataclass(frozen=True, slots=True)
class _Teller:
    """Says what a stored reason holds."""

    names: Names
    currency: str
    droppable: frozenset[str]

    def _exact(self, minor: int) -> str:
        return money(Money(minor, self.currency))

    def _short(self, minor: int) -> str:
        return money_short(Money(minor, self.currency))

    def cost(self, told: Mapping[str, Any]) -> str:
        """What forcing it in costs, in short."""
        if not told["is_exact"]:
            least = told["estimate"]
            return f"{self._short(-least)} or more" if least is not None else ""
        return "can't be in" if told["loss"] is None else self._short(-told["loss"])

    def sentences(self, told: Mapping[str, Any]) -> list[str]:
        if not told["is_exact"]:
            if told["estimate"] is None:
                return []
            return [f"Forcing it in costs at least {self._exact(told['estimate'])}."]
        if told["loss"] is None:
            return ["No plan can hold it together with what must be kept."]
        first = f"Forcing it in costs {self._exact(told['loss'])}."
        if told["leaves"]:
            first += f" To pay for it the optimizer would drop {names_listed(told['leaves'])}"
            first += f" and take {names_listed(told['enters'])}." if told["enters"] else "."
        found = [first]
        if told["dominated_by"]:
            found.append(f"{names_listed(told['dominated_by'])} is better in everything.")
        return [*found, *(self._way(remedy) for remedy in told["remedies"])]

    def _way(self, remedy: Mapping[str, Any]) -> str:
        amount = self._exact(remedy["amount"])
        worth = self._exact(remedy["value"])
        match remedy["kind"]:
            case "budget":
                return f"It enters on its own with {amount} more budget; the plan is then {worth}."
            case "cost":
                return f"It would enter if it cost {amount} less."
            case "value":
                return f"It would enter if it were worth {amount} more."
        rule = self.names.rule(remedy["change"]["rule"])
        return f"It enters without “{rule}”; the plan is then {worth}."

    def remedies(self, told: Mapping[str, Any]) -> list[Remedy]:
        """Those that a button can apply to the scenario."""
        found = []
        for remedy in told["remedies"]:
            way = self._way(remedy)
            if remedy["kind"] == "budget":
                words = f"Try {self._short(remedy['amount'])} more"
                found.append(Remedy("budget", words, way))
            elif remedy["kind"] == "rule" and remedy["change"].get("rule") in self.droppable:
                found.append(Remedy("rule", "Drop the rule", way))
        return found
