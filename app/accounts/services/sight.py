"""What people see of money, in which light, and which letters they get."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.accounts.rules import costs_can_be_hidden
from app.accounts.rules.digests import DigestRhythm
from app.accounts.services.people import check_manager
from app.audit.services import record
from app.errors import ConflictError, InvalidError
from app.values.written import LOCALES

THEMES = ("system", "light", "dark")


def hide_costs(session: Session, person: Person, *, actor: Person | None, now: datetime) -> None:
    """Keep money from somebody who does nothing but look; every page shows a dash instead."""
    check_manager(actor)
    if not costs_can_be_hidden(person.held_roles):
        raise ConflictError(
            f"{person.name} works with money by another role than Viewer, so it can't be hidden."
        )
    _set_costs_hidden(session, person, True, actor=actor, now=now)


def show_costs(session: Session, person: Person, *, actor: Person | None, now: datetime) -> None:
    """Let somebody see money again."""
    check_manager(actor)
    _set_costs_hidden(session, person, False, actor=actor, now=now)


def _set_costs_hidden(
    session: Session, person: Person, hidden: bool, *, actor: Person | None, now: datetime
) -> None:
    if person.costs_hidden is hidden:
        raise ConflictError(f"Money is {'hidden' if hidden else 'shown'} already.")
    person.costs_hidden = hidden
    record(
        session,
        actor=actor,
        action="person.costs_hidden" if hidden else "person.costs_shown",
        subject=person.audit_key,
        before={"costs_hidden": not hidden},
        after={"costs_hidden": hidden},
        now=now,
    )


def set_theme(session: Session, person: Person, theme: str, *, now: datetime) -> None:
    """Keep whether the person wants light or dark pages."""
    if theme not in THEMES:
        raise InvalidError("Choose system, light or dark.", field="theme")
    _keep(session, person, "theme", theme, now=now)


def set_mention_letters(session: Session, person: Person, wanted: bool, *, now: datetime) -> None:
    """Keep whether the person wants a letter when a comment mentions them."""
    _keep(session, person, "mention_letters", wanted, now=now)


def set_digest(session: Session, person: Person, wanted: DigestRhythm, *, now: datetime) -> None:
    """Keep how often the person wants what waits for them by mail."""
    _keep(session, person, "digest", wanted, now=now)


def set_first_steps(session: Session, person: Person, hidden: bool, *, now: datetime) -> None:
    """Keep whether the person put the list of first steps away."""
    _keep(session, person, "hides_first_steps", hidden, action="person.first_steps_set", now=now)


def set_locale(session: Session, person: Person, locale: str, *, now: datetime) -> None:
    """Keep how the person reads numbers and days; empty: as the company."""
    if locale and locale not in LOCALES:
        raise InvalidError("Choose one of the list.", field="locale")
    _keep(session, person, "locale", locale, now=now)


def _keep(
    session: Session, person: Person, name: str, value: Any, *, now: datetime,
    action: str | None = None,
) -> None:  # fmt: skip
    """Set what somebody chose for themselves, and tell the trail what it was before."""
    before = getattr(person, name)
    setattr(person, name, value)
    record(
        session,
        actor=person,
        action=action or f"person.{name}_set",
        subject=person.audit_key,
        before={name: _plain(before)},
        after={name: _plain(value)},
        now=now,
    )


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value
