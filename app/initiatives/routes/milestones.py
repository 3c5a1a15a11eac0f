"""Milestones with the hurdles that hold an initiative's money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import flash, redirect, url_for

from app.extensions import db
from app.initiatives import presenters, queries, services
from app.initiatives.forms import MilestoneForm, MoveForm, milestone_data
from app.initiatives.models import Initiative, Milestone
from app.initiatives.routes.blueprint import SAVED, Answer, bp, conflict_with, load, page, store
from app.web.clock import now, today
from app.web.guards import current_actor, requires
from app.web.rows import add_spares

_SPARE = 2


@bp.get("/initiatives/<key>/milestones")
@requires("initiatives.view")
def milestones(key: str) -> str:
    """Show the milestones with their hurdles, how they stand and what was measured."""
    initiative = load(key, *queries.MILESTONES)
    standings = queries.load_milestone_standings(
        db.session, [one.id for one in initiative.milestones], today()
    )
    return page(
        "milestones",
        initiative,
        "milestones",
        cards=presenters.milestone_cards(initiative.milestones, standings),
        held=sum((one.tranche_share for one in initiative.milestones), Decimal(0)),
    )


@bp.get("/initiatives/<key>/milestones/new")
@requires("initiatives.edit")
def new_milestone(key: str) -> str:
    """Show the form for a new milestone."""
    initiative = load(key, *queries.BEHAVIOURS)
    data = {"version": str(initiative.version)}
    return _milestone_page(initiative, _form(initiative, formdata=None, data=data))


@bp.post("/initiatives/<key>/milestones/new")
@requires("initiatives.edit")
def add_milestone(key: str) -> Answer:
    """Add a milestone."""
    form = _form(load(key, *queries.BEHAVIOURS))
    status = store(
        form, lambda: services.add_milestone(db.session, load(key), form.draft(), **_terms(form))
    )
    if status != SAVED:
        initiative = load(key, *queries.BEHAVIOURS)
        empty = _form(initiative, formdata=None)
        conflict = conflict_with(initiative, empty, form, status)
        return _milestone_page(initiative, form, conflict=conflict), status
    flash("The milestone is added.", "ok")
    return redirect(url_for("initiatives.milestones", key=key), code=SAVED)


@bp.get("/initiatives/<key>/milestones/<int:milestone_id>")
@requires("initiatives.edit")
def milestone(key: str, milestone_id: int) -> str:
    """Show a milestone to change."""
    initiative = load(key, *queries.BEHAVIOURS)
    stored = queries.get_milestone(db.session, initiative, milestone_id)
    return _milestone_page(initiative, _stored_form(initiative, stored), stored=stored)


@bp.post("/initiatives/<key>/milestones/<int:milestone_id>")
@requires("initiatives.edit")
def save_milestone(key: str, milestone_id: int) -> Answer:
    """Change a milestone."""
    initiative = load(key, *queries.BEHAVIOURS)
    queries.get_milestone(db.session, initiative, milestone_id)
    form = _form(initiative)
    status = store(
        form,
        lambda: services.edit_milestone(
            db.session, load(key), milestone_id, form.draft(), **_terms(form)
        ),
    )
    if status != SAVED:
        initiative = load(key, *queries.BEHAVIOURS)
        stored = queries.get_milestone(db.session, initiative, milestone_id)
        conflict = conflict_with(initiative, _stored_form(initiative, stored), form, status)
        return _milestone_page(initiative, form, stored=stored, conflict=conflict), status
    flash("The milestone is saved.", "ok")
    return redirect(url_for("initiatives.milestones", key=key), code=SAVED)


@bp.post("/initiatives/<key>/milestones/<int:milestone_id>/remove")
@requires("initiatives.edit")
def remove_milestone(key: str, milestone_id: int) -> Answer:
    """Take a milestone away."""
    form = MoveForm()
    status = store(
        form,
        lambda: services.remove_milestone(db.session, load(key), milestone_id, **_terms(form)),
    )
    if status != SAVED:
        flash(" ".join(message for _, _, message in form.error_list()), "bad")
        return redirect(
            url_for("initiatives.milestone", key=key, milestone_id=milestone_id), code=SAVED
        )
    flash("The milestone is taken away.", "ok")
    return redirect(url_for("initiatives.milestones", key=key), code=SAVED)


def _terms(form: Any) -> dict[str, Any]:
    return {"expected_version": form.seen_version, "actor": current_actor(), "now": now()}


def _stored_form(initiative: Initiative, stored: Milestone) -> MilestoneForm:
    data = milestone_data(queries.milestone_draft(stored))
    return _form(initiative, formdata=None, data=data | {"version": str(initiative.version)})


def _form(initiative: Initiative, **kwargs: Any) -> MilestoneForm:
    form = MilestoneForm(**kwargs)
    add_spares(form.criteria, _SPARE)
    form.offer([(str(one.id), one.description) for one in initiative.behaviours])
    return form


def _milestone_page(
    initiative: Initiative,
    form: MilestoneForm,
    *,
    stored: Milestone | None = None,
    conflict: object = None,
) -> str:
    return page(
        "milestone",
        initiative,
        "milestones",
        form=form,
        stored=stored,
        conflict=conflict,
        removal=MoveForm(formdata=None, data={"version": str(initiative.version)}),
    )
