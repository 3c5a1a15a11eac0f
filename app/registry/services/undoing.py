"""Take what a file changed back, while nobody has worked on it since."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.comments.models import Comment
from app.errors import ConflictError, NotAllowedError
from app.initiatives.models import Dependency, Exclusion, Initiative
from app.initiatives.services import edit_bar
from app.registry import queries
from app.registry.engine.current import Identity
from app.registry.engine.differences import Difference, State
from app.registry.engine.layout import SHEETS
from app.registry.engine.values import parsed
from app.registry.models import RegistryEdit
from app.registry.services.applying import apply_cells
from app.registry.services.changing import Terms
from app.registry.services.deleting import delete_initiatives
from app.registry.services.returning import PERMISSION, added_keys

_SHEETS = {one.name: one for one in SHEETS}


def edit_undo_bar(session: Session, edit: RegistryEdit, *, actor: Person) -> str | None:
    """Why an edit can't be taken back, as a sentence; None if it can."""
    if not actor.may(PERMISSION):
        return "Undoing an import takes the role CX lead or Program manager."
    if edit.undone_at is not None:
        return "It was taken back already."
    found = {one.key: one for one in queries.load_initiatives(session, list(edit.versions))}
    touched = [
        key
        for key, version in edit.versions.items()
        if key not in found or found[key].version != version
    ]
    if touched:
        have = "has" if len(touched) == 1 else "have"
        return (
            f"{len(touched)} of its initiatives, {touched[0]} first, {have} been worked on since."
            " Change them one by one instead."
        )
    locks = [
        f"{key}: {bar}" for key, one in found.items() if (bar := edit_bar(actor, one)) is not None
    ]
    return locks[0] if locks else _built_on(session, added_keys(edit))


def _built_on(session: Session, added: list[str]) -> str | None:
    """Whether others are linked with what was added, or talk about it."""
    others = Initiative.key.not_in(added)
    new = select(Initiative.id).where(Initiative.key.in_(added))
    needs = exists().where(Dependency.initiative_id == Initiative.id, Dependency.needs_id.in_(new))
    excludes = exists().where(Exclusion.initiative_id == Initiative.id, Exclusion.other_id.in_(new))
    talked = exists().where(Comment.initiative_id == Initiative.id)
    query = select(Initiative.key).where(
        or_(needs & others, excludes & others, talked & Initiative.key.in_(added))
    )
    if not added or (key := session.scalar(query.order_by(Initiative.id).limit(1))) is None:
        return None
    return f"What it added is built on already, at {key}. Withdraw it instead."


def undo_edit(session: Session, edit: RegistryEdit, *, actor: Person, now: datetime) -> None:
    """Give every cell back what it was and take out what was added.

    Raises NotAllowedError, and ConflictError once anybody has worked on one of its initiatives.
    """
    if not actor.may(PERMISSION):
        raise NotAllowedError("Undoing an import takes the role CX lead or Program manager.")
    if bar := edit_undo_bar(session, edit, actor=actor):
        raise ConflictError(bar)
    added = added_keys(edit)
    cells, removals = _inverse(edit, set(added))
    terms = Terms(session, queries.load_names(session), actor, now)
    applied = apply_cells(terms, cells, removals)
    if applied.faults.found:
        address, message = applied.faults.found[0]
        raise ConflictError(f"It can’t be taken back. {address}: {message}")
    if added:
        delete_initiatives(session, Initiative.key.in_(added))
    edit.undone_by_id, edit.undone_at = actor.id, now
    session.flush()
    record(
        session, actor=actor, action="registry.edit_undone", subject=f"edit:{edit.id}",
        before={"file": edit.file_name, "cells": edit.cell_count, "added": added}, now=now,
    )  # fmt: skip


def _inverse(
    edit: RegistryEdit, added: set[str]
) -> tuple[list[Difference], set[tuple[str, Identity]]]:
    """The cells that give back what was, and the rows to take out; all of new ones goes at once."""
    cells, removals = [], set()
    for one in edit.changes:
        identity: Identity = tuple(one["row"].split("\t"))
        sheet = _SHEETS[one["sheet"]]
        if identity[0] in added:
            continue
        is_grid = sheet.identity[-1] in ("fund", "team")
        if one["state"] == State.ADDED.value and not is_grid:
            removals.add((sheet.name, identity))
            continue
        column = sheet.column(one["column"])
        if column.is_read:
            cells.append(
                Difference(
                    State.CHANGED, sheet.name, identity, column.name, column.label,
                    one["address"], one["new"], one["old"], parsed(column.kind, one["old"]),
                )
            )  # fmt: skip
    return cells, removals
