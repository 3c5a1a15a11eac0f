"""Fields that turn typed text into the product's values and keep the text when they can't."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import FormField, HiddenField, SelectField, StringField

from app.values.digits import has_comma
from app.values.money import Money, MoneyFormatError, parse_money
from app.values.quarter import Quarter, QuarterFormatError
from app.values.share import ShareFormatError, parse_percent
from app.values.written import locale_here

_NUMBER = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,6})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[, '\u00a0\u202f]\d{3})+(?:\.\d+)?", re.ASCII)


def _ungrouped(text: str) -> str:
    """The number without marks between its thousands, and with a plain minus.

    A comma that does not set off three digits may be a decimal mark, so it stays and the number is
    refused rather than read a hundred times too large.
    """
    bare = text.strip().replace("\u2212", "-")
    return re.sub(r"[, '\u00a0\u202f]", "", bare) if _GROUPED.fullmatch(bare) else bare


def has_decimal_comma() -> bool:
    """Whether whoever looks at the page reads a comma before decimals."""
    return has_comma(locale_here())


_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+", re.ASCII)
"""A number whose points may set off thousands, where people write a decimal comma."""

_COMMA = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+", re.ASCII)
"""The other way round: commas that fields take for thousands."""


def _refuse_ambiguous(text: str, *, commas: bool = False) -> None:
    """Raise ValueError for what somebody who reads decimal commas may mean otherwise.

    48.000 is forty-eight as fields take it, and forty-eight thousand as they read it; so is 3,750
    where a field takes three decimals (``commas``).
    """
    bare = text.strip().removesuffix("%").rstrip().replace("\u2212", "-")
    is_either = _AMBIGUOUS.fullmatch(bare) or (commas and _COMMA.fullmatch(bare))
    if is_either and has_decimal_comma():
        raise ValueError(
            f"“{bare}” can be read in two ways. Write it without marks between thousands, and with"
            " a point before decimals: 1234 or 1.2340."
        )


def _unambiguous(text: str) -> str:
    """The same number with a fourth decimal where three could be read as thousands."""
    return f"{text}0" if has_decimal_comma() and _AMBIGUOUS.fullmatch(text) else text


SHARE_DIGITS = 6
"""Exact digits of a stored share."""


class ValueField(StringField, ABC):
    """A text field whose ``data`` is a value; an empty text is None."""

    inputmode = "text"

    @abstractmethod
    def parse(self, text: str) -> Any:
        """Turn text that isn't blank into the value; raises ValueError with the message."""

    def write(self, value: Any) -> str:
        """Write the value as text that `parse` reads."""
        return str(value)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.write(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        text = str(valuelist[0]) if valuelist else ""
        if text.strip():
            self.data = self.parse(text)


class MoneyField(ValueField):
    """Money in the form's currency, or in ``currency`` (a code, or a callable giving it)."""

    inputmode = "decimal"

    def __init__(
        self,
        label: str | None = None,
        validators: Any = None,
        *,
        currency: str | Callable[[], str] | None = None,
        **kwargs: Any,
    ) -> None:
        self._currency = currency
        super().__init__(label, validators, **kwargs)

    @property
    def currency(self) -> str:
        """The currency, from the field, its form or the form around that."""
        chosen = self._currency() if callable(self._currency) else self._currency
        form = getattr(self, "_form", None)
        while chosen is None and form is not None:
            chosen = getattr(form, "currency", None)
            form = getattr(form.meta, "_parent_form", None)
        if chosen is None:
            raise RuntimeError(f"Nobody said which currency the field “{self.name}” is in.")
        return chosen

    def parse(self, text: str) -> Money:
        _refuse_ambiguous(text)
        try:
            return parse_money(text, self.currency)
        except MoneyFormatError as error:
            raise ValueError(str(error)) from error

    def write(self, value: Any) -> str:
        return f"{value.amount:,}".replace("-", "\u2212")


class PercentField(ValueField):
    """A share typed as a percentage; ``data`` is the share, 0.125 for 12.5 %."""

    inputmode = "decimal"

    def parse(self, text: str) -> Decimal:
        _refuse_ambiguous(text)
        try:
            share = parse_percent(text)
        except ShareFormatError as error:
            raise ValueError(str(error)) from error
        if share != round(share, SHARE_DIGITS):
            raise ValueError("Use at most four digits after the point.")
        return share

    def write(self, value: Decimal) -> str:
        return _unambiguous(f"{(value * 100).normalize():f}")


class MeasureField(ValueField):
    """A measured number with at most six digits after the point."""

    inputmode = "decimal"

    def parse(self, text: str) -> Decimal:
        _refuse_ambiguous(text, commas=True)
        bare = _ungrouped(text)
        if not _NUMBER.fullmatch(bare):
            raise ValueError("Enter a number such as 1,250 or 3.75.")
        return Decimal(bare)

    def write(self, value: Decimal) -> str:
        return _unambiguous(f"{Decimal(value).normalize():f}").replace("-", "\u2212")


class CountField(ValueField):
    """A whole number."""

    inputmode = "numeric"

    def parse(self, text: str) -> int:
        _refuse_ambiguous(text, commas=True)
        bare = _ungrouped(text)
        if not re.fullmatch(r"-?[0-9]{1,12}", bare):
            raise ValueError("Enter a whole number such as 1,250.")
        return int(bare)


class QuarterField(ValueField):
    """A calendar quarter, typed as 2027-Q1."""

    def parse(self, text: str) -> Quarter:
        try:
            return Quarter.parse(text)
        except QuarterFormatError as error:
            raise ValueError(str(error)) from error


class DayField(ValueField):
    """A day between 1900 and 2999, as browsers' date fields send it."""

    input_type = "date"

    def parse(self, text: str) -> date:
        try:
            day = date.fromisoformat(text.strip()) if len(text.strip()) == 10 else None
        except ValueError:
            day = None
        if day is None:
            raise ValueError("Enter a day such as 2027-03-31.")
        if not 1900 <= day.year <= 2999:
            raise ValueError("Enter a day between 1900 and 2999.")
        return day

    def write(self, value: date) -> str:
        return value.isoformat()


Choices = Sequence[tuple[str, str]]


class SeenField(HiddenField):
    """The number of what somebody had before them when a form was filled: a version or an id."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("default", "0")
        super().__init__(**kwargs)

    @property
    def seen(self) -> int:
        """What the browser sent; -1, which nothing has, where that is nothing or garbled.

        What the form was made with counts only while nothing was sent: a field left out must not
        pass for having seen the newest.
        """
        text = str(self.data if self.raw_data is None else next(iter(self.raw_data), ""))
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

    def is_based_on(self, number: int) -> None:
        """Have the form say from now on that ``number`` was seen."""
        self.data, self.raw_data = str(number), None


def optional_id(value: Any) -> int | None:
    """An id chosen from a list, None for the empty choice."""
    return int(value) if value not in (None, "", "None") else None


class ChoiceField(SelectField):
    """An id from a list, or None; with an empty choice first."""

    def __init__(self, label: str, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, coerce=optional_id, **kwargs)

    def offer(self, choices: Choices, empty: str = "Choose …") -> None:
        self.choices = [("", empty), *choices]


def takes_numbers(form: Any) -> bool:
    """Whether a form has a field for a number that may have decimals or thousands."""
    for field in form or ():
        parts = field.form if isinstance(field, FormField) else getattr(field, "entries", None)
        if isinstance(field, MoneyField | PercentField | MeasureField | CountField):
            return True
        if parts and takes_numbers(parts):
            return True
    return False
