"""What Waymark refuses, in sentences a person can act on.

No transport lives here: the entry points map each kind to a status or an exit code.
"""

from __future__ import annotations

from collections.abc import Mapping


class AppError(Exception):
    """A refusal. ``message`` is a full sentence for the person; ``field`` names the input."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotFoundError(AppError):
    """The thing does not exist, or not for this person.

    ``is_of_address``: the address may be wrong, rather than the time for it be over.
    """

    is_of_address = True


class NotAllowedError(AppError):
    """The person may not do this."""


class ConflictError(AppError):
    """Somebody else changed the thing meanwhile, or its state bars the action.

    ``theirs`` holds the stored values by field label, ``yours`` what was typed.
    """

    def __init__(
        self,
        message: str,
        *,
        theirs: Mapping[str, str] | None = None,
        yours: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.theirs = dict(theirs or {})
        self.yours = dict(yours or {})


class RetryableError(ConflictError):
    """Two changes met in the database by chance; the same again from the start is right."""


class InvalidError(AppError):
    """The input cannot be accepted; ``fields`` gives a sentence per field name."""

    def __init__(
        self, message: str, *, field: str | None = None, fields: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message, field=field)
        self.fields = dict(fields or ({field: message} if field else {}))


class SentBeforeError(InvalidError):
    """A form was carried out already and comes again with other content; nothing more was done."""


class StaleError(AppError):
    """What the person looked at is no longer what would be decided."""


class UnavailableError(AppError):
    """A part Waymark needs does not answer now; trying again later is right."""
