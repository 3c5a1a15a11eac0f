"""The frozen question an optimizer run answers.

A ``Problem`` is normalised: everything is sorted by key, references are positions in the sorted
tuples, quarters are positions in ``quarters``. Money is whole minor units, intensities and team
demand are exact decimals. It is built by ``parse_problem`` only, which has checked every reference.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Fund:
    """A source of money; ``carry_over`` is the share of a quarter's money that may move on.

    ``committed`` is bound already, per quarter; empty when nothing is.
    """

    key: str
    budget: tuple[int, ...]
    carry_over: Decimal
    committed: tuple[int, ...] = ()

    @property
    def bound(self) -> tuple[int, ...]:
        """What is committed, per quarter."""
        return self.committed or (0,) * len(self.budget)

    @property
    def free(self) -> tuple[int, ...]:
        """Budgets without what is committed; below zero where that lives on earlier quarters."""
        return tuple(budget - bound for budget, bound in zip(self.budget, self.bound, strict=True))


@dataclass(frozen=True, slots=True)
class Capacity:
    """A team's availability; without ``overtime_price`` (minor per unit) it is a hard limit."""

    key: str
    unit: str
    available: tuple[Decimal, ...]
    overtime_price: int | None


@dataclass(frozen=True, slots=True)
class Pool:
    """The discounted money a lever of a journey could yield at most, per quarter."""

    key: str
    value: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """Amounts per quarter from the option's start, on the fund or capacity at ``target``."""

    target: int
    amounts: tuple[int | Decimal, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """Expected intensity on the pool at ``pool`` by quarter from the option's start."""

    pool: int
    intensity: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One scope of an initiative; ``values`` holds the own value per entry of ``starts``."""

    key: str
    starts: tuple[int, ...]
    values: tuple[int, ...]
    spend: tuple[Flow, ...]
    demand: tuple[Flow, ...]
    effects: tuple[Effect, ...]
    effort_minutes: int
    risk: Decimal
    live_quarters: int | None = None

    @property
    def live(self) -> int:
        """Quarters from the start in which people feel the change: as stated, else until the last
        of spend and demand is over and it has gone live."""
        if self.live_quarters is not None:
            return self.live_quarters
        busy = max((len(flow.amounts) for flow in (*self.spend, *self.demand)), default=1)
        first = [
            next((k for k, a in enumerate(effect.intensity) if a), 0) for effect in self.effects
        ]
        return max(1, busy, 1 + max(first, default=0))


@dataclass(frozen=True, slots=True)
class Initiative:
    """A proposal that may be funded in one option with one start, or not at all."""

    key: str
    name: str
    tags: tuple[tuple[str, str], ...]
    options: tuple[Option, ...]

    def carries(self, tag: str, equals: str) -> bool:
        return (tag, equals) in self.tags


@dataclass(frozen=True, slots=True)
class Placement:
    """One way to fund an initiative: positions of initiative, option and start quarter."""

    initiative: int
    option: int
    start: int


@dataclass(frozen=True, slots=True)
class Requires:
    """``initiative`` may start only ``lag`` quarters or more after ``needs`` started."""

    key: str
    initiative: int
    needs: int
    lag: int
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """All of them are funded or none is."""

    key: str
    initiatives: tuple[int, ...]
    price: Decimal | None = None


class Bound(StrEnum):
    """Which side of a figure a rule bounds."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"


@dataclass(frozen=True, slots=True)
class Count:
    """At most or at least ``count`` of the initiatives are funded.

    ``tag`` is the (tag, value) pair the initiatives were chosen by, or None for a list.
    """

    key: str
    bound: Bound
    count: int
    initiatives: tuple[int, ...]
    tag: tuple[str, str] | None
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """A choice fixed beforehand, for a stated reason.

    ``kind`` is ``fund``, ``exclude`` or ``fix``; a fix names an option, a start, or both.
    """

    key: str
    kind: str
    initiative: int
    option: int | None
    start: int | None
    reason: str
    price: Decimal | None = None

    def allows(self, option: int, start: int) -> bool:
        """Whether the placement agrees with the pin."""
        if self.kind == "exclude":
            return False
        return self.option in (None, option) and self.start in (None, start)


@dataclass(frozen=True, slots=True)
class Share:
    """Spend of the tagged initiatives against ``share`` of all budgets or of all spend."""

    key: str
    bound: Bound
    share: Decimal
    of: str
    tag: tuple[str, str]
    initiatives: tuple[int, ...]
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SpendOn:
    """Spend within the horizon of some initiatives is at most or at least ``limit``."""

    key: str
    bound: Bound
    limit: int
    initiatives: tuple[int, ...]
    tag: tuple[str, str] | None
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AverageRisk:
    """The average risk of what is funded, of all or of those with a tag, is at most ``at_most``.

    ``by`` is what weighs: ``initiatives``, each once, or ``spend`` within the horizon.
    """

    key: str
    at_most: Decimal
    by: str
    initiatives: tuple[int, ...]
    tag: tuple[str, str] | None
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ChangeLoad:
    """In no quarter are more than ``count`` of the initiatives live (``Option.live``).

    With ``capacity``, the position of a team, only options that ask for that team count.
    """

    key: str
    count: int
    initiatives: tuple[int, ...]
    tag: tuple[str, str] | None
    capacity: int | None
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    """What runs today stays: the choices in ``held`` are made again as they are, or, where
    ``may_move``, at least stay funded. ``is_all`` when it names nobody and so means everybody.
    """

    key: str
    held: tuple[Placement, ...]
    may_move: bool
    is_all: bool
    price: Decimal | None = None

    def allows(self, placement: Placement) -> bool:
        """Whether the choice keeps the initiative it is about."""
        return any(
            self.may_move or placement == one
            for one in self.held
            if one.initiative == placement.initiative
        )

    @property
    def initiatives(self) -> tuple[int, ...]:
        return tuple(one.initiative for one in self.held)


@dataclass(frozen=True, slots=True)
class Synergy:
    """``value`` more if all of them are funded."""

    key: str
    initiatives: tuple[int, ...]
    value: int


Limiting = Requires | Together | Count | Pin | Share | SpendOn | AverageRisk | ChangeLoad | Keep
"""Rules that can be broken. With a ``price``, in minor units per unit of miss, such a rule is soft:
it may be broken for money."""

Rule = Limiting | Synergy


def price_of(rule: Rule) -> Decimal | None:
    """What a unit of miss costs; None for a rule that must hold, or can't be missed."""
    return None if isinstance(rule, Synergy) else rule.price


@dataclass(frozen=True)
class Problem:
    """Everything a solve depends on; equal content has an equal ``digest``.

    ``digest`` is the SHA-256 of the canonical JSON of the normalised problem file.
    """

    currency: str
    quarters: tuple[str, ...]
    funds: tuple[Fund, ...]
    capacities: tuple[Capacity, ...]
    pools: tuple[Pool, ...]
    initiatives: tuple[Initiative, ...]
    rules: tuple[Rule, ...]
    incumbent: tuple[Placement, ...]
    objective: str
    digest: str = ""

    @cached_property
    def placements(self) -> tuple[Placement, ...]:
        """Every placement the options allow, sorted; positions in it identify choices."""
        return tuple(
            Placement(i, o, start)
            for i, initiative in enumerate(self.initiatives)
            for o, option in enumerate(initiative.options)
            for start in option.starts
        )

    @cached_property
    def position_of(self) -> dict[Placement, int]:
        """Each placement's position in ``placements``."""
        return {placement: position for position, placement in enumerate(self.placements)}

    @cached_property
    def soft_rules(self) -> tuple[tuple[int, Limiting], ...]:
        """Those that may be broken for money, with their positions."""
        return tuple(
            (position, rule)
            for position, rule in enumerate(self.rules)
            if not isinstance(rule, Synergy) and rule.price is not None
        )

    @cached_property
    def rules_on(self) -> tuple[tuple[int, ...], ...]:
        """Per initiative the positions of rules that its choice bears on."""
        found: list[list[int]] = [[] for _ in self.initiatives]
        for position, rule in enumerate(self.rules):
            for place in self._concerned(rule):
                found[place].append(position)
        return tuple(tuple(positions) for positions in found)

    def _concerned(self, rule: Rule) -> Iterable[int]:
        match rule:
            case Requires():
                return (rule.initiative, rule.needs)
            case Pin():
                return (rule.initiative,)
            case Share(of="spend"):
                return range(len(self.initiatives))
        return rule.initiatives

    @cached_property
    def budget_total(self) -> int:
        """What all budgets have to give beyond what is committed."""
        return sum(sum(fund.free) for fund in self.funds)

    def option(self, placement: Placement) -> Option:
        return self.initiatives[placement.initiative].options[placement.option]

    def own_value(self, placement: Placement) -> int:
        option = self.option(placement)
        return option.values[option.starts.index(placement.start)]

    def in_horizon(self, placement: Placement, flow: Flow) -> list[tuple[int, int | Decimal]]:
        """Non-zero (planning quarter, amount) pairs of the flow before the horizon ends."""
        last = len(self.quarters) - placement.start
        return [
            (placement.start + offset, amount)
            for offset, amount in enumerate(flow.amounts[:last])
            if amount
        ]

    def beyond(self, placement: Placement, flow: Flow) -> int | Decimal:
        """What falls after the last planning quarter."""
        return sum(flow.amounts[len(self.quarters) - placement.start :])

    def full_spend(self, placement: Placement) -> int:
        """All funds, to the end of the option, within the horizon or not."""
        return sum(int(sum(flow.amounts)) for flow in self.option(placement).spend)

    def spend(self, placement: Placement) -> int:
        """All funds, within the horizon."""
        last = len(self.quarters) - placement.start
        return sum(int(sum(flow.amounts[:last])) for flow in self.option(placement).spend)
