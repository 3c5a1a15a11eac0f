"""A fund's budgets by quarter, made from a wish for the whole of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from app.values.money import allocate

Key = TypeVar("Key")


def spread_budget(budget: Sequence[int], committed: Sequence[int], total: int) -> list[int] | None:
    """Budgets by quarter that add up to ``total``: what is committed stays, the free rest keeps its
    proportions. None where ``total`` does not pay for what is committed."""
    free = [max(0, given - bound) for given, bound in zip(budget, committed, strict=True)]
    kept = [given - rest for given, rest in zip(budget, free, strict=True)]
    left = total - sum(kept)
    if left < 0:
        return None
    weights = free if any(free) else [1] * len(free)
    return [one + more for one, more in zip(kept, allocate(left, weights), strict=True)]


def split_total(totals: Mapping[Key, int], wanted: int) -> dict[Key, int]:
    """The whole of each fund when all of them together are to have ``wanted``."""
    weights = list(totals.values()) if any(totals.values()) else [1] * len(totals)
    return dict(zip(totals, allocate(wanted, weights), strict=True))
