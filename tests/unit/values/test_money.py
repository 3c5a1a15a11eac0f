"""Money is exact, in one currency, and its parts sum to the whole."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.values.money import (
    CurrencyMismatchError,
    Money,
    MoneyFormatError,
    allocate,
    parse_money,
    rounded_parts,
    sum_money,
)


class TestMoney:
    def test_adds_and_subtracts_exactly(self) -> None:
        assert Money(10, "EUR") + Money(20, "EUR") - Money(1, "EUR") == Money(29, "EUR")

    def test_refuses_to_mix_currencies(self) -> None:
        with pytest.raises(CurrencyMismatchError):
            Money(1, "EUR") + Money(1, "USD")
        with pytest.raises(CurrencyMismatchError):
            assert Money(1, "EUR") < Money(2, "USD")

    def test_refuses_fractions_of_a_cent(self) -> None:
        with pytest.raises(TypeError):
            Money(1.5, "EUR")  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            Money(1, "EUR") * 0.5  # type: ignore[operator]

    def test_writes_the_true_minus(self) -> None:
        assert str(Money(-123456, "EUR")) == "\u2212€1,234.56"

    def test_an_empty_sum_is_zero_of_its_currency(self) -> None:
        assert sum_money([], "JPY") == Money(0, "JPY")


class TestParseMoney:
    @pytest.mark.parametrize(
        ("typed", "minor"),
        [
            ("1,250,000.50", 125_000_050),
            ("€1.25m", 125_000_000),
            ("1250k", 125_000_000),
            ("EUR 12", 1_200),
            ("\u22125", -500),
            ("0.01", 1),
            ("1'000", 100_000),
            ("100kEUR", 10_000_000),
            ("1.25mEUR", 125_000_000),
            ("2 bneur", 200_000_000_000),
        ],
    )
    def test_reads_what_people_type(self, typed: str, minor: int) -> None:
        assert parse_money(typed, "EUR").minor == minor

    @pytest.mark.parametrize(
        "typed",
        [
            "",
            "abc",
            "1,25",
            "1.2.3",
            "NaN",
            "1e999",
            "12 34",
            "0.005",
            "9" * 30,
            "١٢x",
            "١٢٣",
            "1٠5",
            "-",
        ],
    )
    def test_refuses_what_is_no_amount(self, typed: str) -> None:
        with pytest.raises(MoneyFormatError):
            parse_money(typed, "EUR")

    @pytest.mark.parametrize("typed", ["1.250", "-12.500", "\u2212999.990", "EUR 100.000"])
    def test_refuses_a_point_that_may_set_off_thousands(self, typed: str) -> None:
        with pytest.raises(MoneyFormatError, match="may mean thousands"):
            parse_money(typed, "EUR")

    @pytest.mark.parametrize(
        ("typed", "minor"),
        [
            ("0.500", 50), ("1250.500", 125_050), ("1,250.500", 125_050), ("1.2500", 125),
            ("1.250m", 125_000_000),
        ],
    )  # fmt: skip
    def test_reads_zeros_behind_a_point_that_can_be_nothing_else(
        self, typed: str, minor: int
    ) -> None:
        assert parse_money(typed, "EUR").minor == minor

    @pytest.mark.parametrize(
        ("typed", "currency"),
        [
            ("$ 100", "EUR"), ("$5", "EUR"), ("$ 200k", "EUR"), ("USD 5", "EUR"), ("£5", "EUR"),
            ("€5", "USD"), ("5 ¥", "EUR"), ("eur 5", "USD"), ("CA$5", "USD"), ("€5", "JPY"),
            ("100kUSD", "EUR"), ("€ $5", "EUR"), ("us$5", "CAD"),
        ],
    )  # fmt: skip
    def test_refuses_an_amount_of_another_currency_by_name(self, typed: str, currency: str) -> None:
        with pytest.raises(MoneyFormatError, match=f"is not {currency}; enter the amount"):
            parse_money(typed, currency)

    @pytest.mark.parametrize(
        ("typed", "currency"),
        [
            ("$5", "USD"), ("$ 5", "CAD"), ("$5", "AUD"), ("5 $", "NZD"), ("US$5", "USD"),
            ("CA$5", "CAD"), ("A$5", "AUD"), ("£5", "GBP"), ("¥500", "JPY"), ("eur 5", "EUR"),
            ("-$5", "USD"),
        ],
    )  # fmt: skip
    def test_reads_the_own_sign_and_code(self, typed: str, currency: str) -> None:
        assert abs(parse_money(typed, currency).minor) == 500

    def test_knows_currencies_without_cents(self) -> None:
        assert parse_money("1,250", "JPY").minor == 1250
        with pytest.raises(MoneyFormatError):
            parse_money("0.5", "JPY")


class TestAllocate:
    @given(
        st.integers(-(10**15), 10**15),
        st.lists(st.integers(0, 10**9), min_size=1, max_size=30),
    )
    def test_parts_always_sum_to_the_total(self, total: int, weights: list[int]) -> None:
        assert sum(allocate(total, weights)) == total

    @given(st.integers(0, 10**12), st.lists(st.integers(1, 1000), min_size=1, max_size=20))
    def test_no_part_is_a_unit_off_its_exact_share(self, total: int, weights: list[int]) -> None:
        for part, weight in zip(allocate(total, weights), weights, strict=True):
            assert abs(part - Decimal(total) * weight / sum(weights)) < 1

    def test_equal_parts_give_the_rest_to_the_first(self) -> None:
        assert allocate(100, [1, 1, 1]) == [34, 33, 33]

    def test_a_negative_total_mirrors_the_positive(self) -> None:
        assert allocate(-100, [1, 2]) == [-part for part in allocate(100, [1, 2])]

    def test_refuses_negative_weights_and_nothing_to_allocate_to(self) -> None:
        with pytest.raises(ValueError, match="negative"):
            allocate(1, [1, -1])
        with pytest.raises(ValueError, match="nothing"):
            allocate(1, [])


class TestRoundedParts:
    def test_gives_the_missing_units_to_the_largest_remainders(self) -> None:
        assert rounded_parts([Decimal("1.2"), Decimal("1.7"), Decimal("0.6")], 4) == [1, 2, 1]

    @given(st.lists(st.decimals(-1000, 1000, places=4), min_size=1, max_size=8))
    def test_parts_add_up_and_stay_within_a_unit(self, parts: list[Decimal]) -> None:
        total = round(sum(parts))
        found = rounded_parts(parts, total)
        assert sum(found) == total
        assert all(abs(one - part) <= 1 for one, part in zip(found, parts, strict=True))
