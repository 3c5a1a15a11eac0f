"""What the forms of an initiative share: versions, rows, comparing two versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import wtforms
from wtforms import BooleanField, Field, FieldList, FormField, HiddenField, SelectField
from wtforms.validators import InputRequired, StopValidation

from app.errors import InvalidError
from app.web.forms import Form

Choices = Sequence[tuple[str, str]]


class Needed(InputRequired):
    """Something has to be typed, and blanks are nothing."""

    def __call__(self, form: Any, field: Field) -> None:
        if not any(str(text).strip() for text in field.raw_data or ()):
            field.errors = []
            raise StopValidation(self.message)


def needed(message: str) -> list[Needed]:
    return [Needed(message)]


def optional_id(value: Any) -> int | None:
    """An id chosen from a list, None for the empty choice."""
    return int(value) if value not in (None, "", "None") else None


class ChoiceField(SelectField):
    """An id from a list, or None; with an empty choice first."""

    def __init__(self, label: str, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, coerce=optional_id, **kwargs)

    def offer(self, choices: Choices, empty: str = "Choose …") -> None:
        self.choices = [("", empty), *choices]


class CustomerNeedField(ChoiceField):
    """The customer need that a behaviour serves, or none yet."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Which customer need does this serve?")
        kwargs.setdefault("description", "What is recorded under Needs of the journey.")
        super().__init__(**kwargs)

    def offer(self, choices: Choices, empty: str = "None yet") -> None:
        super().offer(choices, empty)


class VersionedForm(Form):
    """A form that remembers which version of the initiative it was filled from."""

    version = HiddenField(default="0")

    @property
    def seen_version(self) -> int:
        """The version the person looked at; anything odd counts as a version nobody has."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

    def is_based_on(self, version: int) -> None:
        """Say which version sending the form from now on replaces."""
        self.version.data = str(version)
        self.version.raw_data = None


class MoveForm(VersionedForm):
    """One move of an initiative, with the reason where one is needed."""

    reason = wtforms.TextAreaField("Reason", description="It stays on the record.")


class CustomerNeedForm(Form):
    """The need a behaviour serves, said of an initiative that can't be changed otherwise."""

    need_id = CustomerNeedField()


class RowForm(wtforms.Form):
    """One of several rows; a row with nothing typed in it is left out.

    Fields named in ``by_themselves`` always hold something, so they don't count as typed.
    """

    by_themselves: frozenset[str] = frozenset()

    @property
    def is_blank(self) -> bool:
        return not any(_typed(one) for one in self if one.short_name not in self.by_themselves)

    def validate(self, extra_validators: Any = None) -> bool:
        if self.is_blank:
            for one in self:
                one.errors = []
            return True
        return super().validate(extra_validators)


def _typed(field: Field) -> bool:
    if isinstance(field, BooleanField):
        return bool(field.data)
    if field.raw_data:
        return any(str(text).strip() for text in field.raw_data)
    return field.data not in (None, "")


def filled(rows: FieldList) -> list[tuple[int, Any]]:
    """The rows with something in them: (place in the list, form)."""
    return [
        (place, entry.form) for place, entry in enumerate(rows.entries) if not entry.form.is_blank
    ]


def add_spares(rows: FieldList, spare: int) -> None:
    """Put empty rows at the end, so that there is room without scripts."""
    free = 0
    for entry in reversed(rows.entries):
        if not entry.form.is_blank:
            break
        free += 1
    for _ in range(spare - free):
        rows.append_entry()


def in_typed_rows(error: InvalidError, prefix: str, rows: FieldList) -> InvalidError:
    """A service's refusal with row numbers as typed; the service counts without empty rows."""
    places = [place for place, _ in filled(rows)]
    fields = {}
    for name, message in error.fields.items():
        head, _, rest = name.removeprefix(prefix + "-").partition("-")
        if name.startswith(prefix + "-") and head.isdigit() and int(head) < len(places):
            name = f"{prefix}-{places[int(head)]}-{rest}"
        fields[name] = message
    return InvalidError(error.message, fields=fields)


def differences(theirs: Form, yours: Form) -> list[dict[str, Any]]:
    """Every field whose text differs between two forms, for people to compare."""
    other = {name: text for name, _, text in _texts(theirs)}
    labels = {name: label for name, label, _ in [*_texts(theirs), *_texts(yours)]}
    mine = {name: text for name, _, text in _texts(yours)}
    return [
        {"label": label, "yours": mine.get(name, ""), "theirs": other.get(name, "")}
        for name, label in labels.items()
        if mine.get(name, "") != other.get(name, "")
    ]


def _texts(form: Any, row: str = "") -> Iterator[tuple[str, str, str]]:
    for field in form:
        if isinstance(field, FieldList):
            for place, entry in enumerate(field.entries):
                yield from _texts(entry.form, f", row {place + 1}")
        elif not isinstance(field, HiddenField | FormField) and field.short_name != "csrf_token":
            yield field.name, f"{field.label.text}{row}", _shown(field)


def _shown(field: Field) -> str:
    if isinstance(field, BooleanField):
        return "yes" if field.data else "no"
    if hasattr(field, "iter_choices"):
        chosen = [choice.label for choice in field.iter_choices() if choice.selected]
        return ", ".join(str(label) for label in chosen)
    return str(field._value()).replace("\r\n", "\n")
