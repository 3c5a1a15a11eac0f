"""Pages for bringing registries in: upload, dry run, import, and moving an import on."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.calendar.models import Cycle
from app.calendar.queries import get_cycle, list_cycles
from app.calendar.rules import CycleState
from app.db.session import transaction
from app.errors import AppError, InvalidError
from app.extensions import db
from app.initiatives.models import ImportBatch
from app.initiatives.queries import load_titles
from app.interactions.engine.refusals import FileRefusedError
from app.registry import queries
from app.registry.engine.drafts import ImportDraft
from app.registry.engine.mapping import Mapping, parse_mapping
from app.registry.engine.shipped import list_shipped, shipped
from app.registry.forms import CommitForm, MoveForm, UndoForm, UploadForm
from app.registry.presenters import (
    DraftView,
    batch_rows,
    draft_view,
    state_counts,
    stored_issues,
)
from app.registry.routes.blueprint import bp
from app.registry.rules import Move
from app.registry.services import (
    ImportFile,
    import_registry,
    list_held,
    move_all,
    preview_import,
    undo_bar,
    undo_import,
)
from app.web.clock import now
from app.web.filters import counted
from app.web.guards import about_costs, current_actor, requires
from app.web.uploads import find_upload, keep_upload


@bp.get("/initiatives/import")
@requires("registry.import")
def index() -> str:
    """Show the upload form and the imports made so far."""
    return _index(_upload_form())


def _index(form: UploadForm) -> str:
    return render_template(
        "registry/index.html", form=form, batches=batch_rows(queries.list_batches(db.session)),
        mappings=list_shipped(),
    )  # fmt: skip


def _upload_form() -> UploadForm:
    form = UploadForm()
    form.mapping.choices = [(one.name, one.title) for one in list_shipped()]
    form.cycle.choices = [
        (cycle.id, f"{cycle.name} ({cycle.currency}, from {cycle.first_quarter})")
        for cycle in list_cycles(db.session)
        if cycle.state is not CycleState.CLOSED
    ]
    return form


@bp.post("/initiatives/import")
@requires("registry.import")
def preview() -> str | tuple[str, int]:
    """Dry run: read the file, name every doubtful row, save nothing."""
    form = _upload_form()
    if not form.validate():
        return _index(form), 422
    content = form.file.data.read()
    own = form.own_mapping.data.read() if form.own_mapping.data else b""
    try:
        mapping = _mapping(form.mapping.data, own)
    except FileRefusedError as error:
        place = "own_mapping" if own else "mapping"
        form.refuse(InvalidError(str(error), field=place))
        return _index(form), 422
    try:
        file = ImportFile(form.file.data.filename or "file", content, mapping)
        cycle = get_cycle(db.session, form.cycle.data)
        draft = preview_import(db.session, file, cycle=cycle)
    except (AppError, FileRefusedError) as error:
        form.refuse(
            error if isinstance(error, AppError) else InvalidError(str(error), field="file")
        )
        return _index(form), 422
    commit = CommitForm(
        formdata=None,
        file_name=file.name,
        file=keep_upload(content),
        mapping=mapping.name,
        own_mapping=keep_upload(own) if own else "",
        cycle=str(cycle.id),
    )
    return render_template(
        "registry/preview.html", view=_view(draft, cycle), form=commit,
        mapping=mapping, cycle=cycle, file_name=file.name,
    )  # fmt: skip


def _view(draft: ImportDraft, cycle: Cycle) -> DraftView:
    keys = [one.key for one in draft.initiatives]
    return draft_view(draft, cycle, load_titles(db.session, without=keys))


def _mapping(name: str, own: bytes) -> Mapping:
    return parse_mapping(own) if own else shipped(name)


@bp.post("/initiatives/import/commit")
@requires("registry.import")
def commit() -> Response | tuple[str, int]:
    """Save what the dry run showed, whole or not at all."""
    form = CommitForm()
    if not form.validate():
        raise InvalidError("The dry run's page was incomplete; upload the file again.")
    own = find_upload(form.own_mapping.data) if form.own_mapping.data else b""
    try:
        mapping = _mapping(form.mapping.data, own)
    except FileRefusedError as error:
        raise InvalidError(f"{error} Upload the file again.") from error
    file = ImportFile(form.file_name.data, find_upload(form.file.data), mapping)
    try:
        # Reads the file while everybody else may still write.
        preview_import(db.session, file, cycle=get_cycle(db.session, int(form.cycle.data)))
        with transaction(db.session):
            batch = import_registry(
                db.session, file, cycle=get_cycle(db.session, int(form.cycle.data)),
                leave_out_errors=form.leave_out.data, request_key=form.once.data,
                actor=current_actor(), now=now(),
            )  # fmt: skip
            batch_id, count = batch.id, batch.initiative_count
    except InvalidError as error:
        form.refuse(error)
        return _refused(form, file), 422
    flash(f"{counted(count, 'initiative')} imported as draft.", "ok")
    return redirect(url_for("registry.show", batch_id=batch_id), code=303)


def _refused(form: CommitForm, file: ImportFile) -> str:
    cycle = get_cycle(db.session, int(form.cycle.data))
    draft = preview_import(db.session, file, cycle=cycle)
    return render_template(
        "registry/preview.html", view=_view(draft, cycle), form=form,
        mapping=file.mapping, cycle=cycle, file_name=file.name,
    )  # fmt: skip


@bp.get("/initiatives/import/<int:batch_id>")
@requires("initiatives.view")
@about_costs
def show(batch_id: int) -> str:
    """Show an import: what came, what was left out, where its initiatives stand."""
    return _show(queries.get_batch(db.session, batch_id), UndoForm(formdata=None))


def _show(batch: ImportBatch, undo_form: UndoForm) -> str:
    counts = queries.count_by_state(db.session, batch)
    held = list_held(db.session, batch, actor=current_actor())
    return render_template(
        "registry/show.html", batch=batch, issues=stored_issues(batch),
        counts=state_counts(counts), held=held, form=MoveForm(formdata=None),
        measurement_count=queries.count_measurements(db.session, batch),
        moves=[(move, counts.get(move.from_state, 0)) for move in Move],
        undo_form=undo_form, undo_bar=undo_bar(db.session, batch),
    )  # fmt: skip


@bp.post("/initiatives/import/<int:batch_id>/submit")
@requires("initiatives.edit")
def submit(batch_id: int) -> Response:
    """Submit every draft of an import that is complete."""
    return _move(batch_id, Move.SUBMIT)


@bp.post("/initiatives/import/<int:batch_id>/certify")
@requires("initiatives.certify")
def certify(batch_id: int) -> Response:
    """Certify every submitted initiative of an import."""
    return _move(batch_id, Move.CERTIFY)


@bp.post("/initiatives/import/<int:batch_id>/nominate")
@requires("initiatives.edit")
def nominate(batch_id: int) -> Response:
    """Make every certified initiative of an import a candidate of its cycle."""
    return _move(batch_id, Move.NOMINATE)


def _move(batch_id: int, move: Move) -> Response:
    with transaction(db.session):
        batch = queries.get_batch(db.session, batch_id)
        moved, refused = move_all(db.session, batch, move, actor=current_actor(), now=now())
    flash(f"{counted(moved, 'initiative')} {move.done}.", "ok" if moved else "info")
    if refused:
        said = "Each is named below with its reason."
        flash(f"{counted(len(refused), 'initiative')} could not be {move.done}. {said}", "warn")
    return redirect(url_for("registry.show", batch_id=batch_id), code=303)


@bp.post("/initiatives/import/<int:batch_id>/undo")
@requires("registry.import")
def undo(batch_id: int) -> Response | tuple[str, int]:
    """Take an import back while nobody has worked on it, once that is confirmed."""
    form = UndoForm()
    if not form.validate():
        return _show(queries.get_batch(db.session, batch_id), form), 422
    with transaction(db.session):
        batch = queries.get_batch(db.session, batch_id)
        undo_import(db.session, batch, actor=current_actor(), now=now())
    flash("The import was taken back; nothing of it is left.", "ok")
    return redirect(url_for("registry.index"), code=303)
