"""A company of any size, always the same: initiatives to choose from and as many under way.

Rows are inserted in bulk through the models, in an order the database's guards accept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.accounts.rules import Role
from app.calendar.models import Cycle, CycleFund, Fund, FundBudget, Team
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
from app.values.quarter import Quarter
from tests.bench.plans import SHARES, Plan, add_all
from tests.bench.under_way import Course, bring_under_way
from tests.factories.accounts import Cast, make_cast, make_person
from tests.factories.calendar import make_cycle, make_fund, make_team
from tests.factories.journeys import make_baseline, make_journey, make_pool

OWNERS = 20
JOURNEYS = ("Motor claim", "Home claim", "New policy", "Renewal", "Move house", "Complaint")
LEVERS = {
    Lever.SERVE: {"V": "20000000"},
    Lever.FAIL: {"V_f": "9000000"},
    Lever.RETAIN: {"N": "6000000"},
}
"""The pools of each journey, with what is larger than usual of their inputs."""
TEAMS = ("Digital", "Claims", "Data", "Service", "Marketing", "Platform")
UNITS = ("Claims", "Sales", "Service", "Digital", "Underwriting", "Payments", "Partners", "Data")
TITLES = (
    "Claim status tracker", "Call-back instead of queue", "Letters right first time",
    "Document upload in the app", "Assisted triage", "Plain words in every bill",
    "Renewal reminder that explains its price", "One-day payment to trusted customers",
)  # fmt: skip
ANSWERED = (
    Question.GOALS, Question.CUSTOMERS, Question.EXPERIENCE, Question.DESIGN,
    Question.EMPOWERMENT_PEOPLE, Question.EVOLUTION,
)  # fmt: skip
WAITING = (InitiativeState.DRAFT, InitiativeState.SUBMITTED)
LEAN = Decimal("0.5")
MEASURED_ON = date(2026, 12, 1)

Row = tuple[type[Any], Mapping[str, Any]]


@dataclass(frozen=True)
class Company:
    """Everything that initiatives hang on; ``earlier`` is the cycle of those under way."""

    cast: Cast
    owners: tuple[Person, ...]
    earlier: Cycle
    current: Cycle
    funds: tuple[Fund, ...]
    teams: tuple[Team, ...]
    journeys: tuple[Journey, ...]
    pools: tuple[LeverPool, ...]

    def pools_of(self, plan: Plan) -> tuple[LeverPool, LeverPool]:
        """The two pools of its journey that an initiative works on."""
        first = plan.number % len(self.journeys) * len(LEVERS)
        return self.pools[first + plan.number // len(JOURNEYS) % 2], self.pools[first + 2]


def make_company(session: Session, count: int, now: datetime) -> Company:
    """Add ``count`` initiatives under way, as many candidates, and a tenth of that before these."""
    with transaction(session):
        company = _frame(session, count)
        plans = list(_plans(count))
        rows: dict[type[Any], list[Mapping[str, Any]]] = {}
        for plan in plans:
            for model, row in _rows(company, plan, now):
                rows.setdefault(model, []).append(row)
        for model, found in rows.items():
            add_all(session, model, found)
        course = Course(company.cast, company.owners, company.earlier, company.funds, now)
        approved = [plan for plan in plans if plan.state is InitiativeState.APPROVED]
        bring_under_way(session, course, approved)
    return company


def _plans(count: int) -> Iterator[Plan]:
    for number in range(1, count + 1):
        yield Plan(number, InitiativeState.APPROVED, Quarter(2026, 3) + number % 4)
    for number in range(count + 1, 2 * count + 1):
        yield Plan(number, InitiativeState.CANDIDATE, Quarter(2027, 1))
    for number in range(2 * count + 1, 2 * count + 1 + max(2, count // 10)):
        yield Plan(number, WAITING[number % 2], Quarter(2027, 1))


def _frame(session: Session, count: int) -> Company:
    cast = make_cast(session)
    owners = [
        make_person(session, f"Owner{number:02} Program", Role.PROGRAM_MANAGER)
        for number in range(1, OWNERS + 1)
    ]
    earlier = make_cycle(
        session, name="FY26 H2", starts_on=date(2026, 7, 1), ends_on=date(2026, 12, 31),
        first_quarter=Quarter(2026, 3), quarter_count=8,
    )  # fmt: skip
    current = make_cycle(session, quarter_count=8)
    funds = []
    for key, minor in (("capex", 40_000_00), ("opex", 4_000_00)):
        first = make_fund(session, earlier, key, per_quarter_minor=minor * count)
        _continue(session, first, current, len(funds) + 1)
        funds.append(first.fund)
    teams = [make_team(session, current, name.lower(), days=9 * count) for name in TEAMS]
    journeys: list[Journey] = []
    pools: list[LeverPool] = []
    for name in JOURNEYS:
        key = name.lower().replace(" ", "-")
        journeys.append(make_journey(session, cast.lead, key=key, name=name))
        make_baseline(session, journeys[-1])
        by = {"claimed_by": cast.lead, "certified_by": cast.cfo}
        pools += [
            make_pool(session, journeys[-1], lever, **by, **inputs)
            for lever, inputs in LEVERS.items()
        ]
    make_pool(session, journeys[-1], Lever.RISK, claimed_by=cast.lead)
    return Company(
        cast, tuple(owners), earlier, current, tuple(funds), tuple(teams), tuple(journeys),
        tuple(pools),
    )  # fmt: skip


def _continue(session: Session, before: CycleFund, cycle: Cycle, position: int) -> None:
    """Give a fund the same budgets in the next cycle."""
    amount = before.budgets[0].amount_minor
    budgets = [FundBudget(quarter=quarter, amount_minor=amount) for quarter in cycle.quarters]
    session.add(
        CycleFund(
            cycle=cycle, fund=before.fund, carry_over=before.carry_over, position=position,
            budgets=budgets,
        )
    )  # fmt: skip
    session.flush()


def _rows(company: Company, plan: Plan, now: datetime) -> Iterator[Row]:
    yield Initiative, _initiative(company, plan, now)
    touchpoints = plan.one_of(company.journeys).touchpoints
    touchpoint = touchpoints[plan.number % (len(touchpoints) - 1)]
    yield (
        InitiativeTouchpoint, {"initiative_id": plan.number, "touchpoint_id": touchpoint.id}
    )  # fmt: skip
    # Drafts lack something, as drafts do.
    for question in ANSWERED[: 4 if plan.state is InitiativeState.DRAFT else len(ANSWERED)]:
        text = f"{question.label}: what was said about it when {plan.key} was proposed."
        yield Answer, {"initiative_id": plan.number, "question": question, "text": text}
    yield TargetBehaviour, {
        "id": plan.number, "initiative_id": plan.number, "position": 1, "unit": "%",
        "description": "Customers look it up instead of calling", "measure": "Share of customers",
        "baseline": Decimal(10), "target": Decimal(30), "source": "Telephony log",
        "measured_on": MEASURED_ON,
    }  # fmt: skip
    yield from _options(company, plan)
    yield from _milestones(plan)


def _initiative(company: Company, plan: Plan, now: datetime) -> Mapping[str, Any]:
    is_approved = plan.state is InitiativeState.APPROVED
    is_certified = is_approved or plan.state is InitiativeState.CANDIDATE
    return {
        "id": plan.number, "key": plan.key, "state": plan.state, "currency": "EUR",
        "title": f"{plan.one_of(TITLES)} {plan.number}",
        "cycle_id": (company.earlier if is_approved else company.current).id,
        "journey_id": plan.one_of(company.journeys).id, "unit": plan.one_of(UNITS),
        "lens": plan.one_of(tuple(Lens)), "planned_start": plan.start,
        "cost_minor": plan.cost_minor, "owner_id": plan.one_of(company.owners).id,
        "sponsor_id": company.cast.manager.id, "created_by_id": company.cast.lead.id,
        "certified_by_id": company.cast.cfo.id if is_certified else None,
        "certified_at": now if is_certified else None, "import_batch_id": None,
        "created_at": now, "changed_at": now, "version": 1,
    }  # fmt: skip


def _options(company: Company, plan: Plan) -> Iterator[Row]:
    """A lean option and the full one: money, days and what they remove from two pools."""
    team = plan.one_of(company.teams)
    sizes = (("lean", LEAN), ("full", Decimal(1)))
    for position, (id_, (key, share)) in enumerate(zip(plan.options, sizes, strict=True)):
        yield Option, {
            "id": id_, "initiative_id": plan.number, "position": position, "key": key,
            "name": key.capitalize(), "scope": "", "go_live_quarters": 1, "ramp_quarters": 3,
            "half_life_quarters": 12, "earliest_start": plan.start, "latest_start": plan.start + 2,
            "effort_minutes": 1000, "risk": 2, "declared_benefit_minor": None,
            "declared_grade": None, "declared_source": None,
        }  # fmt: skip
        for fund, index, amount in plan.spend(share):
            yield OptionSpend, {
                "option_id": id_, "fund_id": company.funds[fund].id, "quarter_index": index,
                "amount_minor": amount,
            }  # fmt: skip
        for index in range(2):
            days = int((10 + plan.number % 20) * share)
            yield OptionDemand, {
                "option_id": id_, "team_id": team.id, "quarter_index": index, "days": Decimal(days),
            }  # fmt: skip
        for place, pool in enumerate(company.pools_of(plan)):
            removal = Decimal(5 + plan.number * 13 % 46) / 1000 * share
            yield Effect, {
                "id": 2 * id_ - 1 + place, "option_id": id_, "behaviour_id": plan.number,
                "pool_id": pool.id, "removal_share": removal, "evidence": "Pilot in the north",
                "grade": plan.one_of((EvidenceGrade.B, EvidenceGrade.C)),
            }  # fmt: skip


def _milestones(plan: Plan) -> Iterator[Row]:
    for place, (id_, share) in enumerate(zip(plan.milestones, SHARES, strict=True)):
        yield Milestone, {
            "id": id_, "initiative_id": plan.number, "name": f"Evidence {place + 1}",
            "due_on": plan.due_on(place), "tranche_share": share,
            "action_if_missed": "Hold once, then stop",
        }  # fmt: skip
        for criterion, metric in zip(
            plan.criteria(id_), ("Share of customers", "Calls saved"), strict=True
        ):
            yield Criterion, {
                "id": criterion, "milestone_id": id_, "metric": metric, "unit": "%",
                "direction": Direction.AT_LEAST, "baseline": Decimal(10),
                "threshold": Decimal(15 + 5 * place), "minimum_sample": 200, "is_must_meet": True,
            }  # fmt: skip
