"""People, and the fixed cast that most tests play with."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache

from argon2 import PasswordHasher
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.models import Person, RoleGrant
from app.accounts.rules import Role
from app.db.session import transaction
from tests.support.kept import kept

PASSWORD = "seven green kites above"
_LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)


@cache
def _password_hash() -> str:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def make_person(session: Session, name: str, *roles: Role, email: str | None = None) -> Person:
    """Add an active person who holds `roles` and signs in with PASSWORD."""
    person = _person(name, *roles, email=email)
    session.add(person)
    session.flush()
    return person


def _person(name: str, *roles: Role, email: str | None = None) -> Person:
    return Person(
        email=email or f"{name.split()[0].lower()}@waymark.test",
        name=name,
        password_hash=_password_hash(),
        created_at=_LONG_AGO,
        grants=[
            RoleGrant(role=role, is_in_force=True, granted_at=_LONG_AGO)
            for role in sorted(roles, key=lambda role: role.value)
        ],
    )


def grant_finance(session: Session, person_id: int, *, is_in_force: bool = True) -> None:
    """Give the role past all services, so that only what a test is about bars the person."""
    grant = {"id": person_id, "force": is_in_force}
    with transaction(session):
        session.execute(
            text(
                "INSERT INTO role_grants (person_id, role, is_in_force, granted_at)"
                " VALUES (:id, 'finance', :force, 0)"
            ),
            grant,
        )


@dataclass(frozen=True)
class Cast:
    """One person per part; `owner` and `stranger` hold the same role, but only `owner` owns."""

    lead: Person
    owner: Person
    manager: Person
    cfo: Person
    cfo2: Person
    viewer: Person
    admin: Person
    stranger: Person


@kept
def make_cast(session: Session) -> Cast:
    cast = Cast(
        lead=_person("Lena Lead", Role.CX_LEAD),
        owner=_person("Omar Owner", Role.PROGRAM_MANAGER),
        manager=_person("Mina Manager", Role.PROGRAM_MANAGER),
        cfo=_person("Carla Finance", Role.FINANCE),
        cfo2=_person("Cem Finance", Role.FINANCE),
        viewer=_person("Vera Viewer", Role.VIEWER),
        admin=_person("Adam Admin", Role.ADMIN),
        stranger=_person("Stan Stranger", Role.PROGRAM_MANAGER),
    )
    session.add_all(getattr(cast, part.name) for part in fields(cast))
    session.flush()
    return cast
