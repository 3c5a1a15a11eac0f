"""How the last cycle's plan was chosen, approved and has gone so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.accounts.models import Person
from app.approvals.models import Commitment, Proposal, Tranche
from app.approvals.queries import get_proposal
from app.approvals.services import Verdict, approve_proposal, submit_proposal
from app.calendar.models import Cycle
from app.calendar.queries import get_cycle
from app.db.session import transaction
from app.initiatives.models import Initiative, Milestone
from app.jobs.services import claim_queued, finish
from app.portfolio.models import Scenario
from app.portfolio.queries import get_run, get_scenario
from app.portfolio.services.runs import RunOptions, start_run
from app.portfolio.services.scenarios import ScenarioDraft, create_scenario
from app.portfolio.services.solving import solve_run

WORKER = "seed"
SOLVER_MEMORY = 2**30
"""Bytes a solver process of the story may use."""


@dataclass(frozen=True)
class StoryJob:
    """A queued job carried out at a moment of the story."""

    job_id: int
    payload: Mapping[str, Any]
    sessions: sessionmaker[Session]
    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def progress(self, values: Mapping[str, object], *, force: bool = False) -> None:
        """Nobody watches this run."""

    def should_stop(self) -> bool:
        return False

    def finish(self, session: Session) -> None:
        finish(session, self.job_id, worker=WORKER, now=self.moment)


def request_key(*parts: object) -> str:
    """A key that is the same in every run of the seed."""
    text = "-".join(str(part) for part in parts)
    return text.encode().hex()[:32].rjust(32, "0")


def choose(
    session: Session,
    cycle_id: int,
    name: str,
    note: str,
    *,
    actor: Person,
    now: datetime,
    told_at: datetime,
) -> int:
    """Make a scenario of a cycle, run it and give the run's id; what is there stays.

    The job is taken in the transaction that queues it and shows life for an hour from ``told_at``,
    so that no worker takes it as well.
    """
    known = session.scalar(
        select(Scenario.id).where(Scenario.cycle_id == cycle_id, Scenario.name == name)
    )
    with transaction(session):
        if known is None:
            cycle = get_cycle(session, cycle_id)
            known = create_scenario(
                session, cycle, ScenarioDraft(name, note), actor=actor, now=now
            ).id
    with transaction(session):
        started = start_run(
            session, get_scenario(session, known), RunOptions(60, Decimal(0)), longest_seconds=60,
            request_key=request_key("run", known), actor=actor, now=now,
        )  # fmt: skip
        job = get_run(session, started.run_id).job
        alive = told_at + timedelta(hours=1)
        is_taken = claim_queued(session, job.id, worker=WORKER, now=now, alive_until=alive)
        taken = (job.id, job.payload) if is_taken else None
    if taken is not None:
        sessions = sessionmaker(session.get_bind(), info=dict(session.info))
        story = StoryJob(*taken, sessions, now + timedelta(minutes=1))
        solve_run(story, memory_bytes=SOLVER_MEMORY)
    return started.run_id


def approve_last(
    session: Session, cycle: Cycle, people: dict[str, Person], *, now: datetime, told_at: datetime
) -> None:
    """Submit the last cycle's plan and approve it with other hands."""
    cycle_id = cycle.id
    if session.scalar(select(Proposal.id).where(Proposal.cycle_id == cycle_id)) is not None:
        return
    run_id = choose(
        session, cycle_id, "As proposed", "All candidates, the cycle's own limits.",
        actor=people["tomasz"], now=now - timedelta(days=4), told_at=told_at,
    )  # fmt: skip
    with transaction(session):
        proposal_id = submit_proposal(
            session, get_run(session, run_id), note="The plan the journeys are worth most with.",
            actor=people["tomasz"], now=now - timedelta(days=3),
        ).id  # fmt: skip
    with transaction(session):
        proposal = get_proposal(session, proposal_id)
        verdict = Verdict(
            proposal.digest, "Within the budget, with hurdles on every initiative.",
            request_key("approve", proposal_id),
        )  # fmt: skip
        approve_proposal(session, proposal, verdict, actor=people["nils"], now=now)


def tranche_of(session: Session, title: str, position: int) -> Tranche | None:
    """The tranche of an initiative's milestone by its order, if it was committed."""
    query = (
        select(Tranche)
        .join(Commitment, Commitment.id == Tranche.commitment_id)
        .join(Initiative, Initiative.id == Commitment.initiative_id)
        .join(Milestone, Milestone.id == Tranche.milestone_id)
        .where(Initiative.title == title)
        .order_by(Milestone.due_on, Milestone.id)
    )
    found = list(session.scalars(query))
    return found[position] if position < len(found) else None


def measured_day(due_on: date, today: date) -> date:
    """A few days before a hurdle was due, or yesterday if that lies ahead."""
    return min(due_on - timedelta(days=4), today - timedelta(days=1))
