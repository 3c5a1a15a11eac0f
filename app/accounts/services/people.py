"""People, their roles and passwords; every change ends the sessions it makes unsafe."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import AccountLink, Person, RoleGrant
from app.accounts.queries import (
    count_active_admins,
    find_person_by_email,
    has_second_factor,
    is_open_link,
)
from app.accounts.rules import (
    LINK_LETTERS,
    SHORTEST_PASSWORD,
    SHORTEST_WITH_FACTOR,
    Role,
    confirmation_bar,
    needs_second_admin,
    together_bar,
)
from app.accounts.rules.digests import DIGEST_LETTER
from app.accounts.services.attempts import forget_devices
from app.accounts.services.feeds import end_feed
from app.accounts.services.passwords import check_new_password, hash_password, password_fits
from app.accounts.services.sign_in import close_sessions
from app.accounts.services.tokens import end_tokens
from app.audit.services import record
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.mail.services import drop_letters

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """Somebody to be added."""

    email: str
    name: str
    password: str = field(default="", repr=False)
    roles: frozenset[Role] = frozenset()
    is_demo: bool = False


def create_person(
    session: Session, draft: PersonDraft, *, actor: Person | None, now: datetime
) -> Person:
    """Add a person with roles; ``actor`` None is the command line."""
    person = new_person(session, draft, actor=actor, now=now)
    check_new_password(draft.password, email=person.email, name=person.name, field="password")
    person.password_hash = hash_password(draft.password)
    person.must_change_password = actor is not None
    add_recorded(session, person, "person.created", actor=actor, now=now)
    return person


def new_person(
    session: Session, draft: PersonDraft, *, actor: Person | None, now: datetime
) -> Person:
    """A person as drafted, checked, not added yet, and with a password that nobody knows."""
    check_manager(actor)
    email = _checked_email(session, draft.email)
    name = " ".join(draft.name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidError(f"Enter a name of at most {LONGEST_NAME} characters.", field="name")
    if bar := together_bar(draft.roles):
        raise InvalidError(bar, field="roles")
    person = Person(
        email=email,
        name=name,
        password_hash=hash_password(secrets.token_urlsafe(32)),
        is_active=True,
        theme="system",
        is_demo=draft.is_demo,
        created_at=now,
    )
    person.grants = [
        _new_grant(role, actor=actor, now=now)
        for role in sorted(draft.roles, key=lambda role: role.value)
    ]
    return person


def add_recorded(
    session: Session, person: Person, action: str, *, actor: Person | None, now: datetime
) -> None:
    """Add a new person, with the event that says how they came to be."""
    session.add(person)
    session.flush()
    after = {"email": person.email, "name": person.name, **_roles(person)}
    record(session, actor=actor, action=action, subject=person.audit_key, after=after, now=now)


def grant_role(
    session: Session, person: Person, role: Role, *, actor: Person | None, now: datetime
) -> RoleGrant:
    """Give a role. Finance and Admin that an admin gives wait for a second admin."""
    check_manager(actor)
    if not person.is_active:
        raise ConflictError(f"{person.name} is deactivated; reactivate the account first.")
    if any(grant.role is role for grant in person.grants):
        raise ConflictError(f"{person.name} has been given this role already.")
    _check_together(person, role)
    grant = _new_grant(role, actor=actor, now=now)
    before = _roles(person)
    person.grants.append(grant)
    session.flush()
    _roles_changed(session, person, "person.role_granted", before, actor=actor, now=now)
    return grant


def confirm_role(
    session: Session, person: Person, role: Role, *, actor: Person, now: datetime
) -> RoleGrant:
    """Put a waiting grant into force, as another admin than the one who gave it."""
    check_manager(actor)
    grant = _grant_of(person, role)
    if grant.is_in_force:
        raise ConflictError("This role is in force already.")
    _check_together(person, role)
    bar = confirmation_bar(
        actor_id=actor.id, person_id=person.id, granted_by_id=grant.granted_by_id
    )
    if bar:
        raise NotAllowedError(bar)
    before = _roles(person)
    grant.is_in_force = True
    grant.confirmed_by_id = actor.id
    session.flush()
    _roles_changed(session, person, "person.role_confirmed", before, actor=actor, now=now)
    return grant


def withdraw_role(
    session: Session, person: Person, role: Role, *, actor: Person | None, now: datetime
) -> None:
    """Take a role away, at once and in every open session."""
    check_manager(actor)
    grant = _grant_of(person, role)
    if role is Role.ADMIN and grant.is_in_force:
        _keep_an_admin(session, person)
    before = _roles(person)
    person.grants.remove(grant)
    session.delete(grant)
    session.flush()
    _roles_changed(session, person, "person.role_withdrawn", before, actor=actor, now=now)


def deactivate_person(
    session: Session, person: Person, *, actor: Person | None, now: datetime
) -> None:
    """Bar a person from signing in and end their sessions; what they did stays theirs."""
    check_manager(actor)
    if not person.is_active:
        raise ConflictError(f"{person.name} is deactivated already.")
    if Role.ADMIN in person.held_roles:
        _keep_an_admin(session, person)
    person.is_active = False
    close_sessions(session, person)
    end_tokens(session, person, now=now)
    end_feed(session, person)
    drop_letters(session, [DIGEST_LETTER], to=person.email, why="The account was deactivated.")
    void_links(session, person, why="The account was deactivated.", now=now)
    _status_changed(session, person, "person.deactivated", actor=actor, now=now)


def reactivate_person(
    session: Session, person: Person, *, actor: Person | None, now: datetime
) -> None:
    """Let a person sign in again with the roles they had."""
    check_manager(actor)
    if person.is_active:
        raise ConflictError(f"{person.name} is active already.")
    person.is_active = True
    _status_changed(session, person, "person.reactivated", actor=actor, now=now)


def reset_password(session: Session, person: Person, *, actor: Person | None, now: datetime) -> str:
    """Set a random password and give it, to be shown once; the person's sessions end.

    It opens nothing but the change of the password, and an admin who sets it for somebody in
    Finance or for an admin makes that role wait for a second admin: they could sign in and decide
    themselves. The command line takes no role away, so the last admin can be helped there.
    """
    check_may_reset(session, person, actor=actor)
    password = "-".join(secrets.token_hex(3) for _ in range(4))
    person.password_hash = hash_password(password)
    person.must_change_password = True
    person.has_short_password = False
    person.invited_at = None
    end_tokens(session, person, now=now)
    void_links(session, person, why="An admin set a password.", now=now)
    forget_devices(session, person)
    make_roles_wait(session, person, "person.password_reset", actor=actor, now=now)
    return password


def check_may_reset(session: Session, person: Person, *, actor: Person | None) -> None:
    """Refuse to reset what somebody signs in with where that would lock people out.

    Whoever gave a waiting role must stay known as its giver, so that they never confirm it.
    """
    check_manager(actor)
    if actor is None:
        return
    if any(not grant.is_in_force for grant in person.grants):
        raise ConflictError(
            f"A role of {person.name} waits for a second admin. Let them confirm or withdraw it,"
            " then try again."
        )
    if Role.ADMIN in person.held_roles:
        _keep_an_admin(session, person)


def void_links(session: Session, person: Person, *, why: str, now: datetime) -> None:
    """Let every link that was sent to a person open nothing any more; the caller records it.

    A letter with one that was not sent yet stays unsent, with ``why`` in the list of letters.
    """
    session.execute(
        update(AccountLink)
        .where(AccountLink.person_id == person.id, is_open_link(now))
        .values(revoked_at=now)
    )
    drop_letters(session, LINK_LETTERS, to=person.email, why=why)


def make_roles_wait(
    session: Session, person: Person, action: str, *, actor: Person | None, now: datetime
) -> None:
    """Let Finance and Admin wait for a second admin after ``actor`` reset what they sign in with.

    The person's sessions end, and ``action`` is recorded.
    """
    before = _roles(person)
    for grant in person.grants:
        if needs_second_admin(grant.role, actor_id=actor.id if actor else None):
            grant.is_in_force = False
            grant.granted_by_id = actor.id if actor else None
            grant.confirmed_by_id = None
    session.flush()
    _roles_changed(session, person, action, before, actor=actor, now=now)


def change_password(
    session: Session, person: Person, *, current: str, new: str, now: datetime
) -> None:
    """Change one's own password and end all of one's sessions.

    The caller opens a new one, in which this browser goes on: that is part of the change and no
    sign-in of its own.
    """
    if not password_fits(current, person.password_hash):
        raise InvalidError("This is not your current password.", field="current")
    if person.must_change_password and password_fits(new, person.password_hash):
        raise InvalidError("Choose another one than the admin gave you.", field="new")
    ended = keep_new_password(session, person, new, field="new")
    record(
        session,
        actor=person,
        action="person.password_changed",
        subject=person.audit_key,
        after={"sessions_ended": ended},
        now=now,
    )


def keep_new_password(session: Session, person: Person, new: str, *, field: str) -> int:
    """Set a password its owner chose, as the policy wants it; gives how many sessions ended.

    The caller records it.
    """
    shortest = SHORTEST_WITH_FACTOR if has_second_factor(session, person) else SHORTEST_PASSWORD
    check_new_password(new, email=person.email, name=person.name, field=field, shortest=shortest)
    person.password_hash = hash_password(new)
    person.must_change_password = False
    person.has_short_password = len(new) < SHORTEST_PASSWORD
    forget_devices(session, person)
    return close_sessions(session, person)


def check_manager(actor: Person | None) -> None:
    """Refuse whoever may not manage people; ``actor`` None is the command line."""
    if actor is not None and not actor.may("people.manage"):
        raise NotAllowedError("Only an admin may manage people.")


def _check_together(person: Person, role: Role) -> None:
    """Refuse Finance to an admin and Admin to Finance, whichever of the two still waits."""
    if bar := together_bar({role, *(grant.role for grant in person.grants)}):
        raise ConflictError(bar)


def _checked_email(session: Session, text: str) -> str:
    try:
        email = validate_email(
            text.strip(), check_deliverability=False, test_environment=True
        ).normalized.lower()
    except EmailNotValidError as error:
        raise InvalidError("Enter a complete e-mail address.", field="email") from error
    if find_person_by_email(session, email) is not None:
        raise InvalidError("Somebody with this e-mail address exists already.", field="email")
    return email


def _new_grant(role: Role, *, actor: Person | None, now: datetime) -> RoleGrant:
    granter = actor.id if actor else None
    waits = needs_second_admin(role, actor_id=granter)
    return RoleGrant(role=role, is_in_force=not waits, granted_by_id=granter, granted_at=now)


def _grant_of(person: Person, role: Role) -> RoleGrant:
    for grant in person.grants:
        if grant.role is role:
            return grant
    raise ConflictError(f"{person.name} does not have this role.")


def _keep_an_admin(session: Session, person: Person) -> None:
    """Refuse to lose the last admin; two who would lose each other take turns here."""
    grants = select(RoleGrant.id).where(RoleGrant.role == Role.ADMIN).order_by(RoleGrant.id)
    session.execute(grants.with_for_update()).all()
    if count_active_admins(session) <= 1:
        raise ConflictError(f"{person.name} is the last admin; make somebody else admin first.")


def _roles(person: Person) -> dict[str, object]:
    return {
        "roles": sorted(grant.role.value for grant in person.grants if grant.is_in_force),
        "waiting": sorted(grant.role.value for grant in person.grants if not grant.is_in_force),
    }


def _roles_changed(
    session: Session,
    person: Person,
    action: str,
    before: dict[str, object],
    *,
    actor: Person | None,
    now: datetime,
) -> None:
    close_sessions(session, person)
    record(
        session,
        actor=actor,
        action=action,
        subject=person.audit_key,
        before=before,
        after=_roles(person),
        now=now,
    )


def _status_changed(
    session: Session, person: Person, action: str, *, actor: Person | None, now: datetime
) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject=person.audit_key,
        before={"active": not person.is_active},
        after={"active": person.is_active},
        now=now,
    )
