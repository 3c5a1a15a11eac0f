"""Forms of hurdles: evidence, decisions and moved dates."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from app.roadmap.rules.measuring import Measuring
from app.roadmap.rules.posterior import Among, Design
from app.web.fields import CountField, DayField, MeasureField
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
    """The option to go on with, and why."""

    option = SelectField("Go on with", coerce=int)
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


class DayForm(Form):
    """The day a hurdle shall move to; sent by GET, it changes nothing."""

    to_on = DayField("New due date", [InputRequired("Choose the new day.")])
    later = BooleanField("Move the later hurdles by as many days")


class MoveForm(DayForm):
    """A move that was looked at; ``from_on`` is the day it was moved from."""

    from_on = HiddenField(default="")
    reason = TextAreaField("Reason", [InputRequired("Say why the date moves; it stays on record.")])
