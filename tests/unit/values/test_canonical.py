"""Equal content has equal bytes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.values.canonical import canonical_json, digest
from app.values.quarter import Quarter


class TestCanonicalJson:
    def test_order_of_keys_is_irrelevant(self) -> None:
        assert canonical_json({"b": 1, "a": 2}) == canonical_json({"a": 2, "b": 1})

    def test_equal_decimals_are_equal_bytes(self) -> None:
        assert canonical_json(Decimal("1.50")) == canonical_json(Decimal("1.5"))
        assert canonical_json(Decimal("100")) == b'"100"'
        assert canonical_json(Decimal("0.00")) == b'"0"'

    def test_writes_the_values_of_the_product(self) -> None:
        assert canonical_json([Quarter(2027, 1), date(2027, 1, 2)]) == b'["2027-Q1","2027-01-02"]'

    def test_refuses_what_is_no_number(self) -> None:
        with pytest.raises(ValueError, match="not JSON compliant"):
            canonical_json(float("nan"))


class TestDigest:
    def test_is_sha256(self) -> None:
        assert digest(b"").startswith("e3b0c44298fc1c14")
