"""Proposals in a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.approvals.models import Proposal
from app.approvals.presenters.proposal import STATES
from app.values.money import Money


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """One proposal with its sums; struck items don't count once it is decided, and the value is
    recounted without them."""

    proposal: Proposal
    kind: str
    word: str
    spend: Money
    value: Money
    count: int
    struck: int


def proposal_lines(proposals: Iterable[Proposal], granted: Mapping[int, int]) -> list[ProposalLine]:
    """Rows of the list, in the order given; ``granted``: minor units by proposal approved."""
    return [_line(proposal, granted.get(proposal.id)) for proposal in proposals]


def _line(proposal: Proposal, granted: int | None) -> ProposalLine:
    if granted is None:
        granted = sum(item.value_allocated_minor for item in proposal.items)
    kept = [item for item in proposal.items if not item.is_struck]
    kind, word = STATES[proposal.state]
    return ProposalLine(
        proposal=proposal,
        kind=kind,
        word=word,
        spend=Money(sum(item.spend_minor for item in kept), proposal.currency),
        value=Money(granted, proposal.currency),
        count=len(kept),
        struck=len(proposal.items) - len(kept),
    )
