"""Start an assessment of maturity, answer it, close it for good, or discard a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.calendar.models import Cycle
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.journeys.services.journeys import check_version
from app.reviews.models import MaturityAnswer, MaturityAssessment
from app.reviews.queries.maturity import (
    answers_of,
    answers_version,
    lock_assessment,
    questionnaire_of,
    standing_of,
    whole_version,
)
from app.reviews.rules.maturity import (
    CURRENT,
    Answer,
    AnswerDraft,
    AssessmentDraft,
    AssessmentState,
    Dimension,
    Questionnaire,
    answer_faults,
    assessment_faults,
)
from app.values.written import day_words


def check_may_assess(actor: Person) -> None:
    """Raises NotAllowedError for everybody but CX leads and program managers."""
    if not actor.may("reviews.assess"):
        raise NotAllowedError("Only a CX lead or a program manager assesses maturity.")


def start_assessment(
    session: Session, draft: AssessmentDraft, *, actor: Person, now: datetime
) -> MaturityAssessment:
    """Begin an assessment with the current questions, none of them answered.

    Raises InvalidError by field, also while the scope has a draft.
    """
    check_may_assess(actor)
    scope, assessed_on = _checked(session, draft, besides=None, now=now)
    assessment = MaturityAssessment(
        scope=scope,
        assessed_on=assessed_on,
        cycle_id=draft.cycle_id,
        method=draft.method.strip(),
        questionnaire=CURRENT.version,
        question_count=len(CURRENT.questions),
        state=AssessmentState.DRAFT,
        started_by_id=actor.id,
        started_at=now,
        answers=[],
    )
    session.add(assessment)
    session.flush()
    record(
        session, actor=actor, action="maturity.started", subject=f"maturity:{assessment.id}",
        after=_described_head(session, assessment), now=now,
    )  # fmt: skip
    return assessment


def edit_assessment(
    session: Session,
    assessment: MaturityAssessment,
    draft: AssessmentDraft,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Change what a draft is of. Raises InvalidError by field, and ConflictError."""
    check_may_assess(actor)
    lock_assessment(session, assessment)
    _check_draft(assessment)
    before = _described_head(session, assessment)
    yours = _described(session, draft.scope.strip(), draft)
    check_version(assessment.version, expected_version, theirs=before, yours=yours)
    scope, assessed_on = _checked(session, draft, besides=assessment, now=now)
    assessment.scope, assessment.assessed_on = scope, assessed_on
    assessment.cycle_id, assessment.method = draft.cycle_id, draft.method.strip()
    session.flush()
    after = _described_head(session, assessment)
    if after != before:
        record(
            session, actor=actor, action="maturity.changed", subject=f"maturity:{assessment.id}",
            before=before, after=after, now=now,
        )  # fmt: skip


def answer_questions(
    session: Session,
    assessment: MaturityAssessment,
    dimension: Dimension,
    drafts: Mapping[str, AnswerDraft],
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Answer questions of one dimension; those without a choice stay as they are.

    ``expected_version`` is the dimension's `answers_version` that was looked at. Raises
    InvalidError by field, and ConflictError when somebody else answered or it was closed.
    """
    check_may_assess(actor)
    lock_assessment(session, assessment)
    _check_draft(assessment)
    questionnaire = questionnaire_of(assessment)
    asked = {one.key for one in questionnaire.of(dimension)}
    given = {
        key: answer
        for key, one in drafts.items()
        if key in asked and (answer := one.answer) is not None
    }
    stored = {key: one for key, one in answers_of(assessment).items() if key in asked}
    check_version(
        answers_version(assessment, dimension), expected_version,
        theirs=described_answers(questionnaire, stored),
        yours=described_answers(questionnaire, stored | given),
    )  # fmt: skip
    if faults := answer_faults(drafts):
        raise InvalidError("Some answers lack something.", fields=faults)
    changed = {key: one for key, one in given.items() if stored.get(key) != one}
    if not changed:
        return
    _write(assessment, changed, actor, now)
    session.flush()
    record(
        session, actor=actor, action="maturity.answered", subject=f"maturity:{assessment.id}",
        before=described_answers(questionnaire, {k: stored[k] for k in changed if k in stored}),
        after=described_answers(questionnaire, changed), now=now,
    )  # fmt: skip


def close_assessment(
    session: Session,
    assessment: MaturityAssessment,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Close an assessment in which every question has a stage or is said not to be known.

    ``expected_version`` is the `whole_version` that was looked at: exactly that is closed, for
    good. Raises ConflictError.
    """
    check_may_assess(actor)
    lock_assessment(session, assessment)
    _check_draft(assessment)
    if whole_version(assessment) != expected_version:
        raise ConflictError(
            "Somebody else changed this assessment meanwhile, so it was not closed. Look at it"
            " again, then close what you see."
        )
    left = standing_of(assessment).open
    if left:
        raise ConflictError(
            f"{len(left)} of {assessment.question_count} questions are not answered yet. Answer"
            " them, or say that they are not known."
        )
    assessment.state = AssessmentState.CLOSED
    assessment.closed_by_id, assessment.closed_at = actor.id, now
    session.flush()
    record(
        session, actor=actor, action="maturity.closed", subject=f"maturity:{assessment.id}",
        after=_described_head(session, assessment), now=now,
    )  # fmt: skip


def discard_assessment(
    session: Session,
    assessment: MaturityAssessment,
    *,
    reason: str,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Remove a draft; what it said stays in the audit trail.

    Raises InvalidError without a reason, and ConflictError.
    """
    check_may_assess(actor)
    lock_assessment(session, assessment)
    _check_draft(assessment)
    if whole_version(assessment) != expected_version:
        raise ConflictError(
            "Somebody else changed this assessment meanwhile, so it was not discarded. Look at it"
            " again."
        )
    if not reason.strip():
        raise InvalidError("Say why it is discarded; the reason stays on record.", field="reason")
    said = described_answers(questionnaire_of(assessment), answers_of(assessment))
    before = _described_head(session, assessment) | said
    subject = f"maturity:{assessment.id}"
    session.delete(assessment)
    session.flush()
    record(
        session, actor=actor, action="maturity.discarded", subject=subject, before=before,
        reason=reason.strip(), now=now,
    )  # fmt: skip


def described_answers(
    questionnaire: Questionnaire, answers: Mapping[str, Answer]
) -> dict[str, str]:
    """Answers in words, for the record and for comparing versions."""
    words = {}
    for question in questionnaire.questions:
        answer = answers.get(question.key)
        if answer is None:
            continue
        stage = answer.stage
        words[question.text] = f"{stage.number} {stage.word}" if stage else "Not known"
        words[f"{question.text} Evidence"] = answer.evidence
        words[f"{question.text} Link"] = answer.link
    return {name: text for name, text in words.items() if text}


def _check_draft(assessment: MaturityAssessment) -> None:
    if not assessment.is_draft:
        raise ConflictError("This assessment is closed and never changes; start a new one instead.")


def _write(
    assessment: MaturityAssessment, changed: Mapping[str, Answer], actor: Person, now: datetime
) -> None:
    stored = {one.question: one for one in assessment.answers}
    for key, answer in changed.items():
        one = stored.get(key)
        if one is None:
            one = MaturityAnswer(question=key)
            assessment.answers.append(one)
        one.stage = answer.stage.number if answer.stage else None
        one.evidence, one.link = answer.evidence, answer.link
        one.answered_by_id, one.answered_at = actor.id, now


def _checked(
    session: Session,
    draft: AssessmentDraft,
    *,
    besides: MaturityAssessment | None,
    now: datetime,
) -> tuple[str, date]:
    """The scope, written as it is already if it is, and the day. Raises InvalidError by field."""
    faults = assessment_faults(draft, today=now.date())
    wanted = " ".join(draft.scope.split())
    same = [
        one
        for one in session.scalars(select(MaturityAssessment))
        if one is not besides and one.scope.casefold() == wanted.casefold()
    ]
    if "scope" not in faults and any(one.is_draft for one in same):
        faults["scope"] = "An assessment of this is being answered already; go on with that one."
    if "assessed_on" not in faults and any(
        one.assessed_on == draft.assessed_on and not one.is_draft for one in same
    ):
        faults["assessed_on"] = "This was assessed as of that day already."
    if draft.cycle_id is not None and session.get(Cycle, draft.cycle_id) is None:
        faults["cycle_id"] = "There is no such cycle."
    if faults or draft.assessed_on is None:
        raise InvalidError("Some of this is not possible.", fields=faults)
    return (same[0].scope if same else wanted), draft.assessed_on


def _described_head(session: Session, assessment: MaturityAssessment) -> dict[str, str]:
    draft = AssessmentDraft(
        assessment.scope, assessment.assessed_on, assessment.method, assessment.cycle_id
    )
    return _described(session, assessment.scope, draft)


def _described(session: Session, scope: str, draft: AssessmentDraft) -> dict[str, str]:
    cycle = session.get(Cycle, draft.cycle_id) if draft.cycle_id is not None else None
    words = {
        "Scope": scope,
        "Assessed as of": f"{day_words(draft.assessed_on)}" if draft.assessed_on else "",
        "Cycle": cycle.name if cycle else "",
        "How": draft.method.strip(),
    }
    return {name: text for name, text in words.items() if text}
