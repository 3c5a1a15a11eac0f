"""The order in which people look for names, the same whichever database gives them.

Databases put capitals, accents and digits each in an order of their own, so lists that are read
whole are put in order here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar
from unicodedata import combining, normalize

T = TypeVar("T")
NameKey = tuple[tuple[tuple[int, int, str], ...], str]
_PARTS = re.compile(r"([0-9]+)")


def name_key(name: str) -> NameKey:
    """By what a name is sorted: capitals do not count, accents stand beside their letters.

    Digits count by their value, so that 9 stands before 10. Names that differ in nothing else are
    in the order of their characters.
    """
    bare = "".join(one for one in normalize("NFKD", name.casefold()) if not combining(one))
    parts = [part for part in _PARTS.split(" ".join(bare.split())) if part]
    return tuple(
        (0, int(one), "") if one[0] in "0123456789" else (1, 0, one) for one in parts
    ), name


def by_name(things: Iterable[T], name: Callable[[T], str]) -> list[T]:
    """The things in the order of their names."""
    return sorted(things, key=lambda one: name_key(name(one)))
