"""Links sent by mail by which people choose a password: invitations, and new passwords."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.accounts.models import AccountLink, LinkKind, Person, ResetRequest
from app.accounts.queries import (
    LONGEST_EMAIL,
    find_invitation,
    find_link,
    find_person_by_email,
    is_open_link,
)
from app.accounts.rules import (
    INVITATION_FOR,
    RESET_FOR,
    invitation_letter,
    reset_letter,
    reset_notice,
)
from app.accounts.services.attempts import token_hash
from app.accounts.services.people import (
    PersonDraft,
    add_recorded,
    check_manager,
    keep_new_password,
    new_person,
    void_links,
)
from app.accounts.services.tokens import end_tokens
from app.audit.services import record
from app.db.statements import rows_changed
from app.errors import ConflictError, NotFoundError
from app.mail.services import Outbox

NO_MAIL = (
    "No mail is sent here, so nobody can be invited or get a link. Add the person with a first"
    " password instead, or set one."
)
LINK_OVER = (
    "This link was used already, was withdrawn, or is out of date. Ask for a new one, or ask an"
    " admin."
)
ANSWERED_AT_ONCE = 100
FORGET_LINKS_AFTER = timedelta(days=30)


def invite_person(
    session: Session, draft: PersonDraft, *, actor: Person, outbox: Outbox | None, now: datetime
) -> Person:
    """Add somebody who chooses their own password by a link; Finance and Admin wait as ever."""
    person = new_person(session, draft, actor=actor, now=now)
    person.invited_at = now
    outbox = _needed(outbox)
    add_recorded(session, person, "person.invited", actor=actor, now=now)
    _send_invitation(session, person, actor=actor, outbox=outbox, now=now)
    return person


def send_invitation_again(
    session: Session, person: Person, *, actor: Person, outbox: Outbox | None, now: datetime
) -> None:
    """Send another link to somebody who has not chosen a password yet; earlier ones are void."""
    check_manager(actor)
    if not person.is_active:
        raise ConflictError(f"{person.name} is deactivated; reactivate the account first.")
    if person.invited_at is None:
        raise ConflictError(f"{person.name} has a password already.")
    void_links(session, person, why="Another link was sent.", now=now)
    _send_invitation(session, person, actor=actor, outbox=_needed(outbox), now=now)
    _record(session, person, "person.invitation_sent_again", actor=actor, now=now)


def revoke_invitation(session: Session, person: Person, *, actor: Person, now: datetime) -> None:
    """Withdraw an invitation: its link opens nothing any more."""
    check_manager(actor)
    if find_invitation(session, person, now=now) is None:
        raise ConflictError(f"There is no invitation of {person.name} that still works.")
    void_links(session, person, why="The invitation was withdrawn.", now=now)
    _record(session, person, "person.invitation_revoked", actor=actor, now=now)


def ask_for_reset(session: Session, email: str, *, now: datetime) -> None:
    """Note that somebody asks for a new password.

    Nothing is looked up here, so the answer is the same and as quick whoever has this address; the
    worker sends the link (`answer_resets`).
    """
    asked = email.strip().lower()[: LONGEST_EMAIL + 1]
    session.add(ResetRequest(email=asked, asked_at=now))
    session.flush()


def answer_resets(session: Session, *, outbox: Outbox, now: datetime) -> int:
    """Send links to those who asked and can sign in; gives how many requests were answered."""
    asked = session.scalars(select(ResetRequest).order_by(ResetRequest.id).limit(ANSWERED_AT_ONCE))
    requests = list(asked)
    for email in dict.fromkeys(one.email for one in requests):
        person = find_person_by_email(session, email)
        if person is not None and person.is_active and person.invited_at is None:
            _send_reset(session, person, outbox=outbox, now=now)
    gone = [one.id for one in requests]
    session.execute(delete(ResetRequest).where(ResetRequest.id.in_(gone)))
    session.execute(delete(AccountLink).where(AccountLink.expires_at < now - FORGET_LINKS_AFTER))
    return len(gone)


def choose_password(
    session: Session, token: str, password: str, *, outbox: Outbox | None, now: datetime
) -> tuple[Person, LinkKind]:
    """Set the password that the owner of a link chose, and use the link up.

    All their sessions end. A second factor stays as it is and is asked for at the next sign-in.
    Raises NotFoundError for a link that works no more; of two who use one at the same moment
    exactly one gets through.
    """
    found = find_link(session, token_hash(token), now=now)
    if found is None:
        raise NotFoundError(LINK_OVER)
    link, person = found
    take = (
        update(AccountLink).where(AccountLink.id == link.id, is_open_link(now)).values(used_at=now)
    )
    if not rows_changed(session, take):
        raise NotFoundError(LINK_OVER)
    ended = keep_new_password(session, person, password, field="password")
    person.invited_at = None
    end_tokens(session, person, now=now)
    void_links(session, person, why="A password was chosen by another link.", now=now)
    is_invitation = link.kind is LinkKind.INVITATION
    action = "person.invitation_accepted" if is_invitation else "person.password_reset_by_link"
    after: dict[str, object] = {"sessions_ended": ended}
    _record(session, person, action, actor=person, now=now, after=after)
    if not is_invitation and outbox is not None:
        notice = reset_notice(name=person.name, site=outbox.site, at=now)
        outbox.write(session, notice, to=person.email, now=now)
    return person, link.kind


def _send_invitation(
    session: Session, person: Person, *, actor: Person, outbox: Outbox, now: datetime
) -> None:
    token = _new_link(session, person, LinkKind.INVITATION, now=now)
    letter = invitation_letter(
        name=person.name,
        inviter=actor.name,
        link=_address(outbox, token),
        expires_at=now + INVITATION_FOR,
    )
    outbox.write(session, letter, to=person.email, now=now)


def _send_reset(session: Session, person: Person, *, outbox: Outbox, now: datetime) -> None:
    void_links(session, person, why="Another link was asked for.", now=now)
    token = _new_link(session, person, LinkKind.RESET, now=now)
    letter = reset_letter(
        name=person.name, link=_address(outbox, token), expires_at=now + RESET_FOR
    )
    outbox.write(session, letter, to=person.email, now=now)
    _record(session, person, "person.reset_link_sent", actor=None, now=now)


def _new_link(session: Session, person: Person, kind: LinkKind, *, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    lasts = INVITATION_FOR if kind is LinkKind.INVITATION else RESET_FOR
    session.add(
        AccountLink(
            person_id=person.id,
            kind=kind,
            token_hash=token_hash(token),
            created_at=now,
            expires_at=now + lasts,
        )
    )
    return token


def _address(outbox: Outbox, token: str) -> str:
    """Where a link leads; its token stands in the query, which is never logged."""
    return f"{outbox.site}/sign-in/link?token={token}"


def _needed(outbox: Outbox | None) -> Outbox:
    if outbox is None:
        raise ConflictError(NO_MAIL)
    return outbox


def _record(
    session: Session,
    person: Person,
    action: str,
    *,
    actor: Person | None,
    now: datetime,
    after: dict[str, object] | None = None,
) -> None:
    record(session, actor=actor, action=action, subject=person.audit_key, after=after, now=now)
