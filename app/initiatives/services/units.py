"""Keep the list of organisation units."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.errors import InvalidError, NotAllowedError
from app.initiatives.models import OrganisationUnit
from app.initiatives.services.checks import PERMISSION

LONGEST_NAME = 200


def add_unit(session: Session, name: str, *, actor: Person, now: datetime) -> OrganisationUnit:
    """Put an organisation unit on the list. Raises InvalidError."""
    _check_permission(actor)
    clean = name.strip()
    if not clean:
        raise InvalidError("Name the organisation unit.", field="name")
    if len(clean) > LONGEST_NAME:
        raise InvalidError(f"Shorten this to at most {LONGEST_NAME} characters.", field="name")
    same = func.lower(OrganisationUnit.name) == clean.lower()
    taken = session.scalar(select(OrganisationUnit.name).where(same))
    if taken is not None:
        raise InvalidError(f"{taken} is on the list already.", field="name")
    unit = OrganisationUnit(name=clean)
    session.add(unit)
    session.flush()
    record(
        session, actor=actor, action="unit.listed", subject=f"unit:{unit.id}",
        after={"name": clean}, now=now,
    )  # fmt: skip
    return unit


def remove_unit(session: Session, unit: OrganisationUnit, *, actor: Person, now: datetime) -> None:
    """Take an organisation unit off the list; initiatives keep the name they wrote."""
    _check_permission(actor)
    record(
        session, actor=actor, action="unit.taken_off", subject=f"unit:{unit.id}",
        before={"name": unit.name}, now=now,
    )  # fmt: skip
    session.delete(unit)
    session.flush()


def _check_permission(actor: Person) -> None:
    if not actor.may(PERMISSION):
        raise NotAllowedError("Only a CX lead or a program manager lists organisation units.")
