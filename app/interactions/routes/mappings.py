"""Keep the mapping of a dry run under a name, give it as a file, remove it."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from werkzeug.wrappers import Response as Answer

from app.db.session import transaction
from app.errors import AppError
from app.extensions import db
from app.interactions import queries
from app.interactions.engine.mapping import Mapping, parse_mapping
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.forms import CommitForm, KeepForm
from app.interactions.routes.blueprint import Page, as_file, bp, content_of
from app.interactions.routes.importing import shown
from app.interactions.services import LogFile, forget_mapping, keep_mapping
from app.web.clock import now
from app.web.guards import current_actor, requires
from app.web.uploads import UploadGoneError, find_upload, keep_upload, upload_path


@bp.post("/mappings")
@requires("interactions.import")
def keep() -> Page:
    """Keep the mapping of a dry run under a name."""
    form = KeepForm()
    names = {name: form[name].data or "" for name in ("file_name", "file", "mapping")}
    try:
        mapping = parse_mapping(find_upload(names["mapping"]))
    except FileRefusedError as error:
        raise UploadGoneError("The dry run is kept no more; upload the file again.") from error
    if form.validate():
        try:
            with transaction(db.session):
                kept = keep_mapping(
                    db.session, form.title.data or "", mapping, replace=form.replace.data,
                    actor=current_actor(), now=now(),
                )  # fmt: skip
                named = Mapping.model_validate(kept.content)
        except AppError as error:
            form.refuse(error)
        else:
            flash("The mapping is kept; it can be chosen for the next file.", "ok")
            address = url_for(
                "interactions.dry_run_again", name=names["file_name"], file=names["file"],
                mapping=keep_upload(content_of(named)),
            )  # fmt: skip
            return redirect(address, code=303)
    file = LogFile(upload_path(names["file"]), names["file_name"], mapping)
    return shown(file, CommitForm(formdata=None, **names), keep_form=form)[0], 422


@bp.get("/mappings/<int:mapping_id>.json")
@requires("interactions.import")
def kept_mapping(mapping_id: int) -> Response:
    """Give a mapping that was kept as a file."""
    mapping = Mapping.model_validate(queries.get_mapping(db.session, mapping_id).content)
    return as_file(content_of(mapping), f"{mapping.name}.json", "application/json")


@bp.post("/mappings/<int:mapping_id>/forget")
@requires("interactions.import")
def forget(mapping_id: int) -> Answer:
    """Remove a mapping from those to choose from."""
    with transaction(db.session):
        kept = queries.get_mapping(db.session, mapping_id)
        title = kept.title
        forget_mapping(db.session, kept, actor=current_actor(), now=now())
    flash(f"The mapping “{title}” is removed; logs that were read by it stay.", "ok")
    return redirect(url_for("interactions.upload"), code=303)
