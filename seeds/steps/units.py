"""The organisation units of the demo company."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.initiatives.queries import list_units
from app.initiatives.services import add_unit
from seeds.story.company import UNITS


def add_units(session: Session, *, actor: Person, now: datetime) -> None:
    """List every unit of the story that is missing."""
    known = {unit.name for unit in list_units(session)}
    for name in UNITS:
        if name not in known:
            add_unit(session, name, actor=actor, now=now)
