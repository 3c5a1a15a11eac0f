"""What the people pages say about roles."""

from __future__ import annotations

from dataclasses import dataclass

from app.accounts.models import Person, RoleGrant


@dataclass(frozen=True, slots=True)
class RoleMoves:
    """A role somebody has been given and what the person looking may do with it."""

    grant: RoleGrant
    state: str
    confirm_bar: str | None

    @property
    def waits(self) -> bool:
        return not self.grant.is_in_force


def role_moves(person: Person, actor: Person) -> list[RoleMoves]:
    """The roles of a person in the order of their names, each with its moves."""
    grants = sorted(person.grants, key=lambda grant: grant.role.word)
    return [_moves(grant, actor) for grant in grants]


def _moves(grant: RoleGrant, actor: Person) -> RoleMoves:
    if grant.is_in_force:
        return RoleMoves(grant, "in force", None)
    bar = None
    if actor.id in (grant.person_id, grant.granted_by_id):
        bar = "You gave this role to yourself; another admin has to confirm it."
    return RoleMoves(grant, "waits for a second admin", bar)
