"""What the forms of an initiative share: versions, and comparing two of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import wtforms
from wtforms import BooleanField, Field, FieldList, FormField, HiddenField
from wtforms.validators import InputRequired, StopValidation

from app.web.fields import ChoiceField, Choices, SeenField
from app.web.forms import Form


class Needed(InputRequired):
    """Something has to be typed, and blanks are nothing."""

    def __call__(self, form: Any, field: Field) -> None:
        if not any(str(text).strip() for text in field.raw_data or ()):
            field.errors = []
            raise StopValidation(self.message)


def needed(message: str) -> list[Needed]:
    return [Needed(message)]


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

    version = SeenField()

    @property
    def seen_version(self) -> int:
        """The version the person looked at."""
        return self.version.seen

    def is_based_on(self, version: int) -> None:
        """Say which version sending the form from now on replaces."""
        self.version.is_based_on(version)


class MoveForm(VersionedForm):
    """One move of an initiative, with the reason where one is needed."""

    reason = wtforms.TextAreaField("Reason", description="It stays on the record.")


class CustomerNeedForm(Form):
    """The need a behaviour serves, said of an initiative that can't be changed otherwise."""

    need_id = CustomerNeedField()


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
