"""Rows of a form: those with nothing typed in them are left out, and some are always spare."""

from __future__ import annotations

from typing import Any

import wtforms
from wtforms import BooleanField, Field, FieldList

from app.errors import InvalidError
from app.web.refusals import InOurWords


class BareForm(wtforms.Form):
    """A part of a form, which is sent with the whole."""

    Meta = InOurWords


class RowForm(BareForm):
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
    if not error.fields:
        return error
    places = [place for place, _ in filled(rows)]
    fields = {}
    for name, message in error.fields.items():
        head, _, rest = name.removeprefix(prefix + "-").partition("-")
        if name.startswith(prefix + "-") and head.isdigit() and int(head) < len(places):
            name = f"{prefix}-{places[int(head)]}-{rest}"
        fields[name] = message
    return InvalidError(error.message, fields=fields)
