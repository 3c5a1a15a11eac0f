"""Proposals in a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.approvals.models import Proposal
from app.approvals.presenters.proposal import STATES
from app.values.money import Money


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """One proposal with its sums; struck items don't count once it is decided."""

    proposal: Proposal
    kind: str
    word: str
    spend: Money
    value: Money
    count: int
    struck: int


def proposal_lines(proposals: Iterable[Proposal]) -> list[ProposalLine]:
    """Rows of the list, in the order given."""
    return [_line(proposal) for proposal in proposals]


def _line(proposal: Proposal) -> ProposalLine:
    kept = [item for item in proposal.items if not item.is_struck]
    kind, word = STATES[proposal.state]
    return ProposalLine(
        proposal=proposal,
        kind=kind,
        word=word,
        spend=Money(sum(item.spend_minor for item in kept), proposal.currency),
        value=Money(sum(item.value_allocated_minor for item in kept), proposal.currency),
        count=len(kept),
        struck=len(proposal.items) - len(kept),
    )
