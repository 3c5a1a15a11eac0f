"""What striking an item out costs when the money is put to its best other use."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.approvals.rules import FrozenProposal
from app.portfolio.presenters.ways import some
from app.portfolio.rules import InquiryKind
from app.values.money import Money
from app.web.filters import money


@dataclass(frozen=True, slots=True)
class StrikePrice:
    """The plan's value less that of the best plan found without one item, under the same frozen
    limits and rules but for the item's own pin; ``alone`` with the rest as it is. ``kind`` and
    ``word`` say how sure it is; ``moves`` who comes in and who goes."""

    alone: Money
    amount: Money | None
    kind: str
    word: str
    moves: str

    @property
    def cost(self) -> str:
        """The price in words."""
        if self.amount is None:
            return "no plan without it was found that keeps every rule"
        if self.amount.minor < 0:
            return f"with its money{_USE}, the plan is worth {money(-self.amount)} more"
        return f"{money(self.amount) if self.amount else 'nothing'} if its money is{_USE}"

    @property
    def sentence(self) -> str:
        """The price, how sure it is and what the money buys, in one line."""
        sure = f" ({self.word.lower()})" if self.amount is not None else ""
        return f"{self.cost}{sure}" + (f"; {self.moves}" if self.moves else "")


_USE = " put to its best other use"


def strike_prices(frozen: FrozenProposal, document: Mapping[str, Any]) -> dict[str, StrikePrice]:
    """The price of each item by its key, as far as an answer of the kind *marginal* has them."""
    value = int(json.loads(frozen.result)["value"])
    return {
        row["initiative"]: _price(row, value, document["value"], frozen.cycle.currency)
        for row in document["rows"]
    }


def better_plan(frozen: FrozenProposal, documents: Sequence[Mapping[str, Any]]) -> Money | None:
    """By how much a plan found since is worth more under the same limits and rules."""
    if not documents:
        return None
    value = int(json.loads(frozen.result)["value"])
    most = max(one["value"] or value for one in documents)
    return Money(most - value, frozen.cycle.currency) if most > value else None


def _price(row: Mapping[str, Any], value: int, best: int, currency: str) -> StrikePrice:
    alone = Money(row["fixed"], currency)
    if row["resolved"] is None:
        return StrikePrice(alone, None, "warn", "No plan", "")
    # The answer counts from the best plan it found; whoever decides has the submitted one.
    amount = Money(value - (best - row["resolved"]), currency)
    is_same = best == value
    kind, word = _certainty(row["uncertainty"], abs(value), amount)
    return StrikePrice(alone, amount, kind, word, _moves(row, amount) if is_same else "")


def _certainty(uncertainty: int | None, stake: int, price: Money) -> tuple[str, str]:
    """How much less it may cost at most: a better plan without the item may not have been found."""
    if uncertainty is None:
        return "warn", "Not proven"
    if not uncertainty:
        return "ok", "Proven"
    allowed = Decimal(str(InquiryKind.MARGINAL.parameters["gap"])) * stake
    kind = "ok" if uncertainty <= allowed else "warn"
    off = money(Money(uncertainty, price.currency))
    return kind, f"At most {off} {'more' if price.minor < 0 else 'less'}"


def _moves(row: Mapping[str, Any], amount: Money) -> str:
    """Who comes in with the money, and who can't stay."""
    enters, leaves = row["enters"], row["leaves"]
    parts = []
    if enters:
        parts.append(f"{some(enters)} {'comes' if len(enters) == 1 else 'come'} in")
    if leaves:
        parts.append(f"{some(leaves)} {'goes' if len(leaves) == 1 else 'go'}, too")
    if amount.minor > row["fixed"]:
        parts.append("rules bind the rest")
    if not parts:
        return (
            "others change their option or start"
            if amount.minor < row["fixed"]
            else "nothing else gains by it"
        )
    return "; ".join(parts)
