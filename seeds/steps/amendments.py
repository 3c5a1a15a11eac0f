"""Criteria of running initiatives that were asked to be amended."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Tranche
from app.approvals.rules import OPEN_TRANCHES
from app.db.session import transaction
from app.initiatives.models import Criterion
from app.roadmap.models import Amendment
from app.roadmap.rules.wanted import Wanted
from app.roadmap.services import ask_amendment, end_amendment
from seeds.steps.decisions import request_key, tranche_of
from seeds.steps.moments import at
from seeds.story.running_initiatives import AMENDMENTS, RUNNING_INITIATIVES
from seeds.story.shapes import AmendmentStory

TITLES = {story.name: story.title for story in RUNNING_INITIATIVES}
DAYS_TO_ANSWER = 6


def amend(session: Session, people: dict[str, Person], *, today: date) -> None:
    """Ask for what the story asks for, and answer what was answered."""
    for story in AMENDMENTS:
        tranche = tranche_of(session, TITLES[story.name], story.position)
        if tranche is None or tranche.state not in OPEN_TRANCHES:
            continue
        there = select(Amendment.id).where(Amendment.tranche_id == tranche.id)
        if session.scalar(there) is None:
            with transaction(session):
                _amend(session, story, tranche, people, today)


def _amend(
    session: Session, story: AmendmentStory, tranche: Tranche, people: dict[str, Person],
    today: date,
) -> None:  # fmt: skip
    asked_on = today - timedelta(days=story.days_ago)
    of = select(Criterion.id).where(Criterion.milestone_id == tranche.milestone_id)
    amendment_id = ask_amendment(
        session, tranche, session.scalars(of).one(), Wanted(Decimal(story.threshold), story.sample),
        seen=0, reason=story.reason, once_key=request_key("amend", tranche.id),
        actor=people["ines"], now=at(asked_on, hour=9),
    )  # fmt: skip
    if story.answer is not None:
        end_amendment(
            session, tranche, amendment_id, agrees=True, answer=story.answer,
            once_key=request_key("agree", tranche.id), actor=people["petra"],
            now=at(asked_on + timedelta(days=DAYS_TO_ANSWER), hour=10),
        )  # fmt: skip
