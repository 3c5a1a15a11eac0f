"""Propose an initiative, and change what it is."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.audit.services import answered_once
from app.calendar.queries import find_current_cycle
from app.extensions import db
from app.initiatives import queries, services
from app.initiatives.forms import InitiativeForm
from app.initiatives.models import Initiative
from app.initiatives.routes.blueprint import SAVED, Answer, bp, conflict_with, load, page, store
from app.initiatives.routes.similar import say_similar
from app.initiatives.rules import columns_of
from app.values.quarter import Quarter
from app.web.clock import now, today
from app.web.guards import current_actor, requires


@bp.get("/initiatives/new")
@requires("initiatives.edit")
def new() -> str:
    """Show the form for a new initiative; the address may choose ``journey`` and ``unit``."""
    journey = request.args.get("journey", "")
    chosen = int(journey) if journey.isascii() and journey.isdigit() else None
    given = {"journey_id": chosen, "unit": request.args.get("unit", "")}
    form = _form(data=first_answers() | given)
    if not journey and len(named := [one for one, _ in form.journey_id.choices if one]) == 1:
        form.journey_id.data = int(named[0])
    return render_template("initiatives/new.html", form=form)


def first_answers() -> dict[str, Any]:
    """What a new proposal says before anybody types: its owner, and the cycle that runs."""
    cycle = find_current_cycle(db.session, today())
    start = Quarter.containing(today())
    return {
        "owner_id": current_actor().id,
        "cycle_id": cycle.id if cycle else None,
        "planned_start": max(start, cycle.first_quarter) if cycle else start,
    }


@bp.post("/initiatives/new")
@requires("initiatives.edit")
def create() -> Answer:
    """Propose a new initiative and go on to its first question."""
    form = _form()
    made: list[str] = []
    status = store(
        form,
        lambda: made.append(
            answered_once(
                db.session, form.once.data, actor=current_actor(), action="initiative.created",
                params=form.typed(), now=now(),
                make=lambda: services.create_initiative(
                    db.session, form.draft(), actor=current_actor(), now=now()
                ).key,
            )
        ),
    )  # fmt: skip
    if status != SAVED:
        return render_template("initiatives/new.html", form=form), status
    flash(f"{made[0]} is proposed as a draft. Answer the six questions next.", "ok")
    say_similar(made[0])
    return redirect(url_for("initiatives.question", key=made[0], step="goals"), code=SAVED)


@bp.get("/initiatives/<key>/edit")
@requires("initiatives.edit")
def edit(key: str) -> str:
    """Show what an initiative is, to change it."""
    initiative = load(key)
    return page("edit", initiative, "overview", form=_stored_form(initiative))


@bp.post("/initiatives/<key>/edit")
@requires("initiatives.edit")
def save(key: str) -> Answer:
    """Change what an initiative is."""
    initiative = load(key)
    form = _form(kept=initiative)
    status = store(
        form,
        lambda: services.edit_initiative(
            db.session,
            load(key),
            form.draft(),
            expected_version=form.seen_version,
            actor=current_actor(),
            now=now(),
        ),
    )
    if status != SAVED:
        initiative = load(key)
        conflict = conflict_with(initiative, _stored_form(initiative), form, status)
        return page("edit", initiative, "overview", form=form, conflict=conflict), status
    flash("Saved.", "ok")
    return redirect(url_for("initiatives.show", key=key), code=SAVED)


def _form(*, kept: Initiative | None = None, **kwargs: Any) -> InitiativeForm:
    form = InitiativeForm(**kwargs)
    form.offer(
        journeys=queries.journey_choices(db.session, kept.journey_id if kept else None),
        cycles=queries.cycle_choices(db.session, kept.cycle_id if kept else None),
        people=[(str(one.id), one.name) for one in queries.list_people_to_choose(db.session)],
        units=[unit.name for unit in queries.list_units(db.session)],
    )
    return form


def _stored_form(initiative: Initiative) -> InitiativeForm:
    data = columns_of(queries.initiative_draft(initiative))
    data |= {"lens": initiative.lens.value, "version": str(initiative.version)}
    return _form(kept=initiative, data=data, formdata=None)
