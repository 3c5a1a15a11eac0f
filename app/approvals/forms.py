"""Forms of submitting and deciding proposals."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Regexp

from app.values.canonical import DIGEST
from app.web.forms import Form, OnceForm

LONGEST_WORDS = 4_000


class WordsField(TextAreaField):
    """A few sentences."""

    max_text = LONGEST_WORDS


class SubmitForm(Form):
    """A note that goes with a proposal."""

    note = WordsField("Note to the CFO", description="What matters about this plan.")


class DecisionForm(OnceForm):
    """What the approver says about the snapshot they looked at; struck items are listed by id."""

    digest = HiddenField(validators=[Regexp(DIGEST, message="Open the page again.")])
    without = HiddenField(default="")
    decision = RadioField(
        "Decision", choices=(), validators=[InputRequired("Choose one.")], validate_choice=False
    )
    reason = WordsField("Reason", description="Needed to return it, and for leaving items out.")

    @property
    def struck(self) -> frozenset[int]:
        """The ids in ``without``; what is no number is an item nobody has."""
        return ids_in((self.without.data or "").split(","))


class WithdrawForm(Form):
    """Why a proposal is taken back."""

    reason = WordsField("Reason", [InputRequired("Say why you withdraw it.")])


def ids_in(texts: list[str]) -> frozenset[int]:
    """Ids somebody sent; anything odd counts as an id nothing has."""
    return frozenset(
        int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
        for text in texts
        if text
    )
