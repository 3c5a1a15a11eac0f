"""The people of the demo company."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.accounts.queries import find_person_by_email
from app.accounts.rules import Role
from app.accounts.services import PersonDraft, create_person
from seeds.story.company import PEOPLE


def add_people(session: Session, *, password: str, now: datetime) -> dict[str, Person]:
    """Every demo person by key; those who are missing are added with ``password``."""
    people = {}
    for persona in PEOPLE:
        person = find_person_by_email(session, persona.email)
        if person is None:
            roles = frozenset(Role(role) for role in persona.roles)
            draft = PersonDraft(persona.email, persona.name, password, roles)
            person = create_person(session, draft, actor=None, now=now)
        people[persona.key] = person
    return people
