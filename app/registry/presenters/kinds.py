"""What can be imported, and what was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from app.approvals.models import SpendBatch
from app.calendar.models import Cycle
from app.initiatives.models import ImportBatch
from app.registry.engine.budget_rows import BudgetDraft
from app.registry.models import RegistryEdit
from app.values.money import Money
from app.values.quarter import Quarter


class ImportKind(NamedTuple):
    """One kind of file: what it is for, where its steps begin, who may."""

    name: str
    says: str
    endpoint: str
    permission: str
    glyph: str


def import_kinds() -> tuple[ImportKind, ...]:
    """Every kind there is, in the order of the process."""
    return (
        ImportKind(
            "Budgets", "What each fund of a cycle may spend in each quarter.",
            "registry.budgets", "calendar.edit", "banknote",
        ),
        ImportKind(
            "Contacts", "A log of interactions with customers.",
            "interactions.upload", "interactions.import", "upload",
        ),
        ImportKind(
            "Registry", "Whole portfolios kept elsewhere, as new initiatives.",
            "registry.index", "registry.import", "upload",
        ),
        ImportKind(
            "Registry workbook", "Everything about the initiatives here, edited in a spreadsheet.",
            "registry.workbook", "registry.import", "file-spreadsheet",
        ),
        ImportKind(
            "Milestones", "Dates and shares of the money, for many initiatives at once.",
            "registry.milestones", "registry.import", "file-spreadsheet",
        ),
        ImportKind(
            "Payments", "What was paid out of released money.",
            "registry.actuals", "spend.book", "banknote",
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PastImport:
    """One file that came in; ``endpoint`` and ``number`` lead to its page."""

    kind: str
    file_name: str
    person: str
    at: datetime
    size: str
    state: str
    endpoint: str
    number: int


def past_imports(
    batches: Sequence[tuple[ImportBatch, str]],
    edits: Sequence[tuple[RegistryEdit, str]],
    spend: Sequence[SpendBatch],
) -> list[PastImport]:
    """All of them, the newest first."""
    found = [
        PastImport(
            "Registry", one.file_name, name, one.imported_at,
            f"{one.initiative_count:,} initiatives", "imported", "registry.show", one.id,
        )
        for one, name in batches
    ]  # fmt: skip
    found += [
        PastImport(
            one.kind.word, one.file_name, name, one.made_at, f"{one.cell_count:,} cells",
            "taken back" if one.undone_at else "saved", "registry.show_edit", one.id,
        )
        for one, name in edits
    ]  # fmt: skip
    found += [
        PastImport(
            "Payments", one.file_name, one.booked_by.name, one.booked_at,
            f"{one.row_count:,} payments", "booked", "registry.show_payments", one.id,
        )
        for one in spend
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.at, reverse=True)


def budget_rows(draft: BudgetDraft, cycle: Cycle) -> list[tuple[int, str, Quarter, Money, Money]]:
    """Line, fund, quarter, budget now and budget of the file, for each that differs."""
    names = {one.fund.key: one.fund.name for one in cycle.funds}
    stored = {
        (one.fund.key, budget.quarter): budget.amount_minor
        for one in cycle.funds
        for budget in one.budgets
    }
    return [
        (
            draft.lines[cell], names[cell[0]], cell[1],
            Money(stored[cell], cycle.currency), Money(minor, cycle.currency),
        )
        for cell, minor in sorted(draft.wanted.items())
    ]  # fmt: skip
