"""Forms that say what an initiative is and answer the six questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.initiatives.forms.base import VersionedForm, needed
from app.initiatives.rules import InitiativeDraft, Lens, Question, Step
from app.web.fields import ChoiceField, Choices, QuarterField
from app.web.forms import OnceForm

_SHORT = Length(max=200, message="Shorten this to at most 200 characters.")


class InitiativeForm(OnceForm, VersionedForm):
    """What an initiative is."""

    title = StringField(
        "Title",
        [*needed("Give the initiative a title."), _SHORT],
        description="What customers will notice, in a few words.",
    )
    journey_id = ChoiceField("Journey", description="The journey it makes better.")
    cycle_id = ChoiceField("Cycle", description="The cycle it is proposed for.")
    planned_start = QuarterField(
        "Planned start",
        needed("Say in which quarter it would start."),
        description="Such as 2027-Q1. Its milestones assume this start.",
    )
    unit = StringField(
        "Organisation unit",
        [*needed("Name the organisation unit that carries it."), _SHORT],
        description="One of the list of organisation units where it is there.",
    )
    lens = SelectField(
        "Mainly changes",
        needed("Say what it mainly changes."),
        choices=[("", "Choose …"), *((lens.value, lens.word) for lens in Lens)],
        description="People, a process or technology.",
    )
    owner_id = ChoiceField(
        "Owner", needed("Choose an owner."), description="Answers for it and never approves it."
    )
    sponsor_id = ChoiceField("Sponsor", description="Stands up for it among the executives.")

    unit_names: Sequence[str] = ()
    """What a browser offers while somebody types the unit."""

    def offer(
        self, *, journeys: Choices, cycles: Choices, people: Choices, units: Sequence[str] = ()
    ) -> None:
        """Fill the lists to choose from; without ``units`` a browser offers none."""
        self.unit_names = units
        self.journey_id.offer(journeys, "No journey")
        self.cycle_id.offer(cycles, "No cycle yet")
        self.owner_id.offer(people)
        self.sponsor_id.offer(people, "No sponsor yet")

    def draft(self) -> InitiativeDraft:
        return InitiativeDraft(
            title=self.title.data or "",
            unit=self.unit.data or "",
            lens=Lens(self.lens.data),
            owner_id=self.owner_id.data,
            planned_start=self["planned_start"].data,
            journey_id=self.journey_id.data,
            cycle_id=self.cycle_id.data,
            sponsor_id=self.sponsor_id.data,
        )


class HandoverForm(VersionedForm):
    """Who owns an initiative from now on, and why."""

    owner_id = ChoiceField(
        "New owner",
        needed("Choose the new owner."),
        description="A CX lead or program manager who neither certified it nor decided its money.",
    )
    reason = TextAreaField(
        "Reason",
        needed("Give the reason; it stays on the record."),
        description="It stays on the record.",
        render_kw={"rows": 2},
    )


class StepForm(VersionedForm):
    """The parts of one question; the design step also says which touchpoints change."""

    step: Step

    def answers(self) -> dict[Question, str]:
        return {question: self[question.value].data or "" for question in self.step.questions}

    def touchpoint_ids(self) -> list[int] | None:
        """The touchpoints ticked; None in a step that doesn't ask for them."""
        return list(self["touchpoints"].data or ()) if "touchpoints" in self else None


def step_form(step: Step, touchpoints: Sequence[tuple[int, str]], **kwargs: Any) -> StepForm:
    """Build the form of a step with a text area per part."""
    made: dict[str, Any] = {
        question.value: TextAreaField(
            question.label, description=question.hint, render_kw={"rows": 5}
        )
        for question in step.questions
    }
    if step is Step.DESIGN and touchpoints:
        made["touchpoints"] = SelectMultipleField(
            "Touchpoints it changes",
            choices=list(touchpoints),
            coerce=int,
            option_widget=CheckboxInput(),
            widget=ListWidget(prefix_label=False),
        )
    form: StepForm = type("Step", (StepForm,), made | {"step": step})(**kwargs)
    return form


def step_data(answers: Mapping[Question, str], touchpoint_ids: list[int]) -> dict[str, Any]:
    """What a step's form shows of what is stored."""
    data: dict[str, Any] = {question.value: text for question, text in answers.items()}
    return data | {"touchpoints": touchpoint_ids}
