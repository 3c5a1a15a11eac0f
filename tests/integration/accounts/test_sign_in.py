"""Attempts are counted before they are judged, so that a burst doesn't slip through."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.accounts.models import SignInSession, SignInThrottle
from app.accounts.services import (
    SignInDevice,
    begin_attempt,
    open_session,
    sign_in_person,
)
from app.accounts.services.attempts import network_of
from app.db.session import transaction
from tests.factories.accounts import Cast

DEVICE = SignInDevice("192.0.2.7", "tests")


class TestBeginAttempt:
    def test_lets_few_of_a_burst_through(self, engine: Engine, now: datetime) -> None:
        let_in = []
        gate = threading.Barrier(20)

        def attempt() -> None:
            gate.wait()
            with Session(engine) as own, transaction(own):
                if begin_attempt(own, email="a@waymark.test", device=DEVICE, now=now) is None:
                    let_in.append(1)

        threads = [threading.Thread(target=attempt) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(let_in) == 6

    def test_forgets_old_failures(self, session: Session, now: datetime) -> None:
        for _ in range(6):
            with transaction(session):
                begin_attempt(session, email="a@waymark.test", device=DEVICE, now=now)
        later = now + timedelta(days=2)
        for _ in range(6):
            with transaction(session):
                wait = begin_attempt(session, email="a@waymark.test", device=DEVICE, now=later)
            assert wait is None

    def test_counts_no_right_password_against_an_address_many_people_share(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        for _ in range(40):
            with transaction(session):
                wait = begin_attempt(session, email=cast.lead.email, device=DEVICE, now=now)
                assert wait is None
                sign_in_person(session, cast.lead, device=DEVICE, now=now)

    def test_waits_no_longer_than_the_longest_when_the_clock_was_wrong(
        self, session: Session, now: datetime
    ) -> None:
        ahead = now + timedelta(days=365)
        for _ in range(8):
            with transaction(session):
                begin_attempt(session, email="a@waymark.test", device=DEVICE, now=ahead)
        with transaction(session):
            wait = begin_attempt(session, email="a@waymark.test", device=DEVICE, now=now)
        assert wait == timedelta(minutes=15)


class TestOpenSession:
    def test_sweeps_out_what_nobody_can_use(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        long_ago = now - timedelta(days=30)
        with transaction(session):
            open_session(session, cast.lead, device=DEVICE, now=long_ago)
            begin_attempt(session, email="x@waymark.test", device=DEVICE, now=long_ago)
        with transaction(session):
            open_session(session, cast.cfo, device=DEVICE, now=now)
        kept = session.scalars(select(SignInSession)).all()
        assert [row.person_id for row in kept] == [cast.cfo.id]
        assert session.scalars(select(SignInThrottle)).all() == []


class TestNetworkOf:
    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("192.0.2.7", "192.0.2.0/24"),
            ("2001:db8::1:2:3:4", "2001:db8::/64"),
            ("unknown", "unknown"),
        ],
    )
    def test_groups_addresses(self, address: str, network: str) -> None:
        assert network_of(address) == network
