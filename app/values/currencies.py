"""The currencies Waymark knows."""

from __future__ import annotations

CURRENCY_DIGITS = {
    "AUD": 2, "CAD": 2, "CHF": 2, "CZK": 2, "DKK": 2, "EUR": 2, "GBP": 2, "HUF": 2,
    "JPY": 0, "NOK": 2, "NZD": 2, "PLN": 2, "SEK": 2, "USD": 2,
}  # fmt: skip
"""Digits after the decimal point, by ISO 4217 code."""
