"""Our sentences where WTForms would say its own: the one home of them, for every form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LIST = "This is not in the list any more. Choose again from it."
_GARBLED = "This can't be read. Choose again from the list."
_NUMBER = "Enter a number such as 1250 or 12.5."

SENTENCES: Mapping[str, str] = {
    "Invalid Choice: could not coerce.": _GARBLED,
    "Not a valid choice.": _LIST,
    "Invalid choice(s): one or more data inputs could not be coerced.": _GARBLED,
    "'%(value)s' is not a valid choice for this field.": _LIST,
    "'%(value)s' are not valid choices for this field.": _LIST,
    "This field is required.": "Fill this in.",
    "Invalid input.": "This can't be read. Look at it again.",
    "This field cannot be edited.": "This can't be changed here. Reload the page.",
    "This field is disabled and cannot have a value.": "Leave this empty. Reload the page.",
    "Field must be equal to %(other_name)s.": "Enter the same twice.",
    "Field must be at least %(min)d character long.": "Enter at least one character.",
    "Field must be at least %(min)d characters long.": "Enter at least %(min)d characters.",
    "Field cannot be longer than %(max)d character.": "Shorten this to one character.",
    "Field cannot be longer than %(max)d characters.": "Shorten this to %(max)d characters.",
    "Field must be exactly %(max)d character long.": "Enter exactly one character.",
    "Field must be exactly %(max)d characters long.": "Enter exactly %(max)d characters.",
    "Field must be between %(min)d and %(max)d characters long.": (
        "Enter %(min)d to %(max)d characters."
    ),
    "Number must be at least %(min)s.": "Enter %(min)s or more.",
    "Number must be at most %(max)s.": "Enter %(max)s or less.",
    "Number must be between %(min)s and %(max)s.": "Enter a number from %(min)s to %(max)s.",
    "Date must be at least %(min)s.": "Enter %(min)s or a later day.",
    "Date must be at most %(max)s.": "Enter %(max)s or an earlier day.",
    "Date must be between %(min)s and %(max)s.": "Enter a day from %(min)s to %(max)s.",
    "Invalid email address.": "Enter an e-mail address such as name@example.com.",
    "Invalid IP address.": "Enter an address such as 192.0.2.1.",
    "Invalid Mac address.": "Enter an address such as 00:53:00:12:34:56.",
    "Invalid URL.": "Enter an address such as https://example.com.",
    "Invalid UUID.": "This can't be read. Reload the page.",
    "Invalid value, must be one of: %(values)s.": "Choose one of: %(values)s.",
    "Invalid value, can't be any of: %(values)s.": "Choose something else than %(values)s.",
    "Not a valid integer value.": "Enter a whole number such as 1250.",
    "Not a valid decimal value.": _NUMBER,
    "Not a valid float value.": _NUMBER,
    "Not a valid datetime value.": "Enter a day and time such as 2027-03-31 14:00.",
    "Not a valid date value.": "Enter a day such as 2027-03-31.",
    "Not a valid time value.": "Enter a time such as 14:00.",
    "Not a valid week value.": "Enter a week such as 2027-W13.",
    "File does not have an approved extension: {extensions}": (
        "Choose a file that ends in {extensions}."
    ),
    "File does not have an approved extension.": "Choose a file of another kind.",
}
"""WTForms' own words → ours; both have the same places to fill in."""


class _Ours:
    """What WTForms asks for the words to say."""

    def gettext(self, string: str) -> str:
        return SENTENCES.get(string, string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.gettext(singular if n == 1 else plural)


_OURS = _Ours()


class InOurWords:
    """The ``Meta`` of every form and row: what WTForms would say, it says in our sentences."""

    def get_translations(self, form: Any) -> Any:
        return _OURS
