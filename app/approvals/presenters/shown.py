"""Which of a proposal's items stand on the page: one page of them, the sums are of all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.approvals.presenters.proposal import ItemLine, ProposalView
from app.web.paging import Page

ITEMS_SHOWN = 60
"""Items on one page; paper and files have them all."""

CHANGES_SHOWN = 60
"""Changes since the round before that the page lists."""


@dataclass(frozen=True, slots=True)
class ShownItems:
    """One page of the items, the dearest first.

    ``away`` are the ids of those left out that stand on another page: a decision carries them too.
    """

    page: Page[ItemLine]
    away: Sequence[int]

    def offered(
        self, keys: Sequence[tuple[str, str]], chosen: Collection[str]
    ) -> list[tuple[str, str]]:
        """What a condition can be about here: what is on the page or was chosen before."""
        here = {str(item.id) for item in self.page.items} | set(chosen)
        return [(id_, key) for id_, key in keys if id_ in here]


def shown_items(view: ProposalView, number: int, *, strict: bool) -> ShownItems:
    """The page of this number; past the end it is the last, or raises where ``strict``."""
    count = len(view.items)
    if not strict:
        number = min(number, max(1, -(-count // ITEMS_SHOWN)))
    first = (number - 1) * ITEMS_SHOWN
    page = Page(view.items[first : first + ITEMS_SHOWN], count, number, ITEMS_SHOWN, "items")
    here = {item.id for item in page.items}
    return ShownItems(page, [item.id for item in view.struck if item.id not in here])
