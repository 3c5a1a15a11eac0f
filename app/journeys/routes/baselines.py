"""Versions of a journey's baseline: list, look, compare, record, read from and write to files."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.audit.services import answered_once
from app.db.session import transaction
from app.errors import AppError, NotFoundError
from app.extensions import db
from app.journeys import presenters, queries, services
from app.journeys.exports import figures_csv
from app.journeys.forms import BaselineForm, UploadForm, baseline_form, read_figures
from app.journeys.forms.baselines import filled
from app.journeys.models import Baseline, Journey
from app.journeys.routes.blueprint import Answer, bp, last_number, last_version, refused_form
from app.web.clock import now
from app.web.errors import status_of
from app.web.guards import about_costs, current_actor, requires

PAGE = "journeys/baseline_form.html"


@bp.get("/journeys/<key>/baselines")
@requires("journeys.view")
def baselines(key: str) -> str:
    """Show all versions of a journey's baseline, the newest first."""
    journey = queries.get_journey_versions(db.session, key)
    return render_template(
        "journeys/baselines.html",
        journey=journey,
        baselines=list(reversed(journey.baselines)),
        oldest=queries.load_oldest_kept(db.session, journey.id),
        short_source=presenters.short_source,
        tabs=presenters.journey_tabs(journey, "journeys.baselines"),
    )


@bp.get("/journeys/<key>/baselines/<int:number>")
@requires("journeys.view")
def baseline(key: str, number: int) -> str:
    """Show one version, or what changed against another one."""
    journey = queries.get_journey(db.session, key)
    shown = _numbered(journey, number)
    other = request.args.get("against", type=int)
    is_itself = other == number
    against = _numbered(journey, other) if other and not is_itself else None
    return render_template(
        "journeys/baseline.html",
        journey=journey,
        shown=shown,
        source=presenters.short_source(shown.source),
        against=against,
        is_itself=is_itself,
        head=[kind.word for kind in presenters.SHOWN],
        others=[one for one in reversed(journey.baselines) if one.number != number],
        tabs=presenters.journey_tabs(journey, "journeys.baselines"),
        **_versions(journey, shown, against),
    )


def _versions(journey: Journey, shown: Baseline, against: Baseline | None) -> dict[str, object]:
    """The figures of one version, or those of two side by side."""
    ids = [one.id for one in (shown, against) if one]
    loaded = queries.load_versions(db.session, ids)
    now_ = loaded[shown.id]
    said: dict[str, object] = {
        "stands_on": presenters.log_line(*now_),
        "log_days": presenters.log_days_words(shown, now_[1]),
    }
    if against is None:
        return said | {"rows": presenters.origin_rows(journey, *now_)}
    before = loaded[against.id]
    return said | {
        "rows": presenters.change_rows(journey, before, now_),
        "shared": presenters.shared_words(against, shown),
        "inputs": presenters.input_changes(journey, before[0], now_[0]),
    }


@bp.get("/journeys/<key>/baselines/figures.csv")
@requires("journeys.view")
@about_costs
def figures_file(key: str) -> Response:
    """Give the figures of a version as a file, or an empty one to fill."""
    journey = queries.get_journey(db.session, key)
    number = request.args.get("version", type=int)
    shown = _numbered(journey, number) if number else next(reversed(journey.baselines), None)
    loaded = queries.load_versions(db.session, [shown.id] if shown else [])
    figures, origins = loaded[shown.id] if shown else ({}, {})
    places = presenters.touchpoints_in_order(journey)
    text = figures_csv(places, figures, origins, journey.currency)
    response = current_app.response_class(text, mimetype="text/csv")
    name = f"{journey.key}-baseline-{shown.number if shown else 'empty'}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get("/journeys/<key>/baselines/new")
@requires("journeys.edit")
def new_baseline(key: str) -> str:
    """Show the grid of a new version, filled with the figures of the last one."""
    journey = queries.get_journey(db.session, key)
    stored: dict[str, object] = {"version": str(last_number(journey))}
    last = last_version(journey)
    if last is not None:
        stored |= filled(last.figures, journey.currency)
    form = _form(journey, formdata=None, data=stored)
    upload = UploadForm(formdata=None)
    return render_template(PAGE, form=form, upload=upload, **_context(journey, form, last))


@bp.post("/journeys/<key>/baselines")
@requires("journeys.edit")
def record_baseline(key: str) -> Answer:
    """Record a new version."""
    journey = queries.get_journey(db.session, key)
    form, upload = _form(journey), UploadForm(formdata=None)
    if not form.validate_on_submit():
        context = _context(journey, form, last_version(journey))
        return render_template(PAGE, form=form, upload=upload, **context), 422
    try:
        with transaction(db.session):
            answered_once(
                db.session, form.once.data, actor=current_actor(), action="baseline.recorded",
                params=form.typed() | {"journey": key}, now=now(),
                make=lambda: services.record_baseline(
                    db.session, queries.get_journey(db.session, key), form.draft(),
                    after_number=form.seen_version, is_confirmed=form.is_confirmed.data,
                    actor=current_actor(), now=now(),
                ).number,
            )  # fmt: skip
    except AppError as error:
        journey = queries.get_journey(db.session, key)
        return refused_form(
            PAGE, form, error, subject=f"journey:{journey.id}",
            version=last_number(journey), upload=upload,
            **_context(journey, form, last_version(journey)),
        )  # fmt: skip
    flash("The baseline is recorded as a version of its own.", "ok")
    return redirect(url_for("journeys.show", key=key), code=303)


@bp.post("/journeys/<key>/baselines/read")
@requires("journeys.edit")
def read_file(key: str) -> Answer:
    """Fill the grid from a file; nothing is saved until the grid is."""
    journey = queries.get_journey(db.session, key)
    stored: dict[str, object] = {"version": str(last_number(journey))}
    upload = UploadForm()
    status = 422
    read = None
    if upload.validate_on_submit():
        places = {(one.stage.kind, one.channel): one.id for one in journey.touchpoints}
        try:
            figures = read_figures(upload.file.data.read(), places, journey.currency)
            stored |= filled(figures, journey.currency)
            status, read = 200, len(figures)
        except AppError as error:
            upload.refuse(error)
            status = status_of(error)
    form = _form(journey, formdata=None, data=stored)
    context = _context(journey, form, last_version(journey))
    return render_template(PAGE, form=form, upload=upload, read=read, **context), status


def _context(
    journey: Journey, form: BaselineForm, last: presenters.LastVersion | None
) -> dict[str, object]:
    """The grid with what would be kept, and whether there is anything to keep."""
    return {
        "journey": journey,
        "grid": form.grid(presenters.kept_words(journey, last)),
        "last": last.baseline if last else None,
    }


def _form(journey: Journey, **kwargs: Any) -> BaselineForm:
    touchpoints = [
        (one.id, presenters.place_of(one), one.name)
        for one in presenters.touchpoints_in_order(journey)
        if not one.stage.is_hidden
    ]
    return baseline_form(touchpoints, journey.currency, **kwargs)


def _numbered(journey: Journey, number: int | None) -> Baseline:
    found = next((one for one in journey.baselines if one.number == number), None)
    if found is None:
        raise NotFoundError("This journey has no such version of its baseline.")
    return found
