"""What every way to decide a hurdle has in common: look, refuse in the form, say what it did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, request
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.errors import ConflictError, InvalidError
from app.extensions import db
from app.roadmap.forms import DecisionForm
from app.roadmap.presenters import review
from app.roadmap.queries import Gate, get_gate
from app.roadmap.queries.freed import load_plannable
from app.roadmap.rules import PERMISSION, Decider, HurdleAction
from app.roadmap.services import HurdleOutcome
from app.values.money import Money
from app.web.clock import today
from app.web.errors import status_of
from app.web.filters import money
from app.web.guards import current_actor

Refusal = tuple[int, dict[str, Any] | None]
"""The status of the page to show again, and both versions after a conflict."""


def gate_of(tranche_id: int) -> Gate:
    """The hurdle as it stands today."""
    return get_gate(db.session, tranche_id, today=today())


def choices_for(one: Gate) -> list[review.ActionChoice]:
    """The ways to decide it, as they are for the person looking."""
    person = current_actor()
    return review.choices_of(one, Decider(person.id, person.may(PERMISSION)))


def plannable_of_freed(one: Gate) -> Money:
    """What of the money it gave back falls into quarters that can still be planned."""
    minor = load_plannable(db.session, one.commitment, one.balance.freed, today=today())
    return Money(minor, one.commitment.currency)


def plannable(one: Gate, freed_minor: int) -> Money:
    """What of money falls into quarters that can still be planned, once it is freed as well."""
    before = one.balance.freed
    total = before + freed_minor
    minor = load_plannable(db.session, one.commitment, total, since=before, today=today())
    return Money(minor, one.commitment.currency)


def told(tranche_id: int) -> str | None:
    """What the form on the page of a hurdle is about to do."""
    wanted = request.form.get("action")
    action = next((one for one in HurdleAction if one.value == wanted), None)
    return review.decision_words(gate_of(tranche_id), action) if action else None


def told_of(action: HurdleAction) -> Callable[[int], str]:
    """How the page of one way to decide says what it is about to do."""
    return lambda tranche_id: review.decision_words(gate_of(tranche_id), action)


def decided(
    tranche_id: int, form: DecisionForm, carry_out: Callable[[Session, Gate], HurdleOutcome]
) -> HurdleOutcome | Refusal:
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
            outcome = carry_out(session, one)
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
        back = f"{money(Money(outcome.freed_minor, currency))} went back to the budget."
        if outcome.is_completed:
            return f"Finished early: {back} {_DELIVERY}"
        return f"{'Stopped' if outcome.ended else 'Rescoped'}: {back}"
    return "The decision is recorded."


def _conflict(one: Gate, form: DecisionForm) -> dict[str, Any] | None:
    fields = review.changes_since(one, form.seen.data or "")
    if fields is None:
        return None
    return {"fields": fields, "who": "Somebody else", "when": "since you opened this page"}


def _look_again(form: DecisionForm, tranche_id: int) -> None:
    """Base the form on what stands now, so that sending it again is decided knowing both."""
    form.seen.data = review.seen_mark(gate_of(tranche_id))
    form.seen.raw_data = None
