"""Several certify at the same moment on a database that lets them; the control total holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

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
from tests.factories.journeys import MEASURED_ON, make_control, make_journey, make_pool
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


def certify(key: str, person_id: int, now: datetime) -> Callable[[Session], None]:
    def act(session: Session) -> None:
        journey = queries.get_journey_with_pools(session, key)
        pool = services.find_pool(journey, Lever.SERVE)
        assert pool is not None
        actor = session.get_one(Person, person_id)
        services.certify_pool(
            session, journey, pool, expected_version=pool.version, actor=actor, now=now
        )

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
