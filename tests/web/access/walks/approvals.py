"""Submitting a plan, withdrawing it, and deciding it in every way."""

from __future__ import annotations

from sqlalchemy import func, select

from app.approvals.models import ProposalItem
from app.db.session import transaction
from tests.factories.approvals import make_proposal, make_world
from tests.web.access.walks.walk import Walk


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
    page = f"/proposals/{returned}"
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
    world.act(
        cast.cfo, f"{page}/decision", "proposal.approved", *["initiative.approved"] * count,
        page=page, decision="approve",
    )  # fmt: skip
