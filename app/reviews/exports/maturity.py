"""The answers of an assessment as a file."""

from __future__ import annotations

from app.reviews.models import MaturityAssessment
from app.reviews.queries.maturity import answers_of, questionnaire_of
from app.values.spreadsheets import csv_line, inert

COLUMNS = (
    "Scope", "Assessed as of", "State", "Questions version", "Dimension", "Question", "Stage",
    "Stage word", "What it shows", "Evidence", "Link", "Answered by", "Answered on",
)  # fmt: skip


def answers_csv(assessment: MaturityAssessment) -> str:
    """One line per question; without an answer the cells after it are empty."""
    hands = {one.question: one for one in assessment.answers}
    answers = answers_of(assessment)
    lines = [csv_line(COLUMNS)]
    for question in questionnaire_of(assessment).questions:
        cells = [
            inert(assessment.scope), assessment.assessed_on.isoformat(), assessment.state.word,
            str(assessment.questionnaire), question.dimension.word, question.text,
        ]  # fmt: skip
        answer = answers.get(question.key)
        if answer is None:
            lines.append(csv_line([*cells, *[""] * 7]))
            continue
        hand, stage = hands[question.key], answer.stage
        cells += [
            str(stage.number) if stage else "", stage.word if stage else "Not known",
            question.at(stage) if stage else "", inert(answer.evidence), inert(answer.link),
            inert(hand.answered_by.name), hand.answered_at.date().isoformat(),
        ]  # fmt: skip
        lines.append(csv_line(cells))
    return "".join(lines)
