"""What answers beside a plan are arranged with: tables, and words for keys and money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.portfolio.presenters.names import Names
from app.portfolio.presenters.ways import change_words, some
from app.values.money import Money
from app.web.filters import money

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: ``numeric`` are the positions of columns with figures."""

    caption: str
    head: Row
    rows: Sequence[Row]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """Names and money of one answer."""

    document: Mapping[str, Any]
    names: Names

    def money(self, minor: int | None) -> str:
        return "–" if minor is None else money(Money(minor, self.document["currency"]))

    def some(self, keys: Sequence[str]) -> str:
        return some(keys)

    def initiative(self, key: str) -> str:
        return f"{key} {self.names.title(key)}" if self.names.title(key) != key else key

    def change(self, change: Mapping[str, Any]) -> str:
        return change_words(change, self.names, self.document["currency"])
