"""Ways to decide that are looked at once more: stop, finish early, go on with a smaller option."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.extensions import db
from app.roadmap.forms import DecisionForm, FinishForm, RescopeForm, StopForm
from app.roadmap.presenters import review
from app.roadmap.presenters.forecast import override_words
from app.roadmap.presenters.rescoping import criteria_rows, less_words, smaller_rows, smaller_words
from app.roadmap.queries import Gate
from app.roadmap.queries.rescoping import SmallerOption, list_smaller
from app.roadmap.routes.blueprint import GATE, bp
from app.roadmap.routes.deciding import choices_for, decided, gate_of, plannable, told_of
from app.roadmap.rules import HurdleAction
from app.roadmap.services import HurdleOutcome, decide_hurdle, rescope_hurdle
from app.values.money import Money
from app.web.clock import now
from app.web.guards import current_actor, requires, says

Answer = Response | str | tuple[str, int]


@bp.get(f"{GATE}/stop")
@requires("hurdles.decide")
def review_stop(tranche_id: int) -> str:
    """Show what a stop frees before anybody confirms it."""
    return _before(tranche_id, HurdleAction.STOP, StopForm)


@bp.post(f"{GATE}/stop")
@requires("hurdles.decide", fresh=True)
@says(told_of(HurdleAction.STOP))
def stop(tranche_id: int) -> Answer:
    """Stop the initiative and free what its open hurdles hold."""
    return _end(tranche_id, HurdleAction.STOP, StopForm())


@bp.get(f"{GATE}/finish")
@requires("hurdles.decide")
def review_finish(tranche_id: int) -> str:
    """Show what an early finish frees before anybody confirms it."""
    return _before(tranche_id, HurdleAction.FINISH, FinishForm)


@bp.post(f"{GATE}/finish")
@requires("hurdles.decide", fresh=True)
@says(told_of(HurdleAction.FINISH))
def finish(tranche_id: int) -> Answer:
    """End the initiative with its value captured and free what its open hurdles hold."""
    return _end(tranche_id, HurdleAction.FINISH, FinishForm())


def _before(tranche_id: int, action: HurdleAction, form: type[DecisionForm]) -> str:
    one = gate_of(tranche_id)
    return _ending_page(one, action, form(formdata=None, seen=review.seen_mark(one)))


def _end(tranche_id: int, action: HurdleAction, form: DecisionForm) -> Answer:
    def carry_out(session: Session, one: Gate) -> HurdleOutcome:
        return decide_hurdle(
            session, one.tranche, action=action, reason=form.reason.data or "",
            once_key=form.once.data or "", amendment=one.facts.last_amendment,
            actor=current_actor(), now=now(),
        )  # fmt: skip

    outcome = decided(tranche_id, form, carry_out)
    if isinstance(outcome, HurdleOutcome):
        return redirect(url_for("roadmap.freed", tranche_id=tranche_id), code=303)
    status, conflict = outcome
    return _ending_page(gate_of(tranche_id), action, form, conflict), status


def _ending_page(
    one: Gate, action: HurdleAction, form: DecisionForm, conflict: dict[str, Any] | None = None
) -> str:
    choice = next(c for c in choices_for(one) if c.action is action)
    freed = Money(one.freed_by_stop_minor, one.tranche.currency)
    return render_template(
        "roadmap/stop.html",
        gate=one,
        choice=choice,
        rows=review.freed_rows(one),
        override=override_words(one).get(action),
        freed=freed,
        again=review.plannable_words(freed, plannable(one, one.freed_by_stop_minor)),
        released=Money(one.balance.released, one.commitment.currency),
        dependants_then=review.dependants_words(one, action),
        form=form,
        conflict=conflict,
    )


@bp.get(f"{GATE}/rescope")
@requires("hurdles.decide")
def review_rescope(tranche_id: int) -> str:
    """Show the smaller options and what each would free."""
    one = gate_of(tranche_id)
    return _rescope_page(one, RescopeForm(formdata=None, seen=review.seen_mark(one)))


@bp.post(f"{GATE}/rescope")
@requires("hurdles.decide", fresh=True)
@says(told_of(HurdleAction.RESCOPE))
def rescope(tranche_id: int) -> Answer:
    """Go on with the chosen option and free what it no longer needs."""
    form = RescopeForm()
    form.offer(smaller_words(_smaller(gate_of(tranche_id))))

    def carry_out(session: Session, one: Gate) -> HurdleOutcome:
        return rescope_hurdle(
            session, one.tranche, option_id=form.option.data, reason=form.reason.data or "",
            once_key=form.once.data or "", amendment=one.facts.last_amendment,
            actor=current_actor(), now=now(),
        )  # fmt: skip

    outcome = decided(tranche_id, form, carry_out)
    if isinstance(outcome, HurdleOutcome):
        return redirect(url_for("roadmap.freed", tranche_id=tranche_id), code=303)
    status, conflict = outcome
    return _rescope_page(gate_of(tranche_id), form, conflict), status


def _smaller(one: Gate) -> list[SmallerOption]:
    held = one.freed_by_stop_minor
    released = one.balance.released
    return list(list_smaller(db.session, one.commitment, released_minor=released, held_minor=held))


def _rescope_page(one: Gate, form: RescopeForm, conflict: dict[str, Any] | None = None) -> str:
    smaller = _smaller(one)
    form.offer(smaller_words(smaller))
    choice = next(c for c in choices_for(one) if c.action is HurdleAction.RESCOPE)
    held = Money(one.freed_by_stop_minor, one.tranche.currency)
    return render_template(
        "roadmap/rescope.html",
        gate=one,
        choice=choice,
        rows=smaller_rows(smaller, held),
        less=less_words(smaller, one.commitment.option.name),
        criteria=criteria_rows(one.readings),
        held=held,
        form=form,
        conflict=conflict,
    )
