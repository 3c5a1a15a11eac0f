"""The page of the demo company: load it, and take it away."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from app.accounts.presenters import role_words
from app.audit.queries import find_last_moment
from app.db.session import transaction
from app.demo import presenters, queries
from app.demo.forms import LoadForm, RemoveForm
from app.demo.rules import Stand, removal_bars
from app.demo.services import RemovalOrder, begin_demo, remove_demo
from app.errors import AppError
from app.extensions import db
from app.interactions.services import LogStore
from app.jobs.models import Job
from app.jobs.queries import list_workers
from app.web.clock import now
from app.web.context import provide
from app.web.errors import status_of
from app.web.guards import current_actor, may, requires
from seeds.story.company import COMPANY

bp = Blueprint("demo", __name__)


def _offers_demo() -> bool:
    """Whether the person looking may load the demo here; asked by empty pages only."""
    return may("demo.manage") and queries.is_empty(db.session)


provide(bp, "offers_demo", _offers_demo)


@bp.get("/demo")
@requires("demo.manage")
def index() -> str:
    """Show what the demo is, how far it is loaded, and what its removal takes."""
    return _page(LoadForm(), RemoveForm())


@bp.get("/demo/progress")
@requires("demo.manage")
def progress() -> Response:
    """Show how far the story is told, alone, for the page to put in place."""
    if "HX-Request" not in request.headers:
        return redirect(url_for("demo.index"), code=303)
    job = queries.find_load(db.session)
    stand = queries.stand_of(db.session, queries.list_demo_people(db.session), job)
    shown = _progress(stand, job)
    response = make_response(render_template("demo/progress.html", progress=shown))
    if shown is None:
        response.headers["HX-Refresh"] = "true"
    return response


@bp.post("/demo")
@requires("demo.manage", fresh=True)
def load() -> Response | tuple[str, int]:
    """Load the demo into an empty company."""
    form = LoadForm()
    if not form.validate_on_submit():
        return _page(form, RemoveForm()), 422
    try:
        with transaction(db.session):
            password = begin_demo(db.session, actor=current_actor(), now=now())
    except AppError as error:
        form.refuse(error)
        return _page(form, RemoveForm()), status_of(error)
    if password is not None:
        flash(
            f"{COMPANY} is being loaded. Its people sign in with the password “{password}”. Note it"
            " now: it is shown only this once, and an admin can set another one on the page of"
            " people.",
            "ok",
        )
    return redirect(url_for("demo.index"), code=303)


@bp.post("/demo/remove")
@requires("demo.manage", fresh=True)
def remove() -> Response | tuple[str, int]:
    """Take the demo away as a whole."""
    form = RemoveForm()
    if not form.validate_on_submit():
        return _page(LoadForm(), form), 422
    order = RemovalOrder(form.typed.data or "", is_reloaded=current_app.config["DEMO"])
    store = LogStore.of(current_app.config)
    try:
        with transaction(db.session):
            remove_demo(db.session, store, order, actor=current_actor(), now=now())
    except AppError as error:
        form.refuse(error)
        return _page(LoadForm(), form), status_of(error)
    flash(f"{COMPANY} is removed. This company is empty now and keeps its people.", "ok")
    return redirect(url_for("reporting.home"), code=303)


def _page(load_form: LoadForm, remove_form: RemoveForm) -> str:
    people = queries.list_demo_people(db.session)
    job = queries.find_load(db.session)
    stand = queries.stand_of(db.session, people, job)
    is_known = bool(people) and find_last_moment(db.session) is not None
    removal = queries.load_removal(db.session, people) if is_known else None
    situation = queries.situation_of(
        stand, removal, current_actor(), is_reloaded=current_app.config["DEMO"]
    )
    return render_template(
        "demo/index.html", company=COMPANY, stand=stand, people=people, role_words=role_words,
        job=job, load_form=load_form, remove_form=remove_form, removal=removal,
        going=presenters.going_words(removal) if removal else (),
        bars=removal_bars(situation),
        progress=_progress(stand, job),
    )  # fmt: skip


def _progress(stand: Stand, job: Job | None) -> dict[str, Any] | None:
    if stand is not Stand.LOADING:
        return None
    silence = None if list_workers(db.session) else "No worker has shown life lately, so it waits."
    return presenters.progress_of(job, poll=url_for("demo.progress"), silence=silence)
