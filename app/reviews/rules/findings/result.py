"""What a finding says: figures, a sentence, and the things it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from app.initiatives.rules import Lens
from app.reviews.rules.findings.words import A_FIFTH, FindingKind, Severity
from app.values.money import Money

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Count:
    """So many of so many; ``noun`` for one of them and ``nouns`` for more."""

    value: int
    of: int
    noun: str
    nouns: str

    @property
    def share(self) -> Decimal:
        return Decimal(self.value) / self.of if self.of else NOTHING

    @property
    def words(self) -> str:
        return f"{self.value:,} of {self.of:,} {self.noun if self.of == 1 else self.nouns}"


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of an amount, both in one currency."""

    part: Money
    whole: Money

    @property
    def share(self) -> Decimal:
        return Decimal(self.part.minor) / self.whole.minor if self.whole.minor else NOTHING


class PlaceKind(Enum):
    """What an item is, and so where somebody acts on it."""

    INITIATIVE = "initiative"
    JOURNEY = "journey"
    UNIT = "unit"
    HURDLE = "hurdle"


@dataclass(frozen=True, slots=True)
class Place:
    """The address of a thing: its key as people write it, its id where it has one."""

    kind: PlaceKind
    key: str
    id: int


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a finding is about, why, and the money that hangs on it.

    ``unknown`` says why nobody knows how much that is, where there is no money.
    """

    place: Place
    name: str
    why: str
    money: Money | None = None
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding with its figures; ``mix`` is the money by lens, only where that is looked at."""

    kind: FindingKind
    severity: Severity
    count: Count
    sentence: str
    portions: tuple[Portion, ...] = ()
    items: tuple[Item, ...] = ()
    mix: tuple[tuple[Lens, Portion], ...] = ()

    @property
    def weight(self) -> Decimal:
        """The share that orders findings of one severity."""
        if self.kind.definition.in_money:
            return largest_share(self.portions)
        return self.count.share


def largest_share(portions: Iterable[Portion]) -> Decimal:
    return max((one.share for one in portions), default=NOTHING)


def severity_of(share: Decimal) -> Severity:
    """Act from a fifth on, watch below, holds at nothing."""
    if share >= A_FIFTH:
        return Severity.ACT
    return Severity.WATCH if share > 0 else Severity.HOLDS


def portions_of(parts: Iterable[Money], wholes: Iterable[Money]) -> tuple[Portion, ...]:
    """Sums of the parts in the sums of the wholes, by currency in order; none of nothing."""
    part, whole = sums(parts), sums(wholes)
    return tuple(
        Portion(part.get(currency, Money.zero(currency)), total)
        for currency, total in sorted(whole.items())
        if total
    )


def sums(amounts: Iterable[Money]) -> dict[str, Money]:
    """Amounts added up by currency, never across."""
    found: dict[str, int] = {}
    for amount in amounts:
        found[amount.currency] = found.get(amount.currency, 0) + amount.minor
    return {currency: Money(minor, currency) for currency, minor in found.items()}


def in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """The most money of each currency first, then by key."""
    return tuple(
        sorted(
            items,
            key=lambda item: (
                "" if item.money is None else item.money.currency,
                0 if item.money is None else -item.money.minor,
                len(item.place.key),
                item.place.key,
            ),
        )
    )


def most_severe_first(findings: Sequence[Finding]) -> list[Finding]:
    """Findings by severity, then by the share they weigh, else as given."""
    return sorted(findings, key=lambda one: (one.severity.rank, -one.weight))
