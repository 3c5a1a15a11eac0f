"""Target behaviours with their effects on lever pools."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for

from app.extensions import db
from app.initiatives import presenters, queries, services
from app.initiatives.forms import BehaviourForm, MoveForm, add_spares, behaviour_data
from app.initiatives.models import Initiative, TargetBehaviour
from app.initiatives.routes.blueprint import SAVED, Answer, bp, conflict_with, load, page, store
from app.web.clock import now
from app.web.guards import current_actor, requires

_SPARE = 3


@bp.get("/initiatives/<key>/behaviours")
@requires("initiatives.view")
def behaviours(key: str) -> str:
    """Show who does what differently and what that does to the levers."""
    initiative = load(key, *queries.BEHAVIOURS)
    return page(
        "behaviours",
        initiative,
        "behaviours",
        cards=presenters.behaviour_cards(initiative),
        has_options=bool(initiative.options),
    )


@bp.get("/initiatives/<key>/behaviours/new")
@requires("initiatives.edit")
def new_behaviour(key: str) -> str:
    """Show the form for a new target behaviour."""
    initiative = load(key)
    data = {"version": str(initiative.version)}
    return _behaviour_page(initiative, _form(initiative, formdata=None, data=data))


@bp.post("/initiatives/<key>/behaviours/new")
@requires("initiatives.edit")
def add_behaviour(key: str) -> Answer:
    """Add a target behaviour."""
    form = _form(load(key))
    status = store(
        form, lambda: services.add_behaviour(db.session, load(key), form.draft(), **_terms(form))
    )
    if status != SAVED:
        initiative = load(key)
        empty = _form(initiative, formdata=None)
        conflict = conflict_with(initiative, empty, form, status)
        return _behaviour_page(initiative, form, conflict=conflict), status
    flash("The behaviour is added.", "ok")
    return redirect(url_for("initiatives.behaviours", key=key), code=SAVED)


@bp.get("/initiatives/<key>/behaviours/<int:behaviour_id>")
@requires("initiatives.edit")
def behaviour(key: str, behaviour_id: int) -> str:
    """Show a target behaviour to change."""
    initiative = load(key)
    stored = queries.get_behaviour(db.session, initiative, behaviour_id)
    return _behaviour_page(initiative, _stored_form(initiative, stored), stored=stored)


@bp.post("/initiatives/<key>/behaviours/<int:behaviour_id>")
@requires("initiatives.edit")
def save_behaviour(key: str, behaviour_id: int) -> Answer:
    """Change a target behaviour."""
    initiative = load(key)
    queries.get_behaviour(db.session, initiative, behaviour_id)
    form = _form(initiative)
    status = store(
        form,
        lambda: services.edit_behaviour(
            db.session, load(key), behaviour_id, form.draft(), **_terms(form)
        ),
    )
    if status != SAVED:
        initiative = load(key)
        stored = queries.get_behaviour(db.session, initiative, behaviour_id)
        conflict = conflict_with(initiative, _stored_form(initiative, stored), form, status)
        return _behaviour_page(initiative, form, stored=stored, conflict=conflict), status
    flash("The behaviour is saved.", "ok")
    return redirect(url_for("initiatives.behaviours", key=key), code=SAVED)


@bp.post("/initiatives/<key>/behaviours/<int:behaviour_id>/remove")
@requires("initiatives.edit")
def remove_behaviour(key: str, behaviour_id: int) -> Answer:
    """Take a target behaviour away."""
    form = MoveForm()
    status = store(
        form,
        lambda: services.remove_behaviour(db.session, load(key), behaviour_id, **_terms(form)),
    )
    if status != SAVED:
        flash(" ".join(message for _, _, message in form.error_list()), "bad")
        return redirect(
            url_for("initiatives.behaviour", key=key, behaviour_id=behaviour_id), code=SAVED
        )
    flash("The behaviour is taken away.", "ok")
    return redirect(url_for("initiatives.behaviours", key=key), code=SAVED)


def _terms(form: Any) -> dict[str, Any]:
    return {"expected_version": form.seen_version, "actor": current_actor(), "now": now()}


def _stored_form(initiative: Initiative, stored: TargetBehaviour) -> BehaviourForm:
    data = behaviour_data(queries.behaviour_draft(stored))
    return _form(initiative, formdata=None, data=data | {"version": str(initiative.version)})


def _form(initiative: Initiative, **kwargs: Any) -> BehaviourForm:
    form = BehaviourForm(**kwargs)
    add_spares(form.effects, _SPARE)
    form.offer(
        options=queries.option_choices(db.session, initiative),
        pools=queries.pool_choices(db.session, initiative.currency),
    )
    return form


def _behaviour_page(
    initiative: Initiative,
    form: BehaviourForm,
    *,
    stored: TargetBehaviour | None = None,
    conflict: object = None,
) -> str:
    return page(
        "behaviour",
        initiative,
        "behaviours",
        form=form,
        stored=stored,
        conflict=conflict,
        removal=MoveForm(formdata=None, data={"version": str(initiative.version)}),
    )
