"""What a segment needs on a journey, each part with the evidence behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice

from app.calendar.forms import VersionedForm, needed
from app.journeys.rules import Channel, NeedDraft, NeedKind, StatementDraft, need_cell
from app.web.fields import CountField, DayField
from app.web.forms import OnceForm

MOST_CHANNELS = 3
_PARTS = ("text", "source", "observed_on", "sample_size", "link")
_PLACES = ("First choice", "Second choice", "Third choice")


class NeedForm(OnceForm, VersionedForm):
    """A need, part by part; the fields of the parts are added by `need_form`."""

    logged_segments: Sequence[str] = ()

    segment = StringField(
        "Segment",
        needed("Say which customers need it."),
        render_kw={"list": "logged-segments"},
    )

    @property
    def channel_fields(self) -> list[Field]:
        return [self[f"channel_{place}"] for place in range(1, MOST_CHANNELS + 1)]

    @property
    def parts(self) -> list[tuple[NeedKind, dict[str, Field]]]:
        """Each part with its fields by name."""
        return [(kind, {name: self[need_cell(kind, name)] for name in _PARTS}) for kind in NeedKind]

    def draft(self) -> NeedDraft:
        return NeedDraft(
            segment=self.segment.data or "",
            channels=tuple(Channel(field.data) for field in self.channel_fields if field.data),
            statements={
                kind: StatementDraft(
                    text=fields["text"].data or "",
                    source=fields["source"].data or "",
                    observed_on=fields["observed_on"].data,
                    sample_size=fields["sample_size"].data,
                    link=(fields["link"].data or "").strip(),
                )
                for kind, fields in self.parts
            },
        )


class RetireForm(VersionedForm):
    """Why a need no longer holds."""

    reason = TextAreaField("Reason", description="It stays on the record.")


def need_form(use: Mapping[str, Mapping[Channel, int]], **kwargs: Any) -> NeedForm:
    """Build the form of a need; ``use``: segment → channel → contacts, as the log has them.

    Segments of the log are offered, others can be typed. Of channels, those the log has come
    first: customers may want one that nobody can use yet, but only the others can be measured.
    """
    choices = _channel_choices(use)
    made: dict[str, Any] = {
        f"channel_{place}": SelectField(word, choices=choices)
        for place, word in enumerate(_PLACES, start=1)
    }
    for kind in NeedKind:
        words = "Note" if kind is NeedKind.CHANNELS else kind.word
        made |= {
            need_cell(kind, "text"): TextAreaField(words, render_kw={"rows": 3}),
            need_cell(kind, "source"): StringField(
                "How it is known", description="Such as a survey after contact, or interviews."
            ),
            need_cell(kind, "observed_on"): DayField("Observed on"),
            need_cell(kind, "sample_size"): CountField("Asked"),
            need_cell(kind, "link"): StringField("Link to the evidence"),
        }
    form: NeedForm = type("Need", (NeedForm,), made)(**kwargs)
    form.logged_segments = logged_segments(use)
    return form


def logged_segments(use: Mapping[str, Mapping[Channel, int]]) -> list[str]:
    """The segments of the log, that with the most contacts first."""
    sums = {segment: sum(found.values()) for segment, found in use.items() if segment}
    return sorted(sums, key=lambda segment: (-sums[segment], segment))


def _channel_choices(use: Mapping[str, Mapping[Channel, int]]) -> list[SelectChoice]:
    """No choice, then all channels, or, where contacts are logged, those of the log first."""
    seen = {channel for found in use.values() for channel in found}
    words = ("In the contact log", "Not in the contact log") if seen else (None, None)
    none = SelectChoice("", "No choice")
    ordered = sorted(Channel, key=lambda one: one not in seen)
    return [none] + [
        SelectChoice(one.value, one.word, optgroup=words[one not in seen]) for one in ordered
    ]


def need_data(draft: NeedDraft) -> dict[str, Any]:
    """What the form shows of a need."""
    data: dict[str, Any] = {"segment": draft.segment}
    for place, channel in enumerate(draft.channels, start=1):
        data[f"channel_{place}"] = channel.value
    for kind, one in draft.statements.items():
        data |= {need_cell(kind, name): getattr(one, name) for name in _PARTS}
    return data
