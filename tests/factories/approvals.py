"""Proposals of the small portfolio: hurdles on its candidates, a solved run, a decision."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, Proposal
from app.approvals.queries import get_proposal
from app.approvals.services import Verdict, approve_proposal, submit_proposal
from app.db.session import transaction
from app.initiatives.models import Criterion, Effect, Initiative, Milestone, Option
from app.initiatives.rules import Direction, EvidenceGrade
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.portfolio.engine import parse_problem, result_json
from app.portfolio.engine.greedy import best_greedy_list
from app.portfolio.engine.plan import PlanStatus
from app.portfolio.engine.reporting import Verdict as SolverWord
from app.portfolio.engine.reporting import plan_from
from app.portfolio.models import Run, Scenario
from app.portfolio.queries import get_run, get_scenario
from app.portfolio.rules import PinKind
from app.portfolio.services.bindings import PinDraft, place_pin
from app.portfolio.services.problem import freeze_problem
from app.values.canonical import canonical_json, digest
from app.values.quarter import months_later
from tests.factories.accounts import Cast
from tests.factories.portfolio import Portfolio, begin, carry_out, make_portfolio, tie
from tests.support.kept import kept


def make_hurdles(
    session: Session, initiative: Initiative, shares: Sequence[str] = ("0.3", "0.3", "0.4")
) -> list[Milestone]:
    """Add milestones, a quarter apart from the planned start on, each with one criterion."""
    first = initiative.planned_start.first_day
    made = [
        Milestone(
            initiative_id=initiative.id,
            name=f"Hurdle {number}",
            due_on=months_later(first, 3 * number),
            tranche_share=Decimal(share),
            action_if_missed="Stop and use the money elsewhere",
            criteria=[
                Criterion(
                    metric="Callers who help themselves",
                    unit="%",
                    direction=Direction.AT_LEAST,
                    baseline=Decimal(10),
                    threshold=Decimal(10 + 5 * number),
                    minimum_sample=200,
                    is_must_meet=True,
                )
            ],
        )
        for number, share in enumerate(shares, start=1)
    ]
    session.add_all(made)
    session.flush()
    return made


def make_run(session: Session, scenario_id: int, *, actor: Person, now: datetime) -> Run:
    """Add a finished run whose plan is the best ranked list, as a run out of time would give."""
    scenario = get_scenario(session, scenario_id)
    frozen = freeze_problem(session, scenario, today=now.date())
    problem = parse_problem(frozen.content)
    greedy = best_greedy_list(problem)
    assert greedy is not None
    word = SolverWord(
        status=PlanStatus.TIME_LIMIT, bound=None, approximation=0, ties_settled=False, conflict=(),
        solver="highs 1.15", seconds=1.5, message="",
    )  # fmt: skip
    result = canonical_json(result_json(plan_from(problem, greedy.account, greedy, word)))
    job = Job(
        kind="portfolio.run", payload={"scenario_id": scenario_id}, requested_by=actor.audit_key,
        state=JobState.DONE, created_at=now, finished_at=now,
    )  # fmt: skip
    run = Run(
        scenario=scenario,
        scenario_version=scenario.version,
        job=job,
        problem=frozen.content,
        digest=frozen.digest,
        inputs=frozen.inputs,
        time_limit_seconds=30,
        allowed_gap=Decimal(0),
        result=result,
        result_digest=digest(result),
        requested_by=actor,
        requested_at=now,
    )
    session.add(run)
    session.flush()
    return run


def make_unsure_run(session: Session, cast: Cast, now: datetime) -> int:
    """Solve the small portfolio with hurdles where much can go wrong, and give the run's id.

    A candidate known by an outside benchmark alone is forced in; what another does is not sure.
    """
    with transaction(session):
        portfolio = make_portfolio(session, cast)
        for one in portfolio.candidates.values():
            make_hurdles(session, one)
        _effects(session, portfolio.candidates["CX-103"], grade=EvidenceGrade.D)
        unsure = {"removal_low": Decimal("0.02"), "removal_high": Decimal("0.3")}
        _effects(session, portfolio.candidates["CX-101"], **unsure)
        session.expire_all()
        scenario = get_scenario(session, portfolio.scenario.id)
        pin = PinDraft("CX-103", PinKind.FUND, None, None, "Promised to the ombudsman")
        place_pin(
            session, scenario, pin, expected_version=scenario.version, actor=cast.lead, now=now
        )
    session.expire_all()
    made = begin(session, portfolio.scenario.id, actor=cast.lead, now=now)
    carry_out(session, now)
    return made


def _effects(session: Session, one: Initiative, **values: Any) -> None:
    options = select(Option.id).where(Option.initiative_id == one.id)
    session.execute(update(Effect).where(Effect.option_id.in_(options)).values(**values))


@dataclass(frozen=True)
class World:
    """The small portfolio with hurdles and a run."""

    portfolio: Portfolio
    run_id: int

    @property
    def cycle_id(self) -> int:
        return self.portfolio.cycle.id

    @property
    def scenario(self) -> Scenario:
        return self.portfolio.scenario


@kept
def make_world(
    session: Session,
    cast: Cast,
    now: datetime,
    *,
    shares: Sequence[str] = ("0.3", "0.3", "0.4"),
    needs: tuple[str, str] | None = None,
) -> World:
    """Add a portfolio in which everything is ready to be submitted by the lead.

    `needs` names two candidates of which the first needs the second.
    """
    portfolio = make_portfolio(session, cast)
    if needs is not None:
        tie(session, portfolio.candidates[needs[0]], portfolio.candidates[needs[1]])
    for initiative in portfolio.candidates.values():
        make_hurdles(session, initiative, shares)
    session.flush()
    session.expire_all()
    run = make_run(session, portfolio.scenario.id, actor=cast.lead, now=now)
    return World(portfolio, run.id)


@kept
def make_proposal(session: Session, cast: Cast, now: datetime, world: World) -> Proposal:
    """Submit the world's run as the lead does."""
    run = get_run(session, world.run_id)
    made = submit_proposal(session, run, note="Round as agreed", actor=cast.lead, now=now)
    return get_proposal(session, made.id)


def verdict_on(
    proposal: Proposal, *, key: str = "1" * 32, reason: str = "", struck: Sequence[int] = ()
) -> Verdict:
    return Verdict(digest=proposal.digest, reason=reason, request_key=key, struck=frozenset(struck))


@kept
def make_commitments(
    session: Session, cast: Cast, now: datetime, world: World
) -> dict[str, Commitment]:
    """Submit and approve everything; commitments by the initiative's key."""
    proposal = make_proposal(session, cast, now, world)
    approve_proposal(session, proposal, verdict_on(proposal), actor=cast.cfo, now=now)
    rows = session.execute(
        select(Commitment, Initiative.key).join(Commitment.initiative).order_by(Initiative.key)
    )
    return {key: commitment for commitment, key in rows}


def funded_keys(run: Run) -> list[str]:
    """The keys a run's plan funds."""
    return [row["initiative"] for row in json.loads(run.result or b"{}")["funded"]]


DUE = date(2027, 4, 1)
"""When the first hurdles fall due."""
