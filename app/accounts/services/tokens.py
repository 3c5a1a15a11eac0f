"""Personal tokens: made by their person, ended by them, by an admin, or with their account."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.models import ApiToken, Person
from app.accounts.queries import is_live_token, list_tokens
from app.accounts.rules import (
    LONGEST_TOKEN_LIFE,
    LONGEST_TOKEN_NAME,
    MOST_TOKENS,
    SCOPES,
    TOKEN_BEGINS,
)
from app.accounts.services.attempts import token_hash
from app.audit.services import record
from app.db.statements import rows_changed
from app.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError


@dataclass(frozen=True, slots=True)
class TokenDraft:
    """A token somebody wants: what for, and for how long."""

    name: str
    scopes: frozenset[str]
    lasts: timedelta


def create_token(session: Session, person: Person, draft: TokenDraft, *, now: datetime) -> str:
    """Make a token for oneself and give it, to be shown once."""
    if person.opens_only_account or person.token_id:
        raise NotAllowedError("A token is made by somebody who is fully signed in.")
    name = " ".join(draft.name.split())
    faults = {}
    if not name or len(name) > LONGEST_TOKEN_NAME or not name.isprintable():
        faults["name"] = f"Enter a name of at most {LONGEST_TOKEN_NAME} characters."
    if not draft.scopes or not draft.scopes <= SCOPES.keys():
        faults["scopes"] = "Choose what it is for."
    if not timedelta(0) < draft.lasts <= LONGEST_TOKEN_LIFE:
        faults["days"] = f"It lasts {LONGEST_TOKEN_LIFE.days} days at most."
    if faults:
        raise InvalidError("This token can't be made.", fields=faults)
    if len(list_tokens(session, person, now=now)) >= MOST_TOKENS:
        raise ConflictError(f"You have {MOST_TOKENS} tokens; end one that is not used any more.")
    token = TOKEN_BEGINS + secrets.token_urlsafe(32)
    made = ApiToken(
        person_id=person.id,
        name=name,
        scopes=sorted(draft.scopes),
        token_hash=token_hash(token),
        created_at=now,
        expires_at=now + draft.lasts,
    )
    session.add(made)
    session.flush()
    after = {"token": made.id, "name": name, "scopes": made.scopes, "until": made.expires_at}
    _record(session, person, "person.token_created", after, actor=person, now=now)
    return token


def revoke_token(
    session: Session, person: Person, token_id: int, *, actor: Person, now: datetime
) -> None:
    """End a token, one's own or, as an admin, somebody's; raises NotFoundError if it isn't live."""
    if actor.id != person.id and not actor.may("people.manage"):
        raise NotAllowedError("Only an admin ends somebody else's token.")
    end = (
        update(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.person_id == person.id, is_live_token(now))
        .values(revoked_at=now)
    )
    if not rows_changed(session, end):
        raise NotFoundError("This token has ended already.")
    _record(session, person, "person.token_revoked", {"token": token_id}, actor=actor, now=now)


def end_tokens(session: Session, person: Person, *, now: datetime) -> int:
    """End all of a person's tokens; gives how many. The caller records why."""
    return rows_changed(
        session,
        update(ApiToken)
        .where(ApiToken.person_id == person.id, is_live_token(now))
        .values(revoked_at=now),
    )


def touch_token(session: Session, token_id: int, *, now: datetime) -> None:
    """Note that a token is in use; this is no change anybody would ask the audit about."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now))


def _record(
    session: Session,
    person: Person,
    action: str,
    after: dict[str, object],
    *,
    actor: Person,
    now: datetime,
) -> None:
    record(session, actor=actor, action=action, subject=person.audit_key, after=after, now=now)
