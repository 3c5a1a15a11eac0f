"""Numbers of accounts and payment cards in a text, told by their check digits; pure.

An IBAN has the length of its country and the remainder 1 modulo 97 (ISO 13616); a card number has
a known beginning and length and passes the Luhn check (ISO/IEC 7812).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ACCOUNT = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ -]?[A-Za-z0-9])")
_SIGNS = re.compile(r"[ -]?[A-Za-z0-9]")
_CARD = re.compile(r"(?<![\d.,-])\d(?:[ -]?\d){12,18}(?![\d-])")
_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|4[4-9]\d|5\d\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}"
    r"|(?:62|81)\d{14}"
)
_LENGTHS = {
    15: "NO", 16: "BE", 18: "DK FI FO GL NL FK SD", 19: "MK SI", 20: "AT BA EE KZ LT LU XK MN",
    21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HN HU LB NI PL SV", 29: "BR EG PS QA UA",
    30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
}  # fmt: skip
_LENGTH = {land: length for length, lands in _LENGTHS.items() for land in lands.split()}


def account_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where IBANs stand, from and to, in order; spaces and hyphens between signs don't matter."""
    for found in _ACCOUNT.finditer(text):
        length = _LENGTH.get(found.group()[:2].upper())
        end = found.end()
        for _ in range((length or 0) - 4):
            following = _SIGNS.match(text, end)
            if following is None:
                length = None
                break
            end = following.end()
        if length and not text[end : end + 1].isalnum() and _is_account(text[found.start() : end]):
            yield found.start(), end


def _is_account(text: str) -> bool:
    signs = re.sub("[ -]", "", text)
    return int("".join(str(int(sign, 36)) for sign in signs[4:] + signs[:4])) % 97 == 1


def card_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where numbers of payment cards stand, from and to, in order."""
    for found in _CARD.finditer(text):
        digits = re.sub("[ -]", "", found.group())
        if _ISSUERS.fullmatch(digits) and _passes(digits):
            yield found.span()


def _passes(digits: str) -> bool:
    """The Luhn check: every second digit from the right counts twice, by its digits' sum."""
    twice = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(twice)) % 10 == 0
