"""A backup holds everything of one moment, and comes back whole on either database or not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit.services import record
from app.db.session import transaction
from app.db.tables import LEFT_OUT
from tests.factories.accounts import Cast
from tests.support.application import build_app, engine_of, let_go
from tests.support.databases import SqliteDatabases
from tests.support.demo import Demo

LOG = "1-0123abcd/part-0.parquet"
OnBothDatabases = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
OnSqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def _run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=list(arguments))


def _digests(file: Path) -> dict[str, str]:
    with ZipFile(file) as archive:
        members = json.loads(archive.read("manifest.json"))["members"]
    return {name: one["sha256"] for name, one in members.items() if "/audit_" not in name}


@pytest.fixture
def fresh(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Build an application on a new SQLite file, at head unless told otherwise."""
    made: list[Flask] = []

    def make(name: str, *, is_bare: bool = False) -> Flask:
        folder = tmp_path / name
        folder.mkdir()
        if not is_bare:
            sqlite_databases.copy_to(folder / "there.db")
        made.append(build_app(f"sqlite:///{folder / 'there.db'}", folder))
        return made[-1]

    yield make
    for app in made:
        let_go(app)


@pytest.fixture
def taken(app: Flask, session: Session, cast: Cast, now: datetime, tmp_path: Path) -> Path:
    """A backup of the cast, two events and one log."""
    log = Path(app.config["INTERACTIONS_FOLDER"]) / LOG
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"PAR1 contacts PAR1")
    (log.parents[1] / ".draft-half").write_bytes(b"half")
    for number in range(2):
        with transaction(session):
            record(session, actor=cast.lead, action="a.b", subject=f"t:{number}", now=now)
    file = tmp_path / "taken.zip"
    result = _run(app, "backup", str(file))
    assert result.exit_code == 0, result.output
    return file


class TestBackup:
    @pytest.mark.usefixtures("session")
    def test_of_the_demo_company_comes_back_alike_on_either_database(
        self,
        demo: Demo,
        make_app: Callable[..., Flask],
        fresh: Callable[..., Flask],
        session: Session,
        tmp_path: Path,
    ) -> None:
        first, second, third = (tmp_path / f"{n}.zip" for n in ("first", "second", "third"))
        assert _run(demo.app, "backup", str(first)).exit_code == 0
        here = make_app(INTERACTIONS_FOLDER=str(tmp_path / "here"))
        result = _run(here, "restore", str(first))
        assert result.exit_code == 0, result.output
        assert _run(here, "backup", str(second)).exit_code == 0
        there = fresh("there", is_bare=True)
        assert _run(there, "restore", str(second)).exit_code == 0
        assert _run(there, "backup", str(third)).exit_code == 0
        assert _digests(first) == _digests(second) == _digests(third)
        assert len(_digests(first)) > 60
        assert _run(there, "audit", "verify").exit_code == 0
        # New rows count on from the last one, past what was restored.
        last = session.scalar(text("SELECT max(id) FROM people"))
        with transaction(session):
            session.execute(
                text(
                    "INSERT INTO people (email, name, password_hash, is_active, theme, created_at,"
                    " version) VALUES ('new@waymark.test', 'New', '', true, 'system', 0, 1)"
                )
            )
        assert session.scalar(text("SELECT max(id) FROM people")) == (last or 0) + 1

    def test_names_itself_in_a_folder_and_is_for_one_account_only(
        self, app: Flask, session: Session, tmp_path: Path
    ) -> None:
        assert _run(app, "backup", str(tmp_path)).exit_code == 0
        file = tmp_path / "waymark-20270215-090000.zip"
        assert file.stat().st_mode & 0o077 == 0
        assert "is there already" in _run(app, "backup", str(file)).output

    def test_makes_the_folder_so_that_the_timer_works_from_the_first_night_on(
        self, app: Flask, session: Session, tmp_path: Path
    ) -> None:
        folder = tmp_path / "waymark"
        result = _run(app, "backup", str(folder))
        assert result.exit_code == 0, result.output
        assert folder.stat().st_mode & 0o777 == 0o700
        file = folder / "waymark-20270215-090000.zip"
        assert str(file) in result.output
        file.rename(folder / "waymark-20270214-030000.zip")  # another night's
        assert _run(app, "backup", str(folder)).exit_code == 0
        assert len(list(folder.iterdir())) == 2

    @OnSqlite
    @pytest.mark.parametrize(
        ("address", "sentence"),
        [
            ("nowhere/waymark", "There is no folder {0}/nowhere to make the folder waymark in."),
            ("nowhere/b.zip", "There is no folder {0}/nowhere to write b.zip in."),
            ("notes", "{0}/notes is a file, not a folder. A backup’s own name ends in .zip."),
        ],
    )
    def test_says_what_is_wrong_with_an_address(
        self, app: Flask, session: Session, tmp_path: Path, address: str, sentence: str
    ) -> None:
        (tmp_path / "notes").write_text("mine")
        result = _run(app, "backup", str(tmp_path / address))
        assert result.exit_code == 2
        assert sentence.format(tmp_path) in result.output
        assert [one.name for one in tmp_path.iterdir() if one.suffix == ".zip"] == []
        assert (tmp_path / "notes").read_text() == "mine"

    @OnSqlite
    def test_says_that_a_folder_may_not_be_made(
        self, app: Flask, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def denied(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("pathlib.Path.mkdir", denied)
        result = _run(app, "backup", str(tmp_path / "waymark"))
        assert result.exit_code == 7
        assert "could not be made" in result.output

    def test_leaves_out_who_is_signed_in_and_half_written_logs(self, taken: Path) -> None:
        with ZipFile(taken) as archive:
            names = set(archive.namelist())
        assert "logs/" + LOG in names
        assert not [name for name in names if ".draft" in name]
        assert not {f"tables/{table}.jsonl" for table in LEFT_OUT} & names

    @OnSqlite
    def test_says_that_the_trail_it_keeps_does_not_hold(
        self, app: Flask, session: Session, taken: Path, tmp_path: Path
    ) -> None:
        with transaction(session):
            session.execute(text("UPDATE audit_heads SET number = 1"))
        result = _run(app, "backup", str(tmp_path / "again.zip"))
        assert result.exit_code == 1
        assert "head" in result.output

    @OnSqlite
    def test_that_breaks_off_leaves_no_file(
        self, app: Flask, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("app.cli.archiving.write_logs", full)
        result = _run(app, "backup", str(tmp_path / "b.zip"))
        assert (result.exit_code, list(tmp_path.glob("b.zip*"))) == (7, [])
        assert "No space left" in result.output


class TestRestore:
    def test_brings_back_people_trail_logs_and_guards(
        self, taken: Path, fresh: Callable[..., Flask]
    ) -> None:
        there = fresh("there")
        result = _run(there, "restore", str(taken))
        assert result.exit_code == 0, result.output
        assert (Path(there.config["INTERACTIONS_FOLDER"]) / LOG).read_bytes()[:4] == b"PAR1"
        with Session(engine_of(there)) as session:
            assert session.scalar(text("SELECT count(*) FROM people")) == 8
            actions = session.scalars(text("SELECT action FROM audit_events ORDER BY number")).all()
            assert actions == ["a.b", "a.b", "system.restored"]
            with pytest.raises(IntegrityError), transaction(session):
                session.execute(text("DELETE FROM audit_events"))

    def test_refuses_a_database_with_anything_in_it_and_writes_no_log_then(
        self, make_app: Callable[..., Flask], taken: Path, tmp_path: Path
    ) -> None:
        there = make_app(INTERACTIONS_FOLDER=str(tmp_path / "empty"))
        result = _run(there, "restore", str(taken))
        assert result.exit_code == 5
        assert "not empty" in result.output
        assert not (tmp_path / "empty").exists()

    @OnSqlite
    def test_refuses_a_folder_with_other_logs(
        self, taken: Path, fresh: Callable[..., Flask]
    ) -> None:
        there = fresh("there")
        folder = Path(there.config["INTERACTIONS_FOLDER"])
        folder.mkdir()
        (folder / "customer_key").write_text("another", encoding="ascii")
        result = _run(there, "restore", str(taken))
        assert result.exit_code == 5
        assert "other logs" in result.output
        assert _is_empty(there)

    @OnSqlite
    def test_refuses_another_schema(
        self, taken: Path, fresh: Callable[..., Flask], tmp_path: Path
    ) -> None:
        there = fresh("there")
        older = _rewritten(taken, tmp_path, revision="0019")
        assert "schema 0019" in _run(there, "restore", str(older)).output
        newer = _rewritten(taken, tmp_path, revision="9999")
        assert "does not know" in _run(there, "restore", str(newer)).output
        assert _is_empty(there)

    @OnSqlite
    @pytest.mark.parametrize("kind", ["byte", "missing", "surplus", "slip", "cut", "row", "text"])
    def test_refuses_a_file_that_was_changed(
        self, kind: str, taken: Path, fresh: Callable[..., Flask], tmp_path: Path
    ) -> None:
        bad = _spoiled(taken, tmp_path, kind)
        there = fresh("there")
        for command in (("restore",), ("restore", "--check")):
            result = _run(there, *command, str(bad))
            assert result.exit_code == 2, result.output
            assert "use another backup" in result.output or "no whole backup" in result.output
        assert _is_empty(there)
        assert not (tmp_path / "slipped").exists()

    @OnSqlite
    def test_refuses_a_trail_that_was_rewritten_unless_told_to_take_it(
        self, app: Flask, session: Session, taken: Path, fresh: Callable[..., Flask], tmp_path: Path
    ) -> None:
        with transaction(session):
            session.execute(text("DROP TRIGGER audit_events_append_only_update"))
            session.execute(text("UPDATE audit_events SET reason = 'fine' WHERE number = 1"))
        forged = tmp_path / "forged.zip"
        assert _run(app, "backup", str(forged)).exit_code == 0  # the hashed bytes still hold
        there = fresh("there")
        result = _run(there, "restore", str(forged))
        assert result.exit_code == 2
        assert "column “reason” differs" in result.output
        assert _is_empty(there)


def _is_empty(app: Flask) -> bool:
    with Session(engine_of(app)) as session:
        return not session.scalar(text("SELECT count(*) FROM people"))


def _rewritten(file: Path, folder: Path, **about: object) -> Path:
    """The same archive with something else in its manifest."""
    other = folder / "rewritten.zip"
    with ZipFile(file) as old, ZipFile(other, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                content = json.dumps(json.loads(content) | about).encode()
            new.writestr(name, content)
    return other


def _spoiled(file: Path, folder: Path, kind: str) -> Path:
    bad = folder / "bad.zip"
    if kind == "byte":
        with ZipFile(file) as archive:
            people = archive.getinfo("tables/people.jsonl")
        content = bytearray(file.read_bytes())
        begin = people.header_offset + 30 + len(people.filename)
        content[begin + people.compress_size // 2] ^= 1
        bad.write_bytes(bytes(content))
        return bad
    if kind == "cut":
        bad.write_bytes(file.read_bytes()[:-200])
        return bad
    if kind == "text":
        bad.write_bytes(b"no backup at all")
        return bad
    with ZipFile(file) as old, ZipFile(bad, "w") as new:
        for name in old.namelist():
            if kind == "missing" and name == "tables/people.jsonl":
                continue
            content = old.read(name)
            if kind == "row" and name == "tables/people.jsonl":
                content = content.replace(b"Lena", b"Lene")
            new.writestr(name, content)
        if kind == "surplus":
            new.writestr("tables/more.jsonl", b"")
        if kind == "slip":
            new.writestr("logs/../../slipped", b"x")
    return bad
