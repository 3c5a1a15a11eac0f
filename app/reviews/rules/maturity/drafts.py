"""What is said about an assessment and in an answer, and what is impossible about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.reviews.rules.maturity.levels import Answer
from app.reviews.rules.maturity.words import EVIDENCE_FROM, MaturityStage

WHOLE_COMPANY = "Whole company"
LONGEST_SCOPE = 80
NOT_KNOWN = "unknown"
"""How a form writes that an answer is not known."""

_LINK = re.compile(r"https?://[^\s/]+\.[^\s]+|https?://localhost\S*")


@dataclass(frozen=True, slots=True)
class AssessmentDraft:
    """What an assessment is of: the whole company or a unit, as of which day, how it was made."""

    scope: str
    assessed_on: date | None
    method: str = ""
    cycle_id: int | None = None


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """What was typed for one question; ``choice`` is a stage's number, NOT_KNOWN or nothing."""

    choice: str = ""
    evidence: str = ""
    link: str = ""

    @property
    def answer(self) -> Answer | None:
        """The answer it stands for; None while nothing was chosen."""
        if not self.choice:
            return None
        stage = None if self.choice == NOT_KNOWN else MaturityStage(int(self.choice))
        return Answer(stage, self.evidence.strip(), self.link.strip())


def answer_cell(key: str, name: str) -> str:
    """The name of a question's field, in forms and in messages alike."""
    return f"{key}_{name}"


def assessment_faults(draft: AssessmentDraft, *, today: date) -> dict[str, str]:
    """What is impossible about an assessment, one sentence by field."""
    faults = {}
    if not draft.scope.strip():
        faults["scope"] = f"Say what is assessed: “{WHOLE_COMPANY}”, or the name of a unit."
    elif len(draft.scope.strip()) > LONGEST_SCOPE:
        faults["scope"] = f"Shorten the name to at most {LONGEST_SCOPE} characters."
    if draft.assessed_on is None:
        faults["assessed_on"] = "Say as of which day the answers hold."
    elif draft.assessed_on > today:
        faults["assessed_on"] = "Answers cannot hold as of a day that is still to come."
    return faults


def answer_faults(drafts: Mapping[str, AnswerDraft]) -> dict[str, str]:
    """What is impossible about answers, one sentence by field."""
    faults = {}
    for key, draft in drafts.items():
        answer = draft.answer
        if answer is None and (draft.evidence.strip() or draft.link.strip()):
            faults[answer_cell(key, "stage")] = (
                "Choose the stage that this evidence shows, or “Not known”."
            )
        if answer and answer.stage and needs_evidence(answer.stage) and not answer.evidence:
            faults[answer_cell(key, "evidence")] = (
                f"Say what can be shown and where it is: from stage {EVIDENCE_FROM.number} on an"
                " answer takes evidence."
            )
        if draft.link.strip() and not _LINK.fullmatch(draft.link.strip()):
            faults[answer_cell(key, "link")] = "Enter an address that begins with https://."
    return faults


def needs_evidence(stage: MaturityStage) -> bool:
    return stage.number >= EVIDENCE_FROM.number
