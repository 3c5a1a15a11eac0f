"""Take a log in by page: file, columns, dry run, import."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, render_template, request, url_for

from app.db.session import transaction
from app.errors import AppError, InvalidError, NotFoundError
from app.extensions import db
from app.interactions import queries
from app.interactions.engine.mapping import Mapping, parse_mapping
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import Sample
from app.interactions.engine.shipped import list_shipped, shipped
from app.interactions.forms import (
    OWN_COLUMNS,
    ColumnsForm,
    CommitForm,
    ForgetForm,
    KeepForm,
    UploadForm,
    answers,
    mapping_json,
    refused_part,
)
from app.interactions.forms.columns import DELIMITERS, ENCODINGS
from app.interactions.presenters import dry_run, guessed, guessed_system, known_systems
from app.interactions.routes.blueprint import Page, as_file, bp, content_of, store
from app.interactions.services import (
    LogFile,
    all_faults,
    drafted,
    import_log,
    placed_mapping,
    preview_log,
    refuse_known,
    sample_file,
)
from app.journeys.queries import get_journey, list_journeys
from app.web.clock import now
from app.web.guards import current_actor, requires
from app.web.uploads import (
    UploadGoneError,
    find_upload,
    forget_upload,
    is_upload_kept,
    keep_upload,
    upload_path,
)

KEPT = "kept-"
"""What stands before the id of a mapping people kept, among the choices."""


@bp.get("/import")
@requires("interactions.import")
def upload() -> str:
    """Show the form for a file."""
    return _upload(_upload_form())


def _upload(form: UploadForm) -> str:
    return render_template(
        "interactions/upload.html", form=form, mappings=list_shipped(),
        kept=queries.list_mappings(db.session), forget_form=ForgetForm(formdata=None),
        megabytes=current_app.config["INTERACTIONS_MEGABYTES"],
    )  # fmt: skip


def _upload_form() -> UploadForm:
    form = UploadForm()
    form.mapping.choices = [
        (OWN_COLUMNS, "Choose the columns on the next page"),
        *((f"{KEPT}{one.id}", one.title) for one in queries.list_mappings(db.session)),
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
    content = form.file.data.read()
    is_known = is_upload_kept(content)  # then another dry run of it may be under way
    key = keep_upload(content)
    own = form.own_mapping.data.read() if form.own_mapping.data else b""
    try:
        if not own and form.mapping.data == OWN_COLUMNS:
            return _ask_columns(name, key, form)
        mapping = parse_mapping(own) if own else _chosen(form.mapping.data)
        page, is_refused = _dry_run(name, key, mapping, form.journey.data or None, keeps=False)
        if is_refused and not is_known:
            forget_upload(key)
        return page
    except FileRefusedError as error:
        form.refuse(InvalidError(str(error), field="own_mapping" if own else "file"))
    except AppError as error:
        form.refuse(error)
    if not is_known:
        forget_upload(key)
    return _upload(form), 422


def _chosen(name: str) -> Mapping:
    """The mapping of a choice: one that people kept, or a shipped one."""
    if name.startswith(KEPT):
        kept = queries.get_mapping(db.session, int(name.removeprefix(KEPT)))
        return Mapping.model_validate(kept.content)
    return shipped(name)


def _ask_columns(name: str, key: str, upload: UploadForm) -> str:
    if not upload.journey.data:
        raise InvalidError("Choose the journey the contacts belong to.", field="journey")
    written = {"encoding": upload.encoding.data, "delimiter": upload.delimiter.data}
    sample = _sampled(key, name, **written)
    form = ColumnsForm(
        formdata=None, file_name=name, file=key, journey=upload.journey.data, **written,
        source=guessed_system(name, sample.columns, queries.list_live_sources(db.session)),
        **guessed(sample),
    )  # fmt: skip
    return _columns(form, sample)


def _sampled(key: str, name: str, *, encoding: str, delimiter: str) -> Sample:
    return sample_file(
        store(), upload_path(key), name, encoding=encoding, delimiter=delimiter or None
    )


def _columns(form: ColumnsForm, sample: Sample) -> str:
    form.offer(sample)
    systems = known_systems(queries.list_live_sources(db.session))
    return render_template("interactions/columns.html", form=form, sample=sample, systems=systems)


@bp.get("/import/columns")
@requires("interactions.import")
def change_columns() -> str:
    """Show the columns of a dry run's mapping, to change them."""
    file = _asked_file()
    given = answers(file.mapping)
    sample = _sampled(
        request.args["file"], file.name, encoding=given["encoding"], delimiter=given["delimiter"]
    )
    form = ColumnsForm(formdata=None, file_name=file.name, file=request.args["file"], **given)
    return _columns(form, sample)


def _asked_file() -> LogFile:
    """The file and mapping an address names. Raises UploadGoneError when they are not kept."""
    name, key, mapping = (request.args.get(one, "") for one in ("name", "file", "mapping"))
    try:
        return LogFile(upload_path(key), name, parse_mapping(find_upload(mapping)))
    except FileRefusedError as error:
        raise UploadGoneError("The dry run is kept no more; upload the file again.") from error


@bp.post("/import/columns")
@requires("interactions.import")
def columns() -> Page:
    """Read the file by the columns that were chosen, without saving it."""
    form = ColumnsForm()
    if not form.file.data or not form.file_name.data:
        raise InvalidError("The page was incomplete; upload the file again.")
    written = {
        "encoding": form.encoding.data if form.encoding.data in dict(ENCODINGS) else "utf-8",
        "delimiter": form.delimiter.data if form.delimiter.data in dict(DELIMITERS) else "",
    }
    sample = _sampled(form.file.data, form.file_name.data, **written)
    form.offer(sample)
    if form.validate():
        try:
            mapping, journey = _mapped(form)
            return _dry_run(form.file_name.data, form.file.data, mapping, journey)[0]
        except FileRefusedError as error:
            form.refuse(refused_part(form, str(error)))
        except AppError as error:
            form.refuse(error)
    return _columns(form, sample), 422


def _mapped(form: ColumnsForm) -> tuple[Mapping, str | None]:
    """The form's mapping, and the journey of all its contacts where no column says it."""
    key = form.journey.data or None
    currency = get_journey(db.session, key).currency if key else form.currency.data or "EUR"
    mapping = parse_mapping(mapping_json(form, currency))
    return mapping, None if form.journey_column.data else key


def _dry_run(
    name: str, key: str, mapping: Mapping, journey: str | None, *, keeps: bool = True
) -> tuple[str, bool]:
    """The dry run's page, and whether no row can be taken in. Raises FileRefusedError, AppError.

    ``keeps``: the file is kept even when no row is good, so that its columns can be changed.
    """
    mapping = placed_mapping(db.session, mapping, journey)
    file = LogFile(upload_path(key), name, mapping)
    refuse_known(db.session, key, mapping)
    form = CommitForm(
        formdata=None, file_name=name, file=key, mapping=keep_upload(content_of(mapping))
    )
    return shown(file, form, keeps=keeps)


def shown(
    file: LogFile, form: CommitForm, *, keep_form: KeepForm | None = None, keeps: bool = True
) -> tuple[str, bool]:
    """The page of a dry run, and whether no row can be taken in."""
    report, found = preview_log(db.session, store(), file, now=now())
    names = {"file_name": form.file_name.data, "file": form.file.data, "mapping": form.mapping.data}
    page = render_template(
        "interactions/preview.html", view=dry_run(report, found), form=form, file=file,
        keep_form=keep_form or KeepForm(formdata=None, **names),
        asked={"name": file.name, "file": form.file.data, "mapping": form.mapping.data},
        is_kept=keeps or bool(report.kept),
    )  # fmt: skip
    return page, not (report.kept or report.changed_count)


@bp.get("/import/dry-run")
@requires("interactions.import")
def dry_run_again() -> str:
    """Show a dry run again, as after its mapping was kept."""
    file = _asked_file()
    refuse_known(db.session, request.args["file"], file.mapping)
    form = CommitForm(
        formdata=None, file_name=file.name, file=request.args["file"],
        mapping=request.args["mapping"],
    )  # fmt: skip
    return shown(file, form)[0]


@bp.get("/import/faults.csv")
@requires("interactions.import")
def faults() -> Response:
    """Give everything that is wrong with a dry run's file as CSV."""
    content = all_faults(db.session, store(), _asked_file(), now=now())
    return as_file(content, "faults.csv", "text/csv")


@bp.get("/import/mapping.json")
@requires("interactions.import")
def dry_run_mapping() -> Response:
    """Give the mapping of a dry run as a file."""
    mapping = _asked_file().mapping
    return as_file(content_of(mapping), f"{mapping.name}.json", "application/json")


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
            drafted(
                db.session,
                store(),
                file,
                leave_out_errors=form.leave_out.data,
                changed="replace" if form.replace.data else "refuse",
                now=now(),
            ) as draft,  # fmt: skip
            transaction(db.session),
        ):
            source_id = import_log(
                db.session, store(), draft, request_key=form.once.data, actor=current_actor(),
                now=now(),
            ).id  # fmt: skip
    except InvalidError as error:
        form.refuse(error)
        return shown(file, form)[0], 422
    forget_upload(form.file.data)
    flash("The log was taken in; a worker counts it now.", "ok")
    return redirect(url_for("interactions.show", source_id=source_id), code=303)
