"""Target behaviours with their effects on lever pools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, url_for

from app.extensions import db
from app.initiatives import presenters, queries, services
from app.initiatives.forms import BehaviourForm, CustomerNeedForm, MoveForm, behaviour_data
from app.initiatives.models import Initiative, TargetBehaviour
from app.initiatives.routes.blueprint import SAVED, Answer, bp, conflict_with, load, page, store
from app.initiatives.rules import InitiativeState
from app.web.clock import now
from app.web.guards import current_actor, requires
from app.web.rows import add_spares

_SPARE = 3


@bp.get("/initiatives/<key>/behaviours")
@requires("initiatives.view")
def behaviours(key: str) -> str:
    """Show who does what differently and what that does to the levers."""
    return _list_page(load(key, *queries.BEHAVIOURS))


@bp.post("/initiatives/<key>/behaviours/<int:behaviour_id>/need")
@requires("initiatives.edit")
def name_need(key: str, behaviour_id: int) -> Answer:
    """Say which customer need a behaviour serves, also of what can't be changed otherwise."""
    initiative = load(key)
    stored = queries.get_behaviour(db.session, initiative, behaviour_id)
    form = _need_form(initiative, stored)
    status = store(
        form,
        lambda: services.name_customer_need(
            db.session, load(key), behaviour_id, form.need_id.data,
            actor=current_actor(), now=now(),
        ),
    )  # fmt: skip
    if status != SAVED:
        return _list_page(load(key, *queries.BEHAVIOURS), {behaviour_id: form}), status
    flash("The need it serves is saved.", "ok")
    return redirect(url_for("initiatives.behaviours", key=key), code=SAVED)


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
    kept = queries.get_behaviour(db.session, initiative, behaviour_id).need_id
    form = _form(initiative, kept)
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
    data = behaviour_data(queries.behaviour_draft(stored)) | {"version": str(initiative.version)}
    return _form(initiative, stored.need_id, formdata=None, data=data)


def _form(initiative: Initiative, kept_need: int | None = None, **kwargs: Any) -> BehaviourForm:
    form = BehaviourForm(**kwargs)
    add_spares(form.effects, _SPARE)
    form.offer(
        options=queries.option_choices(db.session, initiative),
        pools=queries.pool_choices(db.session, initiative.currency),
        needs=_needs(initiative, kept_need),
    )
    return form


def _list_page(
    initiative: Initiative, refused: Mapping[int, CustomerNeedForm] | None = None
) -> str:
    """The behaviours; where they are locked, each with the form that names its need."""
    bar = services.customer_need_bar(current_actor(), initiative)
    forms: dict[int, CustomerNeedForm] = {}
    if bar is None and initiative.state is not InitiativeState.DRAFT:
        needs = _needs(initiative, *(one.need_id for one in initiative.behaviours))
        for one in initiative.behaviours:
            forms[one.id] = CustomerNeedForm(
                formdata=None, data={"need_id": one.need_id}, prefix=f"b{one.id}"
            )
            forms[one.id].need_id.offer(needs)
    return page(
        "behaviours",
        initiative,
        "behaviours",
        cards=presenters.behaviour_cards(initiative),
        has_options=bool(initiative.options),
        need_forms=forms | dict(refused or {}),
    )


def _need_form(initiative: Initiative, behaviour: TargetBehaviour) -> CustomerNeedForm:
    form = CustomerNeedForm(prefix=f"b{behaviour.id}")
    form.need_id.offer(_needs(initiative, behaviour.need_id))
    return form


def _needs(initiative: Initiative, *kept: int | None) -> list[tuple[str, str]]:
    return queries.customer_need_choices(db.session, initiative.journey_id, *kept)


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
