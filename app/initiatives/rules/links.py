"""Dependencies between initiatives: a circle can never start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def circle_through(needs: Mapping[str, Iterable[str]], start: str) -> tuple[str, ...]:
    """The shortest circle of needs that leads from ``start`` back to it, both ends named.

    ``needs`` maps a key to the keys it needs. Empty when there is no circle.
    """
    paths: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while paths:
        following: list[tuple[str, ...]] = []
        for path in paths:
            for key in sorted(needs.get(path[-1], ())):
                if key == start:
                    return (*path, start)
                if key not in seen:
                    seen.add(key)
                    following.append((*path, key))
        paths = following
    return ()


def circle_refusal(circle: tuple[str, ...]) -> str:
    """Why these needs can't stand, naming every initiative of the circle."""
    chain = " needs ".join(circle)
    return f"This makes a circle: {chain}. Take one of these dependencies out."
