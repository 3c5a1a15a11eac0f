"""What is typed about an assessment of maturity, and its answers by dimension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from wtforms import Field, RadioField, StringField, TextAreaField
from wtforms.validators import Optional

from app.calendar.forms import VersionedForm, needed
from app.reviews.rules.maturity import (
    NOT_KNOWN,
    WHOLE_COMPANY,
    Answer,
    AnswerDraft,
    AssessmentDraft,
    MaturityStage,
    Question,
    answer_cell,
    answer_faults,
)
from app.web.fields import ChoiceField, DayField
from app.web.forms import OnceForm

_CHOICES = [
    *((str(stage.number), f"{stage.number} {stage.word}") for stage in MaturityStage),
    (NOT_KNOWN, "Not known"),
]


class AssessmentForm(OnceForm, VersionedForm):
    """What an assessment is of; `offer` brings the cycles."""

    scope = StringField(
        "What is assessed",
        needed(f"Say what is assessed: “{WHOLE_COMPANY}”, or the name of a unit."),
        description=f"“{WHOLE_COMPANY}”, or a unit by the name that initiatives use. Assessments"
        " of one name make one trend.",
    )
    assessed_on = DayField("Assessed as of", needed("Say as of which day the answers hold."))
    cycle_id = ChoiceField("Cycle")
    method = TextAreaField(
        "How it is assessed",
        description="Who takes part and what is looked at, such as a workshop of nine people from"
        " five units with the records at hand.",
    )

    def offer(self, cycles: Sequence[tuple[str, str]]) -> None:
        self.cycle_id.offer(cycles, "No cycle")

    def draft(self) -> AssessmentDraft:
        day: date | None = self.data["assessed_on"]
        return AssessmentDraft(
            scope=self.scope.data or "",
            assessed_on=day,
            method=self.method.data or "",
            cycle_id=self.cycle_id.data,
        )


class WholeForm(VersionedForm):
    """The version of a whole assessment that somebody looked at before closing it."""


class DiscardForm(VersionedForm):
    """Why a draft is discarded."""

    reason = TextAreaField(
        "Reason", needed("Say why it is discarded; the reason stays on record."),
        description="The answers go; the reason and what they said stay in the audit trail.",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AnswerFields:
    """The fields of one question."""

    stage: Field
    evidence: Field
    link: Field


class AnswersForm(VersionedForm):
    """The answers of one dimension; `answers_form` adds the fields of its questions."""

    asked: Sequence[Question] = ()

    def fields_of(self, question: Question) -> AnswerFields:
        return AnswerFields(
            *(self[answer_cell(question.key, name)] for name in ("stage", "evidence", "link"))
        )

    def drafts(self) -> dict[str, AnswerDraft]:
        return {question.key: self._draft(question) for question in self.asked}

    def rule_faults(self) -> Mapping[str, str]:
        known = {value for value, _ in _CHOICES}
        drafts = self.drafts()
        return answer_faults({k: one for k, one in drafts.items() if one.choice in {*known, ""}})

    def _draft(self, question: Question) -> AnswerDraft:
        fields = self.fields_of(question)
        return AnswerDraft(
            choice=fields.stage.data or "",
            evidence=fields.evidence.data or "",
            link=fields.link.data or "",
        )


def answers_form(questions: Sequence[Question], **kwargs: Any) -> AnswersForm:
    """Build the form of some questions."""
    made: dict[str, Any] = {"asked": tuple(questions)}
    for one in questions:
        made |= {
            answer_cell(one.key, "stage"): RadioField(
                one.text, [Optional()], choices=_CHOICES
            ),
            answer_cell(one.key, "evidence"): TextAreaField(
                f"{one.text} Evidence",
                description=one.ask_for,
                render_kw={"rows": 3},
            ),
            answer_cell(one.key, "link"): StringField(f"{one.text} Link to the evidence"),
        }  # fmt: skip
    form: AnswersForm = type("Answers", (AnswersForm,), made)(**kwargs)
    return form


def answers_data(answers: Mapping[str, Answer]) -> dict[str, Any]:
    """What the form shows of answers given already."""
    data: dict[str, Any] = {}
    for key, one in answers.items():
        choice = str(one.stage.number) if one.stage else NOT_KNOWN
        data |= {
            answer_cell(key, "stage"): choice,
            answer_cell(key, "evidence"): one.evidence,
            answer_cell(key, "link"): one.link,
        }
    return data
