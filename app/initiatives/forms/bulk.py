"""The form that decides on a bulk edit as it was previewed."""

from __future__ import annotations

from wtforms import HiddenField

from app.web.forms import OnceForm


class _LongField(HiddenField):
    """What a page keeps of many rows."""

    max_text = 400_000


class BulkForm(OnceForm):
    """``selection``: the address of the preview; ``seen``: its rows as they were shown."""

    selection = _LongField(default="")
    seen = _LongField(default="")
