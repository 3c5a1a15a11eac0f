"""Several certify at the same moment on a database that lets them; the control total holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from threading import Barrier, Event
from time import sleep

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from app.journeys import queries, services
from app.journeys.models import LeverPool
from app.journeys.rules import ControlDraft, ControlKind, Lever, PoolState
from app.values.money import Money
from tests.factories.accounts import Cast
from tests.factories.journeys import (
    MEASURED_ON,
    journey_draft,
    make_control,
    make_journey,
    make_pool,
)
from tests.support.databases import PostgresDatabases
from tests.support.races import at_once, roomy_engine

THREADS = 8
ROOM = 3
POOL_MINOR = 220_000_00


@pytest.fixture
def database(postgres_databases: PostgresDatabases) -> PostgresDatabases:
    """SQLite lets one writer in at a time, so only PostgreSQL shows races."""
    postgres_databases.reset()
    return postgres_databases


@pytest.fixture
def engine(database: PostgresDatabases) -> Iterator[Engine]:
    engine = roomy_engine(database.url, THREADS)
    yield engine
    engine.dispose()


def certify(
    key: str,
    person_id: int,
    now: datetime,
    lever: Lever = Lever.SERVE,
    *,
    read: Callable[[], None] = lambda: None,
) -> Callable[[Session], None]:
    """Certify a pool; `read` is called when everything is read and nothing is done yet."""

    def act(session: Session) -> None:
        journey = queries.get_journey_with_pools(session, key)
        pool = services.find_pool(journey, lever)
        assert pool is not None
        read()
        actor = session.get_one(Person, person_id)
        services.certify_pool(
            session, journey, pool, expected_version=pool.version, actor=actor, now=now
        )

    return act


def move(person_id: int, now: datetime, *, read: Callable[[], None]) -> Callable[[Session], None]:
    """Move the journey to the segment “Homes”."""

    def act(session: Session) -> None:
        journey = queries.get_journey(session, "motor-claim")
        actor = session.get_one(Person, person_id)
        read()
        services.edit_journey(
            session, journey, journey_draft(actor, segment="Homes"), expected_version=1,
            actor=actor, now=now,
        )  # fmt: skip

    return act


def test_no_two_certifications_take_the_same_room(
    session: Session, engine: Engine, cast: Cast, now: datetime
) -> None:
    with transaction(session):
        centre = make_control(session, cast.cfo2, amount_minor=ROOM * POOL_MINOR)
        for number in range(THREADS):
            journey = make_journey(session, cast.lead, key=f"journey-{number}", name=f"J{number}")
            make_pool(session, journey, claimed_by=cast.lead, cost_centre=centre)

    said = at_once(
        engine, [certify(f"journey-{number}", cast.cfo.id, now) for number in range(THREADS)]
    )

    assert said.count(None) == ROOM
    certified = select(LeverPool).where(LeverPool.state == PoolState.CERTIFIED)
    assert len(session.scalars(certified).all()) == ROOM


def test_a_total_is_never_lowered_beside_a_certification(
    session: Session, engine: Engine, cast: Cast, now: datetime
) -> None:
    with transaction(session):
        centre = make_control(session, cast.cfo2, amount_minor=POOL_MINOR)
        journey = make_journey(session, cast.lead)
        make_pool(session, journey, claimed_by=cast.lead, cost_centre=centre)
    lower = ControlDraft(
        ControlKind.COST_CENTRE, centre.name, Money(POOL_MINOR - 1, "EUR"), cast.cfo.id, "Book",
        MEASURED_ON,
    )  # fmt: skip

    def edit(inner: Session) -> None:
        services.edit_control_total(
            inner, queries.get_control_total(inner, centre.id), lower, expected_version=1,
            actor=inner.get_one(Person, cast.cfo.id), now=now,
        )  # fmt: skip

    at_once(engine, [edit, certify("motor-claim", cast.cfo.id, now)])

    session.expire_all()
    total = queries.get_control_total(session, centre.id)
    pool = session.scalars(select(LeverPool)).one()
    fits = pool.annual_value_minor <= total.amount_minor
    assert fits or pool.state is PoolState.CLAIMED


@pytest.mark.parametrize("is_certified_first", [True, False])
def test_no_journey_moves_to_a_segment_beside_a_certification_of_its_churn(
    session: Session, engine: Engine, cast: Cast, now: datetime, is_certified_first: bool
) -> None:
    """Both have read before either acts, and the first saves only when the second has begun."""
    with transaction(session):
        homes = make_journey(session, cast.lead, key="homes", segment="Homes")
        make_pool(
            session, homes, Lever.RETAIN, claimed_by=cast.lead, certified_by=cast.cfo2, s="0.7"
        )
        make_pool(
            session, make_journey(session, cast.lead), Lever.RETAIN, claimed_by=cast.lead, s="0.7"
        )
    both_read, acted = Barrier(2), Event()

    def as_first() -> None:
        both_read.wait(10)

    def as_second() -> None:
        both_read.wait(10)
        acted.wait(10)

    def slowly(act: Callable[[Session], None]) -> Callable[[Session], None]:
        def acting(inner: Session) -> None:
            act(inner)
            acted.set()
            sleep(0.3)

        return acting

    taken = certify(
        "motor-claim", cast.cfo.id, now, Lever.RETAIN,
        read=as_first if is_certified_first else as_second,
    )  # fmt: skip
    moved = move(cast.lead.id, now, read=as_second if is_certified_first else as_first)
    said = at_once(engine, [slowly(taken), moved] if is_certified_first else [slowly(moved), taken])

    assert said.count(None) == 1
    session.expire_all()
    shares = queries.retain_shares(session, "Homes").values()
    assert sum(share for share, state in shares if state is PoolState.CERTIFIED) <= 1
