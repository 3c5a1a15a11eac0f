"""The evidence pack: one hurdle on one page, made for paper."""

from __future__ import annotations

from flask import render_template, request

from app.extensions import db
from app.meetings.routes.blueprint import bp
from app.roadmap.presenters import review
from app.roadmap.presenters.forecast import forecast_view, override_words
from app.roadmap.queries import get_gate
from app.roadmap.queries.timeline import list_deciders
from app.values.money import Money
from app.web.clock import today
from app.web.guards import requires


@bp.get("/gates/<int:tranche_id>/pack")
@requires("roadmap.view")
def pack(tranche_id: int) -> str:
    """Show criteria, evidence, what the money still brings, recommendation, money, conditions."""
    gate = get_gate(db.session, tranche_id, today=today())
    meeting = request.args.get("meeting", "")
    is_id = meeting.isascii() and meeting.isdigit() and len(meeting) < 10
    deciders = list_deciders(db.session) if gate.facts.is_open else ()
    return render_template(
        "meetings/pack.html",
        gate=gate,
        meeting_id=int(meeting) if is_id else None,
        facts=review.gate_facts(gate, deciders, today()),
        freed=Money(gate.freed_by_stop_minor, gate.tranche.currency),
        criteria=review.criteria_rows(gate),
        forecast=forecast_view(gate),
        overrides=override_words(gate),
        history=review.history_items(gate),
        recommended=review.recommended_state(gate.recommendation),
        as_of=today(),
    )
