"""What a smaller option still needs, and how open hurdles share it."""

from __future__ import annotations

from collections.abc import Mapping

from app.values.money import allocate


def needs_of(total_minor: int, released_minor: int, held_minor: int) -> int | None:
    """What an option of this total still needs beyond the money released, in minor units.

    None where that is not less than what is held, or nothing: then it is no smaller scope.
    """
    needs = total_minor - released_minor
    return needs if 0 < needs < held_minor else None


def shrunk(held: Mapping[int, int], needs_minor: int) -> dict[int, int]:
    """What each open hurdle holds of less money, in the proportion they held before.

    ``held`` are minor units by id; the parts add up to ``needs_minor`` and none grows.
    """
    ids = list(held)
    parts = allocate(needs_minor, [held[one] for one in ids])
    return dict(zip(ids, parts, strict=True))
