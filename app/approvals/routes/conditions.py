"""One condition of an approval: look at it, say how it is known to be met."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.approvals.forms import SettlementForm
from app.approvals.models import DecisionCondition
from app.approvals.presenters.signing import condition_line
from app.approvals.queries import get_condition, load_condition_hands
from app.approvals.routes.blueprint import PROPOSAL, bp
from app.approvals.rules.limits import settlement_bar
from app.approvals.services import settle_condition
from app.db.session import transaction
from app.errors import ConflictError, InvalidError
from app.extensions import db
from app.web.clock import now, today
from app.web.errors import status_of
from app.web.guards import current_actor, requires

CONDITION = f"{PROPOSAL}/conditions/<int:condition_id>"


@bp.get(CONDITION)
@requires("proposals.decide")
def condition(proposal_id: int, condition_id: int) -> str:
    """Show a condition and what settles it."""
    one = get_condition(db.session, proposal_id, condition_id)
    return _page(one, SettlementForm(formdata=None))


@bp.post(f"{CONDITION}/settlement")
@requires("proposals.decide", fresh=True)
def settle(proposal_id: int, condition_id: int) -> Response | tuple[str, int]:
    """Settle a condition, once."""
    form, status = SettlementForm(), 422
    if form.validate():
        try:
            with transaction(db.session) as session:
                settle_condition(
                    session, get_condition(session, proposal_id, condition_id),
                    note=(form.note.data or "").strip(), once_key=form.once.data or "",
                    actor=current_actor(), now=now(),
                )  # fmt: skip
        except (InvalidError, ConflictError) as error:
            form.refuse(error)
            status = status_of(error)
        else:
            flash("The condition is settled.", "ok")
            return redirect(url_for("approvals.show", proposal_id=proposal_id), 303)
    return _page(get_condition(db.session, proposal_id, condition_id), form), status


def _page(one: DecisionCondition, form: SettlementForm) -> str:
    person = current_actor()
    return render_template(
        "approvals/condition.html",
        proposal_id=one.decision.proposal_id,
        line=condition_line(one, today()),
        bar=settlement_bar(
            load_condition_hands(db.session, one),
            person_id=person.id,
            may=True,
            is_settled=one.settlement is not None,
        ),
        form=form,
    )
