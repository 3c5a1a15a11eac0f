"""Characters no text of ours may hold: invisible controls that databases and browsers refuse."""

from __future__ import annotations

import re

from flask import Flask, request
from werkzeug.exceptions import BadRequest, NotFound

_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"  # tab, LF, CR may
)


def is_fit(text: str) -> bool:
    """Whether a text is free of control characters other than tab and line breaks."""
    return _UNFIT.search(text) is None


def without_controls(text: str) -> str:
    """The text without the characters that make it unfit."""
    return _UNFIT.sub("", text)


def refuse_unfit_addresses() -> None:
    """Refuse control characters in the address; forms report theirs at the field."""
    if not is_fit(request.path):
        raise NotFound
    for name, values in request.args.lists():
        if not is_fit(name) or not all(is_fit(value) for value in values):
            raise BadRequest("The address holds invisible characters; type it again without them.")


def init_characters(app: Flask) -> None:
    app.before_request(refuse_unfit_addresses)
