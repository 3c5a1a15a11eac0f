"""The review of one hurdle: look, record evidence, release, hold or stop."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.approvals.rules import TrancheState
from app.db.session import transaction
from app.errors import ConflictError, InvalidError
from app.extensions import db
from app.roadmap.forms import DayForm, DecisionForm, EvidenceForm, StopForm
from app.roadmap.presenters import review
from app.roadmap.presenters.forecast import (
    asked_words,
    forecast_view,
    other_use_progress,
    override_words,
)
from app.roadmap.queries import Gate, get_gate
from app.roadmap.queries.forecasts import find_forecast
from app.roadmap.queries.freed import find_next_scenario, load_plannable
from app.roadmap.queries.judging import last_evidence
from app.roadmap.queries.timeline import list_deciders
from app.roadmap.routes.blueprint import GATE, bp
from app.roadmap.rules import PERMISSION, Decider, HurdleAction
from app.roadmap.rules.judging import Judged
from app.roadmap.services import HurdleOutcome, decide_hurdle, record_evidence_once
from app.values.money import Money
from app.web.clock import now, today
from app.web.errors import status_of
from app.web.filters import money
from app.web.guards import current_actor, may, requires

Answer = Response | str | tuple[str, int]


@bp.get(GATE)
@requires("roadmap.view")
def gate(tranche_id: int) -> str:
    """Show a hurdle with its criteria, evidence and history."""
    return _page(_gate(tranche_id))


@bp.post(f"{GATE}/evidence")
@requires("evidence.record")
def add_evidence(tranche_id: int) -> Answer:
    """Record a measurement."""
    one = _gate(tranche_id)
    form = EvidenceForm()
    form.offer(_criteria(one))
    status = 422
    if form.validate():
        criterion = next(c for c in one.tranche.milestone.criteria if c.id == form.criterion.data)
        try:
            with transaction(db.session) as session:
                record_evidence_once(
                    session, one.tranche, criterion, value=form.data["value"],
                    sample=form.sample.data, measured_on=form.data["measured_on"],
                    source=form.source.data or "", note=form.note.data or "", how=form.how,
                    is_confirmed=form.is_confirmed.data,
                    once_key=form.once.data or "", actor=current_actor(), now=now(),
                )  # fmt: skip
        except (InvalidError, ConflictError) as error:
            form.refuse(error)
            status = status_of(error)
        else:
            flash("The measurement is recorded.", "ok")
            return _back(tranche_id)
    return _page(_gate(tranche_id), evidence=form), status


@bp.post(f"{GATE}/decision")
@requires("hurdles.decide", fresh=True)
def decide(tranche_id: int) -> Answer:
    """Release the hurdle's money or hold it; a stop has a page of its own."""
    form = DecisionForm()
    wanted = request.form.get("action")
    action = next((a for a in _ON_THE_PAGE if a.value == wanted), None)
    if action is None:
        form.validate()
        form.refuse(InvalidError("Choose to release or to hold."))
        return _page(_gate(tranche_id), decision=form), 422
    outcome = _decided(tranche_id, form, action)
    if isinstance(outcome, HurdleOutcome):
        return _back(tranche_id)
    status, conflict = outcome
    return _page(_gate(tranche_id), decision=form, conflict=conflict), status


_ON_THE_PAGE = (HurdleAction.RELEASE, HurdleAction.HOLD)


@bp.get(f"{GATE}/stop")
@requires("hurdles.decide")
def review_stop(tranche_id: int) -> str:
    """Show what a stop frees before anybody confirms it."""
    one = _gate(tranche_id)
    return _stop_page(one, StopForm(formdata=None, seen=review.seen_mark(one)))


@bp.post(f"{GATE}/stop")
@requires("hurdles.decide", fresh=True)
def stop(tranche_id: int) -> Answer:
    """Stop the initiative and free what its open hurdles hold."""
    form = StopForm()
    outcome = _decided(tranche_id, form, HurdleAction.STOP)
    if isinstance(outcome, HurdleOutcome):
        return _back(tranche_id)
    status, conflict = outcome
    return _stop_page(_gate(tranche_id), form, conflict), status


Refusal = tuple[int, dict[str, Any] | None]
"""The status of the page to show again, and both versions after a conflict."""


def _decided(tranche_id: int, form: DecisionForm, action: HurdleAction) -> HurdleOutcome | Refusal:
    """Carry a decision out; refusals stand in the form."""
    if not form.validate():
        return 422, None
    conflict = None
    try:
        with transaction(db.session) as session:
            one = get_gate(session, tranche_id, today=today())
            conflict = _conflict(one, form)
            if conflict is not None and one.facts.is_open:
                raise ConflictError("This hurdle changed while you were deciding.")
            outcome = decide_hurdle(
                session, one.tranche, action=action, reason=form.reason.data or "",
                once_key=form.once.data or "", actor=current_actor(), now=now(),
            )  # fmt: skip
    except (InvalidError, ConflictError) as error:
        form.refuse(error)
        if conflict is not None:
            _look_again(form, tranche_id)
        return status_of(error), conflict
    flash(_outcome_words(outcome, one), "ok")
    return outcome


_DELIVERY = (
    "The owner or the program manager says on the page of the initiative that it is delivered."
)


def _outcome_words(outcome: HurdleOutcome, one: Gate) -> str:
    currency = one.tranche.currency
    if outcome.released_minor:
        words = f"{money(Money(outcome.released_minor, currency))} is released."
        if not outcome.is_completed:
            return words
        return f"{words} It was the last hurdle. {_DELIVERY}"
    if outcome.freed_minor:
        return f"Stopped: {money(Money(outcome.freed_minor, currency))} went back to the budget."
    return "The decision is recorded."


def _conflict(one: Gate, form: DecisionForm) -> dict[str, Any] | None:
    fields = review.changes_since(one, form.seen.data or "")
    if fields is None:
        return None
    return {"fields": fields, "who": "Somebody else", "when": "since you opened this page"}


def _look_again(form: DecisionForm, tranche_id: int) -> None:
    """Base the form on what stands now, so that sending it again is decided knowing both."""
    form.seen.data = review.seen_mark(_gate(tranche_id))
    form.seen.raw_data = None


def _gate(tranche_id: int) -> Gate:
    return get_gate(db.session, tranche_id, today=today())


def _back(tranche_id: int) -> Response:
    return redirect(url_for("roadmap.gate", tranche_id=tranche_id), code=303)


def _criteria(one: Gate) -> list[tuple[int, str]]:
    return [(criterion.id, criterion.metric) for criterion in one.tranche.milestone.criteria]


def _choices(one: Gate) -> list[review.ActionChoice]:
    person = current_actor()
    return review.choices_of(one, Decider(person.id, person.may(PERMISSION)))


def _page(
    one: Gate,
    *,
    evidence: EvidenceForm | None = None,
    decision: DecisionForm | None = None,
    conflict: dict[str, Any] | None = None,
) -> str:
    if evidence is None:
        evidence = EvidenceForm(formdata=None, measured_on=today())
    evidence.offer(_criteria(one))
    choices = _choices(one)
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
        outcome=review.outcome_words(
            one, _plannable(one, one.balance.freed) if is_stopped else None
        ),
        is_stopped=is_stopped,
        next_scenario=find_next_scenario(db.session, one.commitment.currency)
        if is_stopped
        else None,
        hurdles=review.hurdle_rows(one),
        history=review.history_items(one),
        evidence=evidence,
        decision=decision or DecisionForm(formdata=None, seen=review.seen_mark(one)),
        day=DayForm(formdata=None, meta={"csrf": False}),
        conflict=conflict,
        tones=review.TONES,
        forecast=forecast_view(one),
        overrides=override_words(one),
        other=other,
        may_record=may("evidence.record") and one.facts.is_open,
        may_move=may("roadmap.replan") and one.facts.is_open,
    )


def _other_use(one: Gate) -> dict[str, Any]:
    """What is known of the best other use: where it stands, and whether it can be asked for."""
    if not isinstance(one.judged, Judged):
        return {}
    known = find_forecast(db.session, one.tranche.id, last_evidence(one.facts))
    has_cycle = find_next_scenario(db.session, one.tranche.currency) is not None
    found: dict[str, Any] = {"can_ask": has_cycle and may("runs.start")}
    if known is None:
        return found
    if known.content is not None:
        return found | {"words": asked_words(known)}
    if known.job.state.is_over:
        return found | {"failure": known.job.failure or "The work ended without an answer."}
    poll = url_for("roadmap.other_use_state", tranche_id=one.tranche.id)
    return {"progress": other_use_progress(known) | {"poll": poll}}


def _plannable(one: Gate, freed_minor: int) -> Money:
    """What of freed money falls into quarters that can still be planned."""
    minor = load_plannable(db.session, one.commitment, freed_minor, today=today())
    return Money(minor, one.commitment.currency)


def _stop_page(one: Gate, form: StopForm, conflict: dict[str, Any] | None = None) -> str:
    choice = next(c for c in _choices(one) if c.action is HurdleAction.STOP)
    return render_template(
        "roadmap/stop.html",
        gate=one,
        choice=choice,
        rows=review.freed_rows(one),
        override=override_words(one).get(HurdleAction.STOP),
        freed=Money(one.freed_by_stop_minor, one.tranche.currency),
        again=review.plannable_words(
            Money(one.freed_by_stop_minor, one.tranche.currency),
            _plannable(one, one.freed_by_stop_minor),
        ),
        released=Money(one.balance.released, one.commitment.currency),
        form=form,
        conflict=conflict,
    )
