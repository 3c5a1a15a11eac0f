"""Refusals in the words of programs: what a page has people tick or reload, a program sends."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from app.api.v1.asked import KEY_HEADER
from app.approvals.rules.actuals import OTHER_PART
from app.audit.services import SENT_BEFORE
from app.errors import InvalidError
from app.roadmap.rules.measuring import CONFIRM

View = TypeVar("View", bound=Callable[..., Any])

_SAID = {
    OTHER_PART: "Send is_part as true if this is another part of it.",
    CONFIRM: "Correct it, or send is_confirmed as true.",
    SENT_BEFORE: f"This {KEY_HEADER} was sent before with other content; send a new one.",
}


def for_programs(view: View) -> View:
    """Say a view's refusals without the page on which a person would mend them."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Any:
        try:
            return view(*args, **kwargs)
        except InvalidError as error:
            fields = {name: _said(words) for name, words in error.fields.items()}
            raise InvalidError(_said(error.message), field=error.field, fields=fields) from error

    return cast(View, answer)


def _said(words: str) -> str:
    for on_a_page, to_a_program in _SAID.items():
        words = words.replace(on_a_page, to_a_program)
    return words
