"""Numbers are written as Babel writes them, only faster."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from babel.numbers import format_currency, format_decimal

from app.values.digits import write_money, write_number
from app.values.money import CURRENCY_DIGITS, Money

LOCALES = (
    "en_GB", "en_US", "de_DE", "de_CH", "fr_FR", "es_ES", "pl_PL", "pt_PT", "sv_SE", "nl_NL",
    "ja_JP", "he_IL", "ar_EG", "fa_IR", "hi_IN", "en_IN", "bn_BD",
)  # fmt: skip
MINOR = (0, 1, -1, 99, 100, -100, 999_99, 1_000_00, -1_000_00, 1_234_567_89, -(10**15))
NUMBERS = (
    0, 1, -1, 999, 1000, -1000, 1_234_567, Decimal("0.5"), Decimal("-0.000001"),
    Decimal("1234.560"), Decimal("1E+3"), Decimal("12.34567895"), Decimal("999999.999999"),
)  # fmt: skip


@pytest.mark.parametrize("locale", LOCALES)
class TestEveryLocale:
    def test_writes_money_as_babel_does(self, locale: str) -> None:
        for currency in CURRENCY_DIGITS:
            for minor in MINOR:
                value = Money(minor, currency)
                expected = format_currency(value.amount, currency, locale=locale)
                assert write_money(value, locale) == expected

    def test_writes_numbers_as_babel_does(self, locale: str) -> None:
        for value in NUMBERS:
            expected = format_decimal(value, format="#,##0.######", locale=locale)
            assert write_number(value, locale) == expected

    def test_rounds_half_up_and_writes_as_babel_does(self, locale: str) -> None:
        for value in (*NUMBERS, Decimal("0.05"), Decimal("-0.001"), Decimal("2.5"), Decimal(-1500)):
            for digits, pattern in ((0, "#,##0"), (1, "#,##0.0"), (2, "#,##0.00")):
                step = Decimal(1).scaleb(-digits)
                rounded = Decimal(value).quantize(step, rounding=ROUND_HALF_UP) + 0
                expected = format_decimal(rounded, format=pattern, locale=locale)
                assert write_number(value, locale, digits) == expected


class TestZero:
    def test_has_no_sign(self) -> None:
        assert write_number(Decimal("-0.0"), "en_GB") == "0"
