"""Take a workbook back: compare it with the registry, try it, save it whole, take it back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Protocol

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import once, record, remember
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.services import edit_bar
from app.interactions.engine.refusals import FileRefusedError
from app.registry import queries
from app.registry.engine import layout
from app.registry.engine.current import Current, Head
from app.registry.engine.differences import Comparison, Difference, State, compare
from app.registry.engine.layout import sheets_for
from app.registry.engine.returned import ReturnedFile, read_returned
from app.registry.models import RegistryEdit
from app.registry.rules import RowKind
from app.registry.services.applying import apply_cells
from app.registry.services.changing import Applied, Terms
from app.values.canonical import digest
from app.values.money import Money

PERMISSION = "registry.import"
_REFUSED = "Importing a registry takes the role CX lead or Program manager."


@dataclass(frozen=True)
class Workbook:
    """A file as it came back; read once, by whoever may or may not see money."""

    name: str
    content: bytes
    shows_money: bool

    @cached_property
    def digest(self) -> str:
        return digest(self.content)

    @property
    def kind(self) -> RowKind:
        return RowKind.WORKBOOK

    def against(self, current: Current) -> ReturnedFile:
        """What it says; a workbook says it by itself. Raises InvalidError at ``file``."""
        return self._read

    @cached_property
    def _read(self) -> ReturnedFile:
        if not self.content.startswith(b"PK"):
            raise InvalidError(
                "Choose the XLSX workbook that was exported here; save it as XLSX.", field="file"
            )
        try:
            return read_returned(self.content, sheets_for(shows_money=self.shows_money))
        except FileRefusedError as error:
            raise InvalidError(str(error), field="file") from error


class EditedFile(Protocol):
    """A file that names things which are here already: a workbook, or rows of one kind."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> RowKind: ...

    @property
    def digest(self) -> str: ...

    def against(self, current: Current) -> ReturnedFile: ...


def load_current(
    session: Session, *, actor: Person, keys: Collection[str] | None = None
) -> Current:
    """The registry as its workbook shows it, with why this person can't change an initiative."""
    initiatives = queries.load_initiatives(session, keys)
    names = queries.load_names(session)
    heads = {
        one.key: Head(
            one.id,
            one.key,
            one.title,
            one.version,
            one.currency,
            edit_bar(actor, one) or "",
            Money(one.cost_minor, one.currency).amount,
        )
        for one in initiatives
    }
    told = {
        one.key: {"state": one.state.word, "locked": heads[one.key].lock, "currency": one.currency}
        for one in initiatives
    }
    return Current(heads, queries.load_sheets(session, initiatives, names, keys), names, told)


def compare_file(session: Session, file: EditedFile, *, actor: Person) -> Comparison:
    """What the file would change, cell by cell. Raises NotAllowedError, InvalidError."""
    if not actor.may(PERMISSION):
        raise NotAllowedError(_REFUSED)
    current = load_current(session, actor=actor)
    return compare(file.against(current), current)


def try_cells(
    session: Session,
    comparison: Comparison,
    taken: Collection[str],
    *,
    actor: Person,
    now: datetime,
) -> Comparison:
    """Carry the accepted cells out inside a trial; what the rules refuse is invalid.

    To be called inside `trial`, which saves nothing.
    """
    cells = comparison.accepted(taken)
    if not cells or comparison.barred:
        return comparison
    terms = Terms(session, queries.load_names(session), actor, now)
    return _with_faults(comparison, apply_cells(terms, cells))


def _with_faults(comparison: Comparison, applied: Applied) -> Comparison:
    """The comparison with what services refused said at its cells."""
    said: dict[str, list[str]] = {}
    for address, message in applied.faults.found:
        said.setdefault(address, []).append(message)
    found = [
        replace(one, state=State.INVALID, message=" ".join(said.pop(one.address)))
        if one.address in said and not one.state.bars
        else one
        for one in comparison.differences
    ]
    found += [
        Difference(State.INVALID, "", ("",), "", "", address, "", "", message=" ".join(messages))
        for address, messages in said.items()
    ]
    return replace(comparison, differences=tuple(found))


def save_file(
    session: Session,
    file: EditedFile,
    *,
    mark: str,
    taken: Collection[str],
    request_key: str,
    actor: Person,
    now: datetime,
) -> RegistryEdit:
    """Save what the comparison with this ``mark`` showed, whole, once per ``request_key``.

    ``taken`` are the addresses of conflicts for which the file is to win. Raises NotAllowedError;
    ConflictError when the registry changed meanwhile; InvalidError when a cell can't be saved.
    """
    if not actor.may(PERMISSION):
        raise NotAllowedError(_REFUSED)
    asked = {"file": file.digest, "taken": sorted(taken)}
    known = once(session, request_key, actor, "registry.edited", asked, now=now)
    if known is not None:
        return queries.get_edit(session, known)
    current = load_current(session, actor=actor)
    comparison = compare(file.against(current), current)
    if comparison.mark != mark:
        raise ConflictError(
            "The registry was changed while you looked at this. Nothing was saved; look at the"
            " differences again."
        )
    cells = comparison.accepted(taken)
    if comparison.barred:
        raise InvalidError("Some cells can’t be saved; nothing was saved.", field="file")
    if not cells:
        raise InvalidError(
            "Nothing is to be saved: what is here stays. Take the file’s where it is to win.",
            field="file",
        )
    edit = save_cells(
        Terms(session, current.names, actor, now), cells,
        kind=file.kind, file_name=file.name, file_digest=file.digest,
    )  # fmt: skip
    remember(session, request_key, edit.id)
    return edit


def save_cells(
    terms: Terms, cells: Sequence[Difference], *, kind: RowKind, file_name: str, file_digest: str
) -> RegistryEdit:
    """Carry cells of a file out and keep what they changed. Raises InvalidError with all faults."""
    applied = apply_cells(terms, cells)
    if applied.faults.found:
        said = "; ".join(f"{at}: {message}" for at, message in applied.faults.found[:5])
        raise InvalidError(f"Nothing was saved. {said}", field="file")
    edit = RegistryEdit(
        kind=kind,
        file_name=file_name[:200],
        file_digest=file_digest,
        cell_count=len(cells),
        initiative_count=len(applied.versions),
        changes=_kept(cells, applied),
        versions=applied.versions,
        made_by_id=terms.actor.id,
        made_at=terms.now,
    )
    terms.session.add(edit)
    terms.session.flush()
    record(
        terms.session, actor=terms.actor, action="registry.edited", subject=f"edit:{edit.id}",
        after={
            "file": edit.file_name, "digest": file_digest, "kind": kind.value,
            "cells": edit.cell_count, "initiatives": edit.initiative_count,
        },
        now=terms.now,
    )  # fmt: skip
    return edit


def _kept(cells: Iterable[Difference], applied: Applied) -> list[dict[str, str]]:
    """The cells as the record keeps them, with the keys and numbers that new rows were given."""
    rows = []
    for one in cells:
        number = applied.numbers.get((one.sheet, one.identity))
        identity = (*one.identity[:-1], number) if number else one.identity
        identity = tuple(applied.keys.get(part, part) for part in identity)
        rows.append(
            {
                "state": State.ADDED.value if one.state is State.ADDED else State.CHANGED.value,
                "sheet": one.sheet,
                "row": "\t".join(identity),
                "column": one.column,
                "old": one.old,
                "new": identity[0] if one.column == "initiative" else one.new,
                "address": one.address,
            }
        )
    return rows


def added_keys(edit: RegistryEdit) -> list[str]:
    """The initiatives that an edit added."""
    return [
        one["row"]
        for one in edit.changes
        if one["sheet"] == layout.INITIATIVES.name
        and one["state"] == State.ADDED.value
        and one["column"] == "initiative"
    ]
