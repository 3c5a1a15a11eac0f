"""Find people."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person, RoleGrant
from app.accounts.rules import PERMISSIONS, Role
from app.errors import NotFoundError
from app.values.names import by_name

LONGEST_EMAIL = 254


def get_person(session: Session, person_id: int) -> Person:
    """The person with this id; raises NotFoundError."""
    person = session.get(Person, person_id) if person_id < 2**31 else None
    if person is None:
        raise NotFoundError("There is no such person.")
    return person


def find_person_by_email(session: Session, email: str) -> Person | None:
    """The person with this address in any case; text no address can be finds nobody."""
    wanted = email.strip().lower()
    if not wanted or len(wanted) > LONGEST_EMAIL or "\x00" in wanted:
        return None
    try:
        wanted.encode()
    except UnicodeEncodeError:
        return None
    return session.scalar(select(Person).where(Person.email == wanted))


def list_people(session: Session) -> Sequence[Person]:
    """Everybody, active people first, then by name."""
    listed = by_name(session.scalars(select(Person).order_by(Person.id)), lambda one: one.name)
    return sorted(listed, key=lambda one: not one.is_active)


def list_people_with_role(session: Session, role: Role) -> Sequence[Person]:
    """Active people who hold a role in force, by name."""
    people = session.scalars(
        select(Person)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(Person.is_active, RoleGrant.role == role, RoleGrant.is_in_force)
        .order_by(Person.id)
    )
    return by_name(people, lambda one: one.name)


def list_permitted(session: Session, permission: str) -> list[tuple[int, str]]:
    """Id and name of active people whose role in force gives a permission, by name."""
    rows = session.execute(
        select(Person.id, Person.name)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(Person.is_active, RoleGrant.is_in_force, RoleGrant.role.in_(PERMISSIONS[permission]))
        .distinct()
        .order_by(Person.id)
    )
    return by_name([(id_, name) for id_, name in rows], lambda one: one[1])


def count_active_admins(session: Session) -> int:
    """How many people could manage others today."""
    return len(list_people_with_role(session, Role.ADMIN))
