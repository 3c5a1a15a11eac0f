"""Forms keep what was typed and put every refusal at its field."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, FormField, StringField

from app.errors import ConflictError, InvalidError
from app.values.money import Money
from app.values.quarter import Quarter
from app.web.fields import (
    CountField,
    DayField,
    MeasureField,
    MoneyField,
    PercentField,
    QuarterField,
)
from app.web.forms import Form, OnceForm

UNREADABLE = ["x", "1e999", "NaN", "inf", "--1", "0x10", "１２x", "2027-02-30", "9" * 60, "1.2.3"]
UNREADABLE += ["7,80", "12,5", "7.800,50", "1,2,3", "1,0000"]
UNREADABLE += ["\x00", "<script>", "'", "0.0000001", "0001-01-01", "2027-Q5", "١٢٣x", "١٢٣", "1٠5"]


class RowForm(Form):
    """A row of the form below."""

    amount = MoneyField("Amount")


class PlanForm(Form):
    """A form with one field of every kind."""

    name = StringField("Name")
    cost = MoneyField("Cost")
    share = PercentField("Share")
    measure = MeasureField("Measure")
    count = CountField("Count")
    start = QuarterField("Start")
    due = DayField("Due")
    rows = FieldList(FormField(RowForm), min_entries=1)


@pytest.fixture(autouse=True)
def _request() -> Iterator[None]:
    app = Flask("forms")
    app.config.update(SECRET_KEY="x", WTF_CSRF_ENABLED=False)
    with app.test_request_context():
        yield


def _form(**typed: Any) -> PlanForm:
    return PlanForm(MultiDict(typed), currency="EUR")


class TestFields:
    @pytest.mark.parametrize(
        ("name", "typed", "value"),
        [
            ("cost", "1,250.50", Money(125050, "EUR")),
            ("cost", "€1.2m", Money(120_000_000, "EUR")),
            ("share", "12.5 %", Decimal("0.125")),
            ("measure", "−3.75", Decimal("-3.75")),
            ("measure", "1,250", Decimal(1250)),
            ("count", "1,250", 1250),
            ("start", "2027-q2", Quarter(2027, 2)),
            ("due", "2027-03-31", date(2027, 3, 31)),
            ("cost", "  ", None),
        ],
    )
    def test_turn_text_into_values(self, name: str, typed: str, value: object) -> None:
        form = _form(**{name: typed})
        assert form.validate()
        assert form[name].data == value
        assert form[name]._value() == typed

    @pytest.mark.parametrize("name", ["cost", "share", "measure", "count", "start", "due"])
    @pytest.mark.parametrize("typed", UNREADABLE)
    def test_keep_what_they_cant_read_and_say_so(self, name: str, typed: str) -> None:
        form = _form(**{name: typed})
        assert not form.validate()
        assert form[name].errors
        assert form[name]._value() == typed.replace("\x00", "")

    def test_write_values_so_that_they_can_be_read_again(self) -> None:
        form = PlanForm(
            None,
            currency="EUR",
            cost=Money(-125050, "EUR"),
            share=Decimal("0.125"),
            measure=Decimal("1200"),
            start=Quarter(2027, 1),
            due=date(2027, 3, 31),
        )
        written = {
            name: form[name]._value() for name in ("cost", "share", "measure", "start", "due")
        }
        assert written == {
            "cost": "−1,250.50",
            "share": "12.5",
            "measure": "1200",
            "start": "2027-Q1",
            "due": "2027-03-31",
        }
        assert _form(**written).validate()

    def test_of_rows_take_the_currency_of_their_form(self) -> None:
        form = _form(**{"rows-0-amount": "5"})
        assert form.rows[0].form.amount.data == Money(500, "EUR")


class TestValidate:
    def test_refuses_and_cleans_invisible_characters(self) -> None:
        form = _form(name="a\x00b\x1b")
        assert not form.validate()
        assert "invisible" in form.name.errors[0]
        assert form.name.data == "ab"

    def test_lets_lines_and_any_script_be(self) -> None:
        assert _form(name="ligne\r\n\tдва ‮ 三").validate()

    def test_refuses_absurd_lengths(self) -> None:
        form = _form(name="x" * 20_001)
        assert not form.validate()
        assert form.name.errors == ["Shorten this to at most 20,000 characters."]


class TestRefuse:
    def test_puts_messages_at_the_fields_it_names(self) -> None:
        form = _form(**{"rows-0-amount": "5"})
        form.refuse(
            InvalidError(
                "Two problems.",
                fields={"name": "Taken.", "rows-0-amount": "Too much.", "elsewhere": "Also."},
            )
        )
        assert form.name.errors == ["Taken."]
        assert form.rows[0].form.amount.errors == ["Too much."]
        assert form.form_errors == ["Also."]
        assert form.error_list() == [
            ("", "", "Also."),
            ("name", "Name", "Taken."),
            ("rows-0-amount", "Amount", "Too much."),
        ]

    def test_puts_the_rest_on_top(self) -> None:
        form = _form()
        form.refuse(ConflictError("Somebody was faster."))
        assert form.form_errors == ["Somebody was faster."]


class TestOnceForm:
    def test_gives_every_form_a_key_of_its_own(self) -> None:
        assert OnceForm(None).once.data != OnceForm(None).once.data

    @pytest.mark.parametrize("key", ["", "x", "A" * 32, "0" * 33, "0" * 31 + "\n"])
    def test_refuses_keys_it_did_not_give(self, key: str) -> None:
        assert not OnceForm(MultiDict({"once": key})).validate()
