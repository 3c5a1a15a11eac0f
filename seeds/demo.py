"""The demo company: one believable story, told through the services; a second run adds nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.accounts.queries import find_person_by_email
from app.calendar.models import Cycle
from app.calendar.rules import CycleState
from app.calendar.services import OpeningTerms, close_cycle, open_cycle
from app.db.session import transaction
from app.interactions.services import LogStore
from seeds.steps.amendments import amend
from seeds.steps.calendar import add_cycle, find_cycle
from seeds.steps.contacts import add_contacts
from seeds.steps.decisions import approve_last, choose
from seeds.steps.deliveries import deliver
from seeds.steps.initiatives import Ground, add_initiatives
from seeds.steps.journeys import add_journeys, cut_from_log, measure_again
from seeds.steps.maturity import AssessedAt, assess
from seeds.steps.moments import Moments, at, last_day_told
from seeds.steps.needs import add_needs
from seeds.steps.people import add_limits, add_people
from seeds.steps.units import add_units
from seeds.story.buy_initiatives import BUY_INITIATIVES
from seeds.story.claims_initiatives import CLAIMS_INITIATIVES
from seeds.story.company import BUDGET_THOUSANDS, LAST_BUDGET_THOUSANDS, PEOPLE
from seeds.story.maturity import A_YEAR_AGO, CLAIMS_BEGUN, NOW
from seeds.story.renew_initiatives import RENEW_INITIATIVES
from seeds.story.running_initiatives import RUNNING_INITIATIVES

BASELINE_AGE_DAYS = 200


def say_nothing(_part: str) -> None:
    """Nobody watches the story being told."""


def seed_demo(
    session: Session,
    store: LogStore,
    *,
    password: str,
    now: datetime,
    tell: Callable[[str], None] = say_nothing,
) -> None:
    """Tell the story up to ``now`` and nothing beyond; every step is whole or not there.

    A story begun earlier, perhaps quarters ago, is completed as of then and otherwise left alone.
    ``store`` takes the contact log; ``password`` is what all the demo people sign in with; ``tell``
    hears which part comes next, between two transactions.
    """
    founder = find_person_by_email(session, PEOPLE[0].email)
    today = last_day_told(now)
    when = Moments.since(founder.created_at, today) if founder else Moments(today)
    tell("Journeys with what was measured")
    with transaction(session):
        people = add_people(session, password=password, now=when.founding)
        add_limits(session, people, now=when.founding)
        add_journeys(session, people, measured_on=when.first_baseline)
        add_needs(session, people, known_on=when.first_baseline)
        earlier = AssessedAt(when.earlier_assessment, when.founding + timedelta(hours=3))
        assess(session, people, A_YEAR_AGO, earlier, closes=True)
        add_units(session, actor=people["maya"], now=at(when.first_baseline, hour=12))
    tell("The last cycle with its initiatives")
    with transaction(session):
        _last_cycle(session, when, people)
    last = find_cycle(session, when.last_first_quarter)
    tell("Thirteen months of contacts")
    add_contacts(session, store, people["maya"], until=when.today, now=when.present)
    if last is not None:
        tell("What was approved and how it has gone")
        approve_last(session, last, people, now=when.last_decision, told_at=now)
        deliver(session, people, today=when.today)
        amend(session, people, today=when.today)
    tell("This cycle with its candidates")
    with transaction(session):
        present = _present_cycle(session, when, people).id
        cut_from_log(session, people, today=when.today)
        _assess_again(session, when, people)
    tell("A first plan")
    choose(
        session, present, "Balanced", "All candidates, the cycle's own limits.",
        actor=people["tomasz"], now=when.present, told_at=now,
    )  # fmt: skip


def _last_cycle(session: Session, when: Moments, people: dict[str, Person]) -> None:
    first = when.last_first_quarter
    if find_cycle(session, first) is not None:
        return
    now = at(when.first_baseline + timedelta(days=5))
    span = ((first + -1).first_day, (first + 1).last_day)
    cycle = add_cycle(session, first, span, LAST_BUDGET_THOUSANDS, actor=people["nils"], now=now)
    terms = OpeningTerms(today=now.date(), baseline_age_days=BASELINE_AGE_DAYS)
    open_cycle(session, cycle, terms, actor=people["nils"], now=now)
    add_initiatives(Ground(session, people, cycle, now + timedelta(days=20)), RUNNING_INITIATIVES)


def _assess_again(session: Session, when: Moments, people: dict[str, Person]) -> None:
    last = find_cycle(session, when.last_first_quarter)
    done = AssessedAt(when.assessment, at(when.assessment, hour=16), last.id if last else None)
    assess(session, people, NOW, done, closes=True)
    begun = AssessedAt(when.quarter.first_day, when.opening + timedelta(hours=5))
    assess(session, people, CLAIMS_BEGUN, begun, closes=False)


def _present_cycle(session: Session, when: Moments, people: dict[str, Person]) -> Cycle:
    there = find_cycle(session, when.first_quarter)
    if there is not None:
        return there
    measure_again(session, people, measured_on=when.second_baseline)
    last = find_cycle(session, when.last_first_quarter)
    if last is not None and last.state is CycleState.OPEN:
        close_cycle(session, last, today=when.today, actor=people["nils"], now=when.opening)
    span = (when.quarter.first_day, when.first_quarter.last_day)
    cycle = add_cycle(
        session, when.first_quarter, span, BUDGET_THOUSANDS, actor=people["nils"], now=when.opening
    )
    terms = OpeningTerms(today=when.quarter.first_day, baseline_age_days=BASELINE_AGE_DAYS)
    open_cycle(session, cycle, terms, actor=people["nils"], now=when.opening)
    now = when.opening + timedelta(hours=2)
    stories = (*CLAIMS_INITIATIVES, *BUY_INITIATIVES, *RENEW_INITIATIVES)
    add_initiatives(Ground(session, people, cycle, now), stories)
    return cycle
