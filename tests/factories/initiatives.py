"""Initiatives as people propose them, through the services, in a small company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.calendar.models import Cycle, Fund, Team
from app.initiatives.models import Initiative
from app.initiatives.rules import (
    Action,
    BehaviourDraft,
    CriterionDraft,
    Direction,
    EffectDraft,
    EvidenceGrade,
    InitiativeDraft,
    Lens,
    MilestoneDraft,
    OptionDraft,
    Question,
)
from app.initiatives.services import (
    add_behaviour,
    add_milestone,
    add_option,
    answer_questions,
    create_initiative,
    move_initiative,
)
from app.journeys.models import Journey, LeverPool
from app.journeys.rules import Lever
from app.values.quarter import Quarter
from tests.factories.accounts import Cast
from tests.factories.calendar import make_cycle, make_fund, make_team
from tests.factories.journeys import make_baseline, make_journey, make_pool
from tests.support.kept import kept

NOW = datetime(2027, 2, 15, 9, tzinfo=UTC)
ANSWERS = {
    Question.GOALS: "Fewer calls about open claims.",
    Question.CUSTOMERS: "Motor customers with an open claim.",
    Question.EXPERIENCE: "Informed before asking.",
    Question.DESIGN: "A status page fed by the workflow.",
    Question.EMPOWERMENT_PEOPLE: "Claims staff keep the status current.",
    Question.EVOLUTION: "Proactive messages.",
}


@dataclass(frozen=True)
class Company:
    """A cycle with two funds and a team, a measured journey with two pools."""

    cycle: Cycle
    capex: Fund
    run: Fund
    team: Team
    journey: Journey
    serve: LeverPool
    retain: LeverPool


@kept
def make_company(
    session: Session, cast: Cast, *, certified: bool = True, key: str = "motor-claim"
) -> Company:
    cycle = make_cycle(session)
    journey = make_journey(session, cast.lead, key=key)
    make_baseline(session, journey)
    by = cast.cfo if certified else None
    return Company(
        cycle=cycle,
        capex=make_fund(session, cycle, "capex").fund,
        run=make_fund(session, cycle, "run").fund,
        team=make_team(session, cycle),
        journey=journey,
        serve=make_pool(session, journey, Lever.SERVE, claimed_by=cast.lead, certified_by=by),
        retain=make_pool(session, journey, Lever.RETAIN, claimed_by=cast.lead, certified_by=by),
    )


def initiative_draft(company: Company, owner: Person, **changes: Any) -> InitiativeDraft:
    values: dict[str, Any] = {
        "title": "Claim status tracker",
        "unit": "Claims",
        "lens": Lens.PROCESS,
        "owner_id": owner.id,
        "planned_start": Quarter(2027, 1),
        "journey_id": company.journey.id,
        "cycle_id": company.cycle.id,
    }
    return InitiativeDraft(**values | changes)


def option_draft(company: Company, **changes: Any) -> OptionDraft:
    values: dict[str, Any] = {
        "key": "full",
        "name": "All claims",
        "spend": {
            (company.capex.id, 0): 100_000_00,
            (company.capex.id, 1): 50_000_00,
            (company.run.id, 2): 10_000_00,
        },
        "demand": {(company.team.id, 0): Decimal(40)},
        "half_life_quarters": 12,
    }
    return OptionDraft(**values | changes)


def behaviour_draft(company: Company, **changes: Any) -> BehaviourDraft:
    values: dict[str, Any] = {
        "description": "Customers look up their claim instead of calling",
        "measure": "Status calls per claim",
        "unit": "calls",
        "baseline": Decimal("2.2"),
        "target": Decimal("1.5"),
        "source": "Telephony log",
        "measured_on": date(2027, 1, 20),
        "effects": (
            EffectDraft("full", company.serve.id, Decimal("0.18"), EvidenceGrade.B, "Glass pilot"),
        ),
    }
    return BehaviourDraft(**values | changes)


def milestone_draft(**changes: Any) -> MilestoneDraft:
    values: dict[str, Any] = {
        "name": "Pilot evidence",
        "due_on": date(2027, 8, 31),
        "tranche_share": Decimal("0.4"),
        "action_if_missed": "Hold once, then stop.",
        "criteria": (
            CriterionDraft(
                "Status calls per claim", "calls", Direction.AT_MOST, Decimal("1.8"),
                baseline=Decimal("2.2"), minimum_sample=1500,
            ),
        ),
    }  # fmt: skip
    return MilestoneDraft(**values | changes)


@kept
def make_draft(session: Session, cast: Cast, company: Company, **changes: Any) -> Initiative:
    """Add a bare draft owned by `cast.owner` and proposed by the lead."""
    draft = initiative_draft(company, cast.owner, **changes)
    return create_initiative(session, draft, actor=cast.lead, now=NOW)


@kept
def make_complete(session: Session, cast: Cast, company: Company, **changes: Any) -> Initiative:
    """Add a draft that lacks nothing."""
    made = make_draft(session, cast, company, **{"sponsor_id": cast.manager.id} | changes)
    by: dict[str, Any] = {"expected_version": None, "actor": cast.lead, "now": NOW}
    answer_questions(session, made, ANSWERS, **by)
    add_option(session, made, option_draft(company), **by)
    add_behaviour(session, made, behaviour_draft(company), **by)
    add_milestone(session, made, milestone_draft(), **by)
    rest = milestone_draft(
        name="Effect confirmed", due_on=date(2028, 6, 30), tranche_share=Decimal("0.6")
    )
    add_milestone(session, made, rest, **by)
    return made


@kept
def make_submitted(session: Session, cast: Cast, company: Company, **changes: Any) -> Initiative:
    made = make_complete(session, cast, company, **changes)
    move_initiative(session, made, Action.SUBMIT, expected_version=None, actor=cast.lead, now=NOW)
    return made


@kept
def make_certified(session: Session, cast: Cast, company: Company, **changes: Any) -> Initiative:
    made = make_submitted(session, cast, company, **changes)
    move_initiative(session, made, Action.CERTIFY, expected_version=None, actor=cast.cfo, now=NOW)
    return made


@kept
def make_candidate(session: Session, cast: Cast, company: Company, **changes: Any) -> Initiative:
    made = make_certified(session, cast, company, **changes)
    move_initiative(session, made, Action.NOMINATE, expected_version=None, actor=cast.lead, now=NOW)
    return made
