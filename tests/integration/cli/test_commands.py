"""The command line: the first admin, the audit, the schema."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.models import RoleGrant
from app.accounts.rules import Role
from app.accounts.services import password_matches
from app.audit.services import record
from app.db.session import transaction
from app.jobs.services import show_worker
from tests.factories.accounts import Cast
from tests.support.application import build_app, let_go
from tests.support.factors import box_of, give_factor

GOOD = "marble otter canyon lamp"


def _run(app: Flask, *arguments: str, **options: Any) -> Any:
    return app.test_cli_runner().invoke(args=list(arguments), **options)


def _create(app: Flask, *more: str, typed: str = GOOD) -> Any:
    arguments = ("people", "create-admin", "ann@waymark.test", "--name", "Ann Admin", *more)
    return _run(app, *arguments, input=f"{typed}\n{typed}\n")


class TestCreateAdmin:
    def test_adds_the_first_admin(self, app: Flask, session: Session) -> None:
        result = _create(app)
        assert result.exit_code == 0
        assert GOOD not in result.output
        person = password_matches(session, email="ann@waymark.test", password=GOOD)
        assert person is not None
        assert person.may("people.manage")

    def test_refuses_a_second_one_unless_told_to(self, app: Flask, cast: Cast) -> None:
        refused = _create(app)
        assert refused.exit_code == 1
        assert "There is an admin already" in refused.output
        assert _create(app, "--force").exit_code == 0

    @pytest.mark.parametrize("typed", ["short", "passwordpassword"])
    def test_says_what_is_wrong_with_the_password(self, app: Flask, typed: str) -> None:
        result = _create(app, typed=typed)
        assert result.exit_code == 2
        assert result.output.count("Error:") == 1


class TestListEverybody:
    def test_names_people_with_their_roles(self, app: Flask, cast: Cast) -> None:
        assert "carla@waymark.test\tCarla Finance\tFinance" in _run(app, "people", "list").output


class TestVerify:
    def test_says_the_chain_is_whole_or_not(
        self, app: Flask, session: Session, cast: Cast, now: datetime
    ) -> None:
        for number in range(3):
            with transaction(session):
                record(session, actor=cast.lead, action="a.b", subject=f"t:{number}", now=now)
        whole = _run(app, "audit", "verify")
        assert whole.exit_code == 0
        head = whole.output.split("Head ")[1].strip()
        assert _run(app, "audit", "verify", "--head", head).exit_code == 0
        forged = _run(app, "audit", "verify", "--head", "3:" + "0" * 64)
        assert forged.exit_code == 1
        assert "rewritten" in forged.output
        with transaction(session):
            session.execute(text("UPDATE audit_heads SET number = 2"))
        broken = _run(app, "audit", "verify")
        assert broken.exit_code == 1
        assert "head" in broken.output


class TestMigrate:
    def test_changes_nothing_at_the_newest_schema(self, app: Flask) -> None:
        result = _run(app, "migrate")
        assert (result.exit_code, result.output.splitlines()[-1]) == (
            0,
            "The schema is up to date.",
        )


def _wrong(result: Any) -> list[str]:
    """What doctor found wrong, but for the tests' own PostgreSQL, which never writes through."""
    lines = [line for line in result.output.splitlines() if line.startswith("WRONG")]
    return [line for line in lines if "fsync" not in line]


class TestDoctor:
    def test_names_what_is_missing(self, app: Flask) -> None:
        result = _run(app, "doctor")
        assert result.exit_code == 1
        assert [line.split(":")[0] for line in _wrong(result)] == [
            "WRONG  0 admins",
            "WRONG  0 workers",
        ]

    def test_is_content_with_a_sound_installation(
        self, app: Flask, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            show_worker(session, "w1", started_at=now, now=now)
        assert _wrong(_run(app, "doctor")) == []

    def test_names_who_decides_about_money_and_people(
        self, app: Flask, session: Session, cast: Cast, now: datetime
    ) -> None:
        guard = "roles_apart_insert"
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        with transaction(session):
            show_worker(session, "w1", started_at=now, now=now)
            session.execute(text(f"DROP TRIGGER {guard}{'' if is_sqlite else ' ON role_grants'}"))
            session.add(
                RoleGrant(
                    person_id=cast.admin.id, role=Role.FINANCE, is_in_force=True, granted_at=now
                )
            )
        assert _wrong(_run(app, "doctor")) == [
            f"WRONG  {cast.admin.email} in Finance and Admin:"
            " withdraw one of the two roles on the people page"
        ]

    def test_names_who_lacks_a_second_factor_and_one_is_reset_here(
        self, app: Flask, session: Session, cast: Cast, now: datetime
    ) -> None:
        app.config["REQUIRE_SECOND_FACTOR"] = True
        with transaction(session):
            show_worker(session, "w1", started_at=now, now=now)
        for person in (cast.cfo, cast.cfo2, cast.admin):
            give_factor(session, person, box_of(app), now)
        assert _wrong(_run(app, "doctor")) == []
        assert _run(app, "people", "reset-second-factor", cast.admin.email).exit_code == 0
        assert [line.split(":")[0] for line in _wrong(_run(app, "doctor"))] == [
            f"WRONG  {cast.admin.email} without a second factor"
        ]
        again = _run(app, "people", "reset-second-factor", cast.admin.email)
        assert again.exit_code == 5
        assert "has no second factor" in again.output

    def test_sees_an_old_schema(self, app: Flask, session: Session) -> None:
        with transaction(session):
            session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        result = _run(app, "doctor")
        assert result.exit_code == 1
        assert "WRONG  schema 0001" in result.output


class TestEmptyDatabase:
    @pytest.mark.parametrize(
        "command",
        [
            ("audit", "verify"),
            ("people", "list"),
            ("people", "create-admin", "ann@waymark.test", "--name", "Ann", "--password", GOOD),
            ("seed", "demo"),
        ],
    )
    def test_is_named_in_one_line(self, tmp_path: Path, command: tuple[str, ...]) -> None:
        app = build_app(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path, DEMO=True)
        result = _run(app, *command)
        let_go(app)
        assert result.exit_code == 7
        assert result.output.strip().splitlines() == [
            "Error: The database’s tables are missing or old. Nothing was changed; run “flask --app"
            " wsgi migrate”."
        ]
