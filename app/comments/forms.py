"""The form in which somebody says something."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import DataRequired

from app.values.texts import LONGEST_NOTE
from app.web.forms import Form, OnceForm


class _Text(TextAreaField):
    max_text = LONGEST_NOTE


def _text(label: str) -> _Text:
    return _Text(
        label,
        [DataRequired("Write something first.")],
        description="Plain text. @ and a name, or the first part of an e-mail address, tells them.",
        render_kw={"rows": 4},
    )


class CommentForm(OnceForm):
    """A new comment."""

    comment = _text("Your comment")


class EditForm(Form):
    """Other words for a comment."""

    comment = _text("Comment")
