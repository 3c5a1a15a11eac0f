"""Proposals in a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.approvals.models import Proposal
from app.approvals.presenters.proposal import STATES
from app.approvals.queries import ItemSums
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


_NO_ITEMS = ItemSums(0, 0, 0, 0)


def proposal_lines(
    proposals: Iterable[Proposal], sums: Mapping[int, ItemSums], granted: Mapping[int, int]
) -> list[ProposalLine]:
    """Rows of the list, in the order given; ``sums`` of the items by proposal, ``granted``: minor
    units by proposal approved."""
    return [_line(one, sums.get(one.id, _NO_ITEMS), granted.get(one.id)) for one in proposals]


def _line(proposal: Proposal, sums: ItemSums, granted: int | None) -> ProposalLine:
    kind, word = STATES[proposal.state]
    return ProposalLine(
        proposal=proposal,
        kind=kind,
        word=word,
        spend=Money(sums.spend_minor, proposal.currency),
        value=Money(sums.value_minor if granted is None else granted, proposal.currency),
        count=sums.items - sums.struck,
        struck=sums.struck,
    )
