"""Forms of hurdles: evidence, decisions, amendments, moved dates and plan versions."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from app.roadmap.rules.measuring import Measuring
from app.roadmap.rules.posterior import Among, Design
from app.roadmap.rules.reasons import MoveReason
from app.roadmap.rules.replanning import MOST_MONTHS
from app.roadmap.rules.wanted import Wanted
from app.web.fields import CountField, DayField, MeasureField, SeenField
from app.web.forms import Form, OnceForm


class EvidenceForm(OnceForm):
    """One measurement for one criterion."""

    criterion = SelectField("Criterion", coerce=int)
    value = MeasureField("Measured value", [InputRequired("Enter what was measured.")])
    sample = CountField("Sample", description="How many were measured.")
    measured_on = DayField("Measured on", [InputRequired("Enter the day it was measured.")])
    source = StringField(
        "Source",
        [InputRequired("Say where the figure comes from.")],
        description="The system, report or test it was read from.",
    )
    standard_error = MeasureField(
        "Standard error",
        description="In the unit of the value; a share with its sample needs none.",
    )
    since = DayField("Measured since", description="The first day, if it took longer than one.")
    among = SelectField("Measured among", choices=[(one.value, one.word) for one in Among])
    design = SelectField(
        "Compared by",
        choices=[(one.value, one.word) for one in Design],
        default=Design.COMPARISON.value,
    )
    persists = BooleanField("What was measured stays, even if the initiative ends now")
    link = StringField("Link to the report", description="An address that begins with https://.")
    note = TextAreaField("Note")
    is_confirmed = BooleanField("The unusual figure is right")

    @property
    def is_questioned(self) -> bool:
        """Whether the person has to be asked, or has answered already."""
        asked = any("confirm it below" in message for _, _, message in self.error_list())
        return asked or bool(self.is_confirmed.data)

    @property
    def how(self) -> Measuring:
        """How it was measured."""
        return Measuring(
            error=self.data["standard_error"],
            since=self.data["since"],
            link=self.link.data or "",
            among=Among(self.among.data),
            design=Design(self.design.data),
            persists=bool(self.persists.data),
        )

    def offer(self, criteria: Sequence[tuple[int, str]]) -> None:
        """Set the criteria to choose from, by id and words."""
        self.criterion.choices = list(criteria)


class DecisionForm(OnceForm):
    """A decision's reason; ``seen`` says what the person looked at."""

    seen = HiddenField(default="")
    reason = TextAreaField(
        "Reason",
        description="Needed when you decide against the recommendation; it stays on record.",
    )


class HoldForm(DecisionForm):
    """A decision on the page of the hurdle itself; a hold can be given a day."""

    until = DayField("Hold until", description="Only for a hold; the longest it may last if empty.")


class FinishForm(DecisionForm):
    """The reason of an early finish, which always needs one."""

    reason = TextAreaField(
        "Reason",
        [InputRequired("Say why; an early finish is final.")],
        description="What shows that the value is captured and stays.",
    )


class RescopeForm(DecisionForm):
    """The option to go on with, and why; the service says which can be, as another may be by now
    when the form comes twice."""

    option = SelectField("Go on with", coerce=int, validate_choice=False)
    reason = TextAreaField(
        "Reason",
        [InputRequired("Say why a smaller scope is better; it stays on record.")],
        description="It stays on record beside what the figures said.",
    )

    def offer(self, options: Sequence[tuple[int, str]]) -> None:
        """Set the options to choose from, by id and words."""
        self.option.choices = list(options)


class StopForm(DecisionForm):
    """The reason of a stop, which always needs one."""

    reason = TextAreaField(
        "Reason",
        [InputRequired("Say why; a stop is final.")],
        description="It stays on record beside what the figures said.",
    )


class AmendmentForm(OnceForm):
    """What a criterion shall ask for, and why; ``seen`` is the amendment it stands on."""

    seen = SeenField()
    threshold = MeasureField("New threshold", [InputRequired("Enter the threshold.")])
    minimum_sample = CountField(
        "New smallest sample", description="Empty if any sample shall count."
    )
    reason = TextAreaField(
        "Reason",
        [InputRequired("Say why; whoever decides reads it, and it stays on record.")],
        description="What is known now that was not known when it was approved.",
    )

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.data["threshold"], self.data["minimum_sample"])


class AnswerForm(OnceForm):
    """Why somebody agrees to an amendment or declines it."""

    answer = TextAreaField(
        "Reason",
        [InputRequired("Say why; it stays on record beside the criterion.")],
        description="It stays on record beside the criterion.",
    )


class WithdrawForm(OnceForm):
    """Takes an amendment back."""


class DayForm(Form):
    """The day a hurdle shall move to; sent by GET, it changes nothing."""

    to_on = DayField("New due date", [InputRequired("Choose the new day.")])
    later = BooleanField("Move the later hurdles by as many days")


class ShiftForm(Form):
    """How far an initiative shall move; sent by GET, it changes nothing."""

    by = CountField("How many", [InputRequired("Say how many months or quarters.")])
    unit = SelectField("Of", choices=[("1", "months"), ("3", "quarters")])
    way = SelectField("Which way", choices=[("1", "later"), ("-1", "earlier")])

    @property
    def months(self) -> int:
        """Months later, negative when earlier."""
        return int(self.data["by"]) * int(self.unit.data) * int(self.way.data)

    def validate_by(self, field: CountField) -> None:
        """One move reaches ten years at most."""
        per = 3 if self.unit.data == "3" else 1
        if field.data is not None and not 1 <= field.data <= MOST_MONTHS // per:
            raise ValidationError(f"Enter a number from 1 to {MOST_MONTHS // per}.")


class PlanForm(OnceForm):
    """Why a draft is saved; ``seen`` are the plan versions it was reviewed against."""

    seen = HiddenField(default="")
    reason = SelectField(
        "Reason", choices=[("", "Choose …"), *((one.value, one.word) for one in MoveReason)]
    )
    note = TextAreaField(
        "In words", description="Needed for another reason; it stays on record beside each move."
    )

    def validate_reason(self, field: SelectField) -> None:
        """A reason is always needed."""
        if not field.data:
            raise ValidationError("Choose why this moves; it stays on record.")
