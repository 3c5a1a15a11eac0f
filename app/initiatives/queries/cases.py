"""The business case of a loaded option, from what is stored of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.initiatives.models import Initiative, Option
from app.initiatives.queries.plans import PlanValues
from app.initiatives.queries.worth import CaseBasis, claim_of
from app.initiatives.rules import OptionCase, option_case


@dataclass(frozen=True, slots=True)
class CostFlows:
    """Minor units by source and quarter from the start, and what can't be counted, in words."""

    flows: dict[str, dict[int, int]]
    uncounted: tuple[str, ...]


def cost_flows(option: Option, initiative: Initiative) -> CostFlows:
    """What an option spends of funds and, at their rates, of teams' own days."""
    flows: dict[str, dict[int, int]] = {}
    for one in sorted(option.spend, key=lambda s: (s.fund.name, s.quarter_index)):
        flows.setdefault(one.fund.name, {})[one.quarter_index] = one.amount_minor
    uncounted = set()
    for need in sorted(option.demand, key=lambda d: (d.team.name, d.quarter_index)):
        if need.team.currency != initiative.currency:
            uncounted.add(
                f"The days of {need.team.name} cost {need.team.currency} and are not counted."
            )
            continue
        cost = int((need.days * need.team.day_rate_minor).to_integral_value())
        flows.setdefault(f"{need.team.name}, own days", {})[need.quarter_index] = cost
    return CostFlows(flows, tuple(sorted(uncounted)))


def case_of(
    option: Option, initiative: Initiative, basis: CaseBasis, values: PlanValues | None = None
) -> OptionCase:
    """An option's case; if ``values`` are a plan's, from the start it has there."""
    claim = claim_of(option, option.effects, initiative.planned_start, basis.first)
    if values is not None:
        claim = replace(claim, start=max(0, values.start - basis.first))
    flows = cost_flows(option, initiative).flows
    return option_case(
        claim, flows, basis.annual, basis.discounted, basis.horizon, stocks=basis.stocks
    )
