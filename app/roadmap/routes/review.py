"""The review of one hurdle: look, record evidence, release, hold or stop."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.approvals.models import Tranche
from app.approvals.rules import TrancheState
from app.db.session import transaction
from app.errors import ConflictError, InvalidError
from app.extensions import db
from app.roadmap.forms import DayForm, EvidenceForm, HoldForm
from app.roadmap.presenters import amending, review
from app.roadmap.presenters.forecast import (
    asked_words,
    forecast_view,
    other_use_progress,
    override_words,
)
from app.roadmap.queries import Gate, find_last_measured_on, get_tranche
from app.roadmap.queries.timeline import list_deciders
from app.roadmap.routes.amending import asking_bar
from app.roadmap.routes.blueprint import GATE, bp
from app.roadmap.routes.deciding import (
    choices_for,
    decided,
    gate_of,
    plannable_of_freed,
    told,
)
from app.roadmap.rules import HurdleAction
from app.roadmap.rules.judging import Judged
from app.roadmap.services import HurdleOutcome, decide_hurdle, record_evidence_once
from app.web.clock import now, today
from app.web.errors import status_of
from app.web.guards import current_actor, may, requires, says

Answer = Response | str | tuple[str, int]


@bp.get(GATE)
@requires("roadmap.view")
def gate(tranche_id: int) -> str:
    """Show a hurdle with its criteria, evidence and history."""
    return _page(gate_of(tranche_id))


@bp.post(f"{GATE}/evidence")
@requires("evidence.record")
def add_evidence(tranche_id: int) -> Answer:
    """Record a measurement."""
    tranche = get_tranche(db.session, tranche_id)
    form = EvidenceForm()
    form.offer(_criteria(tranche))
    status = 422
    if form.validate():
        criterion = next(c for c in tranche.milestone.criteria if c.id == form.criterion.data)
        try:
            with transaction(db.session) as session:
                record_evidence_once(
                    session, tranche, criterion, value=form.data["value"],
                    sample=form.sample.data, measured_on=form.data["measured_on"],
                    source=form.source.data or "", note=form.note.data or "", how=form.how,
                    is_confirmed=form.is_confirmed.data,
                    once_key=form.once.data or "", actor=current_actor(), now=now(),
                )  # fmt: skip
        except (InvalidError, ConflictError) as error:
            form.refuse(error)
            status = status_of(error)
        else:
            day = form.data["measured_on"]
            last_on = find_last_measured_on(db.session, tranche_id, form.criterion.data)
            flash(review.recorded_words(day, last_on), "ok")
            return _back(tranche_id)
    return _page(gate_of(tranche_id), evidence=form), status


@bp.post(f"{GATE}/decision")
@requires("hurdles.decide", fresh=True)
@says(told)
def decide(tranche_id: int) -> Answer:
    """Release the hurdle's money or hold it; what ends or changes it has a page of its own."""
    form = HoldForm()
    wanted = request.form.get("action")
    action = next((a for a in _ON_THE_PAGE if a.value == wanted), None)
    if action is None:
        form.validate()
        form.refuse(InvalidError("Choose to release or to hold."))
        return _page(gate_of(tranche_id), decision=form), 422

    def carry_out(session: Session, one: Gate) -> HurdleOutcome:
        return decide_hurdle(
            session, one.tranche, action=action, reason=form.reason.data or "",
            once_key=form.once.data or "", actor=current_actor(), now=now(),
            amendment=one.facts.last_amendment,
            hold_until=form.data["until"] if action is HurdleAction.HOLD else None,
        )  # fmt: skip

    outcome = decided(tranche_id, form, carry_out)
    if isinstance(outcome, HurdleOutcome):
        return _back(tranche_id)
    status, conflict = outcome
    return _page(gate_of(tranche_id), decision=form, conflict=conflict), status


_ON_THE_PAGE = (HurdleAction.RELEASE, HurdleAction.HOLD)


def _back(tranche_id: int) -> Response:
    return redirect(url_for("roadmap.gate", tranche_id=tranche_id), code=303)


def _criteria(tranche: Tranche) -> list[tuple[int, str]]:
    return [(criterion.id, criterion.metric) for criterion in tranche.milestone.criteria]


def _page(
    one: Gate,
    *,
    evidence: EvidenceForm | None = None,
    decision: HoldForm | None = None,
    conflict: dict[str, Any] | None = None,
) -> str:
    if evidence is None:
        evidence = EvidenceForm(formdata=None, measured_on=today())
    evidence.offer(_criteria(one.tranche))
    choices = choices_for(one)
    other = _other_use(one)
    is_stopped = one.tranche.state is TrancheState.FREED
    return render_template(
        "roadmap/gate.html",
        gate=one,
        facts=review.gate_facts(
            one, list_deciders(db.session) if one.facts.is_open else (), today()
        ),
        criteria=review.criteria_rows(one),
        choices=choices,
        bar=review.shared_bar(choices),
        outcome=review.outcome_words(one, plannable_of_freed(one) if is_stopped else None),
        is_stopped=is_stopped,
        hurdles=review.hurdle_rows(one),
        history=review.history_items(one),
        evidence=evidence,
        since_hint=review.since_hint(one),
        decision=decision or HoldForm(formdata=None, seen=review.seen_mark(one)),
        day=DayForm(formdata=None, meta={"csrf": False}),
        conflict=conflict,
        recommended=review.recommended_state(one.recommendation),
        forecast=forecast_view(one),
        overrides=override_words(one),
        other=other,
        narrowed=amending.narrowed_words(one),
        may_amend=may("amendments.ask") and asking_bar(one) is None,
        may_record=may("evidence.record") and one.facts.is_open,
        may_move=may("roadmap.replan") and one.facts.is_open,
    )


def _other_use(one: Gate) -> dict[str, Any]:
    """What is known of the best other use: where it stands, and whether it can be asked for."""
    if one.asked is None or not isinstance(one.judged, Judged):
        return {}
    known = one.asked.newest
    found: dict[str, Any] = {"can_ask": one.asked.scenario_id is not None and may("runs.start")}
    if known is None:
        return found
    if known.content is not None:
        return found | {"words": asked_words(known)}
    if known.job.state.is_over:
        return found | {"failure": known.job.failure or "The work ended without an answer."}
    poll = url_for("roadmap.other_use_state", tranche_id=one.tranche.id)
    return {"progress": other_use_progress(known) | {"poll": poll}}
