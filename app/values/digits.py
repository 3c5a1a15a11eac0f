"""Write numbers as Babel does, fast enough for hundreds on a page.

Babel interprets its pattern for every number. Here it is asked once per locale and currency how
it writes a sample; numbers it would write in another way than the sample are left to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Protocol

from babel.numbers import format_currency, format_decimal

from app.values.currencies import CURRENCY_DIGITS

MOST_DIGITS = 6
_LONGEST = 20
_SAMPLE = re.compile(
    r"(?P<before>\D*)1(?P<group>\D?)234(?P=group)567(?:(?P<point>\D)89)?(?P<after>\D*)"
)


class Amount(Protocol):
    """Money, as far as writing it goes."""

    @property
    def minor(self) -> int: ...

    @property
    def currency(self) -> str: ...

    @property
    def amount(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class _Form:
    """What stands before, within and after the digits, for amounts from zero up and below."""

    before: str
    after: str
    negative_before: str
    negative_after: str
    separators: dict[int, str]

    def write(self, text: str, *, is_negative: bool) -> str:
        """``text`` is the size of the number as Python writes it with commas and a point."""
        digits = text.translate(self.separators)
        if is_negative:
            return f"{self.negative_before}{digits}{self.negative_after}"
        return f"{self.before}{digits}{self.after}"


def write_money(value: Amount, locale: str) -> str:
    """Money to the last minor unit, with its currency."""
    form = _money_form(value.currency, locale)
    if form is None:
        return format_currency(value.amount, value.currency, locale=locale)
    digits = CURRENCY_DIGITS[value.currency]
    whole, rest = divmod(abs(value.minor), 10**digits)
    text = f"{whole:,}.{rest:0{digits}}" if digits else f"{whole:,}"
    return form.write(text, is_negative=value.minor < 0)


def write_number(value: Decimal | int, locale: str, digits: int | None = None) -> str:
    """A number with ``digits`` after the point, else with as many as it has, six at most."""
    form = _number_form(locale)
    if digits is not None and Decimal(value).is_finite():
        value = _half_up(Decimal(value), digits)
        text = f"{abs(value):,.{digits}f}"
    elif isinstance(value, int):
        text = f"{abs(value):,}"
    elif value.is_finite() and -MOST_DIGITS <= int(value.as_tuple().exponent) <= 0:
        text = f"{abs(value):,f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        form = None
        text = ""
    if form is None:
        wanted = "#" * MOST_DIGITS if digits is None else "0" * digits
        pattern = f"#,##0.{wanted}" if wanted else "#,##0"
        return format_decimal(value, format=pattern, locale=locale)
    return form.write(text, is_negative=value < 0)


@lru_cache(maxsize=64)
def has_comma(locale: str) -> bool:
    """Whether a comma stands before decimals there."""
    return str(format_decimal(Decimal("0.5"), format="0.0", locale=locale)) == "0,5"


def _half_up(value: Decimal, digits: int) -> Decimal:
    """Rounded for reading; a number too long for that is left as it is."""
    if value.adjusted() + digits > _LONGEST:
        return value
    # A zero that is left of a negative number has no sign.
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP) + 0


@lru_cache(maxsize=256)
def _money_form(currency: str, locale: str) -> _Form | None:
    digits = CURRENCY_DIGITS[currency]
    sample = Decimal("1234567.89") if digits else Decimal(1234567)

    def written(value: Decimal) -> str:
        return str(format_currency(value, currency, locale=locale))

    form = _form_of(written(sample), written(-sample), has_point=bool(digits))
    if form is None or digits not in (0, 2):
        return None
    small = "1,234.56" if digits else "1,234"
    value = Decimal(small.replace(",", ""))
    return form if written(value) == form.write(small, is_negative=False) else None


@lru_cache(maxsize=64)
def _number_form(locale: str) -> _Form | None:
    def written(value: Decimal) -> str:
        return str(format_decimal(value, format="#,##0.##", locale=locale))

    sample = Decimal("1234567.89")
    form = _form_of(written(sample), written(-sample), has_point=True)
    if form is None:
        return None
    value = Decimal("1234.5")
    return form if written(value) == form.write("1,234.5", is_negative=False) else None


def _form_of(positive: str, negative: str, *, has_point: bool) -> _Form | None:
    """The form two samples show; None where their digits are not simply grouped by three."""
    one, other = _SAMPLE.fullmatch(positive), _SAMPLE.fullmatch(negative)
    if one is None or other is None or one["group"] != other["group"]:
        return None
    if one["point"] != other["point"] or (one["point"] is not None) != has_point:
        return None
    separators = {ord(","): one["group"], ord("."): one["point"] or ""}
    return _Form(one["before"], one["after"], other["before"], other["after"], separators)
