"""What moved since a proposal was frozen, for its page and the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.approvals.models import Proposal
from app.approvals.queries.drift import ProposalDrift
from app.approvals.rules import ProposalState
from app.approvals.rules.drift import Drift, Moved, Part
from app.approvals.rules.frozen import FrozenProposal
from app.values.money import Money
from app.web.filters import money, number

_IN_MONEY = frozenset({Part.VALUE, Part.SPEND, Part.BUDGET, Part.POOL})
_STAYED = "Nothing it rests on has changed: every input is as it was frozen."


@dataclass(frozen=True, slots=True)
class DriftLine:
    """One input then and now, with how far it moved where that is a figure."""

    part: str
    subject: str
    what: str
    then: str
    now: str
    change: str
    href: str | None


@dataclass(frozen=True)
class DriftView:
    """The page: one sentence, the value of the same choices, and only what changed."""

    proposal: Proposal
    frozen: FrozenProposal
    sentence: str
    value_then: Money
    value_now: Money
    lines: Sequence[DriftLine]

    @property
    def value_change(self) -> Money:
        return self.value_now - self.value_then


def drift_view(found: ProposalDrift, link: Callable[[Moved], str | None]) -> DriftView:
    """Arrange what moved; ``link`` gives the page an input is kept on."""
    currency = found.frozen.cycle.currency
    names = _names(found.frozen)
    return DriftView(
        proposal=found.proposal,
        frozen=found.frozen,
        sentence=_sentence(found.proposal, found.drift),
        value_then=Money(found.drift.value_then, currency),
        value_now=Money(found.drift.value_now, currency),
        lines=[_line(one, names, currency, link(one)) for one in found.drift.moved],
    )


def _sentence(proposal: Proposal, drift: Drift) -> str:
    if not drift.moved:
        return _STAYED
    inputs = sum(one.part is not Part.VALUE for one in drift.moved)
    what = "1 input is" if inputs == 1 else f"{number(inputs)} inputs are"
    then = "approved" if proposal.state is ProposalState.APPROVED else "submitted"
    return f"{what} not as {then}. The decision is about what was frozen; this is beside it."


def _names(frozen: FrozenProposal) -> dict[str, str]:
    return {item.key: f"{item.key} {item.title}" for item in frozen.items} | {
        fund.key: fund.name for fund in frozen.funds
    }


def _line(one: Moved, names: Mapping[str, str], currency: str, href: str | None) -> DriftLine:
    is_money = one.part in _IN_MONEY
    return DriftLine(
        part=one.part.value,
        subject=names.get(one.subject, one.subject),
        what=one.what[:1].upper() + one.what[1:],
        then=_said(one.then, is_money, currency),
        now=_said(one.now, is_money, currency),
        change=_change(one, is_money, currency),
        href=href,
    )


def _said(value: int | Decimal | str | None, is_money: bool, currency: str) -> str:
    if value is None:
        return "not there"
    if isinstance(value, str):
        return value
    return money(Money(int(value), currency)) if is_money else number(value)


def _change(one: Moved, is_money: bool, currency: str) -> str:
    if not isinstance(one.then, int | Decimal) or not isinstance(one.now, int | Decimal):
        return ""
    difference = one.now - one.then
    sign = "+" if difference > 0 else ""
    return sign + _said(difference, is_money, currency)


def drift_document(view: DriftView) -> Mapping[str, Any]:
    """The same for programs, money in minor units."""
    return {
        "proposal": view.proposal.id,
        "digest": view.proposal.digest,
        "currency": view.value_then.currency,
        "value_then": view.value_then.minor,
        "value_now": view.value_now.minor,
        "moved": [
            {
                "part": line.part, "subject": line.subject, "what": line.what, "then": line.then,
                "now": line.now,
            }
            for line in view.lines
        ],
    }  # fmt: skip
