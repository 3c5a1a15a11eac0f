"""How money, numbers and days are written on pages.

What is rounded for reading goes half up, away from zero, as readers check it; amounts themselves
were rounded before, half to even.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel.numbers import get_currency_symbol
from flask import Flask, current_app, g, has_request_context
from flask_login import current_user

from app.db.session import TRANSACTION_OPEN
from app.extensions import db
from app.values.digits import write_number
from app.values.money import Money
from app.values.quarter import Quarter
from app.values.written import (
    LOCALES,
    MINUS,
    day_words,
    hide_sums_when,
    locale_here,
    money_words,
    month_words,
    quarter_words,
    read_as,
    write_as,
)
from app.values.written import NONE as NONE
from app.web.fields import has_decimal_comma, takes_numbers
from app.web.guards import costs_are_hidden


def _with_minus(text: str) -> str:
    return text.replace("-", MINUS)


def money(value: Money | None) -> str:
    """Money to the cent: €1,234,567.00; a dash, never 0, for who may not see costs."""
    return NONE if value is None else money_words(value)


def money_short(value: Money | None) -> str:
    """Money in at most four digits for charts and tiles: €1.23m; a dash as `money` gives."""
    if value is None or costs_are_hidden():
        return NONE
    size = abs(value.amount)
    for unit, letter in (
        (Decimal(10) ** 9, "bn"),
        (Decimal(10) ** 6, "m"),
        (Decimal(10) ** 3, "k"),
    ):
        if size >= unit * Decimal("0.9995"):
            return _short(value, size / unit, letter)
    return _short(value, size, "")


def _short(value: Money, scaled: Decimal, letter: str) -> str:
    digits = 2 if scaled < 10 else 1 if scaled < 100 else 0
    rounded = scaled.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    text = write_number(rounded, locale_here())
    sign = MINUS if value.minor < 0 and rounded else ""
    return f"{sign}{get_currency_symbol(value.currency, locale=locale_here())}{text}{letter}"


def bare_money(value: Money, digits: int | None = None) -> str:
    """Money without its currency, where a head names that; a dash as `money` gives."""
    return NONE if costs_are_hidden() else number(value.amount, digits)


def minor(value: int | None, currency: str) -> str:
    """Minor units of a currency as exact money."""
    return NONE if value is None else money(Money(value, currency))


def percent(value: Decimal | None, digits: int = 1) -> str:
    """A share as a percentage: 12.5 %."""
    if value is None:
        return NONE
    rounded = (Decimal(value) * 100).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    text = write_number(rounded, locale_here())
    return _with_minus(f"{text}\u202f%")


def number(value: Decimal | int | None, digits: int | None = None) -> str:
    """A number with its thousands set off; ``digits`` after the point, else as many as it has."""
    if value is None:
        return NONE
    return _with_minus(write_number(value, locale_here(), digits))


def signed(value: Money | Decimal | int | None) -> str:
    """A difference with its sign written out: +3, −€1,200.00; nothing is ±0."""
    if value is None or (isinstance(value, Money) and costs_are_hidden()):
        return NONE
    text = money(value) if isinstance(value, Money) else number(value)
    if not value:
        return f"±{text}"
    positive = value.minor > 0 if isinstance(value, Money) else value > 0
    return f"+{text}" if positive else text


def quarter(value: Quarter | str | None) -> str:
    """A quarter for reading: Q1 2027."""
    if value is None:
        return NONE
    known = Quarter.parse(value) if isinstance(value, str) else value
    return quarter_words(known)


def day(value: date | None) -> str:
    """A day: 31 Mar 2027."""
    return NONE if value is None else day_words(value)


def month(value: date) -> str:
    """The month of a day: Mar 2027."""
    return month_words(value)


def moment(value: datetime | None) -> str:
    """A moment in UTC: 31 Mar 2027, 14:05 UTC."""
    if value is None:
        return NONE
    at = value.astimezone(UTC)
    return f"{day_words(at.date())}, {at:%H:%M} UTC"


def counted(value: int, singular: str, plural: str | None = None) -> str:
    """A count with its noun: 1 initiative, 3 initiatives."""
    noun = singular if value == 1 else plural or singular + "s"
    return f"{number(value)} {noun}"


def reader_locale() -> str:
    """How the person looking at the page reads numbers and days; empty: as the company.

    Empty, too, while something is being changed: what is kept is written as the company does.
    """
    if not has_request_context() or not hasattr(current_app, "login_manager"):
        return ""
    if "_login_user" not in g or db.session.info.get(TRANSACTION_OPEN):
        return ""
    own = getattr(current_user, "locale", "")
    return own if own in LOCALES else ""


def asks_for_points(form: Any) -> bool:
    """Whether a form has to say that its fields take a decimal point, though pages show commas."""
    return has_decimal_comma() and takes_numbers(form)


def init_filters(app: Flask) -> None:
    write_as(str(app.config["LOCALE"]))
    read_as(reader_locale)
    hide_sums_when(costs_are_hidden)
    app.jinja_env.globals["asks_for_points"] = asks_for_points
    for filter_ in (
        money,
        money_short,
        minor,
        percent,
        number,
        signed,
        quarter,
        day,
        month,
        moment,
        counted,
    ):
        app.jinja_env.filters[filter_.__name__] = filter_
