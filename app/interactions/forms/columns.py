"""Say which column of an uploaded log means what; the answer is a mapping."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Regexp

from app.interactions.engine.requests import Sample
from app.journeys.rules import Channel, StageKind
from app.values.canonical import DIGEST
from app.web.forms import Form

_MOMENTS = (
    ("iso", "2027-03-31 09:30"),
    ("offset", "2027-03-31T09:30+02:00"),
    ("%d.%m.%Y %H:%M", "31.03.2027 09:30"),
    ("%d.%m.%Y", "31.03.2027"),
    ("%d/%m/%Y %H:%M", "31/03/2027 09:30"),
    ("%m/%d/%Y %H:%M", "03/31/2027 09:30"),
    ("%m/%d/%Y", "03/31/2027"),
)
_COLUMN_FIELDS = (
    "when", "channel", "reason", "expected", "outcome", "met", "customer", "id", "segment",
    "cost", "minutes", "score",
)  # fmt: skip


class ColumnsForm(Form):
    """The columns of a log. Words are one a line, such as ``Hotline = Contact centre``."""

    file_name = HiddenField(validators=[InputRequired()])
    file = HiddenField(validators=[Regexp(DIGEST, message="Upload the file again.")])
    journey = HiddenField()
    when = SelectField("Moment", validators=[InputRequired("Choose the column of the moment.")])
    when_format = SelectField("Moments look like", choices=_MOMENTS)
    zone = StringField("Time zone", default="UTC")
    stage = SelectField("Stage", choices=[(kind.value, kind.word) for kind in StageKind])
    channel = SelectField("Channel", validators=[InputRequired("Choose the channel's column.")])
    channel_words = TextAreaField("What its words mean")
    reason = SelectField("Reason")
    expected = SelectField("Expected result")
    outcome = SelectField("Outcome")
    escalated_words = StringField("Outcomes that mean escalated")
    lost_words = StringField("Outcomes that mean the customer left")
    met = SelectField("Expectation met")
    met_words = StringField("Words that mean met", default="yes")
    unmet_words = StringField("Words that mean not met", default="no")
    customer = SelectField("Customer key")
    id = SelectField("Id of the contact")
    segment = SelectField("Segment")
    cost = SelectField("Cost")
    minutes = SelectField("Length")
    minutes_unit = SelectField(
        "Length is in", choices=[(one, one) for one in ("minutes", "seconds", "hours")]
    )
    score = SelectField("Score")
    score_low = StringField("Lowest score", default="0")
    score_high = StringField("Highest score", default="10")
    decimal = SelectField(
        "Decimal mark", choices=[(".", "point: 1,234.50"), (",", "comma: 1.234,50")]
    )

    def offer(self, sample: Sample) -> None:
        """Put the file's columns into the choices."""
        columns = [(name, name) for name in sample.columns]
        for name in _COLUMN_FIELDS:
            self[name].choices = [("", "– none –"), *columns]

    def rule_faults(self) -> Mapping[str, str]:
        lines = _lines(self.channel_words.data)
        wrong = [word for word, place in lines.items() if _channel(place) is None]
        if not wrong:
            return {}
        known = ", ".join(one.word for one in Channel)
        return {"channel_words": f"“{wrong[0][:40]}” needs one of: {known}."}

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        faults = self.rule_faults()
        for name, message in faults.items():
            if message not in self[name].errors:
                self[name].errors = [*self[name].errors, message]
        return valid and not faults

    def mapping_json(self, currency: str) -> bytes:
        """The answers as a mapping; its name says what it holds, so that others differ."""
        parts = self._parts(currency)
        name = sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:8]
        return json.dumps({"name": f"own-{name}", **parts}, ensure_ascii=False).encode()

    def _parts(self, currency: str) -> dict[str, Any]:
        words = {word: _channel(place) for word, place in _lines(self.channel_words.data).items()}
        parts: dict[str, Any] = {
            "title": f"Columns of {self.file_name.data}",
            "source": str(self.file_name.data),
            "licence": "own",
            "currency": currency,
            "zone": (self.zone.data or "UTC").strip(),
            "decimal": self.decimal.data,
            "when": {"column": self.when.data, "format": self.when_format.data},
            "stage": {"fixed": self.stage.data},
            "channel": {"column": self.channel.data, "words": words},
        }
        for name in ("customer", "id"):
            if self[name].data:
                parts[name] = self[name].data
        for name in ("reason", "expected", "outcome", "segment", "cost"):
            if self[name].data:
                parts[name] = {"column": self[name].data}
        return parts | self._measures()

    def _measures(self) -> dict[str, Any]:
        parts: dict[str, Any] = {}
        if self.met.data:
            parts["met"] = {
                "column": self.met.data,
                "met": _words(self.met_words.data),
                "unmet": _words(self.unmet_words.data),
            }
        if self.minutes.data:
            parts["minutes"] = {"column": self.minutes.data, "unit": self.minutes_unit.data}
        if self.score.data:
            low, high = self.score_low.data or "0", self.score_high.data or "10"
            parts["score"] = {"column": self.score.data, "low": low, "high": high}
        for name, words in (("escalated", self.escalated_words), ("lost", self.lost_words)):
            if self.outcome.data and _words(words.data):
                parts[name] = {"column": self.outcome.data, "words": _words(words.data)}
        return parts


def _words(text: str | None) -> list[str]:
    return [word.strip() for word in re.split(r"[,;\n]", text or "") if word.strip()]


def _lines(text: str | None) -> dict[str, str]:
    pairs = (line.rpartition("=") for line in (text or "").splitlines() if line.strip())
    return {word.strip() or place.strip(): place.strip() for word, _, place in pairs}


def _channel(words: str) -> str | None:
    """The channel of a word of ours, such as Contact centre."""
    said = words.strip().casefold()
    for one in Channel:
        if said in (one.word.casefold(), one.value, one.value.replace("_", " ")):
            return one.value
    return None
