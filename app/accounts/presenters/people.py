"""What the people pages say about people and roles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.accounts.models import Person, RoleGrant
from app.accounts.rules import confirmation_bar

SECOND_ADMIN = (
    "whoever runs Waymark makes one with “flask --app wsgi people create-admin ADDRESS --name NAME"
    " --force”."
)
"""How there comes to be an admin whom no admin alone has made."""


@dataclass(frozen=True, slots=True)
class RoleMoves:
    """A role somebody has been given and what the person looking may do with it."""

    grant: RoleGrant
    state: str
    confirm_bar: str | None

    @property
    def waits(self) -> bool:
        return not self.grant.is_in_force


def added_words(person: Person) -> str:
    """What to say of somebody just added, and what still waits."""
    return _with_waiting(
        person, f"{person.name} can sign in now and has to change the password first."
    )


def invited_words(person: Person) -> str:
    """What to say of somebody just invited, and what still waits."""
    return _with_waiting(person, f"An invitation is on its way to {person.email}.")


def _with_waiting(person: Person, said: str) -> str:
    waiting = sorted(grant.role.word for grant in person.grants if not grant.is_in_force)
    verb = "wait" if len(waiting) > 1 else "waits"
    return f"{said} {' and '.join(waiting)} {verb} for a second admin." if waiting else said


def role_words(person: Person) -> str:
    """Somebody's roles, and which of them waits for a second admin."""
    said = [
        grant.role.word if grant.is_in_force else f"{grant.role.word} (waits for a second admin)"
        for grant in person.grants
    ]
    return ", ".join(sorted(said)) or "None yet; an admin can give you one"


def role_moves(person: Person, actor: Person, *, admin_ids: Collection[int]) -> list[RoleMoves]:
    """The roles of a person in the order of their names, each with its moves.

    ``admin_ids``: who is admin today, to say when there is nobody who could confirm.
    """
    grants = sorted(person.grants, key=lambda grant: grant.role.word)
    return [_moves(grant, actor, admin_ids) for grant in grants]


def _moves(grant: RoleGrant, actor: Person, admin_ids: Collection[int]) -> RoleMoves:
    if grant.is_in_force:
        return RoleMoves(grant, "in force", None)
    bar = confirmation_bar(
        actor_id=actor.id, person_id=grant.person_id, granted_by_id=grant.granted_by_id
    )
    if bar and not {*admin_ids} - {grant.person_id, grant.granted_by_id}:
        bar += f" There is no other yet: {SECOND_ADMIN}"
    return RoleMoves(grant, "waits for a second admin", bar)
