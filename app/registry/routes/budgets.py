"""Budgets of a cycle from a file: columns, dry run, save, take back."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.calendar.models import Cycle
from app.calendar.queries import get_cycle
from app.db.session import transaction, trial
from app.errors import ConflictError, InvalidError
from app.extensions import db
from app.registry import queries
from app.registry.engine.budget_rows import BudgetDraft
from app.registry.forms import RowSaveForm, TakeBackForm
from app.registry.presenters import budget_rows
from app.registry.routes.blueprint import bp
from app.registry.routes.rows import (
    BUDGETS,
    Page,
    checked,
    read_upload,
    remember_mapping,
    sent_file,
    upload_page,
)
from app.registry.services import (
    RowFile,
    apply_budgets,
    draft_of,
    import_budgets,
    undo_budgets,
    with_faults,
)
from app.web.clock import now
from app.web.filters import counted
from app.web.guards import current_actor, requires

_PAGE = "/import/budgets"


@bp.get(_PAGE)
@requires("calendar.edit")
def budgets() -> str:
    """Show the form for a file of budgets."""
    return upload_page(BUDGETS)


@bp.post(_PAGE)
@requires("calendar.edit")
def map_budgets() -> Page:
    """Show which column is which."""
    return read_upload(BUDGETS)


@bp.post(f"{_PAGE}/check")
@requires("calendar.edit")
def check_budgets() -> Page:
    """Show every budget that would change; save nothing."""
    return checked(BUDGETS, _dry_run)


def _cycle(form: RowSaveForm) -> Cycle:
    number = form.cycle.data or ""
    if not number.isdecimal() or len(number) > 9:
        raise InvalidError("Choose the cycle whose budgets these are; upload the file again.")
    return get_cycle(db.session, int(number))


def _version(form: RowSaveForm) -> int:
    """Which version of the cycle the dry run showed. Raises InvalidError."""
    text = form.mark.data or ""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidError("The dry run’s page was incomplete; upload the file again.")
    return int(text)


def _dry_run(file: RowFile, form: RowSaveForm) -> str:
    cycle = _cycle(form)
    draft = draft_of(file, cycle)
    form.mark.data = str(cycle.version)
    is_unusual = False
    if draft.wanted and not draft.errors:
        draft, is_unusual = _tried(draft, int(form.cycle.data or 0), form)
    cycle = _cycle(form)
    return render_template(
        "registry/budgets.html", form=form, draft=draft, cycle=cycle, file_name=file.name,
        rows=budget_rows(draft, cycle), is_unusual=is_unusual,
    )  # fmt: skip


def _tried(draft: BudgetDraft, cycle_id: int, form: RowSaveForm) -> tuple[BudgetDraft, bool]:
    """What the calendar would refuse, and whether all of it is only unusual."""
    for is_confirmed in (bool(form.is_confirmed.data), True):
        try:
            with trial(db.session):
                apply_budgets(
                    db.session, draft, get_cycle(db.session, cycle_id),
                    is_confirmed=is_confirmed, actor=current_actor(), now=now(),
                )  # fmt: skip
        except InvalidError as error:
            if is_confirmed:
                return with_faults(draft, error), False
        else:
            return draft, is_confirmed and not form.is_confirmed.data
    return draft, False


@bp.post(f"{_PAGE}/save")
@requires("calendar.edit", fresh=True)
def save_budget_file() -> Response | tuple[str, int]:
    """Set what the dry run showed, whole or not at all."""
    form = RowSaveForm()
    file = sent_file(BUDGETS, form)
    try:
        with transaction(db.session):
            cycle = _cycle(form)
            edit = import_budgets(
                db.session, file, cycle, version=_version(form),
                is_confirmed=form.is_confirmed.data, request_key=form.once.data or "",
                actor=current_actor(), now=now(),
            )  # fmt: skip
            remember_mapping(file, form)
            edit_id, cells = edit.id, edit.cell_count
    except (InvalidError, ConflictError) as error:
        form.refuse(error)
        return _dry_run(file, form), 422
    flash(f"{counted(cells, 'budget')} set.", "ok")
    return redirect(url_for("registry.show_edit", edit_id=edit_id), code=303)


@bp.post(f"{_PAGE}/<int:edit_id>/undo")
@requires("calendar.edit", fresh=True)
def take_budgets_back(edit_id: int) -> Response:
    """Set every budget back to what it was, while nobody has changed the cycle since."""
    form = TakeBackForm()
    if not form.validate():
        raise InvalidError("Open the import again and take it back there.")
    with transaction(db.session):
        edit = queries.get_edit(db.session, edit_id)
        undo_budgets(db.session, edit, actor=current_actor(), now=now())
    flash("Taken back: every budget is what it was before.", "ok")
    return redirect(url_for("registry.show_edit", edit_id=edit_id), code=303)
