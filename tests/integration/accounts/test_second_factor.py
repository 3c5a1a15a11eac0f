"""A code lets one request through, however many come at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.accounts.models import Factor, Person, RecoveryCode, SecondFactor
from app.accounts.services import (
    begin_second_factor,
    remove_second_factor,
    renew_recovery_codes,
    reset_password,
    use_code,
)
from app.audit.models import AuditEvent
from app.db.secret_box import SecretBox
from app.db.session import transaction
from app.errors import ConflictError
from tests.factories.accounts import Cast
from tests.support.factors import code_at, give_factor

BOX = SecretBox(["a key for these tests only, and no other"])


@pytest.fixture
def person(session: Session, cast: Cast, now: datetime) -> Person:
    give_factor(session, cast.cfo, BOX, now)
    return cast.cfo


@pytest.fixture
def at_once(engine: Engine, person: Person, now: datetime) -> Callable[[str], list[Factor]]:
    """Use one code in many transactions at the same moment; gives what got through."""

    def use(code: str) -> list[Factor]:
        found: list[Factor] = []
        person_id = person.id
        gate = threading.Barrier(20)

        def attempt() -> None:
            gate.wait()
            with Session(engine) as own, transaction(own):
                mine = own.get_one(Person, person_id)
                factor = use_code(own, mine, code, box=BOX, now=now)
            if factor is not None:
                found.append(factor)

        threads = [threading.Thread(target=attempt) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    return use


class TestUseCode:
    def test_lets_one_of_twenty_through(
        self, at_once: Callable[[str], list[Factor]], now: datetime
    ) -> None:
        assert at_once(code_at(now)) == [Factor.TOTP]

    def test_lets_one_of_twenty_through_with_a_recovery_code(
        self,
        at_once: Callable[[str], list[Factor]],
        session: Session,
        person: Person,
        now: datetime,
    ) -> None:
        with transaction(session):
            codes = renew_recovery_codes(session, person, now=now)
        assert at_once(codes[0]) == [Factor.RECOVERY]
        assert use_code(session, person, codes[0], box=BOX, now=now) is None

    def test_takes_nobody_elses(
        self, session: Session, cast: Cast, person: Person, now: datetime
    ) -> None:
        with transaction(session):
            codes = renew_recovery_codes(session, person, now=now)
            for code in (codes[0], code_at(now)):
                assert use_code(session, cast.lead, code, box=BOX, now=now) is None

    def test_keeps_no_code_and_no_secret_in_the_clear(
        self, session: Session, person: Person, now: datetime
    ) -> None:
        with transaction(session):
            codes = renew_recovery_codes(session, person, now=now)
        kept = repr(session.scalars(select(RecoveryCode.code_hash)).all())
        kept += repr([event.content for event in session.scalars(select(AuditEvent))])
        assert not any(code.replace("-", "") in kept or code in kept for code in codes)


class TestSetUp:
    def test_waits_until_the_password_is_known_to_nobody_else(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            reset_password(session, cast.lead, actor=cast.admin, now=now)
        with pytest.raises(ConflictError, match="change it first"), transaction(session):
            begin_second_factor(session, cast.lead, box=BOX, now=now)


class TestRemove:
    def test_leaves_nothing_behind(self, session: Session, person: Person, now: datetime) -> None:
        with transaction(session):
            renew_recovery_codes(session, person, now=now)
        with pytest.raises(ConflictError), transaction(session):
            remove_second_factor(session, person, is_required=True, now=now)
        with transaction(session):
            remove_second_factor(session, person, is_required=False, now=now)
        assert session.scalars(select(SecondFactor)).all() == []
        assert session.scalars(select(RecoveryCode)).all() == []
