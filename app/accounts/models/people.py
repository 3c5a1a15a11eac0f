"""People and the roles granted to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.rules import COSTS, PERMISSIONS, Role, costs_can_be_hidden
from app.accounts.rules.digests import DigestRhythm
from app.db.base import Base
from app.db.types import EnumText, UtcDateTime


class Person(Base):
    """Somebody who can sign in. ``email`` is stored in lower case.

    ``invited_at``: when they were invited, while they have not chosen a password yet.
    ``mention_letters``: whether they want a letter when a comment mentions them.
    ``digest``: how often they want what waits for them by mail.
    ``is_demo``: whether the demo company brought them. ``hides_first_steps``: whether they put the
    list of first steps away. ``locale``: how they read numbers and days; empty: as the company.
    """

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=false())
    has_short_password: Mapped[bool] = mapped_column(default=False, server_default=false())
    invited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    costs_hidden: Mapped[bool] = mapped_column(default=False, server_default=false())
    mention_letters: Mapped[bool] = mapped_column(default=False, server_default=false())
    digest: Mapped[DigestRhythm] = mapped_column(
        EnumText(DigestRhythm), default=DigestRhythm.OFF, server_default=DigestRhythm.OFF.value
    )
    theme: Mapped[str] = mapped_column(default="system")
    is_demo: Mapped[bool] = mapped_column(default=False, server_default=false())
    hides_first_steps: Mapped[bool] = mapped_column(default=False, server_default=false())
    locale: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    # Roles must be in force at once and are asked on every request, so this one may load itself.
    grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="person", foreign_keys="RoleGrant.person_id", lazy="selectin"
    )

    __mapper_args__ = {"version_id_col": version}

    is_authenticated = True
    is_anonymous = False

    lacks_second_factor = False
    """Whether a second factor is needed and missing; known of who is signed in."""

    sees_demo = False
    """Whether the company is the demo; known of who is signed in."""

    token_id = 0
    """The token by which a program acts for the person in this request; 0: they act themselves."""

    scoped_permissions = frozenset(PERMISSIONS)
    """What the token lets through; all where there is none."""

    @property
    def roles(self) -> frozenset[Role]:
        """What the person may act as: nothing while the way they sign in is not theirs alone."""
        return frozenset() if self.opens_only_account else self.held_roles

    @property
    def opens_only_account(self) -> bool:
        """Whether a password has to be changed or a second factor to be set up first."""
        return self.must_change_password or self.lacks_second_factor

    @property
    def held_roles(self) -> frozenset[Role]:
        """Roles in force; a grant that waits for a second admin gives nothing yet."""
        if not self.is_active:
            return frozenset()
        return frozenset(grant.role for grant in self.grants if grant.is_in_force)

    def may(self, permission: str) -> bool:
        if permission not in self.scoped_permissions:
            return False
        if permission == COSTS and self.costs_hidden and costs_can_be_hidden(self.roles):
            return False
        return not self.roles.isdisjoint(PERMISSIONS[permission])

    def get_id(self) -> str:
        return str(self.id)

    @property
    def audit_key(self) -> str:
        return f"person:{self.id}"

    @property
    def audit_name(self) -> str:
        return f"{self.name} <{self.email}>"

    @property
    def audit_role(self) -> str:
        roles = sorted(role.value for role in self.roles)
        return ",".join([*roles, f"token {self.token_id}"] if self.token_id else roles)


class RoleGrant(Base):
    """A role given to a person; Finance and Admin that an admin gives wait for another admin."""

    __tablename__ = "role_grants"
    __table_args__ = (Index("uq_role_grants_person_role", "person_id", "role", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    role: Mapped[Role] = mapped_column(EnumText(Role))
    is_in_force: Mapped[bool]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"))
    confirmed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id", ondelete="RESTRICT")
    )
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(
        back_populates="grants", foreign_keys=[person_id], lazy="raise_on_sql"
    )
