"""Portfolios: candidates with options on certified pools, and scenarios to choose from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session, sessionmaker

from app.accounts.models import Person
from app.calendar.models import Cycle, Fund, Team
from app.db.session import transaction
from app.initiatives.models import (
    Dependency,
    Effect,
    Exclusion,
    Initiative,
    Option,
    OptionDemand,
    OptionSpend,
    TargetBehaviour,
)
from app.initiatives.rules import EvidenceGrade, InitiativeState, Lens
from app.jobs.models import Job
from app.jobs.services import claim, finish, report_progress
from app.journeys.models import Journey, LeverPool, PoolInput
from app.journeys.rules import Lever, PoolState
from app.portfolio.models import Scenario
from app.portfolio.queries import get_scenario
from app.portfolio.services.runs import KIND, RunOptions, start_run
from app.portfolio.services.scenarios import ScenarioDraft, create_scenario
from app.portfolio.services.solving import solve_run
from app.values.quarter import Quarter
from tests.factories.accounts import Cast
from tests.factories.calendar import make_cycle, make_fund, make_team
from tests.support.kept import kept

LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)


def make_journey(session: Session, owner: Person, key: str = "claims", **changes: Any) -> Journey:
    values: dict[str, Any] = {
        "key": key,
        "name": key.capitalize(),
        "segment": "Households",
        "goal": "Get help fast",
        "currency": "EUR",
        "owner": owner,
        "created_at": LONG_AGO,
    }
    journey = Journey(**values | changes)
    session.add(journey)
    session.flush()
    return journey


def make_pool(
    session: Session,
    journey: Journey,
    cast: Cast,
    lever: Lever = Lever.SERVE,
    *,
    annual_minor: int = 12_400_000_00,
    is_certified: bool = True,
    churn: str | None = None,
) -> LeverPool:
    pool = LeverPool(
        journey=journey,
        lever=lever,
        state=PoolState.CERTIFIED if is_certified else PoolState.CLAIMED,
        annual_value_minor=annual_minor,
        source="Contact statistics 2026",
        measured_on=date(2026, 12, 31),
        owner=cast.lead,
        claimed_by_id=cast.lead.id,
        certified_by=cast.cfo if is_certified else None,
        certified_at=LONG_AGO if is_certified else None,
        inputs=[PoolInput(symbol="p", position=1, value=Decimal(churn), source="CRM")]
        if churn
        else [],
    )
    session.add(pool)
    session.flush()
    return pool


@dataclass(frozen=True)
class OptionSketch:
    """An option in few words: spend and demand by quarter from the start, removal by pool."""

    key: str = "full"
    spend: Mapping[Fund, Sequence[int]] | None = None
    demand: Mapping[Team, Sequence[int]] | None = None
    removal: Mapping[LeverPool, str] | None = None
    grade: EvidenceGrade = EvidenceGrade.B
    go_live: int = 1
    ramp: int = 3
    half_life: int | None = None
    window: tuple[Quarter, Quarter] | None = None
    declared_minor: int | None = None


def make_candidate(
    session: Session,
    cast: Cast,
    cycle: Cycle,
    key: str,
    *options: OptionSketch,
    journey: Journey | None = None,
    **changes: Any,
) -> Initiative:
    """Add a candidate owned by `cast.owner`, proposed by the lead and certified by the CFO."""
    values: dict[str, Any] = {
        "key": key,
        "title": f"Initiative {key}",
        "state": InitiativeState.CANDIDATE,
        "cycle": cycle,
        "journey": journey,
        "unit": "Service",
        "lens": Lens.PROCESS,
        "currency": cycle.currency,
        "planned_start": cycle.first_quarter,
        "owner": cast.owner,
        "created_by": cast.lead,
        "certified_by": cast.cfo,
        "certified_at": LONG_AGO,
        "created_at": LONG_AGO,
        "changed_at": LONG_AGO,
        "behaviours": [],
        "options": [],
    }
    initiative = Initiative(**values | changes)
    behaviour = TargetBehaviour(
        position=1, description="Callers help themselves", measure="share", unit="%",
        baseline=Decimal(10), target=Decimal(30), source="Survey", measured_on=date(2026, 12, 1),
        effects=[],
    )  # fmt: skip
    initiative.behaviours.append(behaviour)
    for position, sketch in enumerate(options or (OptionSketch(),)):
        initiative.options.append(_option(sketch, position, behaviour))
    session.add(initiative)
    session.flush()
    return initiative


def _option(sketch: OptionSketch, position: int, behaviour: TargetBehaviour) -> Option:
    option = Option(
        position=position,
        key=sketch.key,
        name=sketch.key.capitalize(),
        go_live_quarters=sketch.go_live,
        ramp_quarters=sketch.ramp,
        half_life_quarters=sketch.half_life,
        earliest_start=sketch.window[0] if sketch.window else None,
        latest_start=sketch.window[1] if sketch.window else None,
        effort_minutes=1000,
        risk=2,
        declared_benefit_minor=sketch.declared_minor,
        declared_grade=sketch.grade if sketch.declared_minor is not None else None,
        declared_source="Business case" if sketch.declared_minor is not None else None,
        spend=[
            OptionSpend(fund=fund, quarter_index=index, amount_minor=amount)
            for fund, row in (sketch.spend or {}).items()
            for index, amount in enumerate(row)
        ],
        demand=[
            OptionDemand(team=team, quarter_index=index, days=Decimal(days))
            for team, row in (sketch.demand or {}).items()
            for index, days in enumerate(row)
        ],
        effects=[],
    )
    for pool, removal in (sketch.removal or {}).items():
        option.effects.append(
            Effect(
                behaviour=behaviour,
                pool=pool,
                removal_share=Decimal(removal),
                grade=sketch.grade,
                evidence="Pilot in the north",
            )
        )
    return option


def tie(session: Session, initiative: Initiative, needs: Initiative, *, lag: int = 0) -> None:
    """Make `initiative` need `needs`."""
    session.add(Dependency(initiative=initiative, needs=needs, lag_quarters=lag))
    session.flush()


def exclude(session: Session, one: Initiative, other: Initiative) -> None:
    """Allow at most one of the two."""
    first, second = sorted((one, other), key=lambda initiative: initiative.id)
    session.add(Exclusion(initiative=first, other=second))
    session.flush()


@dataclass(frozen=True)
class Portfolio:
    """A small world: one journey with two pools, two funds, one team, six candidates."""

    cycle: Cycle
    scenario: Scenario
    journey: Journey
    serve: LeverPool
    fail: LeverPool
    capex: Fund
    run: Fund
    team: Team
    candidates: dict[str, Initiative]


@kept
def make_portfolio(session: Session, cast: Cast, *, quarters: int = 4) -> Portfolio:
    """Add the small world; the budget pays for about half of what is proposed."""
    cycle = make_cycle(session, quarter_count=quarters)
    capex = make_fund(session, cycle, "capex", per_quarter_minor=300_000_00).fund
    run = make_fund(session, cycle, "run", per_quarter_minor=60_000_00, carry_over="0").fund
    team = make_team(session, cycle, "digital", days=900)
    journey = make_journey(session, cast.lead)
    serve = make_pool(session, journey, cast, Lever.SERVE)
    fail = make_pool(session, journey, cast, Lever.FAIL, annual_minor=4_000_000_00)
    window = (cycle.first_quarter, cycle.first_quarter + 1)

    def add(key: str, cost: int, removal: str, pool: LeverPool, **changes: Any) -> Initiative:
        lean = OptionSketch(
            "lean", {capex: [cost * 40_00, cost * 20_00]}, {team: [cost // 10]},
            {pool: str(Decimal(removal) / 2)}, window=window,
        )  # fmt: skip
        full = OptionSketch(
            "full", {capex: [cost * 60_00, cost * 40_00], run: [5_000_00] * 3},
            {team: [cost // 5, cost // 10]}, {pool: removal}, window=window,
        )  # fmt: skip
        return make_candidate(session, cast, cycle, key, lean, full, journey=journey, **changes)

    candidates = {
        "CX-101": add("CX-101", 2_000, "0.10", serve, title="Claim status tracker"),
        "CX-102": add("CX-102", 3_000, "0.12", serve, title="Call-back instead of queue"),
        "CX-103": add("CX-103", 2_500, "0.15", fail, title="Right first time letters"),
        "CX-104": add("CX-104", 1_500, "0.05", fail, title="Document upload in the app"),
        "CX-105": add(
            "CX-105", 4_000, "0.08", serve, title="Assisted triage", lens=Lens.TECHNOLOGY
        ),
        "CX-106": add("CX-106", 1_000, "0.02", serve, title="Plain words", lens=Lens.PEOPLE),
    }
    scenario = create_scenario(
        session, cycle, ScenarioDraft("Balanced"), actor=cast.lead, now=LONG_AGO
    )
    return Portfolio(cycle, scenario, journey, serve, fail, capex, run, team, candidates)


class HandJob:
    """A claimed job that a test carries out itself, as a worker would."""

    def __init__(
        self, session: Session, job: Job, now: datetime, *, stop: Callable[[], bool] | None = None
    ) -> None:
        self.job_id = job.id
        self.payload = job.payload
        self.sessions: sessionmaker[Session] = sessionmaker(
            session.get_bind(), expire_on_commit=False
        )
        self.told: list[Mapping[str, object]] = []
        self._now = now
        self._stop = stop

    def now(self) -> datetime:
        return self._now

    def progress(self, values: Mapping[str, object], *, force: bool = False) -> None:
        self.told.append(values)
        with self.sessions() as session, transaction(session):
            report_progress(session, self.job_id, worker="hand", progress=values, now=self._now)

    def should_stop(self) -> bool:
        return self._stop is not None and self._stop()

    def finish(self, session: Session) -> None:
        finish(session, self.job_id, worker="hand", now=self._now)


SOLVER_MEMORY = 2**30
"""Bytes a solver process of a test may use."""


def begin(
    session: Session, scenario_id: int, *, actor: Person, now: datetime, **options: Any
) -> int:
    """Start a run of the scenario and give its id."""
    chosen = RunOptions(options.pop("seconds", 20), options.pop("gap", Decimal(0)))
    with transaction(session):
        started = start_run(
            session, get_scenario(session, scenario_id), chosen, longest_seconds=60,
            most_candidates=options.pop("most_candidates", 1_000),
            request_key=options.pop("request_key", uuid4().hex), actor=actor, now=now,
        )  # fmt: skip
    return started.run_id


def take(
    session: Session, now: datetime, *, stop: Callable[[], bool] | None = None
) -> HandJob | None:
    """Claim the next run's job."""
    with transaction(session):
        job = claim(
            session, worker="hand", kinds=frozenset({KIND}), now=now, in_turn=frozenset({KIND})
        )
    return None if job is None else HandJob(session, job, now, stop=stop)


def carry_out(
    session: Session, now: datetime, *, stop: Callable[[], bool] | None = None
) -> HandJob:
    """Solve the next waiting run."""
    job = take(session, now, stop=stop)
    assert job is not None
    session.rollback()
    solve_run(job, memory_bytes=SOLVER_MEMORY)
    session.expire_all()
    return job


@kept
def make_hard_portfolio(session: Session, cast: Cast, *, count: int = 60) -> Portfolio:
    """Add the small world with many more candidates over three years: no proof within seconds."""
    portfolio = make_portfolio(session, cast, quarters=12)
    dice = Random(7)
    for number in range(count):
        cost = dice.randint(300, 2_000)
        pool = dice.choice([portfolio.serve, portfolio.fail])
        options = [
            OptionSketch(
                key,
                {portfolio.capex: [cost * share, cost * share, cost * share * 2]},
                {portfolio.team: [dice.randint(20, 90), dice.randint(10, 60)]},
                {pool: f"0.0{dice.randint(1, 9)}"},
                half_life=8,
            )
            for key, share in (("pilot", 20_00), ("lean", 40_00), ("full", 60_00))
        ]
        make_candidate(
            session, cast, portfolio.cycle, f"CX-{200 + number}", *options,
            journey=portfolio.journey,
        )  # fmt: skip
    return portfolio
