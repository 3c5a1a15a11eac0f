"""The sources of interactions: list them, look at one, count it again, take it back."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from app.audit.services import answered_once
from app.db.session import transaction
from app.errors import InvalidError
from app.extensions import db
from app.interactions import queries
from app.interactions.engine.mapping import Mapping
from app.interactions.forms import CountForm, RemoveForm
from app.interactions.presenters import followed_words, source_rows, state_of, stored_issues
from app.interactions.routes.blueprint import Page, as_file, bp, content_of, store
from app.interactions.services import count_again, remove_source
from app.journeys.models import InteractionSource
from app.web.clock import now
from app.web.guards import about_costs, current_actor, requires


@bp.get("")
@requires("journeys.view")
def index() -> str:
    """List the sources of interactions."""
    rows = source_rows(queries.list_sources(db.session), queries.count_months(db.session))
    return render_template("interactions/index.html", rows=rows)


@bp.get("/<int:source_id>")
@requires("journeys.view")
def show(source_id: int) -> str:
    """Show a source: what came, what was left out or has no place, its months."""
    return _show(queries.get_source(db.session, source_id), RemoveForm(formdata=None))


def _show(source: InteractionSource, form: RemoveForm) -> str:
    months = queries.list_months(db.session, source)
    return render_template(
        "interactions/show.html", source=source, state_of=state_of(source), months=months,
        issues=stored_issues(source), followed=followed_words(source), remove_form=form,
        count_form=CountForm(formdata=None),
        placed=sum(one.contacts for one in months), is_removed=source.removed_at is not None,
    )  # fmt: skip


@bp.get("/<int:source_id>/mapping.json")
@requires("journeys.view")
@about_costs
def mapping(source_id: int) -> Response:
    """Give the mapping a source is read by, to be used again; it may say what contacts cost."""
    source = queries.get_source(db.session, source_id)
    content = content_of(Mapping.model_validate(source.mapping))
    return as_file(content, f"{source.mapping_name}.json", "application/json")


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
        remove_source(db.session, store(), source, actor=current_actor(), now=now())
    done = "The source was removed" if source.address else "The import was taken back"
    flash(f"{done}; nothing of it counts any more.", "ok")
    return redirect(url_for("interactions.index"), code=303)
