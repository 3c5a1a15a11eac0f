"""Change many initiatives at once: all that was previewed in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.calendar.models import Cycle
from app.db.statements import rows_changed
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import BulkEdit, Initiative, InitiativeMove
from app.initiatives.queries import initiative_draft
from app.initiatives.rules import (
    MOST_IN_BULK,
    BulkChange,
    InitiativeDraft,
    InitiativeState,
    MakeMove,
    PlannedRow,
    SeenRow,
    SetField,
    bars,
    changed_since,
    find_move,
    moves_of,
    stored_text,
    value_of_text,
)
from app.initiatives.services.checks import PERMISSION, edit_bar, standing
from app.initiatives.services.moving import load_circumstances
from app.initiatives.services.proposing import check_draft, currency_refusal, with_money
from app.journeys.models import Journey

_CHUNK = 1_000
_ALREADY = "It is so already."


def plan_change(
    session: Session, initiatives: Sequence[Initiative], change: BulkChange, *, actor: Person
) -> list[PlannedRow]:
    """What the change would make of each, in order, in a fixed number of queries.

    The initiatives come with journey, cycle, owner and sponsor. Raises InvalidError for what is
    wrong with the change itself.
    """
    _check_scope(initiatives, actor)
    if isinstance(change, MakeMove):
        return _planned_moves(session, initiatives, change, actor)
    return [row for row, _ in _planned_fields(session, initiatives, change, actor)]


def make_change(
    session: Session,
    initiatives: Sequence[Initiative],
    change: BulkChange,
    *,
    seen: Mapping[int, SeenRow],
    actor: Person,
    now: datetime,
) -> tuple[int, BulkEdit | None]:
    """Make the change wherever its preview said so; how many, and what undoes it if anything does.

    Each initiative gets its own event. Raises ConflictError, naming them, when some are not as the
    preview showed them; then nothing is changed.
    """
    _check_scope(initiatives, actor)
    if isinstance(change, MakeMove):
        rows = _planned_moves(session, initiatives, change, actor)
        _check_seen(rows, seen)
        by_id = {one.id: one for one in initiatives}
        moving = [by_id[row.id] for row in rows if row.changes]
        _carry_out(session, moving, change, actor, now)
        return len(moving), None
    planned = _planned_fields(session, initiatives, change, actor)
    _check_seen([row for row, _ in planned], seen)
    currencies = {row.id: currency for row, currency in planned if row.changes}
    changing = [one for one in initiatives if one.id in currencies]
    edit = _kept(session, changing, change, actor, now)
    targets = {one.id: (change.value, currencies[one.id]) for one in changing}
    _set(session, changing, change.column, change.field, targets, actor, now, edit)
    return len(changing), edit


def _check_scope(initiatives: Sequence[Initiative], actor: Person) -> None:
    if not actor.may(PERMISSION):
        raise NotAllowedError("Changing initiatives takes the role CX lead or Program manager.")
    if len(initiatives) > MOST_IN_BULK:
        raise InvalidError(f"At most {MOST_IN_BULK:,} change at once; narrow the filter.")


def _check_seen(rows: Sequence[PlannedRow], seen: Mapping[int, SeenRow]) -> None:
    if (since := changed_since(rows, seen)) is not None:
        raise ConflictError(f"{since} Nothing was changed; look at the preview again.")
    if not any(row.changes for row in rows):
        raise InvalidError("None of these can be changed so; choose another change.")


def _planned_moves(
    session: Session, initiatives: Sequence[Initiative], change: MakeMove, actor: Person
) -> list[PlannedRow]:
    if any(move.needs_reason for move in moves_of(change.action)) and not change.reason.strip():
        raise InvalidError("Give the reason; it stays on the record.", field="reason")
    facts = load_circumstances(session, initiatives)
    rows = []
    for one in initiatives:
        move = find_move(one.state, change.action)
        if move is None:
            refusal = f"It is {one.state.word.lower()}; it can’t be moved that way."
            rows.append(_row(one, one.state.word, "", refusal))
            continue
        reasons = bars(move, standing(actor, one, facts[one.id].editors), facts[one.id])
        rows.append(_row(one, one.state.word, move.end.word, " ".join(reasons) or None))
    return rows


def _row(one: Initiative, old: str, new: str, refusal: str | None) -> PlannedRow:
    return PlannedRow(one.id, one.key, one.title, one.version, old, new, refusal)


def _planned_fields(
    session: Session, initiatives: Sequence[Initiative], change: SetField, actor: Person
) -> list[tuple[PlannedRow, str]]:
    """Each row with the currency its money would be in."""
    kept = _targets(session, initiatives, change)
    new = _words(kept, change.column, change.value)
    moneyed: set[int] = set()
    if change.column in ("cycle", "journey"):
        moneyed = with_money(session, [one.id for one in initiatives])
    rows = []
    for one in initiatives:
        draft = initiative_draft(one)
        old = _words(kept, change.column, getattr(draft, change.field))
        wanted = _with(draft, change.field, change.value)
        refusal, currency = edit_bar(actor, one), one.currency
        if refusal is None and wanted == draft:
            refusal = _ALREADY
        if refusal is None:
            refusal, currency = _fault(session, one, wanted, draft, one.id in moneyed)
        rows.append((_row(one, old, new, refusal), currency))
    return rows


def _with(draft: InitiativeDraft, field: str, value: Any) -> InitiativeDraft:
    return replace(draft, **{field: value})


def _fault(
    session: Session,
    one: Initiative,
    wanted: InitiativeDraft,
    draft: InitiativeDraft,
    has_money: bool,
) -> tuple[str | None, str]:
    try:
        currency = check_draft(session, wanted, before=draft)
    except InvalidError as error:
        return " ".join(error.fields.values()) or error.message, one.currency
    if currency != one.currency and has_money:
        return currency_refusal(one.currency, currency), one.currency
    return None, currency


_KINDS: dict[str, type[Any]] = {
    "owner": Person, "sponsor": Person, "cycle": Cycle, "journey": Journey,
}  # fmt: skip


def _targets(
    session: Session, initiatives: Sequence[Initiative], change: SetField
) -> dict[int, Any]:
    """The things a field points at, by id, held so that each is read once."""
    kind = _KINDS.get(change.column)
    if kind is None:
        return {}
    found = {
        thing.id: thing for one in initiatives if (thing := getattr(one, change.column)) is not None
    }
    if isinstance(change.value, int) and change.value not in found:
        found[change.value] = session.get(kind, change.value)
    return found


def _words(things: Mapping[int, Any], column: str, value: object) -> str:
    if value is None or value == "":
        return "none"
    if column in _KINDS and isinstance(value, int):
        thing = things.get(value)
        return thing.name if thing is not None else "none"
    return str(getattr(value, "word", value))


def _carry_out(
    session: Session,
    initiatives: Sequence[Initiative],
    change: MakeMove,
    actor: Person,
    now: datetime,
) -> None:
    """Move them all; the table gives an action one end, from wherever it starts."""
    (end,) = {move.end for move in moves_of(change.action)}
    done = moves_of(change.action)[0].done
    reason = change.reason.strip()
    columns: dict[str, Any] = {"state": end}
    if end is InitiativeState.DRAFT:
        columns |= {"certified_by_id": None, "certified_at": None}
    moves = []
    for one in initiatives:
        kept = None if end is InitiativeState.DRAFT else one.certified_by_id
        moves.append({
            "initiative_id": one.id, "from_state": one.state, "to_state": end,
            "moved_by_id": actor.id, "moved_at": now, "reason": reason,
        })  # fmt: skip
        record(
            session, actor=actor, action=f"initiative.{done}", subject=f"initiative:{one.id}",
            before={"state": one.state, "certified_by": one.certified_by_id},
            after={"state": end, "certified_by": kept}, reason=reason or None, now=now,
        )  # fmt: skip
    _update(session, [(one, columns) for one in initiatives], now)
    session.execute(insert(InitiativeMove), moves)


def _kept(
    session: Session,
    initiatives: Sequence[Initiative],
    change: SetField,
    actor: Person,
    now: datetime,
) -> BulkEdit:
    rows = [
        [one.id, stored_text(getattr(one, change.field)), one.currency, one.version + 1]
        for one in initiatives
    ]
    edit = BulkEdit(made_by_id=actor.id, made_at=now, column=change.column, rows=rows)
    session.add(edit)
    session.flush()
    return edit


def _set(
    session: Session,
    initiatives: Sequence[Initiative],
    column: str,
    field: str,
    targets: Mapping[int, tuple[Any, str]],
    actor: Person,
    now: datetime,
    edit: BulkEdit,
) -> None:
    """Set the field of each to its value and currency."""
    updates = []
    for one in initiatives:
        value, currency = targets[one.id]
        record(
            session, actor=actor, action="initiative.edited", subject=f"initiative:{one.id}",
            before={field: getattr(one, field), "currency": one.currency},
            after={field: value, "currency": currency, "bulk_edit": edit.id}, now=now,
        )  # fmt: skip
        updates.append((one, {field: value, "currency": currency}))
    _update(session, updates, now)


def _update(
    session: Session, updates: Sequence[tuple[Initiative, dict[str, Any]]], now: datetime
) -> None:
    """Write them with as few statements as there are versions and values. Raises ConflictError."""

    def place(pair: tuple[Initiative, dict[str, Any]]) -> tuple[int, str]:
        return pair[0].version, repr(sorted(pair[1].items(), key=lambda item: item[0]))

    for (version, _), group in groupby(sorted(updates, key=place), key=place):
        pairs = list(group)
        for start in range(0, len(pairs), _CHUNK):
            ids = [one.id for one, _ in pairs[start : start + _CHUNK]]
            write = (
                update(Initiative)
                .where(Initiative.id.in_(ids), Initiative.version == version)
                .values(**pairs[0][1], version=version + 1, changed_at=now)
                .execution_options(synchronize_session=False)
            )
            if rows_changed(session, write) != len(ids):
                raise ConflictError("Somebody saved one of these meanwhile; nothing was changed.")
    for one, _ in updates:
        session.expire(one)


def undo_bar(edit: BulkEdit, initiatives: Mapping[int, Initiative], actor: Person) -> str | None:
    """Why a bulk edit can't be undone, as a sentence; None while it can."""
    if edit.made_by_id != actor.id:
        return "Only who made this bulk edit undoes it."
    if edit.undone_at is not None:
        return "This bulk edit is undone already."
    versions = {int(row[0] or 0): row[3] for row in edit.rows}
    since = [one.key for id_, one in initiatives.items() if one.version != versions[id_]]
    if since:
        more = f" and {len(since) - 5} more" if len(since) > 5 else ""
        named = ", ".join(since[:5])
        return f"{named}{more} changed since, so it can’t be undone as a whole."
    return next((bar for one in initiatives.values() if (bar := edit_bar(actor, one))), None)


def undo_change(
    session: Session,
    edit: BulkEdit,
    initiatives: Mapping[int, Initiative],
    *,
    actor: Person,
    now: datetime,
) -> int:
    """Give every initiative of a bulk edit its value before back, all of them or none; how many.

    Raises ConflictError, saying why, where that is not possible any more.
    """
    bar = undo_bar(edit, initiatives, actor)
    if bar is not None or len(initiatives) != len(edit.rows):
        raise ConflictError(bar or "One of its initiatives is gone, so it can’t be undone.")
    before = {
        int(id_ or 0): (value_of_text(edit.column, text), str(currency))
        for id_, text, currency, _ in edit.rows
    }
    change = SetField(edit.column, None)
    held = _targets(session, list(initiatives.values()), change)
    for id_, one in initiatives.items():
        draft = initiative_draft(one)
        wanted = _with(draft, change.field, before[id_][0])
        fault, _ = _fault(session, one, wanted, draft, has_money=False)
        if fault is not None:
            raise ConflictError(f"{one.key} can’t be as it was: {fault} Nothing was undone.")
    _set(session, list(initiatives.values()), edit.column, change.field, before, actor, now, edit)
    edit.undone_at = now
    session.flush()
    held.clear()
    return len(before)
