"""Budgets and pins to try out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired

from app.portfolio.forms.scenarios import VersionForm, stripped
from app.portfolio.rules.budgets import split_total
from app.portfolio.rules.pins import PinKind
from app.values.money import Money
from app.web.fields import MoneyField
from app.web.filters import money
from app.web.forms import OnceForm

_PIN = re.compile(r"(in|out|free):([^\s:]{1,60})")
_KINDS: Mapping[str, PinKind | None] = {
    "in": PinKind.FUND,
    "out": PinKind.EXCLUDE,
    "free": None,
}
_WORDS = {kind: word for word, kind in _KINDS.items()}
MOST_PINS = 20


class TryForm(OnceForm, VersionForm):
    """A whole budget, or one per fund, and pins: ``tried`` are those tried so far, ``pin`` the one
    whose button was pressed, ``untry`` one to be forgotten."""

    total = MoneyField("All funds")
    shown_total = HiddenField()
    tried = HiddenField(default="")
    pin = HiddenField(default="")
    untry = HiddenField(default="")
    reason = StringField("Reason", filters=[stripped])

    fund_fields: Mapping[int, str]

    def budgets(self) -> dict[int, int]:
        """The whole of each fund as typed, or as the total asks; a message where they disagree."""
        typed = {i: self[name].data for i, name in self.fund_fields.items()}
        totals = {i: one.minor for i, one in typed.items() if one is not None}
        wanted = self.total.data
        if wanted is None or wanted.minor == sum(totals.values()) or len(totals) < len(typed):
            return totals
        shown = self.shown_total.data or ""
        if shown == str(wanted.minor):
            return totals
        if shown == str(sum(totals.values())):
            return split_total(totals, wanted.minor)
        sum_of = money(Money(sum(totals.values()), wanted.currency))
        self.total.errors = [
            *self.total.errors, f"The funds add up to {sum_of}. Change the total or the funds."
        ]  # fmt: skip
        return totals

    def pins(self) -> dict[str, PinKind | None]:
        """What was tried before and the button pressed now, by initiative key."""
        found, _ = read_pins(f"{self.tried.data or ''} {self.pin.data or ''}")
        found.pop(self.untry.data or "", None)
        return found

    def show(self, totals: Mapping[int, int]) -> None:
        """Write these budgets into the fields in place of what was typed."""
        currency = self.currency or ""
        whole = sum(totals.values())
        for field, minor in (
            (self.total, whole),
            *((self[self.fund_fields[i]], minor) for i, minor in totals.items()),
        ):
            field.data, field.raw_data = Money(minor, currency), None
        self.shown_total.data = str(whole)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        for name in ("total", *self.fund_fields.values()):
            typed = self[name].data
            if typed is not None and typed.minor < 0:
                self[name].errors = [*self[name].errors, "A budget can't be negative."]
                valid = False
        if valid:
            self.budgets()
        return valid and not self.total.errors


class RemedyForm(OnceForm, VersionForm):
    """Which remedy of which initiative, read beside which run."""

    remedy = StringField(validators=[DataRequired("Choose a remedy.")])
    initiative = StringField(filters=[stripped], validators=[DataRequired("Name the initiative.")])
    run = HiddenField()
    copy = BooleanField("In a copy")

    @property
    def run_id(self) -> int | None:
        text = self.run.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class WayForm(OnceForm, VersionForm):
    """Which way out of a contradiction."""

    way = StringField(validators=[DataRequired("Choose a way out.")])
    copy = BooleanField("In a copy")


def read_pins(text: str) -> tuple[dict[str, PinKind | None], list[str]]:
    """Pins in short by initiative key, the last of a key counts; and what of it is no pin or one
    too many."""
    found: dict[str, PinKind | None] = {}
    pins = text.split()
    unread = pins[MOST_PINS:]
    for one in pins[:MOST_PINS]:
        match = _PIN.fullmatch(one)
        if match:
            found.pop(match[2], None)
            found[match[2]] = _KINDS[match[1]]
        else:
            unread.append(one)
    return found, unread


def pins_in_short(pins: Mapping[str, PinKind | None]) -> str:
    """Pins as the hidden field carries them."""
    return " ".join(f"{_WORDS[kind]}:{key}" for key, kind in pins.items() if kind in _WORDS)


def try_form(
    funds: Mapping[int, tuple[str, str]],
    totals: Mapping[int, int],
    *,
    currency: str,
    version: int,
) -> TryForm:
    """A form with a money field per fund: ``funds`` gives field name and label by fund id."""
    fields = {name: MoneyField(label) for name, label in funds.values()}
    kind = type("BenchForm", (TryForm,), fields)
    whole = sum(totals.values())
    form: TryForm = kind(
        currency=currency,
        data={
            "version": version,
            "total": Money(whole, currency),
            "shown_total": str(whole),
            **{name: Money(totals.get(i, 0), currency) for i, (name, _) in funds.items()},
        },
    )
    form.fund_fields = {i: name for i, (name, _) in funds.items()}
    return form
