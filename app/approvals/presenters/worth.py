"""What frozen items bring less what they cost, and the return that makes."""

from __future__ import annotations

from decimal import Decimal

from app.approvals.rules import FrozenProposal
from app.initiatives.rules import CostRow, Horizon, cost_rows
from app.portfolio.presenters.net import Net
from app.values.quarter import Quarter
from app.web.filters import percent


def frozen_costs(frozen: FrozenProposal) -> dict[str, tuple[CostRow, ...]]:
    """Discounted cost per fund of every item, by the rates and quarters that were frozen."""
    first = Quarter.parse(frozen.cycle.first_quarter)
    horizon = Horizon(frozen.cycle.quarter_count, frozen.cycle.discount_rate)
    found = {}
    for item in frozen.items:
        flows: dict[str, dict[int, int]] = {}
        for one in item.spend:
            flow = flows.setdefault(one.fund, {})
            place = Quarter.parse(one.quarter) - first
            flow[place] = flow.get(place, 0) + one.amount_minor
        found[item.key] = cost_rows(flows, 0, horizon)
    return found


def hurdle_words(net: Net, frozen: FrozenProposal) -> str:
    """The return of a frozen plan beside the hurdle rate of its cycle."""
    return return_words(net, frozen.cycle.hurdle_rate)


def return_words(net: Net, hurdle_rate: Decimal) -> str:
    """The return of a plan beside a hurdle rate."""
    wanted = percent(hurdle_rate)
    if net.rate is None:
        return f"Nothing is spent within the horizon; the hurdle rate is {wanted}."
    side = "reaches" if net.rate >= hurdle_rate else "below"
    return f"Returns {percent(net.rate)} on its cost, {side} the hurdle rate of {wanted}."
