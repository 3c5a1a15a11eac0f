"""Submit a run's plan to the CFO."""

from __future__ import annotations

import json
from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.approvals.forms import SubmitForm
from app.approvals.presenters.honesty import honesty_of
from app.approvals.presenters.worth import return_words
from app.approvals.queries import find_open_proposal, find_proposal_of_run, list_returned
from app.approvals.routes.blueprint import bp
from app.approvals.services import approved_bar, over_starts, submit_proposal
from app.audit.services import answered_once
from app.db.session import transaction
from app.errors import InvalidError
from app.extensions import db
from app.portfolio.models import Run
from app.portfolio.presenters.net import Net
from app.portfolio.presenters.results import plan_net
from app.portfolio.queries import get_run
from app.portfolio.queries.answers import UntrueAnswerError, load_answer
from app.values.money import Money
from app.web.clock import now
from app.web.guards import current_actor, requires

SUBMIT = "/runs/<int:run_id>/proposal"


@bp.get(SUBMIT)
@requires("proposals.submit")
def new_proposal(run_id: int) -> str:
    return _page(get_run(db.session, run_id), SubmitForm())


@bp.post(SUBMIT)
@requires("proposals.submit")
def submit(run_id: int) -> Response | tuple[str, int]:
    form = SubmitForm()
    if form.validate():
        try:
            made = _submitted(run_id, form)
        except InvalidError as error:
            form.refuse(error)
        else:
            flash("The plan is frozen and waits for the CFO.", "ok")
            return redirect(url_for("approvals.show", proposal_id=made), 303)
    return _page(get_run(db.session, run_id), form), 422


def _submitted(run_id: int, form: SubmitForm) -> int:
    """The id of the proposal this form made, the first time it was sent."""
    with transaction(db.session) as session:
        made: int = answered_once(
            session, form.once.data or "", actor=current_actor(), action="proposal.submitted",
            params={**form.typed(), "run": run_id}, now=now(),
            make=lambda: submit_proposal(
                session, get_run(session, run_id), note=(form.note.data or "").strip(),
                actor=current_actor(), now=now(),
            ).id,
        )  # fmt: skip
    return made


def _net(run: Run) -> Net | None:
    """What the plan brings less what it costs, None where its answer is not to be trusted."""
    try:
        answer = load_answer(run)
    except UntrueAnswerError:
        return None
    return plan_net(answer) if answer else None


def _page(run: Run, form: SubmitForm) -> str:
    barred = approved_bar(db.session, run)
    result = json.loads(run.result) if run.result else None
    currency = run.scenario.cycle.currency
    inputs: dict[str, Any] = run.inputs
    has_plan = bool(result and result["funded"])
    net = _net(run) if has_plan else None
    over = over_starts(result, now().date()) if result and has_plan else {}
    return render_template(
        "approvals/submit.html",
        run=run,
        form=form,
        result=result if has_plan else None,
        spend=Money(result["spend"], currency) if result and has_plan else None,
        value=Money(result["value"], currency) if result and has_plan else None,
        pool_keys=[str(pool["key"]) for pool in inputs.get("pools", ())],
        honesty=honesty_of(result, run.inputs) if result and has_plan else None,
        net=net,
        hurdle=return_words(net, run.scenario.cycle.hurdle_rate) if net else None,
        barred_by=barred,
        over=list(over.values()),
        waiting=find_open_proposal(db.session, run.scenario.cycle_id),
        earlier=find_proposal_of_run(db.session, run.id),
        returned=next(iter(list_returned(db.session, run.scenario.cycle_id)), None),
    )
