"""The registry as a workbook: export it, edit it, see every cell that differs, save it whole."""

from __future__ import annotations

from collections.abc import Collection

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.db.session import transaction, trial
from app.errors import AppError, ConflictError, InvalidError
from app.extensions import db
from app.registry import queries
from app.registry.engine.differences import Comparison
from app.registry.engine.layout import sheets_for
from app.registry.exports import registry_workbook
from app.registry.forms import RowSaveForm, SaveForm, TakeBackForm, WorkbookForm
from app.registry.models import RegistryEdit
from app.registry.presenters import diff_view, edit_groups, edit_rows
from app.registry.routes.blueprint import bp
from app.registry.rules import RowKind
from app.registry.services import (
    Workbook,
    budgets_undo_bar,
    compare_file,
    edit_undo_bar,
    load_current,
    save_file,
    try_cells,
    undo_edit,
)
from app.web.clock import now
from app.web.filters import counted
from app.web.guards import costs_are_hidden, current_actor, requires
from app.web.subjects import link_subject
from app.web.uploads import find_upload, keep_upload

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

link_subject(bp, "edit", lambda ref: url_for("registry.show_edit", edit_id=int(ref)))


@bp.get("/initiatives/import/workbook")
@requires("registry.import")
def workbook() -> str:
    """Show how the registry goes out as a workbook and comes back."""
    return _page(WorkbookForm(formdata=None))


def _page(form: WorkbookForm) -> str:
    return render_template(
        "registry/workbook.html", form=form, edits=edit_rows(queries.list_edits(db.session))
    )


@bp.get("/initiatives/import/workbook.xlsx")
@requires("initiatives.view")
def export_workbook() -> FlaskResponse:
    """Give the whole registry as a workbook; without money to whom it is hidden."""
    sheets = sheets_for(shows_money=not costs_are_hidden())
    content = registry_workbook(load_current(db.session, actor=current_actor()), sheets, at=now())
    name = f"waymark-registry-{now():%Y-%m-%d}.xlsx"
    return FlaskResponse(
        content, mimetype=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


@bp.post("/initiatives/import/workbook")
@requires("registry.import")
def show_differences() -> str | tuple[str, int]:
    """Show every cell of a workbook that differs; save nothing."""
    form = WorkbookForm()
    if not form.validate():
        return _page(form), 422
    book = _book(form.file.data.filename or "workbook.xlsx", form.file.data.read())
    try:
        comparison = compare_file(db.session, book, actor=current_actor())
    except InvalidError as error:
        form.refuse(error)
        return _page(form), 422
    save = SaveForm(
        formdata=None, file_name=book.name, file=keep_upload(book.content), mark=comparison.mark
    )
    return _differences(save, comparison, ())


def _book(name: str, content: bytes) -> Workbook:
    return Workbook(name, content, shows_money=not costs_are_hidden())


def _differences(form: SaveForm, comparison: Comparison, taken: Collection[str]) -> str:
    return differences_page(
        form, comparison, taken, action=url_for("registry.save_differences"),
        back=url_for("registry.workbook"), back_label="Registry workbook",
    )  # fmt: skip


def differences_page(
    form: SaveForm | RowSaveForm,
    comparison: Comparison,
    taken: Collection[str],
    *,
    action: str,
    back: str,
    back_label: str,
) -> str:
    """The page of what differs, with what the rules would refuse said beforehand."""
    if comparison.accepted(taken) and not comparison.barred:
        with trial(db.session):
            comparison = try_cells(db.session, comparison, taken, actor=current_actor(), now=now())
    keys = {one.initiative for one in comparison.differences}
    return render_template(
        "registry/differences.html", form=form, file_name=form.file_name.data,
        view=diff_view(comparison, _titles(keys), hides_money=costs_are_hidden()),
        taken=set(taken), action=action, back=back, back_label=back_label,
    )  # fmt: skip


def _titles(keys: Collection[str]) -> dict[str, str]:
    return {one.key: one.title for one in queries.load_initiatives(db.session, sorted(keys))}


@bp.post("/initiatives/import/workbook/save")
@requires("registry.import")
def save_differences() -> Response | tuple[str, int]:
    """Save what the page showed, whole or not at all."""
    form = SaveForm()
    if not form.validate():
        raise InvalidError("The page of differences was incomplete; upload the workbook again.")
    book = _book(form.file_name.data or "", find_upload(form.file.data or ""))
    taken = request.form.getlist("take")
    try:
        compare_file(db.session, book, actor=current_actor())  # reads while others may write
        with transaction(db.session):
            edit = save_file(
                db.session, book, mark=form.mark.data or "", taken=taken,
                request_key=form.once.data or "", actor=current_actor(), now=now(),
            )  # fmt: skip
            edit_id, cells, initiatives = edit.id, edit.cell_count, edit.initiative_count
    except (InvalidError, ConflictError) as error:
        return _refused(form, book, taken, error), 422
    flash(f"{counted(cells, 'cell')} of {counted(initiatives, 'initiative')} saved.", "ok")
    return redirect(url_for("registry.show_edit", edit_id=edit_id), code=303)


def _refused(form: SaveForm, book: Workbook, taken: Collection[str], error: AppError) -> str:
    """The differences as they are now, with why they were not saved."""
    comparison = compare_file(db.session, book, actor=current_actor())
    again = SaveForm(formdata=None, file_name=book.name, file=form.file.data, mark=comparison.mark)
    again.refuse(error)
    return _differences(again, comparison, taken)


@bp.get("/import/<int:edit_id>")
@requires("initiatives.view")
def show_edit(edit_id: int) -> str:
    """Show what a file changed, cell by cell, and how to take it back."""
    return _edit(queries.get_edit(db.session, edit_id), TakeBackForm(formdata=None))


def _edit(edit: RegistryEdit, form: TakeBackForm) -> str:
    titles = _titles(edit.versions.keys())
    groups, hidden = edit_groups(edit, titles, hides_money=costs_are_hidden())
    return render_template(
        "registry/edit.html", edit=edit, groups=groups, hidden_count=hidden, form=form,
        bar=_bar(edit), undo=_undo_address(edit),
    )  # fmt: skip


def _bar(edit: RegistryEdit) -> str | None:
    actor = current_actor()
    if edit.kind is RowKind.BUDGETS:
        return budgets_undo_bar(db.session, edit, actor=actor)
    return edit_undo_bar(db.session, edit, actor=actor)


def _undo_address(edit: RegistryEdit) -> str:
    name = "take_budgets_back" if edit.kind is RowKind.BUDGETS else "take_edit_back"
    return url_for(f"registry.{name}", edit_id=edit.id)


@bp.post("/import/<int:edit_id>/undo")
@requires("registry.import")
def take_edit_back(edit_id: int) -> Response | tuple[str, int]:
    """Give every cell back what it was, while nobody has worked on it since."""
    form = TakeBackForm()
    if not form.validate():
        return _edit(queries.get_edit(db.session, edit_id), form), 422
    try:
        with transaction(db.session):
            edit = queries.get_edit(db.session, edit_id)
            undo_edit(db.session, edit, actor=current_actor(), now=now())
    except ConflictError as error:
        form.refuse(error)
        return _edit(queries.get_edit(db.session, edit_id), form), 422
    flash("Taken back: every cell is what it was before.", "ok")
    return redirect(url_for("registry.show_edit", edit_id=edit_id), code=303)
