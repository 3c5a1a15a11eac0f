"""Change many initiatives at once: choose, look at every row, decide, undo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from app.audit.services import answered_once
from app.errors import AppError, InvalidError, NotFoundError
from app.extensions import db
from app.initiatives import presenters, queries, services
from app.initiatives.forms import BulkForm, CellForm, VersionedForm, cell_form
from app.initiatives.models import Initiative
from app.initiatives.presenters import Selection
from app.initiatives.routes.blueprint import SAVED, Answer, bp, store
from app.initiatives.rules import (
    FIELDS,
    MOST_IN_BULK,
    BulkChange,
    MakeMove,
    PlannedRow,
    SetField,
    moves_of,
    read_seen,
    seen_text,
)
from app.web.clock import now
from app.web.fields import Choices
from app.web.guards import current_actor, requires
from app.web.paging import Page, page_args

_ROWS = 100


@bp.get("/initiatives/bulk")
@requires("initiatives.edit")
def bulk() -> str:
    """Show what is selected, the change to choose and what it would make of every row."""
    return _page(presenters.read_selection(request.args))


@bp.post("/initiatives/bulk")
@requires("initiatives.edit")
def change_many() -> Answer:
    """Make the change that was previewed, all of it or nothing."""
    form = BulkForm()
    selection = presenters.read_selection(MultiDict(parse_qsl(form.selection.data or "")))
    answer: list[dict[str, Any]] = []
    status = store(
        form,
        lambda: answer.append(
            answered_once(
                db.session, form.once.data, actor=current_actor(), action="initiatives.changed",
                params=form.typed(), now=now(), make=lambda: _make(selection, form),
            )
        ),
    )  # fmt: skip
    if status != SAVED:
        return _page(selection, form), status
    made = answer[0]
    words = "1 initiative is" if made["count"] == 1 else f"{made['count']:,} initiatives are"
    flash(f"{words} {made['done']} now.", "ok")
    if made["edit"] is not None:
        return redirect(url_for("initiatives.bulk_edit", edit_id=made["edit"]), code=SAVED)
    return redirect(url_for("initiatives.index", **selection.view.place), code=SAVED)


def _make(selection: Selection, form: BulkForm) -> dict[str, Any]:
    asked, seen = _asked(selection), read_seen(form.seen.data or "")
    if asked.change is None or seen is None:
        raise InvalidError("Choose the change and look at its preview first.")
    count, edit = services.make_change(
        db.session, _selected(selection), asked.change, seen=seen, actor=current_actor(), now=now()
    )
    done = "changed" if selection.action is None else moves_of(selection.action)[0].done
    return {"count": count, "edit": edit.id if edit else None, "done": done}


@bp.get("/initiatives/bulk/<int:edit_id>")
@requires("initiatives.edit")
def bulk_edit(edit_id: int) -> str:
    """Show what a bulk edit changed and undo it from here."""
    return _edit_page(edit_id, VersionedForm(formdata=None))


@bp.post("/initiatives/bulk/<int:edit_id>/undo")
@requires("initiatives.edit")
def undo_bulk_edit(edit_id: int) -> Answer:
    """Give every initiative of a bulk edit its value before back."""
    form, undone = VersionedForm(), []
    edit = queries.get_bulk_edit(db.session, edit_id)
    status = store(
        form,
        lambda: undone.append(
            services.undo_change(
                db.session, edit, queries.load_edited(db.session, edit), actor=current_actor(),
                now=now(),
            )
        ),
    )  # fmt: skip
    if status != SAVED:
        return _edit_page(edit_id, form), status
    flash(f"Undone: {undone[0]:,} as before.", "ok")
    return redirect(url_for("initiatives.bulk_edit", edit_id=edit_id), code=SAVED)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The field of the new value, and the change once it is all there."""

    form: CellForm | None
    change: BulkChange | None
    needs_reason: bool = False


def _asked(selection: Selection) -> _Asked:
    args = selection.args
    if selection.action is not None:
        needs = any(move.needs_reason for move in moves_of(selection.action))
        reason = args.get("reason", "").strip()
        move = MakeMove(selection.action, reason) if reason or not needs else None
        return _Asked(None, move, needs)
    if selection.column is None:
        return _Asked(None, None)
    field = FIELDS[selection.column]
    is_typed = presenters.TO + field in args
    form = cell_form(
        field, _choices(field), formdata=args if is_typed else None, prefix=presenters.TO,
        meta={"csrf": False},
    )  # fmt: skip
    is_right = is_typed and form.validate()
    return _Asked(form, SetField(selection.column, form.value) if is_right else None)


def _choices(field: str) -> Choices | None:
    if field == "journey_id":
        return queries.journey_choices(db.session)
    if field == "cycle_id":
        return queries.cycle_choices(db.session)
    if field in ("owner_id", "sponsor_id"):
        return [(str(one.id), one.name) for one in queries.list_people_to_choose(db.session)]
    return None


def _selected(selection: Selection) -> list[Initiative]:
    if selection.picked:
        return queries.list_picked(db.session, selection.picked)
    if selection.is_all:
        return queries.list_matching(db.session, selection.view.wanted, most=MOST_IN_BULK)
    return []


def _page(selection: Selection, form: BulkForm | None = None) -> str:
    asked, selected = _asked(selection), _selected(selection)
    rows: list[PlannedRow] = []
    fault = None
    if asked.change is not None and selected:
        try:
            rows = services.plan_change(db.session, selected, asked.change, actor=current_actor())
        except AppError as error:
            fault = error.message
    shown = presenters.preview(rows, request.args.get("show", ""))
    wanted = page_args(request.args, size=_ROWS)
    part = shown.shown[wanted.offset : wanted.offset + wanted.size]
    send = BulkForm(formdata=None, data={"selection": selection.query, "seen": seen_text(rows)})
    here = url_for("initiatives.bulk") + "?" + selection.query
    return render_template(
        "initiatives/bulk.html",
        selection=selection,
        count=len(selected),
        most=MOST_IN_BULK,
        options=presenters.change_options(),
        asked=asked,
        fault=fault,
        refused=form,
        send=send,
        preview=shown,
        page=Page(part, len(shown.shown), wanted.number, wanted.size),
        here=here,
        address=lambda number: f"{here}&show={shown.kind}&page={number}",
    )


def _edit_page(edit_id: int, form: VersionedForm) -> str:
    edit = queries.get_bulk_edit(db.session, edit_id)
    if edit.made_by_id != current_actor().id:
        raise NotFoundError("There is no such bulk edit of yours.")
    initiatives = queries.load_edited(db.session, edit)
    rows = presenters.edited_rows(edit, initiatives)
    wanted = page_args(request.args, size=_ROWS)
    return render_template(
        "initiatives/bulk_edit.html",
        edit=edit,
        form=form,
        label=presenters.LABELS[edit.column],
        bar=services.undo_bar(edit, initiatives, current_actor()),
        page=Page(
            rows[wanted.offset : wanted.offset + wanted.size], len(rows), wanted.number,
            wanted.size,
        ),
        address=lambda number: url_for("initiatives.bulk_edit", edit_id=edit_id, page=number),
    )  # fmt: skip
