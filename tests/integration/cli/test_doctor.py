"""Doctor names what an installation lacks; in production nothing starts that can't be relied on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.models import RoleGrant
from app.accounts.rules import Role
from app.audit.services import record
from app.cli.fitness import refuse_unfit
from app.db import fitness
from app.db.session import transaction
from app.extensions import db
from app.jobs.services import show_worker
from config import ConfigurationError
from seeds.steps.people import add_people
from tests.factories.accounts import Cast
from tests.factories.interactions import make_source
from tests.support.databases import Databases
from tests.support.factors import box_of, give_factor
from tests.support.sources import ROOT

UNSAFE_ON_PURPOSE = ("fsync off", "full_page_writes off", "synchronous_commit off")
"""What the tests' own PostgreSQL never does."""

OnSqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
MakeApp = Callable[..., Flask]


def _wrong(app: Flask) -> list[str]:
    result: Any = app.test_cli_runner().invoke(args=["doctor"])
    lines = [line.removeprefix("WRONG  ") for line in result.output.splitlines() if "WRONG" in line]
    assert result.exit_code == (1 if lines else 0), result.output
    return [line for line in lines if not line.startswith(UNSAFE_ON_PURPOSE)]


@pytest.fixture
def sound(app: Flask, session: Session, cast: Cast, now: datetime) -> Flask:
    """An installation with people and a worker."""
    with transaction(session):
        show_worker(session, "w1", started_at=now, now=now)
    return app


class TestDoctor:
    def test_is_content_with_a_sound_installation(self, sound: Flask) -> None:
        assert _wrong(sound) == []

    def test_names_what_is_missing(self, app: Flask) -> None:
        assert [line.split(":")[0] for line in _wrong(app)] == ["0 admins", "0 workers"]

    def test_names_who_decides_about_money_and_people(
        self, sound: Flask, session: Session, cast: Cast, now: datetime
    ) -> None:
        guard = "roles_apart_insert"
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        with transaction(session):
            session.execute(text(f"DROP TRIGGER {guard}{'' if is_sqlite else ' ON role_grants'}"))
            session.add(
                RoleGrant(
                    person_id=cast.admin.id, role=Role.FINANCE, is_in_force=True, granted_at=now
                )
            )
        assert _wrong(sound) == [
            f"{cast.admin.email} in Finance and Admin:"
            " withdraw one of the two roles on the people page"
        ]

    def test_names_who_lacks_a_second_factor_and_one_is_reset_here(
        self, sound: Flask, session: Session, cast: Cast, now: datetime
    ) -> None:
        sound.config["REQUIRE_SECOND_FACTOR"] = True
        for person in (cast.cfo, cast.cfo2, cast.admin):
            give_factor(session, person, box_of(sound), now)
        assert _wrong(sound) == []
        reset = ["people", "reset-second-factor", cast.admin.email]
        assert sound.test_cli_runner().invoke(args=reset).exit_code == 0
        assert [line.split(":")[0] for line in _wrong(sound)] == [
            f"{cast.admin.email} without a second factor"
        ]
        again = sound.test_cli_runner().invoke(args=reset)
        assert again.exit_code == 5
        assert "has no second factor" in again.output

    def test_sees_an_old_schema(self, app: Flask, session: Session) -> None:
        with transaction(session):
            session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        assert _wrong(app)[0].startswith("schema 0001")

    def test_sees_a_server_that_does_not_write_through(
        self, sound: Flask, database: Databases
    ) -> None:
        said = sound.test_cli_runner().invoke(args=["doctor"]).output
        found = [name for name in UNSAFE_ON_PURPOSE if f"WRONG  {name}" in said]
        assert found == (list(UNSAFE_ON_PURPOSE) if database.kind == "postgresql" else [])

    def test_sees_nginx_s_address_taken_for_everybody_s(self, sound: Flask) -> None:
        sound.config["ENVIRONMENT"] = "production"
        assert any(line.startswith("0 proxies in front") for line in _wrong(sound))

    def test_sees_a_clock_that_was_put_back(
        self, sound: Flask, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            tomorrow = now + timedelta(days=1)
            record(session, actor=cast.lead, action="a.b", subject="t:1", now=tomorrow)
        (said,) = _wrong(sound)
        assert "the clock was put back" in said

    @pytest.mark.parametrize("database", ["postgresql"], indirect=True)
    def test_sees_a_clock_off_the_database_s(
        self, sound: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.db.fitness.LARGEST_SKEW", timedelta(seconds=-1))
        (said,) = _wrong(sound)
        assert "NTP" in said

    @OnSqlite
    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("SAFE_SQLITE", (99,), "install the pinned pysqlite3"),
            ("file_system", lambda _: "nfs4", "database on nfs4"),
            ("LEAST_ROOM", 2**62, "make room"),
        ],
    )
    def test_sees_an_unsafe_sqlite(
        self, sound: Flask, monkeypatch: pytest.MonkeyPatch, name: str, value: Any, words: str
    ) -> None:
        monkeypatch.setattr(fitness, name, value)
        (said,) = _wrong(sound)
        assert words in said

    @OnSqlite
    def test_sees_a_gate_that_can_t_be_shut(
        self, make_app: MakeApp, database: Databases, tmp_path: Path
    ) -> None:
        file = tmp_path / "kept" / "there.db"
        file.parent.mkdir()
        file.write_bytes(Path(database.url.removeprefix("sqlite:///")).read_bytes())
        file.with_name("there.db.gate").mkdir()
        said = _wrong(make_app(DATABASE_URL=f"sqlite:///{file}"))
        assert any(line.startswith("writers’ gate") for line in said)


class TestLogs:
    def test_are_missed_with_their_key(
        self, make_app: MakeApp, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            show_worker(session, "w1", started_at=now, now=now)
            make_source(session, cast.lead)
        said = _wrong(make_app())
        assert [line.split(":")[0] for line in said] == ["no key of customers", "0 of 1 logs there"]


class TestStart:
    def test_is_refused_in_production_on_an_old_schema(
        self, app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(app.config, "ENVIRONMENT", "production")
        monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
        with transaction(session):
            session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        with pytest.raises(ConfigurationError, match="schema 0001"):
            refuse_unfit(app)
        monkeypatch.setitem(app.config, "ENVIRONMENT", "development")
        refuse_unfit(app)

    def test_is_refused_in_production_on_the_demo_company(
        self, app: Flask, session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(app.config, "ENVIRONMENT", "production")
        monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
        with transaction(session):
            people = add_people(session, password=app.config["DEMO_PASSWORD"], now=now)
        with pytest.raises(ConfigurationError, match=r"demo people .*nils@halden.example.*public"):
            refuse_unfit(app)
        assert any(line.startswith("demo people") for line in _wrong(app))
        with transaction(session):
            for person in people.values():
                person.is_active = False
        with suppress(ConfigurationError):  # the tests' own PostgreSQL writes nothing through
            refuse_unfit(app)
        assert not any(line.startswith("demo people") for line in _wrong(app))

    def test_is_refused_in_production_with_debugging(
        self, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(app.config, "ENVIRONMENT", "production")
        monkeypatch.setattr(app, "debug", True)
        with pytest.raises(ConfigurationError, match="FLASK_DEBUG"):
            refuse_unfit(app)

    def test_leaves_no_connection_to_those_forked_from_it(
        self, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(app.config, "ENVIRONMENT", "production")
        with suppress(ConfigurationError):
            refuse_unfit(app)
        with app.app_context():
            assert "Connections in pool: 0" in db.engine.pool.status()

    @OnSqlite
    def test_waits_for_a_database_that_is_away(self, make_app: MakeApp) -> None:
        app = make_app(DATABASE_URL="sqlite:////nowhere/at/all.db", SECURE_COOKIES=True)
        app.config["ENVIRONMENT"] = "production"
        refuse_unfit(app)

    @OnSqlite
    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({}, ""),
            ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
            ({"SECURE_COOKIES": "0"}, "SECURE_COOKIES"),
            ({"DATABASE_URL": "sqlite:///{folder}/new.db"}, "schema missing"),
        ],
    )
    def test_of_the_server_ends_in_one_sentence(
        self, database: Databases, tmp_path: Path, changes: dict[str, str], words: str
    ) -> None:
        settings = {
            "ENVIRONMENT": "production",
            "SECRET_KEY": "hB3-d9Vw_qLz7nXr2TkYp5sMfG8cJe1A",
            "TRUSTED_HOSTS": "waymark.test",
            "DATABASE_URL": database.url,
            **{name: value.format(folder=tmp_path) for name, value in changes.items()},
        }
        done = subprocess.run(
            [sys.executable, "-c", "import wsgi"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **settings},
            capture_output=True,
            text=True,
        )
        if not words:
            assert (done.returncode, done.stderr) == (0, "")
            return
        assert done.returncode == 3
        assert done.stderr.startswith("Waymark does not start: ")
        assert words in done.stderr
        assert len(done.stderr.splitlines()) == 1
