"""What the customers of a journey need: look, record, change, retire, bring back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.audit.services import answered_once
from app.db.session import transaction
from app.errors import AppError
from app.extensions import db
from app.journeys import presenters, queries, services
from app.journeys.forms import NeedForm, RetireForm, logged_segments, need_data, need_form
from app.journeys.models import CustomerNeed, Journey
from app.journeys.routes.blueprint import Answer, bp, refused_form
from app.journeys.rules import Channel, MonthSpan, last_months
from app.web.clock import now
from app.web.guards import current_actor, requires

PAGE = "journeys/need_form.html"
RESTORE_PAGE = "journeys/need_restore.html"


@bp.get("/journeys/<key>/needs")
@requires("journeys.view")
def needs(key: str) -> str:
    """Show what each segment needs, with the evidence and what its customers really use."""
    journey = queries.get_journey_places(db.session, key)
    found = queries.list_needs(db.session, journey.id)
    span, use = _use(journey)
    months = presenters.span_words(span) if span else ""
    return render_template(
        "journeys/needs.html",
        journey=journey,
        tabs=presenters.journey_tabs(journey, "journeys.needs"),
        needs=[presenters.need_view(one, use, months) for one in found if one.retired_at is None],
        retired=[presenters.need_view(one, use, months) for one in found if one.retired_at],
    )


@bp.get("/journeys/<key>/needs/new")
@requires("journeys.edit")
def new_need(key: str) -> str:
    """Show the form of a need."""
    journey = queries.get_journey_places(db.session, key)
    use = _use(journey)[1]
    known = logged_segments(use)
    own = journey.segment if not known or journey.segment in known else ""
    form = need_form(use, formdata=None, data={"segment": own})
    return render_template(PAGE, form=form, journey=journey, need=None)


@bp.post("/journeys/<key>/needs")
@requires("journeys.edit")
def add_need(key: str) -> Answer:
    """Record what a segment needs."""
    journey = queries.get_journey_places(db.session, key)
    form = need_form(_use(journey)[1])
    if not form.validate_on_submit():
        return render_template(PAGE, form=form, journey=journey, need=None), 422
    try:
        with transaction(db.session):
            answered_once(
                db.session, form.once.data, actor=current_actor(), action="need.recorded",
                params=form.typed(), now=now(),
                make=lambda: services.add_need(
                    db.session, journey, form.draft(), actor=current_actor(), now=now()
                ).id,
            )  # fmt: skip
    except AppError as error:
        journey = queries.get_journey_places(db.session, key)
        return refused_form(PAGE, form, error, subject="", version=0, journey=journey, need=None)
    return _done(key, f"What {form.segment.data} need is recorded.")


@bp.get("/journeys/<key>/needs/<int:need_id>")
@requires("journeys.edit")
def edit_need(key: str, need_id: int) -> str:
    """Show a need to change or retire."""
    journey, need = _loaded(key, need_id)
    data = need_data(queries.need_draft(need)) | {"version": str(need.version)}
    form = need_form(_use(journey)[1], formdata=None, data=data)
    return render_template(PAGE, form=form, journey=journey, need=need, retire=_retire_form(need))


@bp.post("/journeys/<key>/needs/<int:need_id>")
@requires("journeys.edit")
def save_need(key: str, need_id: int) -> Answer:
    """Change what a segment needs."""
    journey, need = _loaded(key, need_id)
    form = need_form(_use(journey)[1])
    if not form.validate_on_submit():
        page = render_template(
            PAGE, form=form, journey=journey, need=need, retire=_retire_form(need)
        )
        return page, 422
    try:
        with transaction(db.session):
            services.edit_need(
                db.session, _loaded(key, need_id)[1], form.draft(),
                expected_version=form.seen_version, actor=current_actor(), now=now(),
            )  # fmt: skip
    except AppError as error:
        return _refused(key, need_id, form, error)
    return _done(key, "The need is saved.")


@bp.post("/journeys/<key>/needs/<int:need_id>/retire")
@requires("journeys.edit")
def retire_need(key: str, need_id: int) -> Answer:
    """Say that a need no longer holds."""
    journey, need = _loaded(key, need_id)
    form = RetireForm()
    try:
        with transaction(db.session):
            services.retire_need(
                db.session, _loaded(key, need_id)[1], reason=form.reason.data or "",
                expected_version=form.seen_version, actor=current_actor(), now=now(),
            )  # fmt: skip
    except AppError as error:
        journey, need = _loaded(key, need_id)
        stored = need_data(queries.need_draft(need)) | {"version": str(need.version)}
        shown = need_form(_use(journey)[1], formdata=None, data=stored)
        return refused_form(
            PAGE, form, error, subject=f"need:{need_id}", version=need.version,
            journey=journey, need=need, retire=form, shown=shown,
        )  # fmt: skip
    return _done(key, "The need is retired and stays on the record.")


@bp.get("/journeys/<key>/needs/<int:need_id>/restore")
@requires("journeys.edit")
def ask_to_restore(key: str, need_id: int) -> str:
    """Ask why a retired need holds again."""
    journey, need = _loaded(key, need_id)
    return render_template(RESTORE_PAGE, form=_retire_form(need), journey=journey, need=need)


@bp.post("/journeys/<key>/needs/<int:need_id>/restore")
@requires("journeys.edit")
def restore_need(key: str, need_id: int) -> Answer:
    """Bring a retired need back."""
    form = RetireForm()
    try:
        with transaction(db.session):
            services.restore_need(
                db.session, _loaded(key, need_id)[1], reason=form.reason.data or "",
                expected_version=form.seen_version, actor=current_actor(), now=now(),
            )  # fmt: skip
    except AppError as error:
        journey, need = _loaded(key, need_id)
        return refused_form(
            RESTORE_PAGE, form, error, subject=f"need:{need_id}", version=need.version,
            journey=journey, need=need,
        )  # fmt: skip
    return _done(key, "The need is back; that it was retired stays on the record.")


def _use(journey: Journey) -> tuple[MonthSpan | None, Mapping[str, Mapping[Channel, int]]]:
    """The last months that are logged, and what each segment used in them."""
    last = queries.find_last_month(db.session, journey.id)
    span = last_months(last) if last else None
    return span, queries.use_by_segment(db.session, journey.id, span) if span else {}


def _refused(key: str, need_id: int, form: NeedForm, error: AppError) -> Answer:
    journey, need = _loaded(key, need_id)
    return refused_form(
        PAGE, form, error, subject=f"need:{need_id}", version=need.version,
        journey=journey, need=need, retire=_retire_form(need),
    )  # fmt: skip


def _loaded(key: str, need_id: int) -> tuple[Journey, CustomerNeed]:
    journey = queries.get_journey_places(db.session, key)
    return journey, queries.get_need(db.session, journey.id, need_id)


def _retire_form(need: CustomerNeed, **kwargs: Any) -> RetireForm:
    return RetireForm(formdata=None, data={"version": str(need.version)}, **kwargs)


def _done(key: str, words: str) -> Response:
    flash(words, "ok")
    return redirect(url_for("journeys.needs", key=key), code=303)
