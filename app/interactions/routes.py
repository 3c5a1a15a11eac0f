"""Pages for logs of interactions: sources, upload, columns, dry run, import, undo."""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as Answer

from app.audit.services import answered_once
from app.db.session import transaction
from app.errors import AppError, InvalidError, NotFoundError
from app.extensions import db
from app.interactions import queries
from app.interactions.engine.mapping import Mapping, parse_mapping
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.shipped import list_shipped, shipped
from app.interactions.forms import ColumnsForm, CommitForm, CountForm, RemoveForm, UploadForm
from app.interactions.forms.uploads import OWN_COLUMNS
from app.interactions.presenters import (
    TONES,
    dry_run,
    guessed,
    source_rows,
    stored_issues,
)
from app.interactions.services import (
    LogFile,
    LogStore,
    count_again,
    drafted,
    import_log,
    placed_mapping,
    preview_log,
    refuse_known,
    remove_source,
    sample_file,
)
from app.journeys.models import InteractionSource
from app.journeys.queries import get_journey, list_journeys
from app.web.clock import now
from app.web.guards import current_actor, requires
from app.web.subjects import link_subject
from app.web.uploads import find_upload, forget_upload, keep_upload, upload_path

bp = Blueprint("interactions", __name__, url_prefix="/interactions")
link_subject(bp, "interactions", lambda key: url_for("interactions.show", source_id=int(key)))

Page = str | Answer | tuple[str, int]


@bp.url_value_preprocessor
def _allow_logs(endpoint: str | None, values: object) -> None:
    """Logs may be larger than other uploads."""
    if endpoint == "interactions.preview":
        request.max_content_length = current_app.config["INTERACTIONS_MEGABYTES"] * 2**20


def _store() -> LogStore:
    return LogStore.of(current_app.config, seconds=current_app.config["INTERACTIONS_SECONDS"])


@bp.get("")
@requires("journeys.view")
def index() -> str:
    """List the sources of interactions."""
    rows = source_rows(queries.list_sources(db.session), queries.count_months(db.session))
    return render_template("interactions/index.html", rows=rows)


@bp.get("/import")
@requires("interactions.import")
def upload() -> str:
    """Show the form for a file."""
    return _upload(_upload_form())


def _upload(form: UploadForm) -> str:
    return render_template(
        "interactions/upload.html", form=form, mappings=list_shipped(),
        megabytes=current_app.config["INTERACTIONS_MEGABYTES"],
    )  # fmt: skip


def _upload_form() -> UploadForm:
    form = UploadForm()
    form.mapping.choices = [
        (OWN_COLUMNS, "Choose the columns on the next page"),
        *((one.name, one.title) for one in list_shipped()),
    ]
    journeys = [one for one in list_journeys(db.session) if one.is_in_use]
    form.journey.choices = [("", "As the mapping says"), *((j.key, j.name) for j in journeys)]
    return form


@bp.post("/import")
@requires("interactions.import")
def preview() -> Page:
    """Read the file without saving it, or ask first which column means what."""
    form = _upload_form()
    if not form.validate():
        return _upload(form), 422
    name = form.file.data.filename or "file"
    key = keep_upload(form.file.data.read())
    own = form.own_mapping.data.read() if form.own_mapping.data else b""
    try:
        if not own and form.mapping.data == OWN_COLUMNS:
            return _ask_columns(name, key, form.journey.data or "")
        content = own or _content(shipped(form.mapping.data))
        page, is_refused = _dry_run(name, key, content, form.journey.data or None)
        if is_refused:
            forget_upload(key)
        return page
    except FileRefusedError as error:
        form.refuse(InvalidError(str(error), field="own_mapping" if own else "file"))
    except AppError as error:
        form.refuse(error)
    forget_upload(key)
    return _upload(form), 422


def _content(mapping: Mapping) -> bytes:
    return mapping.model_dump_json(exclude_defaults=True).encode()


def _ask_columns(name: str, key: str, journey: str) -> str:
    if not journey:
        raise InvalidError("Choose the journey the contacts belong to.", field="journey")
    sample = sample_file(_store(), upload_path(key), name)
    form = ColumnsForm(formdata=None, file_name=name, file=key, journey=journey, **guessed(sample))
    form.offer(sample)
    return render_template("interactions/columns.html", form=form, sample=sample)


@bp.post("/import/columns")
@requires("interactions.import")
def columns() -> Page:
    """Read the file by the columns that were chosen, without saving it."""
    form = ColumnsForm()
    if not form.file.data or not form.file_name.data:
        raise InvalidError("The page was incomplete; upload the file again.")
    sample = sample_file(_store(), upload_path(form.file.data), form.file_name.data)
    form.offer(sample)
    if form.validate():
        try:
            journey = get_journey(db.session, form.journey.data)
            content = form.mapping_json(journey.currency)
            return _dry_run(form.file_name.data, form.file.data, content, journey.key)[0]
        except FileRefusedError as error:
            form.refuse(InvalidError(str(error)))
        except AppError as error:
            form.refuse(error)
    return render_template("interactions/columns.html", form=form, sample=sample), 422


def _dry_run(name: str, key: str, content: bytes, journey: str | None) -> tuple[str, bool]:
    """The dry run's page, and whether no row can be taken in. Raises FileRefusedError, AppError."""
    mapping = placed_mapping(db.session, parse_mapping(content), journey)
    file = LogFile(upload_path(key), name, mapping)
    refuse_known(db.session, key, mapping)
    form = CommitForm(
        formdata=None, file_name=name, file=key, mapping=keep_upload(_content(mapping))
    )
    return _shown(file, form)


def _shown(file: LogFile, form: CommitForm) -> tuple[str, bool]:
    report, found = preview_log(db.session, _store(), file, now=now())
    page = render_template(
        "interactions/preview.html", view=dry_run(report, found), form=form, file=file
    )
    return page, not report.kept


@bp.post("/import/commit")
@requires("interactions.import")
def commit() -> Page:
    """Take in what the dry run showed, whole or not at all."""
    form = CommitForm()
    if not form.validate():
        raise InvalidError("The dry run's page was incomplete; upload the file again.")
    try:
        mapping = parse_mapping(find_upload(form.mapping.data))
    except FileRefusedError as error:
        raise InvalidError(f"{error} Upload the file again.") from error
    try:
        file = LogFile(upload_path(form.file.data), form.file_name.data, mapping)
    except NotFoundError:
        known = queries.find_live_source(
            db.session, digest=form.file.data, mapping_name=mapping.name
        )
        if known is None:
            raise
        return redirect(url_for("interactions.show", source_id=known.id), code=303)
    try:
        with (
            drafted(_store(), file, leave_out_errors=form.leave_out.data, now=now()) as draft,
            transaction(db.session),
        ):
            source_id = import_log(
                db.session, _store(), draft, request_key=form.once.data, actor=current_actor(),
                now=now(),
            ).id  # fmt: skip
    except InvalidError as error:
        form.refuse(error)
        return _shown(file, form)[0], 422
    forget_upload(form.file.data)
    flash("The log was taken in; a worker counts it now.", "ok")
    return redirect(url_for("interactions.show", source_id=source_id), code=303)


@bp.get("/<int:source_id>")
@requires("journeys.view")
def show(source_id: int) -> str:
    """Show a source: what came, what was left out or has no place, its months."""
    return _show(queries.get_source(db.session, source_id), RemoveForm(formdata=None))


def _show(source: InteractionSource, form: RemoveForm) -> str:
    months = queries.list_months(db.session, source)
    return render_template(
        "interactions/show.html", source=source, tone=TONES[source.state], months=months,
        issues=stored_issues(source), remove_form=form, count_form=CountForm(formdata=None),
        placed=sum(one.contacts for one in months), is_removed=source.removed_at is not None,
    )  # fmt: skip


@bp.get("/<int:source_id>/mapping.json")
@requires("journeys.view")
def mapping(source_id: int) -> Response:
    """Give the mapping a source is read by, to be used again."""
    source = queries.get_source(db.session, source_id)
    content = _content(Mapping.model_validate(source.mapping))
    answer = Response(content, mimetype="application/json")
    answer.headers["Content-Disposition"] = f"attachment; filename={source.mapping_name}.json"
    return answer


@bp.post("/<int:source_id>/count")
@requires("interactions.import")
def count(source_id: int) -> Answer:
    """Ask for a new count, as after a touchpoint was added; sent twice it asks once."""
    form = CountForm()
    if not form.validate():
        raise InvalidError(" ".join(message for _, _, message in form.error_list()))
    with transaction(db.session):
        source = queries.get_source(db.session, source_id)
        answered_once(
            db.session, form.once.data, actor=current_actor(), action="interactions.count_asked",
            params={"source": source_id}, now=now(),
            make=lambda: count_again(db.session, source, actor=current_actor(), now=now()).id,
        )  # fmt: skip
    flash("A worker counts it again.", "ok")
    return redirect(url_for("interactions.show", source_id=source_id), code=303)


@bp.post("/<int:source_id>/undo")
@requires("interactions.import")
def undo(source_id: int) -> Page:
    """Take an import back, once that is confirmed."""
    form = RemoveForm()
    if not form.validate():
        return _show(queries.get_source(db.session, source_id), form), 422
    with transaction(db.session):
        source = queries.get_source(db.session, source_id)
        remove_source(db.session, _store(), source, actor=current_actor(), now=now())
    flash("The import was taken back; nothing of it counts any more.", "ok")
    return redirect(url_for("interactions.index"), code=303)
