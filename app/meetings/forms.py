"""Forms of gate meetings: the agenda, the minutes, and their closing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import (
    FieldList,
    FormField,
    HiddenField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from app.values.texts import LONGEST_NOTE
from app.web.fields import CountField, DayField, SeenField
from app.web.forms import Form, OnceForm
from app.web.rows import BareForm


class _ManyField(SelectMultipleField):
    """Ids chosen by ticking them."""

    option_widget = CheckboxInput()
    widget = ListWidget(prefix_label=False)

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, coerce=int, **kwargs)


class AgendaRow(BareForm):
    """A hurdle that can stand on the agenda, and at which place."""

    tranche = HiddenField()
    place = CountField("Place")

    @property
    def tranche_id(self) -> int | None:
        """The hurdle it is about; nonsense is about none."""
        return int(self.tranche.data) if _is_id(self.tranche.data or "") else None


class AgendaForm(OnceForm):
    """Title, day and the hurdles in order; a hurdle without a place is left out."""

    seen = SeenField()
    title = StringField("Title", [InputRequired("Give the meeting a title.")])
    held_on = DayField("Day", [InputRequired("Say on which day it is held.")])
    gates = FieldList(FormField(AgendaRow))

    @property
    def order(self) -> list[int]:
        """Ids of the hurdles with a place, by place."""
        return [id_ for _, id_ in self._placed]

    @property
    def order_words(self) -> str:
        """What became of hurdles that were given the same place, after what was done."""
        places = [place for place, _ in self._placed]
        if len(set(places)) == len(places):
            return ""
        return " Hurdles with the same place stand in the order listed; all are numbered anew."

    @property
    def _placed(self) -> list[tuple[int, int]]:
        """Place and id of the hurdles with a place; those with the same as they are listed."""
        rows = [(row.form.data["place"], row.form.tranche_id) for row in self.gates]
        chosen = [(place, id_) for place, id_ in rows if place is not None and id_ is not None]
        return sorted(chosen, key=lambda one: one[0])


class NoteRow(BareForm):
    """What was said about one hurdle."""

    item = HiddenField()

    @property
    def item_id(self) -> int | None:
        """The agenda item it is about; nonsense is about none."""
        return int(self.item.data) if _is_id(self.item.data or "") else None

    note = TextAreaField("Note", render_kw={"rows": 3, "maxlength": LONGEST_NOTE})


class MinutesForm(Form):
    """Who was there and what was said."""

    seen = SeenField()
    attendees = _ManyField("Attendees")
    guests = StringField("Others present", description="Names of people without an account.")
    notes = FieldList(FormField(NoteRow))

    def offer(self, people: Sequence[tuple[int, str]]) -> None:
        """Set the people to choose from."""
        self.attendees.choices = list(people)

    @property
    def by_item(self) -> dict[int, str]:
        """The notes by agenda item."""
        rows = [(row.form.item_id, row.form.note.data or "") for row in self.notes]
        return {id_: note for id_, note in rows if id_ is not None}


class CloseForm(Form):
    """Closes what was looked at."""

    seen = SeenField()


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
