"""Start a proposal from a hot spot of a journey."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.audit.services import answered_once
from app.extensions import db
from app.initiatives import presenters, queries, services
from app.initiatives.forms import SpotForm
from app.initiatives.routes.blueprint import SAVED, Answer, bp, store
from app.initiatives.routes.proposing import first_answers
from app.initiatives.routes.similar import say_similar
from app.journeys.models import Journey
from app.web.clock import now, today
from app.web.guards import current_actor, requires

PAGE = "initiatives/from_spot.html"


@bp.get("/initiatives/from-spot/<int:journey_id>")
@requires("initiatives.edit")
def new_from_spot(journey_id: int) -> str:
    """Show the form with everything filled in that the journey's pages know.

    In the address: ``at`` the touchpoint, ``reason``, ``who`` and ``period`` as on those pages.
    """
    journey = queries.get_spot_journey(db.session, journey_id)
    spot = queries.get_spot(
        db.session,
        journey_id,
        request.args.get("at", 0, type=int),
        reason=request.args.get("reason"),
        who=request.args.get("who", ""),
        period=request.args.get("period", ""),
    )
    known = presenters.spot_data(spot, today())
    unit = known.pop("unit", "")
    data = first_answers() | known | {"journey_id": journey_id, "unit_of_measure": unit}
    return render_template(PAGE, form=_form(journey, data=data), journey=journey)


@bp.post("/initiatives/from-spot/<int:journey_id>")
@requires("initiatives.edit")
def create_from_spot(journey_id: int) -> Answer:
    """Propose a new initiative with its touchpoints and first behaviour."""
    journey = queries.get_spot_journey(db.session, journey_id)
    form = _form(journey)
    made: list[str] = []
    status = store(
        form,
        lambda: made.append(
            answered_once(
                db.session, form.once.data, actor=current_actor(), action="initiative.created",
                params=form.typed(), now=now(),
                make=lambda: services.start_from_spot(
                    db.session, form.draft(), touchpoint_ids=form.touchpoints.data or (),
                    behaviour=form.behaviour(), actor=current_actor(), now=now(),
                ).key,
            )
        ),
    )  # fmt: skip
    if status != SAVED:
        journey = queries.get_spot_journey(db.session, journey_id)
        return render_template(PAGE, form=form, journey=journey), status
    flash(f"{made[0]} is proposed as a draft. Answer the six questions next.", "ok")
    say_similar(made[0])
    return redirect(url_for("initiatives.question", key=made[0], step="goals"), code=SAVED)


def _form(journey: Journey, **kwargs: Any) -> SpotForm:
    form = SpotForm(**kwargs)
    form.offer(
        journeys=[(str(journey.id), f"{journey.name} ({journey.currency})")],
        cycles=queries.cycle_choices(db.session),
        people=[(str(one.id), one.name) for one in queries.list_people_to_choose(db.session)],
    )
    form.offer_places(
        queries.touchpoint_choices(db.session, journey.id),
        queries.customer_need_choices(db.session, journey.id),
    )
    return form
