"""Drafts and imports arranged for their pages."""

from __future__ import annotations

from dataclasses import dataclass

from app.initiatives.models import ImportBatch
from app.initiatives.rules import InitiativeState
from app.registry.engine.drafts import ImportDraft
from app.registry.engine.issues import Issue, Severity
from app.values.money import Money

SHOWN = 200


@dataclass(frozen=True, slots=True)
class IssueRow:
    """A row of the list of issues."""

    line: str
    column: str
    is_error: bool
    message: str


@dataclass(frozen=True, slots=True)
class DraftView:
    """A dry run as its page shows it."""

    row_count: int
    initiative_count: int
    milestone_count: int
    reading_count: int
    spend: Money
    error_count: int
    note_count: int
    issues: list[IssueRow]
    hidden_count: int
    sample: list[tuple[str, str, str, str, Money, int]]


def draft_view(draft: ImportDraft, currency: str) -> DraftView:
    """Errors first, at most SHOWN issues; ten initiatives as a sample."""
    ordered = [*draft.errors, *draft.notes]
    return DraftView(
        row_count=draft.row_count,
        initiative_count=len(draft.initiatives),
        milestone_count=draft.milestone_count,
        reading_count=draft.reading_count,
        spend=Money(draft.spend_minor, currency),
        error_count=len(draft.errors),
        note_count=len(draft.notes),
        issues=[_row(issue) for issue in ordered[:SHOWN]],
        hidden_count=max(len(ordered) - SHOWN, 0),
        sample=[
            (
                one.key,
                one.title,
                one.unit,
                str(one.planned_start),
                Money(sum(one.spend_minor), currency),
                len(one.milestones),
            )
            for one in draft.initiatives[:10]
        ],
    )


def _row(issue: Issue) -> IssueRow:
    line = str(issue.line) if issue.line else "file"
    return IssueRow(line, issue.column, issue.severity is Severity.ERROR, issue.message)


def stored_issues(batch: ImportBatch) -> list[IssueRow]:
    """The issues an import was made with, errors first."""
    rows = [
        IssueRow(
            str(issue["line"]), str(issue["column"]), issue["severity"] == "error",
            str(issue["message"]),
        )
        for issue in batch.issues
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (not row.is_error, int(row.line)))


def state_counts(counts: dict[InitiativeState, int]) -> list[tuple[str, int]]:
    """Word and count per state that occurs, in the order of the process."""
    return [(state.word, counts[state]) for state in InitiativeState if counts.get(state)]
