"""Ask for an amendment of a criterion, look at one, agree or decline, withdraw."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.approvals.models import Tranche
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotFoundError
from app.extensions import db
from app.roadmap.forms import AmendmentForm, AnswerForm, WithdrawForm
from app.roadmap.presenters import amending
from app.roadmap.queries import Gate, get_tranche
from app.roadmap.queries.amendments import get_amendment, load_record
from app.roadmap.routes.blueprint import GATE, bp
from app.roadmap.routes.deciding import gate_of
from app.roadmap.rules import PERMISSION as DECIDES
from app.roadmap.rules import CriterionFacts, Decider, Reading
from app.roadmap.rules.amending import MANAGES, bar_on_agreeing, bar_on_asking, bar_on_waiting
from app.roadmap.services import ask_amendment, end_amendment, withdraw_amendment
from app.web.clock import now
from app.web.errors import status_of
from app.web.forms import Form
from app.web.guards import current_actor, requires

Answer = Response | str | tuple[str, int]
CRITERION = f"{GATE}/criteria/<int:criterion_id>/amend"
AMENDMENT = f"{GATE}/amendments/<int:amendment_id>"


@bp.get(CRITERION)
@requires("amendments.ask")
def amend(tranche_id: int, criterion_id: int) -> str:
    """Ask what a criterion shall become, and why."""
    one = gate_of(tranche_id)
    criterion = _reading(one, criterion_id).criterion
    form = AmendmentForm(
        formdata=None, threshold=criterion.threshold, minimum_sample=criterion.minimum_sample,
        seen=criterion.amended.id if criterion.amended else 0,
    )  # fmt: skip
    return _asking_page(one, criterion_id, form)


@bp.post(CRITERION)
@requires("amendments.ask")
def ask_to_amend(tranche_id: int, criterion_id: int) -> Answer:
    """Ask for the amendment; the criterion decides as it stands until somebody agrees."""
    form = AmendmentForm()

    def ask(session: Session, tranche: Tranche) -> None:
        ask_amendment(
            session, tranche, criterion_id, form.wanted, seen=form.seen.seen,
            reason=form.reason.data or "", once_key=form.once.data or "",
            actor=current_actor(), now=now(),
        )  # fmt: skip

    status = _refusal(form, tranche_id, ask)
    if status is None:
        flash("It waits for Finance; until then the criterion decides as it stands.", "ok")
        return _back(tranche_id)
    return _asking_page(gate_of(tranche_id), criterion_id, form), status


@bp.get(AMENDMENT)
@requires("roadmap.view")
def amendment(tranche_id: int, amendment_id: int) -> str:
    """Show an amendment with old and new, who asked, and the answer."""
    return _amendment_page(tranche_id, amendment_id, AnswerForm(formdata=None))


@bp.post(AMENDMENT)
@requires("hurdles.decide", fresh=True)
def answer_amendment(tranche_id: int, amendment_id: int) -> Answer:
    """Agree to the amendment, or decline it."""
    form = AnswerForm()
    agrees = {"agree": True, "decline": False}.get(request.form.get("action", ""))

    def answer(session: Session, tranche: Tranche) -> None:
        if agrees is None:
            raise InvalidError("Choose to agree or to decline.")
        end_amendment(
            session, tranche, amendment_id, agrees=agrees, answer=form.answer.data or "",
            once_key=form.once.data or "", actor=current_actor(), now=now(),
        )  # fmt: skip

    status = _refusal(form, tranche_id, answer)
    if status is None:
        flash("The criterion is amended." if agrees else "The amendment is declined.", "ok")
        return _back(tranche_id)
    return _amendment_page(tranche_id, amendment_id, form), status


@bp.post(f"{AMENDMENT}/withdraw")
@requires("amendments.ask")
def withdraw(tranche_id: int, amendment_id: int) -> Answer:
    """Take back an amendment one asked for."""
    form = WithdrawForm()

    def take_back(session: Session, tranche: Tranche) -> None:
        withdraw_amendment(
            session, tranche, amendment_id, once_key=form.once.data or "",
            actor=current_actor(), now=now(),
        )  # fmt: skip

    status = _refusal(form, tranche_id, take_back)
    if status is None:
        flash("The amendment is withdrawn; the criterion stays as it was.", "ok")
        return _back(tranche_id)
    page = _amendment_page(tranche_id, amendment_id, AnswerForm(formdata=None), form)
    return page, status


def _refusal(form: Form, tranche_id: int, act: Callable[[Session, Tranche], None]) -> int | None:
    """Carry it out in a transaction: the status of what then stands in the form, None if done."""
    if not form.validate():
        return 422
    try:
        with transaction(db.session) as session:
            act(session, get_tranche(session, tranche_id))
    except (InvalidError, ConflictError) as error:
        form.refuse(error)
        return status_of(error)
    return None


def _back(tranche_id: int) -> Response:
    return redirect(url_for("roadmap.gate", tranche_id=tranche_id) + "#criteria", code=303)


def _reading(one: Gate, criterion_id: int) -> Reading:
    for reading in one.readings:
        if reading.criterion.id == criterion_id:
            return reading
    raise NotFoundError("There is no such criterion of this hurdle.")


def asking_bar(one: Gate) -> str | None:
    """Why the person looking can't ask for amendments of this hurdle, None if they can."""
    person = current_actor()
    return bar_on_asking(
        one.tranche.state, one.initiative.key, manages=person.may(MANAGES),
        is_owner=person.id == one.initiative.owner_id,
    )  # fmt: skip


def _asking_page(one: Gate, criterion_id: int, form: AmendmentForm) -> str:
    reading = _reading(one, criterion_id)
    return render_template(
        "roadmap/amend.html",
        gate=one,
        criterion=reading.criterion,
        agreed=amending.agreed_facts(reading.criterion),
        measured=reading.words if reading.latest else None,
        barred=asking_bar(one),
        form=form,
    )


def _amendment_page(
    tranche_id: int, amendment_id: int, form: AnswerForm, withdrawing: WithdrawForm | None = None
) -> str:
    one = gate_of(tranche_id)
    found = get_amendment(db.session, tranche_id, amendment_id)
    reading = _reading(one, found.criterion_id)
    criterion: CriterionFacts = reading.criterion
    record = load_record(db.session, found, one.tranche, one.initiative.key)
    person = current_actor()
    is_waiting = bar_on_waiting(record) is None
    return render_template(
        "roadmap/amendment.html",
        gate=one,
        amendment=found,
        criterion=criterion,
        tone=amending.TONES[found.state],
        rows=amending.change_rows(criterion, *amending.sides(found)),
        facts=amending.amendment_facts(found),
        warning=amending.warning_of(criterion, found),
        measured=reading.words if reading.latest else None,
        is_waiting=is_waiting,
        barred=bar_on_agreeing(record, Decider(person.id, person.may(DECIDES))),
        is_mine=person.id == found.asked_by_id,
        form=form,
        withdrawing=withdrawing or WithdrawForm(formdata=None),
    )
