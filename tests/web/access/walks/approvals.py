"""Submitting a plan, withdrawing it, and deciding it in every way."""

from __future__ import annotations

from sqlalchemy import func, select

from app.approvals.models import Commitment, ProposalItem
from app.db.session import transaction
from app.portfolio.queries import get_run
from app.roadmap.rules import HurdleAction
from tests.factories.approvals import make_proposal, make_world
from tests.factories.roadmap import decide, measure, tranches_of
from tests.factories.spending import account_of
from tests.support.pages import links
from tests.web.access.walks.walk import Walk

SPEND = "/ledger/spend"


def walk(world: Walk) -> None:
    session, cast = world.session, world.cast
    with transaction(session):
        stage = make_world(session, cast, world.now)
    submit = f"/runs/{stage.run_id}/proposal"
    world.act(
        cast.lead, submit, "proposal.submitted", page=submit, subject="proposal:1", note="As agreed"
    )
    world.act(
        cast.lead, "/proposals/1/withdrawal", "proposal.withdrawn", subject="proposal:1",
        reason="Typo",
    )  # fmt: skip
    with transaction(session):
        returned = make_proposal(session, cast, world.now, stage).id
        get_run(session, stage.run_id).job.progress = {"value": 1}
    page = f"/proposals/{returned}"
    world.act(cast.cfo, page, status=200, reason="Too much at once")
    world.act(
        cast.cfo, f"{page}/answers/marginal", "inquiry.started", status=200,
        sent=world.form(cast.cfo, page, f"{page}/decision"), subject=f"run:{stage.run_id}",
    )  # fmt: skip
    world.act(
        cast.cfo, f"{page}/decision", "proposal.returned", page=page,
        subject=f"proposal:{returned}", decision="return", reason="Too much at once",
    )  # fmt: skip
    with transaction(session):
        decided = make_proposal(session, cast, world.now, stage).id
    items = select(func.count()).where(ProposalItem.proposal_id == decided)
    count = session.scalar(items) or 0
    page = f"/proposals/{decided}"
    # The decision, and each initiative it commits.
    typed = {"decision": "approve", "conditions-0-text": "Works council agreed"}
    world.act(
        cast.cfo, f"{page}/decision", "proposal.approved", *["initiative.approved"] * count,
        page=page, sent=typed,
    )  # fmt: skip
    condition = links(world.client(cast.cfo2).get(page))["Settle"]
    world.act(
        cast.cfo2, f"{condition}/settlement", "condition.settled", page=condition,
        subject=f"proposal:{decided}", note="Signed on 3 February",
    )  # fmt: skip
    _spends(world)
    typed = {"person_id": str(cast.cfo.id), "amount": "250,000", "reason": "Signing policy"}
    limits = "/people/limits?currency=EUR"
    world.act(
        cast.admin, limits, "limit.set", page=limits, subject=f"person:{cast.cfo.id}", sent=typed
    )


def _spends(world: Walk) -> None:
    session, cast, now = world.session, world.cast, world.now
    paying = session.scalars(select(Commitment.id).order_by(Commitment.id)).first() or 0
    with transaction(session):
        first = tranches_of(session, paying)[0]
        measure(session, first, 17, actor=cast.manager, now=now)
        decide(session, first, HurdleAction.RELEASE, actor=cast.cfo, now=now, reason="So it is")
    account = account_of(session, paying)
    fund = next(iter(account.funds))
    typed = {
        "commitment": str(paying), "fund": str(fund), "amount": "1,250.50",
        "paid_on": str(now.date()), "quarter": str(account.start), "reference": "R-1",
    }  # fmt: skip
    made = world.act(cast.cfo, SPEND, "spend.booked", page=SPEND, sent=typed)
    paid = str(made.location)
    who = f"spend:{paid.rpartition('/')[2]}"
    world.act(
        cast.cfo2, f"{paid}/reversal", "spend.reversed", page=paid, subject=who, reason="Wrong"
    )
