"""How amounts and days are written: one home for sentences and pages.

Sentences are made where no page and no settings are known, so the app says once how it writes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from babel.dates import format_date

from app.values.digits import Amount, write_money
from app.values.quarter import Quarter

MINUS = "\u2212"
NONE = "–"
LOCALES = ("en_GB", "en_US", "de_DE", "de_CH", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "sv_SE")
"""How somebody may choose to read numbers and days."""

_house = {"locale": "en_GB"}
_reader: list[Callable[[], str]] = []
_hidden: list[Callable[[], bool]] = []


def write_as(locale: str) -> None:
    """Write amounts and days as this locale does from now on, in the whole process."""
    _house["locale"] = locale


def house_locale() -> str:
    """How amounts and days are written here, whoever reads them: what is kept is written so."""
    return _house["locale"]


def read_as(asked: Callable[[], str]) -> None:
    """Write as ``asked`` says for whoever reads now; an empty text is nobody in particular."""
    _reader[:] = [asked]


def locale_here() -> str:
    """How amounts and days are written for whoever reads now."""
    return next((own for asked in _reader if (own := asked())), house_locale())


def hide_sums_when(asked: Callable[[], bool]) -> None:
    """Let every sum, in sentences too, be a dash while ``asked`` says that money is hidden."""
    _hidden[:] = [asked]


def money_words(value: Amount) -> str:
    """Money to the cent: €1,234,567.00; a dash, never 0, for who may not see it."""
    for asked in _hidden:
        if asked():
            return NONE
    return write_money(value, locale_here()).replace("-", MINUS)


def day_words(value: date) -> str:
    """A day: 31 Mar 2027; in numbers where the reader's locale writes it so."""
    own = locale_here()
    return _dated(value, "d MMM y" if own == house_locale() else "medium", own)


def month_words(value: date) -> str:
    """The month of a day: Mar 2027."""
    return _dated(value, "MMM y", locale_here())


def quarter_words(value: Quarter) -> str:
    """A quarter: Q1 2027."""
    return f"Q{value.number} {value.year}"


@lru_cache(maxsize=4096)
def _dated(value: date, pattern: str, locale: str) -> str:
    """Pages repeat few days many times."""
    return str(format_date(value, format=pattern, locale=locale))
