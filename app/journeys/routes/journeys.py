"""List, create and change journeys, their stages and touchpoints."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from app.audit.services import answered_once
from app.db.session import transaction
from app.errors import AppError
from app.extensions import db
from app.journeys import presenters, queries, services
from app.journeys.forms import JourneyForm, ShapeForm, shape_form
from app.journeys.models import Journey
from app.journeys.routes.blueprint import Answer, bp, owner_choices, refused_form
from app.journeys.rules import stage_cell, touchpoint_cell
from app.web.clock import now
from app.web.guards import current_actor, requires

MOST_READ = 50
"""Hot spots looked up for the few that are shown."""


@bp.get("/journeys")
@requires("journeys.view")
def index() -> str:
    """Show all journeys by what is at stake, and the hot spots nobody works on."""
    states = queries.list_journey_states(db.session)
    acting = queries.acting_on(db.session)
    uncovered = presenters.uncovered_ids(states, acting)
    worst = uncovered[:MOST_READ]
    places = queries.load_visible_places(db.session, [id_ for id_, _ in worst])
    return render_template(
        "journeys/index.html",
        rows=presenters.journey_rows(states, acting, queries.claims_on_pools(db.session)),
        spots=presenters.spot_lines(worst, places, states),
        uncovered=len(uncovered),
        is_measured=any(state.figures for state in states),
    )


@bp.get("/journeys/new")
@requires("journeys.edit")
def new() -> str:
    """Show the form of a new journey."""
    form = _form()
    form.owner_id.data = current_actor().id
    return render_template("journeys/form.html", form=form, journey=None)


@bp.post("/journeys")
@requires("journeys.edit")
def create() -> Answer:
    """Add a journey with the seven stages."""
    form = _form()
    if not form.validate_on_submit():
        return render_template("journeys/form.html", form=form, journey=None), 422
    try:
        with transaction(db.session):
            key = answered_once(
                db.session, form.once.data, actor=current_actor(), action="journey.created",
                params=form.typed(), now=now(),
                make=lambda: services.create_journey(
                    db.session, form.draft(), actor=current_actor(), now=now()
                ).key,
            )  # fmt: skip
    except AppError as error:
        return refused_form("journeys/form.html", form, error, subject="", version=0, journey=None)
    flash(f"{form.name.data} has its seven stages. Say where customers meet the company.", "ok")
    return redirect(url_for("journeys.shape", key=key), code=303)


@bp.get("/journeys/<key>/edit")
@requires("journeys.edit")
def edit(key: str) -> str:
    """Show a journey's own words to change."""
    journey = queries.get_journey(db.session, key)
    return render_template("journeys/form.html", form=_form(journey), journey=journey)


@bp.post("/journeys/<key>/edit")
@requires("journeys.edit")
def save(key: str) -> Answer:
    """Change a journey's own words."""
    journey = queries.get_journey(db.session, key)
    form = _form(journey)
    if not form.validate_on_submit():
        return render_template("journeys/form.html", form=form, journey=journey), 422
    try:
        with transaction(db.session):
            services.edit_journey(
                db.session,
                queries.get_journey(db.session, key),
                form.draft(),
                expected_version=form.seen_version,
                actor=current_actor(),
                now=now(),
            )
    except AppError as error:
        journey = queries.get_journey(db.session, key)
        return refused_form(
            "journeys/form.html", form, error, subject=f"journey:{journey.id}",
            version=journey.version, journey=journey,
        )  # fmt: skip
    flash("The journey is saved.", "ok")
    return redirect(url_for("journeys.show", key=key), code=303)


@bp.get("/journeys/<key>/stages")
@requires("journeys.view")
def shape(key: str) -> str:
    """Show the stages and touchpoints, to change for those who may."""
    journey = queries.get_journey(db.session, key)
    return _shape_page(journey, shape_form(_stored_shape(journey)))


@bp.post("/journeys/<key>/stages")
@requires("journeys.edit")
def save_shape(key: str) -> Answer:
    """Change the stages and touchpoints."""
    form = shape_form({})
    if not form.validate_on_submit():
        return _shape_page(queries.get_journey(db.session, key), form), 422
    try:
        with transaction(db.session):
            services.shape_journey(
                db.session,
                queries.get_journey(db.session, key),
                form.draft(),
                expected_version=form.seen_version,
                actor=current_actor(),
                now=now(),
            )
    except AppError as error:
        journey = queries.get_journey(db.session, key)
        return refused_form(
            "journeys/shape.html", form, error, subject=f"journey:{journey.id}",
            version=journey.version, journey=journey,
            tabs=presenters.journey_tabs(journey, "journeys.shape"),
        )  # fmt: skip
    flash("The stages and touchpoints are saved.", "ok")
    return redirect(url_for("journeys.show", key=key), code=303)


def _form(journey: Journey | None = None) -> JourneyForm:
    form = JourneyForm(obj=journey)
    form.owner_id.choices = owner_choices(journey.owner if journey else None)
    return form


def _shape_page(journey: Journey, form: ShapeForm) -> str:
    tabs = presenters.journey_tabs(journey, "journeys.shape")
    return render_template("journeys/shape.html", journey=journey, form=form, tabs=tabs)


def _stored_shape(journey: Journey) -> dict[str, object]:
    stored: dict[str, object] = {"version": str(journey.version)}
    for stage in journey.stages:
        stored[stage_cell(stage.kind)] = stage.name
        stored[f"hide-{stage.kind.value}"] = stage.is_hidden
    for one in journey.touchpoints:
        stored[touchpoint_cell(one.stage.kind, one.channel)] = one.name
    return stored
