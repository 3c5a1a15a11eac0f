"""Set the budgets of a cycle from a file, whole or not at all, and take them back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import once, record, remember
from app.calendar.models import Cycle
from app.calendar.queries import get_cycle
from app.calendar.rules import budget_cell, closed_bar
from app.calendar.services import set_budgets
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.registry import queries
from app.registry.engine.budget_rows import BudgetBook, BudgetDraft, draft_budgets
from app.registry.engine.columns import mapped, mapping_faults, unfolded
from app.registry.engine.issues import Issue, Severity
from app.registry.engine.layout import BUDGETS
from app.registry.models import RegistryEdit
from app.registry.rules import RowKind
from app.registry.services.rows import RowFile
from app.values.money import Money, parse_money
from app.values.quarter import Quarter

PERMISSION = "calendar.edit"


def _check_role(actor: Person) -> None:
    if not actor.may(PERMISSION):
        raise NotAllowedError("Only Finance sets budgets.")


def draft_of(file: RowFile, cycle: Cycle) -> BudgetDraft:
    """What the file would set in the cycle. Raises InvalidError at ``file`` or by column."""
    if bar := closed_bar(cycle.name, cycle.state):
        raise InvalidError(bar, field="cycle")
    table = unfolded(file.table)
    if table is file.table:
        faults = mapping_faults(file.columns, table.columns, RowKind.BUDGETS)
        if faults:
            raise InvalidError("Some columns are not chosen yet.", fields=faults)
        table = mapped(table, file.columns)
    names = {one.fund.name.casefold(): one.fund.key for one in cycle.funds}
    keys = {one.fund.key.casefold(): one.fund.key for one in cycle.funds}
    budgets = {
        (one.fund.key, budget.quarter): budget.amount_minor
        for one in cycle.funds
        for budget in one.budgets
    }
    return draft_budgets(table, BudgetBook(cycle.currency, names | keys, budgets))


def with_faults(draft: BudgetDraft, error: InvalidError) -> BudgetDraft:
    """The draft with what the calendar refused said at the lines it is about."""
    cells = {budget_cell(*cell): line for cell, line in draft.lines.items()}
    named = error.fields or {"": error.message}
    issues = [
        Issue(cells.get(name, 0), "amount", Severity.ERROR, said) for name, said in named.items()
    ]
    return replace(draft, issues=(*draft.issues, *issues))


def apply_budgets(
    session: Session,
    draft: BudgetDraft,
    cycle: Cycle,
    *,
    is_confirmed: bool,
    actor: Person,
    now: datetime,
) -> None:
    """Set what differs. Raises as `set_budgets`."""
    wanted = {cell: Money(minor, cycle.currency) for cell, minor in draft.wanted.items()}
    set_budgets(
        session, cycle, wanted, {}, expected_version=cycle.version, is_confirmed=is_confirmed,
        actor=actor, now=now,
    )  # fmt: skip


def import_budgets(
    session: Session,
    file: RowFile,
    cycle: Cycle,
    *,
    version: int,
    is_confirmed: bool,
    request_key: str,
    actor: Person,
    now: datetime,
) -> RegistryEdit:
    """Set every budget of a file, once per ``request_key``; the cycle must be in ``version``.

    Raises InvalidError while a row can't be read or set, ConflictError when somebody set others.
    """
    _check_role(actor)
    asked = {"file": file.digest, "cycle": cycle.id, "version": version}
    known = once(session, request_key, actor, "registry.budgets_set", asked, now=now)
    if known is not None:
        return queries.get_edit(session, known)
    if cycle.version != version:
        raise ConflictError(
            "Somebody changed this cycle while you looked at the file. Nothing was saved; look at"
            " the differences again."
        )
    draft = draft_of(file, cycle)
    if draft.errors or not draft.wanted:
        raise InvalidError("Nothing was saved; mend the rows named below.", field="file")
    changes = _changes(draft, cycle)
    apply_budgets(session, draft, cycle, is_confirmed=is_confirmed, actor=actor, now=now)
    edit = RegistryEdit(
        kind=RowKind.BUDGETS, file_name=file.name[:200], file_digest=file.digest,
        cell_count=len(changes), initiative_count=0, changes=changes,
        versions={str(cycle.id): cycle.version}, made_by_id=actor.id, made_at=now,
    )  # fmt: skip
    session.add(edit)
    session.flush()
    record(
        session, actor=actor, action="registry.budgets_set", subject=f"edit:{edit.id}",
        after={"file": edit.file_name, "cycle": cycle.name, "cells": edit.cell_count}, now=now,
    )  # fmt: skip
    remember(session, request_key, edit.id)
    return edit


def _changes(draft: BudgetDraft, cycle: Cycle) -> list[dict[str, str]]:
    stored = {
        (one.fund.key, budget.quarter): budget.amount_minor
        for one in cycle.funds
        for budget in one.budgets
    }
    return [
        {
            "state": "changed",
            "sheet": BUDGETS.name,
            "row": "\t".join((cycle.name, key, str(quarter))),
            "column": "amount",
            "old": f"{Money(stored[key, quarter], cycle.currency).amount:f}",
            "new": f"{Money(minor, cycle.currency).amount:f}",
            "address": f"line {draft.lines[key, quarter]}",
        }
        for (key, quarter), minor in sorted(draft.wanted.items())
    ]


def budgets_undo_bar(session: Session, edit: RegistryEdit, *, actor: Person) -> str | None:
    """Why budgets from a file can't be taken back, as a sentence; None if they can."""
    if edit.undone_at is not None:
        return "It was taken back already."
    if not actor.may(PERMISSION):
        return "Only Finance sets budgets."
    cycle = _cycle(session, edit)
    if bar := closed_bar(cycle.name, cycle.state):
        return bar
    if cycle.version != next(iter(edit.versions.values())):
        return f"{cycle.name} was changed since. Set its budgets on its page instead."
    return None


def _cycle(session: Session, edit: RegistryEdit) -> Cycle:
    return get_cycle(session, int(next(iter(edit.versions))))


def undo_budgets(session: Session, edit: RegistryEdit, *, actor: Person, now: datetime) -> None:
    """Set every budget back to what it was. Raises ConflictError once the cycle was changed."""
    _check_role(actor)
    if bar := budgets_undo_bar(session, edit, actor=actor):
        raise ConflictError(bar)
    cycle = _cycle(session, edit)
    before = {}
    for one in edit.changes:
        _, key, quarter = one["row"].split("\t")
        before[key, Quarter.parse(quarter)] = parse_money(one["old"], cycle.currency)
    try:
        set_budgets(
            session, cycle, before, {}, expected_version=cycle.version, is_confirmed=True,
            actor=actor, now=now,
        )  # fmt: skip
    except InvalidError as error:
        said = next(iter(error.fields.values()), error.message)
        raise ConflictError(f"They can’t be taken back. {said}") from error
    edit.undone_by_id, edit.undone_at = actor.id, now
    session.flush()
    record(
        session, actor=actor, action="registry.budgets_undone", subject=f"edit:{edit.id}",
        before={"file": edit.file_name, "cells": edit.cell_count}, now=now,
    )  # fmt: skip
