"""Forms of submitting and deciding proposals, and of booking what was spent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Regexp

from app.approvals.rules.actuals import Actual
from app.approvals.rules.limits import ConditionDraft
from app.errors import InvalidError
from app.values.canonical import DIGEST
from app.values.money import Money
from app.values.quarter import Quarter
from app.values.texts import LONGEST_NOTE
from app.web.fields import ChoiceField, DayField, MoneyField, QuarterField, optional_id
from app.web.forms import Form, OnceForm
from app.web.rows import RowForm, add_spares, filled, in_typed_rows


class WordsField(TextAreaField):
    """A few sentences."""

    max_text = LONGEST_NOTE


class SubmitForm(OnceForm):
    """A note that goes with a proposal."""

    note = WordsField("Note to the CFO", description="What matters about this plan.")


class ConditionRow(RowForm):
    """What has to be met before money of an item, or of the whole plan, is released."""

    text = TextAreaField("What has to be met")
    item_id = ChoiceField("For")
    due_on = DayField("Due")


class DecisionForm(OnceForm):
    """What the approver says about the snapshot they looked at; struck items are listed by id.

    ``without`` is what the sums on the page leave out, ``out`` what was ticked since.
    """

    digest = HiddenField(validators=[Regexp(DIGEST, message="Open the page again.")])
    without = HiddenField(default="")
    out = SelectMultipleField("Leave out", choices=(), validate_choice=False)
    decision = RadioField(
        "Decision", choices=(), validators=[InputRequired("Choose one.")], validate_choice=False
    )
    reason = WordsField("Reason", description="Needed to return it, and for leaving items out.")
    conditions = FieldList(FormField(ConditionRow), "Conditions")

    def offer(self, items: Sequence[tuple[str, str]]) -> None:
        """Fill the list of what a condition can be about, (id, key), and leave room for one."""
        add_spares(self.conditions, 1)
        for entry in self.conditions.entries:
            entry.form.item_id.offer(items, "The whole plan")

    @property
    def chosen(self) -> set[str]:
        """The ids of items that a condition is about."""
        return {str(entry.form.item_id.data) for entry in self.conditions.entries}

    @property
    def asked(self) -> tuple[ConditionDraft, ...]:
        """The conditions typed; empty rows are none."""
        return tuple(
            ConditionDraft(
                (row.text.data or "").strip(),
                optional_id(row.item_id.data),
                row["due_on"].data,
            )
            for _, row in filled(self.conditions)
        )

    def refuse_typed(self, error: InvalidError) -> None:
        """Put a refusal at the rows as typed; the service counts without empty ones."""
        self.refuse(in_typed_rows(error, "conditions", self.conditions))

    @property
    def struck(self) -> frozenset[int]:
        """The ids in ``without``; what is no number is an item nobody has."""
        return ids_in((self.without.data or "").split(","))

    @property
    def ticked(self) -> frozenset[int]:
        """The ids of what was ticked."""
        return ids_in(self.out.data or [])

    def put_back(self) -> None:
        """Leave nothing out any more."""
        self.out.data = []

    def look_at(self, struck: Collection[int]) -> None:
        """Let the page leave these out, so that a decision is about what it then shows."""
        self.without.data = ",".join(str(one) for one in sorted(struck))


class WithdrawForm(Form):
    """Why a proposal is taken back."""

    reason = WordsField("Reason", [InputRequired("Say why you withdraw it.")])


class SpendForm(OnceForm):
    """One payment; the quarter is that of the day unless it is named."""

    commitment = SelectField("Initiative", coerce=int)
    fund = SelectField("Fund", coerce=int)
    amount = MoneyField("Amount", [InputRequired("Enter what was paid.")])
    paid_on = DayField("Paid on", [InputRequired("Enter the day it was paid.")])
    quarter = QuarterField(
        "Counts in quarter", description="Only if it is not the quarter of that day: 2027-Q1."
    )
    reference = StringField(
        "Reference",
        [InputRequired("Name the invoice or the posting.")],
        description="The invoice or posting, so that it can be found again.",
    )
    is_part = BooleanField("This is another part of the same invoice")

    def actual(self) -> Actual:
        """What was typed; the form is valid."""
        paid_on: date = self.paid_on.data  # type: ignore[assignment]
        amount: Money = self.amount.data  # type: ignore[assignment]
        return Actual(
            commitment_id=self.commitment.data,
            fund_id=self.fund.data,
            quarter=self.quarter.data or Quarter.containing(paid_on),
            amount_minor=amount.minor,
            spent_on=paid_on,
            reference=" ".join((self.reference.data or "").split()),
        )


class ReversalForm(OnceForm):
    """Why a spend is taken back."""

    reason = WordsField(
        "Reason", [InputRequired("Say why it is taken back.")],
        description="It stays on record; book the right amount afterwards.",
    )  # fmt: skip


class SettlementForm(OnceForm):
    """How a condition is known to be met."""

    note = WordsField("How it is known", [InputRequired("Say how it is known that this is met.")])


class LimitForm(OnceForm):
    """The most one person approves alone, in the form's currency."""

    person_id = SelectField("Approver", coerce=int)
    amount = MoneyField("Limit", description="The most this person approves of one plan alone.")
    is_lifted = BooleanField("No limit", description="This person approves any sum alone.")
    reason = WordsField("Reason", [InputRequired("Say why this is the limit.")])

    def offer(self, people: Iterable[tuple[int, str]]) -> None:
        """Fill the list of approvers, (id, name)."""
        self.person_id.choices = list(people)

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        self._say_broken_rules()
        return not self.rule_faults()

    def rule_faults(self) -> Mapping[str, str]:
        amount = self["amount"].data
        if self.is_lifted.data:
            said = "Leave the limit empty, or take the tick away."
            return {"amount": said} if amount is not None else {}
        if amount is None:
            return {"amount": "Enter the limit, or tick “No limit”."}
        return {"amount": "A limit is not below zero."} if amount.minor < 0 else {}


def ids_in(texts: list[str]) -> frozenset[int]:
    """Ids somebody sent; anything odd counts as an id nothing has."""
    return frozenset(
        int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
        for text in texts
        if text
    )
