"""Saved views of the registry: save, rename, replace, share, remove."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for

from app.audit.services import answered_once
from app.extensions import db
from app.initiatives import presenters, queries, services
from app.initiatives.forms import RenameViewForm, SaveViewForm, ViewForm
from app.initiatives.models import SavedView
from app.initiatives.routes.blueprint import SAVED, Answer, bp, store
from app.web.clock import now
from app.web.forms import Form
from app.web.guards import current_actor, requires


@bp.get("/initiatives/views")
@requires("initiatives.view")
def saved_views() -> str:
    """Show one's own views and those others share."""
    return _page()


@bp.post("/initiatives/views")
@requires("initiatives.view")
def save_view() -> Answer:
    """Keep what the registry shows under a name."""
    form = SaveViewForm()
    query = presenters.read_query(form.query.data or "").query
    made: list[int] = []
    status = store(
        form,
        lambda: made.append(
            answered_once(
                db.session, form.once.data, actor=current_actor(), action="view.saved",
                params=form.typed(), now=now(),
                make=lambda: services.save_view(
                    db.session, form.name.data or "", query, actor=current_actor(), now=now()
                ).id,
            )
        ),
    )  # fmt: skip
    if status != SAVED:
        return _page(form), status
    view = _get(made[0])
    flash(f"The view “{view.name}” is saved. It is yours alone until you share it.", "ok")
    return redirect(_address(view), code=SAVED)


@bp.post("/initiatives/views/<int:view_id>/rename")
@requires("initiatives.view")
def rename_view(view_id: int) -> Answer:
    """Give a view another name."""
    form = RenameViewForm()
    status = store(
        form,
        lambda: services.rename_view(
            db.session, _get(view_id), form.name.data or "", expected_version=form.seen_version,
            actor=current_actor(), now=now(),
        ),
    )  # fmt: skip
    if status != SAVED:
        return _page(refused=(view_id, form)), status
    flash(f"The view is named “{_get(view_id).name}” now.", "ok")
    return redirect(url_for("initiatives.saved_views"), code=SAVED)


@bp.post("/initiatives/views/<int:view_id>/replace")
@requires("initiatives.view")
def replace_view(view_id: int) -> Answer:
    """Have a view show what the registry shows now."""
    form = ViewForm()
    query = presenters.read_query(form.query.data or "").query
    answer = _changed(
        view_id,
        form,
        lambda view: services.replace_view(
            db.session, view, query, expected_version=form.seen_version, actor=current_actor(),
            now=now(),
        ),
        "The view “{}” shows this from now on.",
    )  # fmt: skip
    return answer or redirect(_address(_get(view_id)), code=SAVED)


@bp.post("/initiatives/views/<int:view_id>/share")
@requires("initiatives.view")
def share_view(view_id: int) -> Answer:
    """Have everybody see a view."""
    return _listed(
        view_id, services.share_view, "Everybody sees the view “{}” now; it says that you share it."
    )


@bp.post("/initiatives/views/<int:view_id>/unshare")
@requires("initiatives.view")
def unshare_view(view_id: int) -> Answer:
    """Have nobody else see a view any more."""
    return _listed(view_id, services.unshare_view, "Only you see the view “{}” now.")


@bp.post("/initiatives/views/<int:view_id>/remove")
@requires("initiatives.view")
def remove_view(view_id: int) -> Answer:
    """Remove a view."""
    return _listed(view_id, services.remove_view, "The view “{}” is removed.")


def _listed(view_id: int, change: Callable[..., None], done: str) -> Answer:
    """Carry out a service on a view, and lead back to the list of views."""
    form = ViewForm()
    answer = _changed(
        view_id,
        form,
        lambda view: change(
            db.session, view, expected_version=form.seen_version, actor=current_actor(), now=now()
        ),
        done,
    )
    return answer or redirect(url_for("initiatives.saved_views"), code=SAVED)


def _changed(
    view_id: int, form: Form, change: Callable[[SavedView], None], done: str
) -> Answer | None:
    """Change a view and say so; the page with the refusal where that is not possible."""
    name = _get(view_id).name
    status = store(form, lambda: change(_get(view_id)))
    if status != SAVED:
        return _page(refused=(view_id, form)), status
    flash(done.format(name), "ok")
    return None


def _get(view_id: int) -> SavedView:
    return queries.get_view(db.session, view_id, current_actor().id)


def _address(view: SavedView) -> str:
    place = presenters.read_query(view.query).place
    return url_for("initiatives.index", **place, view=view.id)


def _page(form: SaveViewForm | None = None, refused: tuple[int, Form] | None = None) -> str:
    options = presenters.filter_options(queries.load_choices(db.session))
    lines = queries.list_views(db.session, current_actor().id)
    return render_template(
        "initiatives/views.html",
        rows=presenters.view_rows(lines, options, current_actor().id),
        form=form,
        refused=refused,
    )
