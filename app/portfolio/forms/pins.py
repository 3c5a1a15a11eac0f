"""Pins of a scenario."""

from __future__ import annotations

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired

from app.portfolio.forms.scenarios import VersionForm, stripped
from app.portfolio.rules.pins import PinKind
from app.web.fields import MoneyField, QuarterField


class PinForm(VersionForm):
    """One initiative bound beforehand, with the reason."""

    initiative = StringField(
        "Initiative",
        filters=[stripped, str.upper],
        validators=[DataRequired("Name the initiative by its key.")],
        render_kw={"list": "candidates", "autocomplete": "off"},
    )
    kind = SelectField(
        "What to do with it",
        choices=[(kind.value, kind.word) for kind in PinKind],
        default=PinKind.FUND.value,
    )
    option = StringField("Option", filters=[stripped], description="Its key, such as lean or full.")
    start = QuarterField("Start", description="A quarter such as 2027-Q2.")
    price = MoneyField(
        "May be broken for", description="What not keeping the pin costs. Empty: it must hold."
    )
    reason = TextAreaField(
        "Reason", filters=[stripped], validators=[DataRequired("Say why; it stands by the result.")]
    )
