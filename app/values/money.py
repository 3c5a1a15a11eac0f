"""Exact money in integer minor units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from app.values.currencies import CURRENCY_DIGITS as CURRENCY_DIGITS
from app.values.written import money_words

LARGEST_MINOR = 10**15
"""The largest amount one field may hold: ten million million units with two digits."""

_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[, '\u00a0\u202f]\d{3})+(?:\.\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}", re.ASCII)
"""One point before three digits: thousands to some people, a decimal mark to others."""

_SCALES = {"k": 3, "m": 6, "bn": 9}
_SIGNS = {
    "€": ("EUR",), "£": ("GBP",), "¥": ("JPY",), "$": ("USD", "AUD", "CAD", "NZD"),
    "US$": ("USD",), "A$": ("AUD",), "AU$": ("AUD",), "CA$": ("CAD",), "C$": ("CAD",),
    "NZ$": ("NZD",),
}  # fmt: skip
_NAMED = re.compile(r"(?<![A-Za-z])[A-Za-z]{0,2}\$|[€£¥]|(?<![A-Za-z])[A-Za-z]{3}(?![A-Za-z])")
_BEHIND_SCALE = re.compile(r"(?<=\d)( ?(?:k|m|bn))([A-Za-z]{3})$", re.IGNORECASE)
"""A multiplier and a code in one word, as in 100kEUR."""


class CurrencyMismatchError(ValueError):
    """Amounts in different currencies cannot be added or compared; convert one of them first."""


class MoneyFormatError(ValueError):
    """The text is not an amount of money."""


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: ``minor`` units (cents) of one ISO 4217 ``currency``."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise TypeError("Money takes whole minor units.")
        if self.currency not in CURRENCY_DIGITS:
            raise MoneyFormatError(f"“{self.currency}” is not a currency Waymark knows.")

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatchError(
                f"{self.currency} and {other.currency} cannot be combined; use one currency."
            )

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> Money:
        if not isinstance(count, int):
            raise TypeError("Multiply money by whole numbers only; use allocate() for shares.")
        return Money(self.minor * count, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __gt__(self, other: Money) -> bool:
        return other < self

    def __ge__(self, other: Money) -> bool:
        return other <= self

    def __bool__(self) -> bool:
        return self.minor != 0

    @property
    def amount(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-CURRENCY_DIGITS[self.currency])

    def __str__(self) -> str:
        return money_words(self)


def sum_money(amounts: Iterable[Money], currency: str) -> Money:
    """Add amounts up; an empty sum is zero of ``currency``."""
    total = Money.zero(currency)
    for amount in amounts:
        total += amount
    return total


def parse_money(text: str, currency: str) -> Money:
    """Read an amount as people type it: ``1,250,000.50``, ``€1.25m``, ``1250kEUR``.

    The decimal mark is a point; groups of three may be set off by comma, blank or apostrophe. A
    point where a group could begin, as in ``1.250``, is refused rather than read as one and a bit.
    Raises MoneyFormatError when the text is no amount, names another currency by code or sign, has
    more digits than the currency or is larger than LARGEST_MINOR.
    """
    spaced = _BEHIND_SCALE.sub(r"\1 \2", text.strip().replace("\u2212", "-"))
    bare = _without_currency(spaced, currency).strip()
    scale = 0
    for suffix, digits in _SCALES.items():
        if bare.lower().endswith(suffix):
            bare, scale = bare[: -len(suffix)].strip(), digits
            break
    if len(bare) > 40 or not (_PLAIN.fullmatch(bare) or _GROUPED.fullmatch(bare)):
        raise MoneyFormatError("Enter an amount such as 1,250,000 or 1.25m, with a decimal point.")
    if not scale and _THOUSANDS.fullmatch(bare):
        raise MoneyFormatError(
            f"“{bare}” may mean thousands: write {bare.replace('.', ',')} for that. The point is "
            f"the decimal mark, and {currency} has {CURRENCY_DIGITS[currency]} digits behind it."
        )
    exact = Decimal(re.sub(r"[^0-9.+-]", "", bare)).scaleb(scale + CURRENCY_DIGITS[currency])
    if exact != exact.to_integral_value():
        raise MoneyFormatError(f"{currency} has no unit that small; round the amount.")
    if abs(exact) > LARGEST_MINOR:
        raise MoneyFormatError("The amount is too large; enter at most ten million million.")
    return Money(int(exact), currency)


def _without_currency(text: str, currency: str) -> str:
    """The text without the currency's own codes and signs; raises at those of another one."""
    for name in _NAMED.findall(text):
        meant = _SIGNS.get(name.upper(), (name.upper(),))
        if meant[0] not in CURRENCY_DIGITS:
            continue
        if currency not in meant:
            raise MoneyFormatError(
                f"“{name}” is not {currency}; enter the amount in {currency}, converted."
            )
        text = text.replace(name, "", 1)
    return text


def minor_from(exact: Decimal | Fraction) -> int:
    """Round an exact number of minor units to whole ones, half to even."""
    if isinstance(exact, Fraction):
        return round(exact)
    return int(exact.to_integral_value(rounding=ROUND_HALF_EVEN))


def rounded_parts(amounts: Sequence[Decimal], total: int) -> list[int]:
    """Whole units of exact amounts, adding up to ``total``, their rounded sum.

    The units left after rounding down go to the largest remainders, the earlier first. Amounts may
    be negative.
    """
    parts = [int(amount.to_integral_value(ROUND_FLOOR)) for amount in amounts]
    order = sorted(range(len(parts)), key=lambda k: (parts[k] - amounts[k], k))
    for k in order[: total - sum(parts)]:
        parts[k] += 1
    return parts


def allocate(total: int, weights: Sequence[int | float | Decimal | Fraction]) -> list[int]:
    """Split whole minor units by weights so that the parts sum to ``total`` exactly.

    Largest-remainder method: every part is its exact share rounded down, the units left go to the
    largest remainders, the earlier part first on a tie. Weights are ≥ 0; all-zero weights put
    everything on the first part. No weights: an empty list, and ``total`` must be 0.
    """
    if not weights:
        if total:
            raise ValueError("There is nothing to allocate an amount to.")
        return []
    exact = [weight if isinstance(weight, int) else Fraction(weight) for weight in weights]
    if any(weight < 0 for weight in exact):
        raise ValueError("Weights cannot be negative.")
    whole = sum(exact)
    if not whole:
        return [total] + [0] * (len(exact) - 1)
    sign = -1 if total < 0 else 1
    divided = [divmod(abs(total) * weight, whole) for weight in exact]
    parts = [int(part) for part, _ in divided]
    left = abs(total) - sum(parts)
    order = sorted(range(len(parts)), key=lambda i: (-divided[i][1], i))
    for i in order[:left]:
        parts[i] += 1
    return [sign * part for part in parts]
