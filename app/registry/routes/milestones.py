"""Milestones from a file: columns, differences, save; taken back like a workbook."""

from __future__ import annotations

from collections.abc import Collection

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.db.session import transaction
from app.errors import AppError, ConflictError, InvalidError
from app.extensions import db
from app.registry.forms import RowSaveForm
from app.registry.routes.blueprint import bp
from app.registry.routes.rows import (
    MILESTONES,
    Page,
    checked,
    read_upload,
    remember_mapping,
    sent_file,
    upload_page,
)
from app.registry.routes.workbook import differences_page
from app.registry.services import RowFile, compare_file, save_file
from app.web.clock import now
from app.web.filters import counted
from app.web.guards import current_actor, requires

_PAGE = "/import/milestones"


@bp.get(_PAGE)
@requires("registry.import")
def milestones() -> str:
    """Show the form for a file of milestones."""
    return upload_page(MILESTONES)


@bp.post(_PAGE)
@requires("registry.import")
def map_milestones() -> Page:
    """Show which column is which."""
    return read_upload(MILESTONES)


@bp.post(f"{_PAGE}/check")
@requires("registry.import")
def check_milestones() -> Page:
    """Show every milestone that would change; save nothing."""
    return checked(MILESTONES, lambda file, form: _differences(file, form, ()))


def _differences(file: RowFile, form: RowSaveForm, taken: Collection[str]) -> str:
    comparison = compare_file(db.session, file, actor=current_actor())
    form.mark.data = comparison.mark
    return differences_page(
        form, comparison, taken, action=url_for("registry.save_milestones"),
        back=url_for("registry.milestones"), back_label=MILESTONES.title,
    )  # fmt: skip


@bp.post(f"{_PAGE}/save")
@requires("registry.import")
def save_milestones() -> Response | tuple[str, int]:
    """Save what the dry run showed, whole or not at all."""
    form = RowSaveForm()
    file, taken = sent_file(MILESTONES, form), request.form.getlist("take")
    try:
        with transaction(db.session):
            edit = save_file(
                db.session, file, mark=form.mark.data or "", taken=taken,
                request_key=form.once.data or "", actor=current_actor(), now=now(),
            )  # fmt: skip
            remember_mapping(file, form)
            edit_id, cells = edit.id, edit.cell_count
    except (InvalidError, ConflictError) as error:
        return _refused(file, form, taken, error), 422
    flash(f"{counted(cells, 'cell')} of milestones saved.", "ok")
    return redirect(url_for("registry.show_edit", edit_id=edit_id), code=303)


def _refused(file: RowFile, form: RowSaveForm, taken: Collection[str], error: AppError) -> str:
    form.refuse(error)
    return _differences(file, form, taken)
