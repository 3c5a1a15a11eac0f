"""What a plan brings less what it costs, both as present value, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from app.initiatives.rules import CostRow, Horizon, cost_rows
from app.portfolio.engine.problem import Placement, Problem
from app.values.money import Money, sum_money
from app.web.filters import money, money_short


@dataclass(frozen=True, slots=True)
class Net:
    """Value against discounted cost; ``beyond`` is spend after the horizon, which counts nothing.

    Own team days cost nothing here: a plan spends the money of funds.
    """

    value: Money
    cost: Money
    beyond: Money

    @property
    def amount(self) -> Money:
        return self.value - self.cost

    @property
    def is_loss(self) -> bool:
        return self.amount.minor < 0

    @property
    def rate(self) -> Decimal | None:
        """What is gained per unit of cost; None where nothing is spent."""
        if self.cost.minor <= 0:
            return None
        exact = Decimal(self.amount.minor) / Decimal(self.cost.minor)
        return exact.quantize(Decimal("0.0001"), rounding=ROUND_HALF_EVEN)

    @property
    def words(self) -> str:
        """The sign in words."""
        if not self.amount:
            return "brings exactly what it costs"
        if self.is_loss:
            return f"costs {money(-self.amount)} more than it brings"
        return f"brings {money(self.amount)} more than it costs"

    @property
    def kpi(self) -> dict[str, str]:
        """A tile of a strip of key figures."""
        value = money_short(self.amount)
        return {
            "label": "Net", "value": value, "note": self.words,
            "tone": "poor" if self.is_loss else "",
        }  # fmt: skip

    @property
    def short_words(self) -> str | None:
        """The remark beside an item that isn't worth its money; None beside the others."""
        if not self.is_loss:
            return None
        return f"Brings less than it costs: {money(self.cost)} of cost, present value"

    @property
    def explanation(self) -> str:
        """How the figure comes about."""
        text = (
            f"Worth {money(self.value)}, costs {money(self.cost)}; both are present values "
            "over the planning quarters, and own team days are not counted as cost."
        )
        if self.beyond:
            text += f" {money(self.beyond)} spent after them is not counted either."
        return text


def horizon_of(cycle: Mapping[str, Any]) -> Horizon | None:
    """Quarters and rate of a cycle as a run noted them; None where it noted none."""
    if "discount_rate" not in cycle or "quarter_count" not in cycle:
        return None
    return Horizon(int(cycle["quarter_count"]), Decimal(str(cycle["discount_rate"])))


def net_of(value: Money, costs: Iterable[CostRow]) -> Net:
    """Set a value against the cost of the same things."""
    rows = list(costs)
    return Net(
        value=value,
        cost=Money(sum(row.discounted_minor for row in rows), value.currency),
        beyond=Money(sum(row.beyond_minor for row in rows), value.currency),
    )


def net_sum(nets: Iterable[Net], currency: str) -> Net:
    """The parts of a plan added up."""
    parts = list(nets)
    return Net(
        value=sum_money((one.value for one in parts), currency),
        cost=sum_money((one.cost for one in parts), currency),
        beyond=sum_money((one.beyond for one in parts), currency),
    )


def placed_costs(
    problem: Problem, placements: Iterable[Placement], horizon: Horizon
) -> dict[str, tuple[CostRow, ...]]:
    """Discounted cost by the key of each initiative a plan funds."""
    return {
        problem.initiatives[one.initiative].key: cost_rows(
            {
                problem.funds[flow.target].key: {k: int(a) for k, a in enumerate(flow.amounts)}
                for flow in problem.initiatives[one.initiative].options[one.option].spend
            },
            one.start,
            horizon,
        )
        for one in placements
    }
