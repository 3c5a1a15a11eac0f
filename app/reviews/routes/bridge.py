"""The value bridge: from what was approved to what it is worth now."""

from __future__ import annotations

from flask import render_template, request

from app.calendar.queries import list_cycles
from app.errors import NotFoundError
from app.extensions import db
from app.reviews.presenters.bridge import bridge_view
from app.reviews.queries.bridge import load_rounds
from app.reviews.routes.blueprint import bp
from app.web.guards import about_costs, requires


@bp.get("/value")
@requires("reviews.view")
@about_costs
def value_bridge() -> str:
    """Show one bridge per currency; ``cycle`` narrows it down to one cycle."""
    cycles, asked = list_cycles(db.session), request.args.get("cycle", "")
    cycle = next((one for one in cycles if str(one.id) == asked), None)
    if asked and cycle is None:
        raise NotFoundError("There is no such cycle.")
    rounds = load_rounds(db.session, cycle.id if cycle else None)
    currencies = sorted({one.currency for one in rounds})
    views = [bridge_view([r for r in rounds if r.currency == currency]) for currency in currencies]
    return render_template(
        "reviews/bridge.html",
        views=views,
        cycle=cycle,
        cycles=[("", "All cycles"), *((str(one.id), one.name) for one in cycles)],
    )
