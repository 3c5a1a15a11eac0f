"""Cells of the registry that are changed in place: one field of one initiative."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.errors import NotFoundError
from app.extensions import db
from app.initiatives import presenters, queries, services
from app.initiatives.forms import CellForm, cell_form
from app.initiatives.models import Initiative
from app.initiatives.queries import RegistryLine
from app.initiatives.routes.blueprint import SAVED, Answer, bp, conflict_with, load, store
from app.initiatives.rules import FIELDS, columns_of
from app.web.clock import now
from app.web.fields import Choices
from app.web.guards import current_actor, requires


@bp.get("/initiatives/<key>/row")
@requires("initiatives.view")
def row(key: str) -> str:
    """Show one initiative as a row of the registry, as it is after a change."""
    return _row_page(key, title=f"{key} in the registry", saved=request.args.get("saved"))


@bp.get("/initiatives/<key>/cells/<column>")
@requires("initiatives.edit")
def edit_cell(key: str, column: str) -> str:
    """Show the field of a cell to change it, or why it can't be."""
    initiative = load(key)
    if services.edit_bar(current_actor(), initiative) is not None:
        return _row_page(key, title=f"{key} can’t be changed", column=column)
    return _row_page(key, form=_stored(initiative, _field(column)), column=column)


@bp.post("/initiatives/<key>/cells/<column>")
@requires("initiatives.edit")
def save_cell(key: str, column: str) -> Answer:
    """Change one field of an initiative."""
    field, initiative = _field(column), load(key)
    form = cell_form(field, _choices(field, initiative))
    status = store(
        form,
        lambda: services.edit_field(
            db.session, load(key), field, form.value, expected_version=form.seen_version,
            actor=current_actor(), now=now(),
        ),
    )  # fmt: skip
    if status != SAVED:
        initiative = load(key)
        if services.edit_bar(current_actor(), initiative) is not None:
            typed = str(next(iter(form.field.raw_data or ()), ""))
            title = f"{key} can’t be changed"
            return _row_page(key, title=title, column=column, typed=typed), status
        conflict = conflict_with(initiative, _stored(initiative, field), form, status)
        return _row_page(key, form=form, column=column, conflict=conflict), status
    if _is_swapped():
        args: dict[str, Any] = request.args.to_dict(flat=False)
        return redirect(url_for("initiatives.row", key=key, **args | {"saved": column}), code=SAVED)
    flash(f"{form.field.label.text} of {key} is saved.", "ok")
    return redirect(_list_address(initiative.id), code=SAVED)


def _is_swapped() -> bool:
    """Whether the row goes into a registry that is open, in place of the one there."""
    return "HX-Request" in request.headers


def _field(column: str) -> str:
    if column not in FIELDS:
        raise NotFoundError("This column is not changed in place.")
    return FIELDS[column]


def _list_address(initiative_id: int | None = None) -> str:
    """The registry as it was left, at the row."""
    args: dict[str, Any] = request.args.to_dict(flat=False)
    args.pop("saved", None)
    anchor = f"i-{initiative_id}" if initiative_id is not None else None
    return url_for("initiatives.index", _anchor=anchor, **args)


def _choices(field: str, initiative: Initiative) -> Choices | None:
    if field == "journey_id":
        return queries.journey_choices(db.session, initiative.journey_id)
    if field == "cycle_id":
        return queries.cycle_choices(db.session, initiative.cycle_id)
    if field in ("owner_id", "sponsor_id"):
        return [(str(one.id), one.name) for one in queries.list_people_to_choose(db.session)]
    return None


def _stored(initiative: Initiative, field: str) -> CellForm:
    stored = columns_of(queries.initiative_draft(initiative))[field]
    value = initiative.lens.value if field == "lens" else stored
    data = {field: value, "version": str(initiative.version)}
    return cell_form(field, _choices(field, initiative), data=data, formdata=None)


def _row_page(
    key: str,
    *,
    title: str | None = None,
    form: CellForm | None = None,
    column: str | None = None,
    saved: str | None = None,
    conflict: dict[str, Any] | None = None,
    typed: str | None = None,
) -> str:
    view = presenters.read_view(request.args)
    line = queries.find_line(db.session, key)
    if line is None:
        raise NotFoundError("There is no such initiative, or it was removed.")
    return render_template(
        "initiatives/registry_cell.html",
        view=view,
        title=title or f"Edit {key}",
        columns=presenters.with_column(presenters.columns(view), column),
        row=_shown(line),
        form=form,
        editing=column,
        saved=saved,
        conflict=conflict,
        ticks=_is_swapped(),
        typed=typed,
        tail=request.query_string.decode("ascii", "replace"),
        back=_list_address(line.id),
    )


def _shown(line: RegistryLine) -> presenters.Row:
    under = queries.load_journeys_under(db.session, [line.id])
    figures = queries.load_figures(db.session, [line])
    (shown,) = presenters.rows([line], figures, under, current_actor())
    return shown
