"""The command line: the first admin, the audit, the schema."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.services import password_matches
from app.audit.services import record
from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.support.application import build_app, let_go

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

    def test_finds_every_head_in_a_log_again(
        self, app: Flask, session: Session, cast: Cast, now: datetime, tmp_path: Path
    ) -> None:
        log, heads = tmp_path / "worker.log", []
        for number in range(3):
            with transaction(session):
                record(session, actor=cast.lead, action="a.b", subject=f"t:{number}", now=now)
            heads.append(_run(app, "audit", "head").output.strip())
        log.write_text("\n".join(f'{{"audit_head": "{head}"}}' for head in heads))
        whole = _run(app, "audit", "verify", "--heads", str(log))
        assert "3 noted heads are in it." in whole.output
        log.write_text(log.read_text().replace(heads[1], "2:" + "f" * 64))
        forged = _run(app, "audit", "verify", "--heads", str(log))
        assert forged.exit_code == 1
        assert "Event 2 is not the one noted earlier" in forged.output
        log.write_text("nothing")
        assert _run(app, "audit", "verify", "--heads", str(log)).exit_code == 2


class TestAuditExport:
    def test_can_be_checked_without_waymark(
        self, app: Flask, session: Session, cast: Cast, now: datetime, tmp_path: Path
    ) -> None:
        with transaction(session):
            for name in ("Größe", "two\nlines"):
                record(session, actor=cast.lead, action="a.b", subject="t:1", reason=name, now=now)
        file = tmp_path / "trail.jsonl"
        assert _run(app, "audit", "export", str(file)).exit_code == 0
        link = "0" * 64
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        for line in lines:
            assert line["previous_hash"] == link
            link = sha256(bytes.fromhex(link) + line["content"].encode()).hexdigest()
        assert _run(app, "audit", "head").output.strip() == f"{len(lines)}:{link}"
        assert _run(app, "audit", "export", str(file)).exit_code == 2


class TestMigrate:
    def test_changes_nothing_at_the_newest_schema(self, app: Flask) -> None:
        result = _run(app, "migrate")
        assert (result.exit_code, result.output.splitlines()[-1]) == (
            0,
            "The schema is up to date.",
        )


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
