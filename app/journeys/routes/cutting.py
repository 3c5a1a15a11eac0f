"""Cut a new version of a journey's baseline from its contact log."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.audit.services import answered_once
from app.db.session import transaction
from app.errors import AppError
from app.extensions import db
from app.journeys import presenters, queries, services
from app.journeys.forms import CutForm, asked_period, cut_filled, cut_form, period_form
from app.journeys.models import Journey
from app.journeys.routes.blueprint import Answer, bp, last_number, last_version, refused_form
from app.journeys.services import LogCut
from app.web.clock import now, today
from app.web.guards import current_actor, requires

PAGE = "journeys/baseline_cut.html"


@bp.get("/journeys/<key>/baselines/cut")
@requires("journeys.edit")
def cut(key: str) -> Answer:
    """Show what the log says of a period, to look over before it is recorded."""
    journey = queries.get_journey(db.session, key)
    found = _look(journey)
    stored: dict[str, object] = {
        "version": str(last_number(journey)),
        "log": found.digest,
        "measured_on": found.measured_on,
        "source": found.source_words,
    }
    stored |= cut_filled(services.suggested_figures(db.session, journey, found), journey.currency)
    form = _form(journey, formdata=None, data=stored)
    status = 422 if found.faults and _is_period_asked() else 200
    return render_template(PAGE, form=form, **_context(journey, form, found)), status


@bp.post("/journeys/<key>/baselines/cut")
@requires("journeys.edit")
def cut_baseline(key: str) -> Answer:
    """Record the figures of the log, with what was corrected, as a new version."""
    journey = queries.get_journey(db.session, key)
    form, found = _form(journey), _look(journey)
    if not form.validate_on_submit():
        return render_template(PAGE, form=form, **_context(journey, form, found)), 422
    try:
        with transaction(db.session):
            number = answered_once(
                db.session, form.once.data, actor=current_actor(), action="baseline.recorded",
                params=form.typed() | {"journey": key, "asked": request.query_string.decode()},
                make=lambda: _cut(queries.get_journey(db.session, key), form), now=now(),
            )  # fmt: skip
    except AppError as error:
        journey = queries.get_journey(db.session, key)
        found = _look(journey)
        form.take_log(found.digest)
        return refused_form(
            PAGE, form, error, subject=f"journey:{journey.id}", version=last_number(journey),
            **_context(journey, form, found),
        )  # fmt: skip
    flash("The baseline is cut from the log as a version of its own.", "ok")
    return redirect(url_for("journeys.baseline", key=key, number=number), code=303)


def _cut(journey: Journey, form: CutForm) -> int:
    """Record what the form says; gives the number of the version."""
    return services.cut_baseline(
        db.session,
        journey,
        form.draft(),
        _look(journey),
        notes=form.notes(),
        seen_digest=form.log.data or "",
        after_number=form.seen_version,
        is_confirmed=form.is_confirmed.data,
        actor=current_actor(),
        now=now(),
    ).number


def _look(journey: Journey) -> LogCut:
    """What the log says of the period and without the sources that the address names."""
    period, unread = asked_period(request.args)
    found = services.look_at_log(
        db.session,
        journey,
        period,
        without=frozenset(request.args.getlist("without", type=int)),
        one_in=_asked_sample(),
        today=today(),
    )
    return found.refused(unread) if unread else found


def _asked_sample() -> int | None:
    """How many contacts one in the log stands for; 0 for what is no number, None: nobody says."""
    if "one_in" not in request.args:
        return None
    text = request.args["one_in"].replace(",", "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _is_period_asked() -> bool:
    return any(request.args.get(name) for name in ("first", "last"))


def _form(journey: Journey, **kwargs: Any) -> CutForm:
    touchpoints = [
        (one.id, presenters.place_of(one), one.name)
        for one in presenters.touchpoints_in_order(journey)
        if not one.stage.is_hidden
    ]
    return cut_form(touchpoints, journey.currency, **kwargs)


def _context(journey: Journey, form: CutForm, found: LogCut) -> dict[str, object]:
    months = presenters.month_choices(found.sources, found.period)
    stored = _chosen(found) | {"one_in": found.one_in}
    period = period_form(months, formdata=None, data=stored)
    if _is_period_asked():
        for name, words in found.faults.items():
            period[name].errors = [words]
    without = [one.id for one in found.sources if one not in found.counted]
    return {
        "journey": journey,
        "found": found,
        "period": period,
        "grid": form.grid(presenters.cut_words(journey, found, last_version(journey))),
        "facts": presenters.cut_facts(found),
        "address": _address(journey, found, without),
        "without": without,
    }


def _address(journey: Journey, found: LogCut, without: list[int]) -> str:
    """Where the form goes: the months and the sources left out stay in the address."""
    asked: dict[str, Any] = {"without": without, **_chosen(found)}
    if found.one_in != found.stated_one_in:
        asked["one_in"] = found.one_in
    return url_for("journeys.cut_baseline", key=journey.key, **asked)


def _chosen(found: LogCut) -> dict[str, str]:
    if found.period is None:
        return {}
    return {"first": found.period.first.isoformat(), "last": found.period.last.isoformat()}
