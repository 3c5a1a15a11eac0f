"""Lists in pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from werkzeug.datastructures import MultiDict

Item = TypeVar("Item")

DEFAULT_SIZE = 50
LARGEST_SIZE = 200
LAST_NUMBER = 100_000


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page somebody asks for; ``number`` counts from 1."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size


class PastTheEndError(Exception):
    """A list has no such page any more; ``last`` is the last it has, asked for as ``name``."""

    def __init__(self, last: int, name: str) -> None:
        super().__init__(f"The last page is {last}.")
        self.last = last
        self.name = name


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of ``total`` items; ``name`` is what addresses call its number.

    Raises PastTheEndError for a page behind the last, which leads to the last.
    """

    items: Sequence[Item]
    total: int
    number: int
    size: int
    name: str = "page"

    def __post_init__(self) -> None:
        if self.total and self.number > self.pages:
            raise PastTheEndError(self.pages, self.name)

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The position of the first item shown, from 1; 0 on an empty page."""
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last(self) -> int:
        """The position of the last item shown."""
        return (self.number - 1) * self.size + len(self.items) if self.items else 0

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def following(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


def page_args(args: MultiDict[str, str], *, size: int = DEFAULT_SIZE) -> PageRequest:
    """Read ``page`` and ``size`` from a query; nonsense counts as the first page."""
    return PageRequest(
        number=_whole(args.get("page"), 1, LAST_NUMBER),
        size=_whole(args.get("size"), size, LARGEST_SIZE),
    )


def _whole(text: str | None, default: int, largest: int) -> int:
    if not text or not text.isascii() or not text.isdigit() or len(text) > 6:
        return default
    return min(max(int(text), 1), largest)
