"""Set up, use and take away a person's second factor."""

from __future__ import annotations

import secrets
from base64 import b32encode
from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from app.accounts.models import Factor, Person, RecoveryCode, SecondFactor
from app.accounts.queries import find_factor, has_second_factor
from app.accounts.rules import (
    RECOVERY_CODES,
    SECRET_BYTES,
    STEP_UP,
    matching_step,
    removal_bar,
)
from app.accounts.services.attempts import token_hash
from app.accounts.services.people import check_may_reset, make_roles_wait
from app.accounts.services.sign_in import close_sessions
from app.audit.services import record
from app.db.secret_box import SecretBox
from app.db.statements import rows_changed
from app.errors import ConflictError, InvalidError

WRONG_CODE = "This code is wrong, or was used already. Enter the newest one, each works once."
UNREADABLE = (
    "Your second factor can't be read here any more. Use a recovery code, or let an admin reset it."
)
_CODE_BYTES = 10


def begin_second_factor(session: Session, person: Person, *, box: SecretBox, now: datetime) -> None:
    """Draw a new secret for a person; it is in force once a code of it is confirmed."""
    if person.must_change_password:
        raise ConflictError("An admin knows your password; change it first.")
    found = find_factor(session, person)
    if found is not None and found.confirmed_at is not None:
        raise ConflictError("Your second factor is in force already; remove it first.")
    if found is None:
        found = SecondFactor(person_id=person.id)
        session.add(found)
    found.secret = box.seal(secrets.token_bytes(SECRET_BYTES))
    found.created_at = now
    _record(session, person, "person.factor_begun", now)


def open_setup(factor: SecondFactor | None, *, box: SecretBox, now: datetime) -> str | None:
    """The secret of a factor being set up, in base 32 as apps take it; None once that is over."""
    if factor is None or factor.confirmed_at is not None or now - factor.created_at > STEP_UP:
        return None
    secret = box.open(factor.secret)
    return b32encode(secret).decode() if secret is not None else None


def confirm_second_factor(
    session: Session, person: Person, code: str, *, box: SecretBox, now: datetime
) -> list[str]:
    """Put a factor in force by a code of it; gives the recovery codes, to be shown once.

    All the person's sessions end; the caller opens a new one.
    """
    factor = find_factor(session, person)
    setup = open_setup(factor, box=box, now=now)
    if factor is None or setup is None:
        raise ConflictError("Setting up took too long or is done already; look at it again.")
    step = matching_step(box.open(factor.secret) or b"", _plain(code), now=now)
    if step is None:
        raise InvalidError(
            "This is not the code the app shows now; look at the clock of your phone, too.",
            field="code",
        )
    factor.confirmed_at, factor.last_step = now, step
    codes = _draw_codes(session, person)
    ended = close_sessions(session, person)
    _record(session, person, "person.factor_confirmed", now, after={"sessions_ended": ended})
    return codes


def renew_recovery_codes(session: Session, person: Person, *, now: datetime) -> list[str]:
    """Draw new recovery codes, to be shown once; the old ones are void."""
    if not has_second_factor(session, person):
        raise ConflictError("Set up a second factor first.")
    codes = _draw_codes(session, person)
    _record(session, person, "person.recovery_codes_renewed", now)
    return codes


def use_code(
    session: Session, person: Person, code: str, *, box: SecretBox, now: datetime
) -> Factor | None:
    """Use up a code of the app, or a recovery code; gives which it was, None if it is neither.

    Of two who use one code at the same moment exactly one gets through.
    """
    plain = _plain(code)
    if len(plain) > len("000000"):
        return Factor.RECOVERY if _use_recovery_code(session, person, plain, now) else None
    factor = find_factor(session, person)
    if factor is None or factor.confirmed_at is None:
        return None
    secret = box.open(factor.secret)
    if secret is None:
        raise ConflictError(UNREADABLE)
    step = matching_step(secret, plain, now=now, last_step=factor.last_step)
    if step is None:
        return None
    unused = or_(SecondFactor.last_step.is_(None), SecondFactor.last_step < step)
    guarded = (
        update(SecondFactor).where(SecondFactor.id == factor.id, unused).values(last_step=step)
    )
    return Factor.TOTP if rows_changed(session, guarded) == 1 else None


def remove_second_factor(
    session: Session, person: Person, *, is_required: bool, now: datetime
) -> None:
    """Go without a second factor again."""
    if not has_second_factor(session, person):
        raise ConflictError("You have no second factor.")
    bar = removal_bar(
        person.held_roles,
        has_short_password=person.has_short_password,
        is_required=is_required,
    )
    if bar:
        raise ConflictError(bar)
    _drop(session, person)
    _record(session, person, "person.factor_removed", now)


def reset_second_factor(
    session: Session, person: Person, *, actor: Person | None, now: datetime
) -> None:
    """Take a lost second factor away from somebody else; their sessions end.

    As with a password that an admin sets, Finance and Admin wait for a second admin; the command
    line, ``actor`` None, takes no role away.
    """
    check_may_reset(session, person, actor=actor)
    if find_factor(session, person) is None:
        raise ConflictError(f"{person.name} has no second factor.")
    _drop(session, person)
    make_roles_wait(session, person, "person.factor_reset", actor=actor, now=now)


def _use_recovery_code(session: Session, person: Person, plain: str, now: datetime) -> bool:
    guarded = (
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.code_hash == token_hash(plain.lower()),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return rows_changed(session, guarded) == 1


def _draw_codes(session: Session, person: Person) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    drawn = [
        b32encode(secrets.token_bytes(_CODE_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)
    ]
    session.add_all(RecoveryCode(person_id=person.id, code_hash=token_hash(one)) for one in drawn)
    return ["-".join(one[at : at + 4] for at in range(0, len(one), 4)) for one in drawn]


def _drop(session: Session, person: Person) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    session.execute(delete(SecondFactor).where(SecondFactor.person_id == person.id))


def _plain(code: str) -> str:
    """A code as it was meant, without the blanks and hyphens it is shown with."""
    return "".join(code.replace("-", "").split())


def _record(
    session: Session,
    person: Person,
    action: str,
    now: datetime,
    after: dict[str, object] | None = None,
) -> None:
    record(session, actor=person, action=action, subject=person.audit_key, after=after, now=now)
