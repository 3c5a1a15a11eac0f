"""Drafts and imports arranged for their pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from app.calendar.models import Cycle
from app.initiatives.models import ImportBatch
from app.initiatives.presenters import why_words
from app.initiatives.rules import InitiativeState, ProposalShape, due_day_fault, missing_parts
from app.initiatives.rules.likeness import Titles
from app.registry.engine.drafts import ImportDraft, InitiativeDraft
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
    stuck: list[tuple[str, str, str]]
    similar: list[tuple[str, str, str, str]]


def draft_view(draft: ImportDraft, cycle: Cycle, there: Titles) -> DraftView:
    """Errors first, at most SHOWN issues; ten initiatives as a sample; all that can't go on.

    Of those whose title is like one that is ``there``, at most SHOWN.
    """
    ordered = [*draft.errors, *draft.notes]
    currency = cycle.currency
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
        stuck=[
            (one.key, one.title, gaps)
            for one in draft.initiatives
            if (gaps := _gap_words(one, cycle))
        ],
        similar=list(islice(_similar(draft, there), SHOWN)),
    )


def _similar(draft: ImportDraft, there: Titles) -> Iterator[tuple[str, str, str, str]]:
    """Key, title, the key of the one it is most like, and why; for each that is like one."""
    for one in draft.initiatives:
        found = there.most_like(one.title)
        if found is not None:
            yield one.key, one.title, found.key, why_words(found)


def _gap_words(item: InitiativeDraft, cycle: Cycle) -> str:
    """What would keep an initiative from Finance if it came in like this; empty if nothing."""
    option = ("As registered",)
    late = (
        one.name
        for one in item.milestones
        if due_day_fault(one.due_on, item.planned_start, cycle.quarters, cycle.name)
    )
    shape = ProposalShape(
        is_registered=True,
        has_cycle=True,
        has_sponsor=False,
        unanswered=(),
        options=option,
        options_without_spend=() if any(item.spend_minor) else option,
        options_without_benefit=option if item.declared_benefit_minor is None else (),
        milestones=len(item.milestones),
        tranche_total=sum((one.tranche_share for one in item.milestones), Decimal(0)),
        milestones_without_criteria=tuple(
            one.name for one in item.milestones if one.criterion is None
        ),
        misplaced_milestones=tuple(late),
    )
    return " ".join(gap.message for gap in missing_parts(shape))


def batch_rows(batches: Sequence[tuple[ImportBatch, str]]) -> list[tuple[ImportBatch, str, int]]:
    """Imports with who made them and how many of their rows were left out."""
    return [
        (batch, name, sum(issue["severity"] == "error" for issue in batch.issues))
        for batch, name in batches
    ]


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
