"""The best other use of a hurdle's money: ask for it, and watch it being worked out."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.db.session import transaction
from app.errors import ConflictError, InvalidError
from app.extensions import db
from app.roadmap.presenters.forecast import other_use_progress
from app.roadmap.queries import get_gate
from app.roadmap.routes.blueprint import GATE, bp
from app.roadmap.services.forecasting import ask_other_use
from app.web.clock import now, today
from app.web.forms import Form
from app.web.guards import about_costs, current_actor, requires


@bp.post(f"{GATE}/other-use")
@requires("runs.start")
def ask_for_other_use(tranche_id: int) -> Response:
    """Work out what the hurdle's money would return elsewhere."""
    form = Form()
    if form.validate():
        try:
            with transaction(db.session) as session:
                one = get_gate(session, tranche_id, today=today())
                ask_other_use(session, one.tranche, actor=current_actor(), now=now())
        except (ConflictError, InvalidError) as error:
            flash(" ".join([error.message, *getattr(error, "fields", {}).values()]), "bad")
    return redirect(url_for("roadmap.gate", tranche_id=tranche_id) + "#forecast", code=303)


@bp.get(f"{GATE}/other-use/progress")
@requires("roadmap.view")
@about_costs
def other_use_state(tranche_id: int) -> Response:
    """The progress alone, for the page to put in place; at the end the page reloads."""
    one = get_gate(db.session, tranche_id, today=today())
    back = url_for("roadmap.gate", tranche_id=tranche_id)
    if "HX-Request" not in request.headers:
        return redirect(back, 303)
    forecast = one.asked.newest if one.asked else None
    if forecast is None or forecast.job.state.is_over:
        answer = make_response("")
        answer.headers["HX-Refresh"] = "true"
        return answer
    progress = other_use_progress(forecast)
    poll = url_for("roadmap.other_use_state", tranche_id=tranche_id)
    return make_response(
        render_template("roadmap/other_use.html", progress=progress | {"poll": poll})
    )
