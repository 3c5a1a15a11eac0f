"""Fixtures for every test: real databases, a clock that stands still, a fixed cast."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from app.db.sqlite import engine_options
from tests.factories.accounts import Cast, make_cast
from tests.support import warm_engine
from tests.support.client import StrictClient
from tests.support.databases import Databases, PostgresDatabases, SqliteDatabases
from tests.support.postgres import PostgresServer, find_programs

pytest_plugins = ["tests.support.not_run"]

# How long drawing an example takes says how busy the machine is, not whether a promise is kept.
settings.register_profile("waymark", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("waymark")

FIXED_NOW = datetime(2027, 2, 15, 9, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--both-databases", action="store_true",
        help="show what pages promise on SQLite and on PostgreSQL, not each on one of them",
    )  # fmt: skip


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL for this process; without its programs the test is not run."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL 15 or newer is not installed (no initdb and postgres found)")
    server = PostgresServer(programs)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: PostgresServer) -> Iterator[PostgresDatabases]:
    databases = PostgresDatabases(postgres_server)
    yield databases
    databases.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Databases:
    """An empty database at head: its `url` and its `kind`. The test runs once on each, but those
    of pages: see tests/web/conftest.py."""
    name = {"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[request.param]
    databases: Databases = request.getfixturevalue(name)
    databases.reset()
    return databases


@pytest.fixture(scope="session")
def _kept_engines() -> dict[str, Engine]:
    return {}


@pytest.fixture
def engine(database: Databases, _kept_engines: dict[str, Engine]) -> Engine:
    """An engine on the test's database, made once: what it has compiled serves every test."""
    if database.kind not in _kept_engines:
        _kept_engines[database.kind] = create_engine(**engine_options(database.url))
        database.keep(_kept_engines[database.kind])
    return _kept_engines[database.kind]


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session as the application uses it; write with `with transaction(session):`."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def now() -> datetime:
    return FIXED_NOW


@pytest.fixture
def today(now: datetime) -> date:
    return now.date()


@pytest.fixture
def cast(session: Session) -> Cast:
    """One person per role, already saved."""
    with transaction(session):
        return make_cast(session)


@pytest.fixture(scope="session", autouse=True)
def _warm_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with warm_engine.at_hand(tmp_path_factory.mktemp("engine")):
        yield


@pytest.fixture(scope="session")
def application() -> Any:
    """The module that builds applications; loaded late, so that pure tests need none."""
    return import_module("tests.support.application")


@pytest.fixture
def make_app(
    database: Databases, application: Any, tmp_path: Path
) -> Iterator[Callable[..., Flask]]:
    """Build an application on the test's database with settings of the test's own."""
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        made.append(application.build_app(database.url, tmp_path, **settings))
        return made[-1]

    yield make
    for app in made:
        application.let_go(app)


@pytest.fixture(scope="session")
def _kept_apps() -> dict[str, Flask]:
    return {}


@pytest.fixture
def app(
    database: Databases,
    session: Session,
    application: Any,
    tmp_path_factory: pytest.TempPathFactory,
    _kept_apps: dict[str, Flask],
) -> Iterator[Flask]:
    """The application on the test's database. It is built once; its settings are put back.

    The test's `session` lets go of what it has read around every request, so both see the same.
    """
    if database.kind not in _kept_apps:
        folder = tmp_path_factory.mktemp("instance")
        _kept_apps[database.kind] = application.build_app(database.url, folder)
        database.keep(application.engine_of(_kept_apps[database.kind]))
    app = _kept_apps[database.kind]
    settings = dict(app.config)
    app.config["TEST_SESSION"] = session
    yield app
    app.config.clear()
    app.config.update(settings)


@pytest.fixture(scope="session")
def demo(
    sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """The demo company, seeded once, for tests that only look; see tests/support/demo.py."""
    support = import_module("tests.support.demo")
    file = support.seeded_file(tmp_path_factory, sqlite_databases)
    with support.open_demo(file, tmp_path_factory.mktemp("demo")) as demo:
        yield demo


@pytest.fixture
def client(app: Flask) -> StrictClient:
    """A browser nobody has signed in with."""
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def client_for(app: Flask, session: Session) -> Callable[[Person], StrictClient]:
    """A browser in which the given person is signed in."""

    sign_in = import_module("tests.support.sign_in").sign_in

    def signed_in(person: Person) -> StrictClient:
        client: Any = app.test_client()
        sign_in(client, session, person, now=app.config["FIXED_NOW"])
        return client  # type: ignore[no-any-return]

    return signed_in


@pytest.fixture
def run_jobs(app: Flask, session: Session) -> Callable[[], int]:
    """Carry out every queued job in this process with its real handler; gives how many."""

    def run() -> int:
        session.rollback()
        worker = import_module("app.worker").Worker(app)
        count = 0
        while worker.run_next():
            count += 1
        return count

    return run
