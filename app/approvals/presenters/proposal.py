"""A proposal as the approver's page shows it: the frozen version, recounted for what remains."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from app.approvals.models import Proposal
from app.approvals.presenters.honesty import Honesty, honesty_of
from app.approvals.presenters.money import FundRow, fund_rows
from app.approvals.presenters.since import Since, on_top_of, remaining_part, since_round
from app.approvals.presenters.worth import frozen_costs, hurdle_words
from app.approvals.rules import (
    CommitmentState,
    FrozenProposal,
    FundBudget,
    ProposalState,
)
from app.approvals.rules.asking import Cell, asked_of, fund_asks, overdrawn_sentences
from app.approvals.rules.frozen import FrozenCriterion, FrozenItem, frozen_of
from app.approvals.rules.over import LEAVE_OUT, over_sentences
from app.approvals.rules.remaining import Remainder, Worth, remaining, whole
from app.initiatives.rules import InitiativeState
from app.portfolio.presenters.net import Net, net_of, net_sum
from app.values.money import Money
from app.values.quarter import Quarter
from app.values.written import day_words
from app.web.filters import counted, money

STATES = {
    ProposalState.SUBMITTED: ("review", "Waits for decision"),
    ProposalState.APPROVED: ("ok", "Approved"),
    ProposalState.RETURNED: ("bad", "Returned"),
    ProposalState.WITHDRAWN: ("idle", "Withdrawn"),
}
COMMITMENT_STATES = {
    CommitmentState.ACTIVE: ("accent", "Active"),
    CommitmentState.COMPLETED: ("ok", "Completed"),
    CommitmentState.STOPPED: ("bad", "Stopped"),
}
HURDLES_SHOWN = 60
"""Up to how many items the page lists their hurdles too."""


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item; ``marginal`` is the price of leaving it out, ``forced`` why somebody bound it."""

    id: int
    frozen: FrozenItem
    start: Quarter
    spend: Money
    standalone: Money
    allocated: Money
    marginal: Money
    net: Net
    is_struck: bool
    forced: str | None

    @property
    def tranches(self) -> list[tuple[str, str, str, str]]:
        """Name, day, money and criteria in words of each hurdle; put together where it is shown."""
        return _tranches(self.frozen, self.spend.currency)


@dataclass(frozen=True, slots=True)
class Sums:
    """What a set of items asks and is worth."""

    spend: Money
    value: Money
    minutes: int
    count: int

    @property
    def hours(self) -> int:
        return (self.minutes + 30) // 60

    @property
    def per_money(self) -> Decimal | None:
        if not self.spend:
            return None
        ratio = Decimal(self.value.minor) / Decimal(self.spend.minor)
        return ratio.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Bound:
    """Something a person forced or limited, and the reason they gave; ``key`` is the rule's in the
    problem, empty where it is a limit."""

    sentence: str
    reason: str
    key: str = ""


@dataclass(frozen=True)
class ProposalView:
    """Everything the page shows besides its buttons."""

    frozen: FrozenProposal
    whole: Sums
    kept: Sums
    net: Net
    items: Sequence[ItemLine]
    funds: Sequence[FundRow]
    quarters: Sequence[str]
    beyond: Money
    overdrawn: Sequence[str]
    over: Sequence[str]
    torn: Sequence[str]
    broken: Sequence[str]
    forced: Sequence[Bound]
    ruled: Sequence[Bound]
    honesty: Honesty
    since: Since | None
    drift: Sequence[str]

    @property
    def struck(self) -> list[ItemLine]:
        return [item for item in self.items if item.is_struck]

    @property
    def hurdle(self) -> str:
        """The return of what remains beside the hurdle rate."""
        return hurdle_words(self.net, self.frozen)

    @property
    def short_words(self) -> str | None:
        """How many of what remains aren't worth their money; None where all are."""
        short = sum(item.net.is_loss for item in self.items if not item.is_struck)
        if not short:
            return None
        verb = "brings less than it costs" if short == 1 else "bring less than they cost"
        return f"{counted(short, 'item')} {verb}"

    @property
    def shows_hurdles(self) -> bool:
        return len(self.items) <= HURDLES_SHOWN

    @property
    def hurdle_count(self) -> int:
        return sum(len(item.frozen.milestones) for item in self.items if not item.is_struck)

    @property
    def held(self) -> Money:
        """What the hurdles of what remains hold together."""
        minors = (
            milestone.tranche_minor
            for item in self.items
            if not item.is_struck
            for milestone in item.frozen.milestones
        )
        return Money(sum(minors), self.frozen.cycle.currency)

    def certified_by(self, person_id: int) -> str | None:
        """How many items the person certified: no bar to deciding, and worth knowing."""
        by_them = [
            item for item in self.items
            if item.frozen.certified_by and item.frozen.certified_by.id == person_id
        ]  # fmt: skip
        if not by_them:
            return None
        return (
            f"You certified {len(by_them):,} of its {counted(len(self.items), 'item')}. "
            "Certifying what something is worth and deciding about its money may be in the same "
            "hands in Finance."
        )

    @property
    def approval_bars(self) -> list[str]:
        """Why what remains can't be granted, whoever asks."""
        if not self.kept.count:
            return ["Every item is left out; return the proposal instead."]
        remedy = "Leave out what depends on it as well, or keep it."
        over = [f"{sentence} {LEAVE_OUT}" for sentence in self.over]
        torn = [f"Broken: {sentence}. {remedy}" for sentence in self.torn]
        return [*over, *self.overdrawn, *torn]


@dataclass(frozen=True, slots=True)
class Budgets:
    """The cycle's budgets as they are now and what is bound of them."""

    funds: Sequence[FundBudget]
    bound: Mapping[Cell, int]


def frozen_budgets(proposal: Proposal) -> Budgets:
    """Budgets and what was bound of them when the proposal was submitted."""
    frozen = frozen_of(proposal.snapshot)
    first = Quarter.parse(frozen.cycle.first_quarter)
    quarters = tuple(first + n for n in range(frozen.cycle.quarter_count))
    funds = [
        FundBudget(fund.id, fund.name, quarters, fund.budget, fund.carry_over)
        for fund in frozen.funds
    ]
    bound = {
        (fund.id, quarter): minor
        for fund in frozen.funds
        for quarter, minor in zip(quarters, fund.committed, strict=True)
    }
    return Budgets(funds, bound)


def proposal_view(
    proposal: Proposal, struck: Collection[int], budgets: Budgets, earlier: Proposal | None,
    today: date,
) -> ProposalView:  # fmt: skip
    """Arrange a proposal without the items whose ids are in ``struck``."""
    frozen = frozen_of(proposal.snapshot)
    gone = frozenset(item.initiative.key for item in proposal.items if item.id in struck)
    rest = remaining(proposal.snapshot, gone)
    asked = asked_of(frozen, gone)
    asks = fund_asks(budgets.funds, bound=budgets.bound, asked=asked)
    currency = frozen.cycle.currency
    is_open = proposal.state is ProposalState.SUBMITTED
    items = _items(proposal, frozen, rest, gone)
    return ProposalView(
        frozen=frozen,
        whole=_sums(frozen, whole(frozen).worth),
        kept=_sums(frozen, rest.worth, rest.effort_minutes),
        net=net_sum((item.net for item in items if not item.is_struck), currency),
        items=items,
        funds=fund_rows(asks, currency),
        quarters=[str(use.quarter) for use in asks[0].uses] if asks else [],
        beyond=Money(sum(ask.beyond_minor for ask in asks), currency),
        overdrawn=overdrawn_sentences(
            budgets.funds, bound=budgets.bound, asked=asked, currency=currency
        )
        if is_open
        else [],
        over=_over(items, today) if is_open else [],
        torn=[rule.sentence for rule in rest.broken if rule.is_inseparable],
        broken=[rule.sentence for rule in rest.broken if not rule.is_inseparable],
        forced=_forced(frozen),
        ruled=_ruled(frozen),
        honesty=honesty_of(json.loads(frozen.result), frozen.inputs),
        since=_since(frozen, gone, rest, earlier),
        drift=_drift(proposal, frozen) if is_open else [],
    )


def _over(items: Sequence[ItemLine], today: date) -> list[str]:
    starts = {item.frozen.key: item.start for item in items if not item.is_struck}
    return list(over_sentences(starts, today).values())


def _sums(frozen: FrozenProposal, worth: Mapping[str, Worth], minutes: int | None = None) -> Sums:
    currency = frozen.cycle.currency
    kept = [item for item in frozen.items if item.key in worth]
    if minutes is None:
        minutes = sum(item.effort_minutes for item in kept)
    return Sums(
        spend=Money(sum(item.spend_minor for item in kept), currency),
        value=Money(sum(worth[item.key].allocated for item in kept), currency),
        minutes=minutes,
        count=len(kept),
    )


def _items(
    proposal: Proposal, frozen: FrozenProposal, rest: Remainder, gone: Collection[str]
) -> list[ItemLine]:
    """The dearest first; struck items keep the values they had in the whole plan."""
    ids = {item.initiative.key: item.id for item in proposal.items}
    pins = {pin.initiative: pin.reason for pin in frozen.scenario.pins if pin.kind != "exclude"}
    counted_whole = whole(frozen).worth
    currency = frozen.cycle.currency
    costs = frozen_costs(frozen)
    lines = []
    for item in sorted(frozen.items, key=lambda one: (-one.spend_minor, one.key)):
        worth = rest.worth.get(item.key, counted_whole[item.key])
        lines.append(
            ItemLine(
                id=ids[item.key],
                frozen=item,
                start=Quarter.parse(item.start),
                spend=Money(item.spend_minor, currency),
                standalone=Money(worth.standalone, currency),
                allocated=Money(worth.allocated, currency),
                marginal=Money(worth.marginal, currency),
                net=net_of(Money(worth.allocated, currency), costs[item.key]),
                is_struck=item.key in gone,
                forced=pins.get(item.key),
            )
        )
    return lines


def _tranches(item: FrozenItem, currency: str) -> list[tuple[str, str, str, str]]:
    """Name, day, money and criteria in words of each hurdle."""
    return [
        (
            milestone.name,
            f"{day_words(milestone.due_on)}",
            money(Money(milestone.tranche_minor, currency)),
            "; ".join(_condition(one) for one in milestone.criteria),
        )
        for milestone in item.milestones
    ]


def _condition(criterion: FrozenCriterion) -> str:
    limit = f"{criterion.threshold.normalize():,f}".replace("-", "\u2212")
    return f"{criterion.metric} {_BOUND[criterion.direction]} {limit} {criterion.unit}".strip()


_BOUND = {"at_least": "≥", "at_most": "≤"}


def _forced(frozen: FrozenProposal) -> list[Bound]:
    sentences, broken = _sentences(frozen), _broken_for(frozen)
    return [
        Bound(
            sentences.get(f"pin:{pin.initiative}", f"{pin.initiative}: {pin.kind}")
            + broken.get(f"pin:{pin.initiative}", ""),
            pin.reason,
            f"pin:{pin.initiative}",
        )
        for pin in frozen.scenario.pins
    ]


def _sentences(frozen: FrozenProposal) -> dict[str, str]:
    return {demand.key: demand.sentence for demand in frozen.scenario.demands}


def _broken_for(frozen: FrozenProposal) -> dict[str, str]:
    """What soft rules the plan breaks cost it, by key: it is worth less to the plan, not to those
    who carry out its items."""
    currency = frozen.cycle.currency
    return {
        rule["key"]: f": broken by this plan for {Money(rule['paid'], currency)}"
        for rule in json.loads(frozen.result)["rules"]
        if rule.get("miss")
    }


def _ruled(frozen: FrozenProposal) -> list[Bound]:
    names = {fund.key: fund.name for fund in frozen.funds}
    currency, broken = frozen.cycle.currency, _broken_for(frozen)
    rules = [
        Bound(demand.sentence + broken.get(demand.key, ""), demand.reason, demand.key)
        for demand in frozen.scenario.demands
        if not demand.key.startswith(("pin:", "needs:", "either:"))
    ]
    limits = [
        Bound(
            f"{names.get(limit.fund, limit.fund)} in {limit.quarter} limited to"
            f" {Money(limit.amount_minor, currency)}",
            "",
        )
        for limit in frozen.scenario.limits
    ]
    return [*rules, *limits]


def _since(
    frozen: FrozenProposal, gone: Collection[str], rest: Remainder, earlier: Proposal | None
) -> Since | None:
    """Both rounds by what counts of them: without what is, or was, left out."""
    if earlier is None:
        return None
    if earlier.state is ProposalState.APPROVED:
        return on_top_of(earlier, remaining_part(frozen, gone, rest.worth))
    then = frozen_of(earlier.snapshot)
    struck = frozenset(item.initiative.key for item in earlier.items if item.is_struck)
    if struck:
        then = remaining_part(then, struck, remaining(earlier.snapshot, struck).worth)
    return since_round(earlier, then, remaining_part(frozen, gone, rest.worth), len(gone))


def _drift(proposal: Proposal, frozen: FrozenProposal) -> list[str]:
    """What was changed since the submission, by the versions of what it rests on."""
    live = {item.initiative_id: item.initiative for item in proposal.items}
    found = [
        f"{item.key} was changed; it is {live[item.initiative_id].state.word.lower()} now."
        for item in frozen.items
        if live[item.initiative_id].version != item.version
        or live[item.initiative_id].state is not InitiativeState.CANDIDATE
    ]
    scenario = proposal.run.scenario
    if scenario.version != frozen.scenario.version:
        found.append(f"The scenario “{scenario.name}” was changed.")
    return found
