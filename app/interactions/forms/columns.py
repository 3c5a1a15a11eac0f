"""Say which column of an uploaded log means what; the answer is a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import BooleanField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Regexp

from app.interactions.engine.requests import Sample
from app.interactions.forms.words import choices_of, fault_in, pairs_of, spread_of, words_of
from app.journeys.rules import Channel, StageKind
from app.values.canonical import DIGEST
from app.web.forms import Form

MOMENTS = (
    ("iso", "2027-03-31 09:30"),
    ("offset", "2027-03-31T09:30+02:00"),
    ("%d.%m.%Y %H:%M", "31.03.2027 09:30"),
    ("%d.%m.%Y", "31.03.2027"),
    ("%d/%m/%Y %H:%M", "31/03/2027 09:30"),
    ("%m/%d/%Y %H:%M", "03/31/2027 09:30"),
    ("%m/%d/%Y", "03/31/2027"),
)
ENCODINGS = (("utf-8", "UTF-8"), ("windows-1252", "Windows-1252 (Western)"), ("utf-16", "UTF-16"))
DELIMITERS = (
    ("", "as the header shows"), (",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar |"),
)  # fmt: skip
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_COLUMN_FIELDS = (
    "when", "fiscal_quarter", "journey_column", "stage_column", "channel", "reason", "expected",
    "expected_by", "outcome", "met", "ended", "escalated", "lost", "customer", "id", "segment",
    "prospect", "contacts", "invited", "cost", "minutes", "score", "only",
)  # fmt: skip
_TEXTS = ("reason", "expected", "outcome", "segment")
OF_OUTCOME = ("escalated", "lost")
"""What the column of the outcome says where no other is chosen."""
_NUMBERS = ("cost_scale", "score_low", "score_high")
_WORDED = {
    "prospect": "prospect_words", "only": "only_words", "escalated": "escalated_words",
    "lost": "lost_words",
}  # fmt: skip


def _moments(label: str) -> SelectField:
    return SelectField(label, choices=MOMENTS)


def _words(label: str, default: str = "") -> TextAreaField:
    return TextAreaField(label, default=default, render_kw={"rows": 2})


class ColumnsForm(Form):
    """The columns of a log; words are read by `app.interactions.forms.words`."""

    file_name = HiddenField(validators=[InputRequired()])
    file = HiddenField(validators=[Regexp(DIGEST, message="Upload the file again.")])
    journey = HiddenField()
    currency = HiddenField()
    source = StringField(
        "System",
        validators=[InputRequired("Name the system it comes from.")],
        render_kw={"list": "known-systems"},
    )
    licence = HiddenField()
    when = SelectField("Moment", validators=[InputRequired("Choose the column of the moment.")])
    when_format = _moments("Moments look like")
    zone = StringField("Time zone", default="UTC")
    stage = SelectField("Stage", choices=choices_of(StageKind))
    channel = SelectField("Channel")
    channel_words = TextAreaField("What its words mean")
    reason = SelectField("Reason")
    expected = SelectField("Expected result")
    outcome = SelectField("Outcome")
    met = SelectField("Expectation met")
    met_words = _words("Words that mean met", default="yes")
    unmet_words = _words("Words that mean not met", default="no")
    customer = SelectField("Customer key")
    id = SelectField("Id of the contact")
    segment = SelectField("Segment")

    when_kind = SelectField(
        "The column of the moment holds",
        choices=[
            ("moment", "moments or days"),
            ("fiscal", "fiscal years"),
            ("month", "English month words"),
        ],
    )
    when_pattern = StringField("Own pattern of moments")
    fiscal_quarter = SelectField("Quarter of the fiscal year")
    first_month = SelectField(
        "The fiscal year begins in",
        choices=[(str(number), word) for number, word in enumerate(MONTHS, 1)],
    )
    named_by_start = BooleanField("It is named by the year in which it begins")
    month_year = StringField("Year of the months")

    stage_column = SelectField("Column of the stage")
    stage_words = TextAreaField("What the stage's words mean")
    channel_fixed = SelectField("Channel of all", choices=choices_of(Channel))
    journey_column = SelectField("Column of the journey")
    journey_words = TextAreaField("What the journey's words mean")

    reason_text = StringField("One reason for all")
    expected_text = StringField("One expected result for all")
    outcome_text = StringField("One outcome for all")
    segment_text = StringField("One segment for all")

    expected_by = SelectField("Expected by")
    expected_by_format = _moments("Expected by looks like")
    ended = SelectField("Ended")
    ended_format = _moments("Ended looks like")
    met_judged = TextAreaField("Columns that count judged contacts")
    met_met = TextAreaField("Columns that count met ones")
    escalated = SelectField("Escalated")
    escalated_words = _words("Words that mean escalated")
    lost = SelectField("Customer left")
    lost_words = _words("Words that mean the customer left")

    prospect = SelectField("Prospect")
    prospect_words = _words("Words that mean a prospect")
    only = SelectField("Only rows where")
    only_words = _words("has one of the words")

    contacts = SelectField("Contacts in the row")
    invited = SelectField("Customers asked")
    spread = TextAreaField("Several columns of contacts")

    cost = SelectField("Cost")
    cost_scale = StringField("One unit of cost is", default="1")
    tariff = TextAreaField("Cost per contact by channel")
    minutes = SelectField("Length")
    minutes_unit = SelectField(
        "Length is in", choices=[(one, one) for one in ("minutes", "seconds", "hours")]
    )
    score = SelectField("Score")
    score_low = StringField("Lowest score", default="0")
    score_high = StringField("Highest score", default="10")

    encoding = SelectField("Encoding", choices=ENCODINGS)
    delimiter = SelectField("Separator of columns", choices=DELIMITERS)
    decimal = SelectField(
        "Decimal mark", choices=[(".", "point: 1,234.50"), (",", "comma: 1.234,50")]
    )
    missing = _words("Words that mean nothing is known")

    def offer(self, sample: Sample) -> None:
        """Put the file's columns into the choices, and patterns of moments that are no preset."""
        columns = [(name, name) for name in sample.columns]
        for name in _COLUMN_FIELDS:
            self[name].choices = [("", "– none –"), *columns]
        presets = [value for value, _ in MOMENTS]
        for name in ("when_format", "expected_by_format", "ended_format"):
            own = self[name].data
            more = [(own, own)] if own and own not in presets and "%" in own else []
            self[name].choices = [*MOMENTS, *more]

    def is_used(self, *names: str) -> bool:
        """Whether a folded group says anything or has something wrong, so that it is shown open."""
        return any(_is_said(self[name]) or self[name].errors for name in names)

    def rule_faults(self) -> Mapping[str, str]:
        return {
            name: words
            for name, words in (
                ("channel_words", fault_in(Channel, self.channel_words.data)),
                ("stage_words", fault_in(StageKind, self.stage_words.data)),
                *self._place_faults(),
                *self._measure_faults(),
                *self._number_faults(),
            )
            if words
        }

    def _place_faults(self) -> list[tuple[str, str | None]]:
        ways = [
            bool(self.channel.data or self.channel_fixed.data),
            bool(spread_of(self.spread.data)),
        ]
        no_stage = not (self.stage.data or self.stage_column.data)
        return [
            ("stage", "Choose the stage, or below the column that says it." if no_stage else None),
            (
                "channel",
                None if any(ways) else "Choose the channel's column, or below one for all.",
            ),
            (
                "spread",
                "Take the channel away: each column here has its own." if all(ways) else None,
            ),
            *(
                (f"{name}_text", "Choose a column or one text for all, not both.")
                for name in _TEXTS
                if self[name].data and self[f"{name}_text"].data
            ),
        ]

    def _measure_faults(self) -> list[tuple[str, str | None]]:
        tariff = pairs_of(self.tariff.data)
        wrong = [one for one, cost in tariff.items() if _number(cost) is None]
        ways = (self.met.data, self.ended.data, words_of(self.met_judged.data))
        twice = sum(map(bool, ways)) > 1
        return [
            ("met", "Say in one way only whether expectations were met." if twice else None),
            ("ended", "Choose “Expected by” too." if self._lacks_promise() else None),
            ("tariff", fault_in(Channel, "\n".join(f"{one} = {one}" for one in tariff))),
            ("tariff", f"“{wrong[0][:40]}” needs a number, such as 4.20." if wrong else None),
            (
                "tariff",
                "Choose the cost's column or costs by channel, not both."
                if tariff and self.cost.data
                else None,
            ),
            *(
                (words, "Name the words.")
                for column, words in _WORDED.items()
                if self[column].data and not words_of(self[words].data)
            ),
            *(
                (column, "Choose the column of these words, or take the words away.")
                for column, words in _WORDED.items()
                if words_of(self[words].data) and not self._column_of(column)
            ),
        ]

    def _column_of(self, name: str) -> str:
        """The column whose words say it; escalations and losses may be told by the outcome."""
        return str(self[name].data or (self.outcome.data if name in OF_OUTCOME else "") or "")

    def _lacks_promise(self) -> bool:
        return bool(self.ended.data) and not self.expected_by.data

    def _number_faults(self) -> list[tuple[str, str | None]]:
        year = (self.month_year.data or "").strip()
        is_month = self.when_kind.data == "month"
        no_year = is_month and not (year.isascii() and year.isdigit() and 1970 <= int(year) <= 2100)
        faults: list[tuple[str, str | None]] = [
            (name, "Write a number, such as 10 or 0.5.")
            for name in _NUMBERS
            if _number(self[name].data or "0") is None
        ]
        return [*faults, ("month_year", "Write the year, such as 2027." if no_year else None)]

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        faults = self.rule_faults()
        for name, message in faults.items():
            if message not in self[name].errors:
                self[name].errors = [*self[name].errors, message]
        return valid and not faults


def _is_said(field: Field) -> bool:
    """Whether a field holds something else than it does on an untouched page."""
    untouched = field.default if field.default is not None else ""
    if isinstance(field, SelectField):
        untouched = str(next(iter(field.choices or [("",)]))[0])
    return bool(field.data) and field.data != untouched


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
