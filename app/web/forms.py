"""The base of all forms: what was typed stays, and a refusal stands at its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

from flask_wtf import FlaskForm
from wtforms import Field, FieldList, FormField, HiddenField, PasswordField
from wtforms.validators import Regexp

from app.errors import AppError, InvalidError, SentBeforeError
from app.values.texts import LONGEST_NOTE
from app.web.characters import is_fit, without_controls
from app.web.refusals import InOurWords
from app.web.typed import bring_back

MAX_TEXT = 20_000
"""Longest text any field takes unless it says otherwise."""
_NOTES = frozenset({"note", "reason"})
"""Names of fields that take a note."""


class Form(FlaskForm):
    """A form; ``currency`` is what its money fields are in."""

    Meta = InOurWords
    form_errors: list[str]

    def __init__(self, *args: Any, currency: str | None = None, **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(*args, **kwargs)
        shown = [field.name for field in self if not isinstance(field, HiddenField)]
        if (typed := bring_back(shown)) is not None:
            self.process(typed)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and that no text holds control characters or is absurdly long."""
        valid = super().validate(extra_validators)
        refused = [field for field in _leaves(self) if not _check_texts(field)]
        if valid and not refused:
            return True
        self._say_broken_rules()
        return False

    def rule_faults(self) -> Mapping[str, str]:
        """What is impossible about the values that could be read, a sentence by field.

        A form whose rules need no database says it here, so that everything is said at once.
        """
        return {}

    def _say_broken_rules(self) -> None:
        by_name = {f.name: f for f in _all_fields(self) if not isinstance(f, FormField)}
        for name, message in self.rule_faults().items():
            if name in by_name and not by_name[name].errors:
                by_name[name].errors = [message]

    def refuse(self, error: AppError) -> None:
        """Put a service's refusal at the fields it names, else at the top of the form."""
        named = error.fields if isinstance(error, InvalidError) else {}
        if not named and error.field:
            named = {error.field: error.message}
        by_name = {f.name: f for f in _all_fields(self) if not isinstance(f, FormField)}
        unplaced = [] if named else [error.message]
        for name, message in named.items():
            if name in by_name:
                by_name[name].errors = [*by_name[name].errors, message]
            else:
                unplaced.append(message)
        self.form_errors = [*self.form_errors, *unplaced]

    def error_list(self) -> list[tuple[str, str, str]]:
        """Every message as (field id, label, message) for the summary; the form's own first."""
        listed = [("", "", message) for message in self.form_errors]
        for field in _all_fields(self):
            if isinstance(field, FormField):
                continue
            place = "" if isinstance(field, HiddenField) else field.id
            messages = [message for message in field.errors if isinstance(message, str)]
            listed += [(place, str(field.label.text), message) for message in messages]
        return listed


class OnceForm(Form):
    """A form whose effect happens once even when it is sent twice."""

    once = HiddenField(
        default=lambda: uuid4().hex,
        validators=[Regexp(r"^[0-9a-f]{32}\Z", message="Reload the page and send the form again.")],
    )

    def refuse(self, error: AppError) -> None:
        """As every form; sent again after other content was carried out, it is another one."""
        super().refuse(error)
        if isinstance(error, SentBeforeError):
            self.once.data, self.once.raw_data = uuid4().hex, None

    def typed(self) -> dict[str, object]:
        """What was sent, to tell the same request sent twice from another one; no passwords."""
        return {
            field.name: [text for text in field.raw_data or () if isinstance(text, str)]
            for field in _leaves(self)
            if not isinstance(field, PasswordField) and field.short_name not in _NOT_TYPED
        }


_NOT_TYPED = frozenset({"once", "csrf_token"})


def _check_texts(field: Field) -> bool:
    """Refuse texts that can't be kept; what the page shows again is cleaned."""
    texts = [text for text in field.raw_data or () if isinstance(text, str)]
    message = None
    if not all(is_fit(text) for text in texts):
        message = "There were invisible characters in this; look at it again without them."
        field.raw_data = [without_controls(text) for text in texts]
        if isinstance(field.data, str):
            field.data = without_controls(field.data)
    usual = LONGEST_NOTE if field.short_name in _NOTES else MAX_TEXT
    longest = getattr(field, "max_text", usual)
    if any(len(text) > longest for text in texts):
        message = f"Shorten this to at most {longest:,} characters."
    if message:
        field.errors = [*field.errors, message]
    return message is None


def _all_fields(form: Any) -> Iterator[Field]:
    for field in form:
        yield field
        if isinstance(field, FormField | FieldList):
            yield from _all_fields(field)


def _leaves(form: Any) -> Iterator[Field]:
    return (f for f in _all_fields(form) if not isinstance(f, FormField | FieldList))
