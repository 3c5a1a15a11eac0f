"""The home page: what needs this person now, by role."""

from __future__ import annotations

from datetime import timedelta
from hmac import compare_digest
from typing import Any

from flask import Response, abort, current_app, render_template, request, url_for

from app.approvals.queries import list_returned, list_running_money
from app.calendar.queries import find_current_cycle
from app.comments.queries import list_unread
from app.extensions import db
from app.reporting import queries
from app.reporting.exports.metrics import Figure, metrics_text
from app.reporting.presenters import home as presenters
from app.reporting.queries.first_cycle import find_first_cycle
from app.reporting.routes.blueprint import bp
from app.reporting.rules import Place
from app.roadmap.queries.amendments import list_waiting_for
from app.web.clock import now, today
from app.web.context import CURRENT_CYCLE, once_a_request
from app.web.guards import current_actor, public, requires
from app.web.metrics import counted_requests

MOST_CYCLES = 2
"""Cycles whose money the page shows."""


@bp.get("/")
@requires("home.view")
def home() -> str:
    """Show each role of the person what waits for them."""
    person = current_actor()
    cycle = once_a_request(CURRENT_CYCLE, lambda: find_current_cycle(db.session, today()))
    parts: dict[str, Any] = {}
    if person.may("journeys.edit"):
        spots = queries.list_hot_spots(db.session)
        parts["is_measured"] = bool(spots)
        parts["hot_spots"] = presenters.hot_spot_lines(spots, "/journeys")
    if person.may("initiatives.edit"):
        mine = queries.list_owned(db.session, person, limit=presenters.MOST_ROWS)
        parts["mine"] = presenters.initiative_lines(mine.lines, "/initiatives")
        parts["owned"] = mine
        released = queries.list_to_deliver(db.session, person, limit=presenters.MOST_ROWS)
        parts["to_deliver"] = presenters.initiative_lines(released, "/initiatives")
    if person.may("proposals.submit"):
        parts["returned"] = presenters.returned_lines(list_returned(db.session), "/proposals")
    if person.may("proposals.decide"):
        parts |= _for_finance()
    if person.may("hurdles.decide"):
        asked = list_waiting_for(db.session, person.id, limit=presenters.MOST_ROWS)
        parts["amendments"] = presenters.amendment_lines(asked, "/gates")
    if person.may("evidence.record") or person.may("proposals.decide"):
        gates = queries.list_open_gates(
            db.session, until=today() + presenters.SOON, limit=presenters.MOST_ROWS,
            person_id=person.id,
        )  # fmt: skip
        parts["gates"] = presenters.gate_lines(gates, "/gates", today())
    if person.may("jobs.view"):
        parts["system"] = queries.load_system_state(db.session)
    money = _money()
    # Money that runs was approved once, so the first cycle is over.
    found = None if money or person.hides_first_steps else find_first_cycle(db.session)
    steps = presenters.step_lines(found, person.may, _address) if found is not None else []
    mentions, unread = list_unread(db.session, person, limit=presenters.MOST_ROWS)
    return render_template(
        "reporting/home.html", person=person, cycle=cycle, parts=parts,
        mentions=presenters.mention_lines(mentions, "/comments"), unread=unread,
        clock=presenters.cycle_clock(cycle, today()) if cycle else [],
        money=money, steps=steps,
    )  # fmt: skip


def _address(place: Place) -> str:
    arguments: dict[str, Any] = dict(place.arguments)
    return url_for(place.endpoint, _anchor=place.anchor, **arguments)


def _for_finance() -> dict[str, Any]:
    waiting = queries.list_waiting_proposals(db.session)
    to_certify, count = queries.list_to_certify(db.session, limit=presenters.MOST_ROWS)
    return {
        "proposals": presenters.proposal_lines(waiting, "/proposals"),
        "to_certify": presenters.initiative_lines(to_certify, "/initiatives"),
        "certify_count": count,
        "pools": presenters.pool_lines(queries.list_claimed_pools(db.session), "/journeys"),
    }


def _money() -> list[presenters.MoneyStrip]:
    return [
        presenters.money_strip(cycle) for cycle in list_running_money(db.session, limit=MOST_CYCLES)
    ]


@bp.get("/metrics")
@public
def metrics() -> Response:
    """Give figures about requests, jobs and workers to whoever brings METRICS_TOKEN."""
    token = current_app.config["METRICS_TOKEN"]
    if not token:
        abort(404)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not compare_digest(given.encode(), token.encode()):
        abort(401, "Send METRICS_TOKEN as “Authorization: Bearer …”.")
    silence = timedelta(seconds=current_app.config["JOB_LOST_SECONDS"])
    load = queries.measure_load(db.session, silence=silence, now=now())
    jobs = {state.value: float(count) for state, count in load.jobs.items()}
    figures = {
        "jobs": Figure("Jobs by state", jobs, "state"),
        "oldest_queued_seconds": Figure(
            "Seconds the oldest queued job waits", {"": load.oldest_queued.total_seconds()}
        ),
        "workers": Figure("Workers seen lately", {"": load.workers}),
        "audit_events": Figure("Events in the audit trail", {"": load.audit_events}),
        "signed_in_browsers": Figure("Sign-in sessions kept", {"": load.signed_in}),
    }
    body = metrics_text(counted_requests(), figures)
    return Response(body, mimetype="text/plain; version=0.0.4")
