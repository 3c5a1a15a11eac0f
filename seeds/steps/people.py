"""The people of the demo company, and what they approve alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.accounts.queries import find_person_by_email
from app.accounts.rules import Role
from app.accounts.services import PersonDraft, create_person
from app.approvals.queries import load_limits
from app.approvals.services import set_limit
from app.demo.queries import is_empty
from app.values.money import Money
from seeds.story.company import APPROVAL_LIMITS, CURRENCY, PEOPLE


def add_people(session: Session, *, password: str, now: datetime) -> dict[str, Person]:
    """Every demo person by key; those who are missing are added with ``password``.

    Whoever comes into an empty company is marked, so that the demo can be taken away as a whole.
    """
    people = {}
    is_first = is_empty(session)
    for persona in PEOPLE:
        person = find_person_by_email(session, persona.email)
        if person is None:
            roles = frozenset(Role(role) for role in persona.roles)
            draft = PersonDraft(persona.email, persona.name, password, roles, is_demo=is_first)
            person = create_person(session, draft, actor=None, now=now)
        people[persona.key] = person
    return people


def add_limits(session: Session, people: dict[str, Person], *, now: datetime) -> None:
    """What the demo people in Finance approve alone; limits set already stay."""
    if load_limits(session, CURRENCY):
        return
    for key, (thousands, reason) in APPROVAL_LIMITS.items():
        set_limit(
            session, people[key], Money(thousands * 1_000_00, CURRENCY), currency=CURRENCY,
            reason=reason, actor=people["noor"], now=now,
        )  # fmt: skip
