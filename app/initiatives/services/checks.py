"""What every change of an initiative checks first."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import Person
from app.accounts.rules import PERMISSIONS, Role
from app.errors import ConflictError, NotAllowedError
from app.initiatives.models import Initiative
from app.initiatives.rules import LOCKED, OVER, Actor, InitiativeState

PERMISSION = "initiatives.edit"


class Proposed(Protocol):
    """What tells how somebody stands to an initiative: the initiative, or a line of a list."""

    @property
    def owner_id(self) -> int: ...

    @property
    def created_by_id(self) -> int: ...

    @property
    def state(self) -> InitiativeState: ...


def standing(person: Person, initiative: Proposed, editors: Collection[int] = frozenset()) -> Actor:
    """What the table of moves needs to know of a person and an initiative."""
    return Actor(
        permissions=frozenset(name for name in PERMISSIONS if person.may(name)),
        is_owner=person.id == initiative.owner_id,
        is_creator=person.id == initiative.created_by_id,
        leads=Role.CX_LEAD in person.roles,
        has_changed=person.id in editors,
    )


def edit_bar(person: Person, initiative: Proposed) -> str | None:
    """Why the person can't change the initiative's substance; None if they can."""
    if not standing(person, initiative).may_edit:
        return "Only its owner, who proposed it, or a CX lead can change it."
    if initiative.state is not InitiativeState.DRAFT:
        return LOCKED[initiative.state]
    return None


def customer_need_bar(person: Person, initiative: Initiative) -> str | None:
    """Why the person can't say which customer needs it serves; None if they can."""
    if not standing(person, initiative).may_edit:
        return "Only its owner, who proposed it, or a CX lead can name the need."
    if initiative.state in OVER:
        return f"{initiative.key} is {initiative.state.word.lower()} and stays as it was."
    return None


def check_can_edit(person: Person, initiative: Initiative, *, expected_version: int | None) -> None:
    """Refuse a change of substance that this person, state or version bars.

    Raises NotAllowedError, or ConflictError when it is no draft or somebody else saved it since
    ``expected_version``; None skips that check, for commands and seeds.
    """
    if not standing(person, initiative).may_edit:
        raise NotAllowedError("Only its owner, who proposed it, or a CX lead can change it.")
    if initiative.state is not InitiativeState.DRAFT:
        raise ConflictError(f"{initiative.key} can’t be changed now. {LOCKED[initiative.state]}")
    check_version(initiative, expected_version)


def check_version(initiative: Initiative, expected: int | None) -> None:
    """Raises ConflictError when somebody else saved the initiative meanwhile."""
    if expected is not None and initiative.version != expected:
        raise ConflictError(
            "Somebody else saved this initiative while you worked on it, and yours was not saved."
            " Compare both versions; saving again keeps yours."
        )


def check_still(initiative: Initiative, expected: int | None) -> None:
    """Raises ConflictError when the initiative is not as it was when somebody chose a move."""
    if expected is not None and initiative.version != expected:
        raise ConflictError("It was moved or changed meanwhile; look at it again.")


def touch(session: Session, initiative: Initiative, now: datetime) -> None:
    """Give the initiative a new version although only a part of it has changed."""
    initiative.changed_at = now
    flag_modified(initiative, "changed_at")
    session.flush()
