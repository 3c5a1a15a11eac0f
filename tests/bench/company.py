"""A company of any size, always the same: initiatives to choose from and as many under way.

Rows are inserted in bulk through the models, in an order the database's guards accept; what only
services can make (a scenario, its run, a proposal) they make.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.accounts.rules import Role
from app.calendar.models import Cycle, Fund, Team
from app.db.session import transaction
from app.initiatives.models import (
    Answer,
    Criterion,
    Effect,
    Initiative,
    InitiativeTouchpoint,
    Milestone,
    Option,
    OptionDemand,
    OptionSpend,
    TargetBehaviour,
)
from app.initiatives.rules import Direction, EvidenceGrade, InitiativeState, Lens, Question
from app.journeys.models import Journey, LeverPool
from app.journeys.rules import Lever
from app.values.quarter import Quarter, months_later
from tests.bench.under_way import Course, Plan, bring_under_way
from tests.factories.accounts import Cast, make_cast, make_person
from tests.factories.calendar import make_cycle, make_fund, make_team
from tests.factories.journeys import make_baseline, make_journey, make_pool

OWNERS = 20
JOURNEYS = ("Motor claim", "Home claim", "New policy", "Renewal", "Move house", "Complaint")
LEVERS = (Lever.SERVE, Lever.FAIL, Lever.RETAIN)
TEAMS = ("Digital", "Claims", "Data", "Service", "Marketing", "Platform")
UNITS = ("Claims", "Sales", "Service", "Digital", "Underwriting", "Payments", "Partners", "Data")
TITLES = (
    "Claim status tracker", "Call-back instead of queue", "Letters right first time",
    "Document upload in the app", "Assisted triage", "Plain words in every bill",
    "Renewal reminder with a price that explains itself", "One-day payment to trusted customers",
)  # fmt: skip
STATES = (InitiativeState.DRAFT, InitiativeState.SUBMITTED)
SPEND_MINOR = (40_000_00, 35_000_00, 25_000_00, 12_000_00)
SHARES = (Decimal("0.3"), Decimal("0.3"), Decimal("0.4"))
ANSWERED = (
    Question.GOALS, Question.CUSTOMERS, Question.EXPERIENCE, Question.DESIGN,
    Question.EMPOWERMENT_PEOPLE, Question.EVOLUTION,
)  # fmt: skip
CHUNK = 2_000


@dataclass(frozen=True)
class Company:
    """Everything that initiatives hang on; ``earlier`` is the cycle of those under way."""

    cast: Cast
    owners: tuple[Person, ...]
    earlier: Cycle
    current: Cycle
    capex: Fund
    opex: Fund
    teams: tuple[Team, ...]
    journeys: tuple[Journey, ...]
    pools: tuple[LeverPool, ...]


def make_company(session: Session, count: int, now: datetime) -> Company:
    """Add ``count`` candidates of the current cycle, as many initiatives under way and a tenth of
    that in draft or waiting for Finance."""
    with transaction(session):
        company = _frame(session, count)
        with_tenth = 2 * count + max(2, count // 10)
        plans = [_plan(company, number, count) for number in range(1, with_tenth + 1)]
        rows: dict[type[Any], list[Mapping[str, Any]]] = {}
        for plan in plans:
            for model, row in _rows(company, plan, now):
                rows.setdefault(model, []).append(row)
        for model, found in rows.items():
            add_all(session, model, found)
        under_way = [plan for plan in plans if plan.state is InitiativeState.APPROVED]
        course = Course(company.cast, company.earlier, company.capex, company.opex, now)
        bring_under_way(session, course, under_way)
    return company


def add_all(session: Session, model: type[Any], rows: list[Mapping[str, Any]]) -> None:
    """Insert many rows of one model."""
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(model), rows[start : start + CHUNK])


def _frame(session: Session, count: int) -> Company:
    cast = make_cast(session)
    owners = tuple(
        make_person(session, f"Owner{number:02} Program", Role.PROGRAM_MANAGER)
        for number in range(1, OWNERS + 1)
    )
    from datetime import date

    earlier = make_cycle(
        session, name="FY26 H2", starts_on=date(2026, 7, 1), ends_on=date(2026, 12, 31),
        first_quarter=Quarter(2026, 3), quarter_count=8,
    )  # fmt: skip
    current = make_cycle(session, quarter_count=8)
    funds = [_fund(session, earlier, current, key, count) for key in ("capex", "opex")]
    teams = tuple(
        make_team(session, current, name.lower(), days=20 * count) for name in TEAMS
    )
    journeys, pools = [], []
    for name in JOURNEYS:
        journey = make_journey(session, cast.lead, key=name.lower().replace(" ", "-"), name=name)
        make_baseline(session, journey)
        journeys.append(journey)
        for lever in LEVERS:
            by = None if name == JOURNEYS[-1] and lever is Lever.RETAIN else cast.cfo
            pools.append(
                make_pool(session, journey, lever, claimed_by=cast.lead, certified_by=by)
            )
    return Company(
        cast, owners, earlier, current, funds[0], funds[1], teams, tuple(journeys), tuple(pools)
    )
