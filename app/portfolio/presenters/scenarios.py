"""A scenario's limits, pins and rules as its pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.portfolio.models import Run, Scenario
from app.portfolio.presenters.names import Names
from app.portfolio.presenters.verdicts import Verdict, noted_of, result_gap, summary_verdict
from app.portfolio.rules.demands import DemandKind, demand_sentence
from app.portfolio.rules.pins import PinKind, over_sentence, pin_sentence
from app.values.money import Money
from app.values.quarter import Quarter
from app.web.filters import money, money_short, number, quarter

MOST_SUGGESTED = 100
"""Candidates listed beside a form; more would make the page heavy."""


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A fund's whole budget in this scenario, and the cycle's where it differs."""

    name: str
    total: Money
    cycle_total: Money

    @property
    def differs(self) -> bool:
        return self.total != self.cycle_total


@dataclass(frozen=True, slots=True)
class BindingLine:
    """A pin or rule as a sentence. ``id`` is the initiative's for a pin and the rule's own else.

    ``over`` says that the start a pin fixes is over; empty where it can still hold.
    """

    id: int
    key: str
    sentence: str
    reason: str
    puts_in: bool = True
    over: str = ""


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in a list."""

    run: Run
    verdict: Verdict
    value: Money | None
    spend: Money | None
    funded: str
    gap: str

    @property
    def is_unread(self) -> bool:
        """Whether there is a result whose figures are only known once the run is opened."""
        return self.run.result_digest is not None and noted_of(self.run.job).get("doing") != "done"


def limit_lines(scenario: Scenario, budgets: Mapping[tuple[int, Quarter], int]) -> list[LimitLine]:
    """One line per fund, over the cycle's quarters."""
    cycle = scenario.cycle
    lines = []
    for fund in cycle.funds:
        own = sum(budgets.get((fund.fund_id, one), 0) for one in cycle.quarters)
        of_cycle = sum(b.amount_minor for b in fund.budgets if b.quarter in cycle.quarters)
        currency = cycle.currency
        lines.append(LimitLine(fund.fund.name, Money(own, currency), Money(of_cycle, currency)))
    return lines


def team_lines(scenario: Scenario) -> list[tuple[str, str]]:
    """Days of every team over the cycle's quarters."""
    days: dict[str, Decimal] = {}
    for capacity in scenario.cycle.capacities:
        if capacity.quarter in scenario.cycle.quarters:
            name = capacity.team.name
            days[name] = days.get(name, Decimal(0)) + capacity.available_days
    return [
        (name, f"{number(total)} {'day' if total == 1 else 'days'}")
        for name, total in sorted(days.items())
    ]


def pin_lines(scenario: Scenario, today: date) -> list[BindingLine]:
    """The pins by initiative, with what time has made impossible of them."""
    present = Quarter.containing(today)
    currency = scenario.cycle.currency
    return sorted(
        (
            BindingLine(
                id=pin.initiative_id,
                key=pin.initiative.key,
                sentence=pin_sentence(
                    pin.kind,
                    pin.initiative.key,
                    pin.option.key if pin.option else None,
                    pin.start,
                    None if pin.price_minor is None else Money(pin.price_minor, currency),
                ),
                reason=pin.reason,
                puts_in=pin.kind is not PinKind.EXCLUDE,
                over=over_sentence(pin.start) if pin.start and pin.start < present else "",
            )
            for pin in scenario.pins
        ),
        key=lambda line: line.key,
    )


def rule_lines(scenario: Scenario) -> list[BindingLine]:
    currency = scenario.cycle.currency
    return [
        BindingLine(
            id=rule.id,
            key=rule.key,
            sentence=demand_sentence(DemandKind(rule.type), rule.parameters, currency),
            reason=rule.reason,
        )
        for rule in scenario.rules
    ]


def run_line(run: Run, currency: str, names: Names | None = None) -> RunLine:
    """A run from what its job noted; the figures are recounted when it is opened."""
    noted = noted_of(run.job)
    done = run.job.state.is_over and noted.get("doing") == "done"
    value = noted.get("value") if done else None
    spend = noted.get("spend") if done and value is not None else None
    return RunLine(
        run=run,
        verdict=summary_verdict(run, names),
        value=None if value is None else Money(value, currency),
        spend=None if spend is None else Money(spend, currency),
        funded=f"{noted['funded']} of {noted['of']}" if value is not None else "–",
        gap=result_gap(noted) if value is not None else "–",
    )


def breaks(run: Run) -> bool:
    """Whether the run noted limits that can't be kept."""
    return bool(noted_of(run.job).get("conflict"))


def run_choice(run: Run, scenario_name: str) -> str:
    """A run in a list to choose from: scenario, number and value."""
    noted = noted_of(run.job)
    value, currency = noted.get("value"), noted.get("currency")
    worth = f", {money_short(Money(value, currency))}" if value is not None and currency else ""
    return f"Run {run.id}{worth}, {scenario_name}"


def may_have_plan(run: Run) -> bool:
    """Whether a run with a result has a plan; one that noted nothing is believed to."""
    noted = noted_of(run.job)
    return noted.get("doing") != "done" or noted.get("value") is not None


@dataclass(frozen=True, slots=True)
class GridRow:
    """A fund's row of the limits form: field names by quarter and the sum it starts with."""

    label: str
    fields: Sequence[str]
    notes: Sequence[str]
    total: str


def grid_rows(
    scenario: Scenario,
    budgets: Mapping[tuple[int, Quarter], int],
    floors: Mapping[tuple[int, Quarter], int],
    field: Mapping[tuple[int, Quarter], str],
) -> list[GridRow]:
    """The limits form row by row; notes say what is committed in a quarter."""
    cycle, currency = scenario.cycle, scenario.cycle.currency
    rows = []
    for fund in cycle.funds:
        cells = [(fund.fund_id, one) for one in cycle.quarters]
        notes = [
            f"{quarter(cell[1])}: {money(Money(floors[cell], currency))} committed"
            for cell in cells
            if floors.get(cell)
        ]
        total = Money(sum(budgets.get(cell, 0) for cell in cells), currency)
        rows.append(GridRow(fund.fund.name, [field[c] for c in cells], notes, money(total)))
    return rows
