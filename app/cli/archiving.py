"""A backup of a whole installation and the way back, on either database.

The archive holds every table's rows, the logs of interactions and where the audit trail ended. It
is written from one snapshot while people work; it is restored in one transaction that is committed
only when every row, every digest and the chain of the audit trail are what they were.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Connection, Engine, Table, inspect, select
from sqlalchemy.orm import Session

from app.audit.models import AuditHead
from app.audit.queries import check_chain
from app.audit.rules import StoredEvent, chain_faults
from app.audit.services import record
from app.cli.log_files import LOGS, refuse_other_logs, restore_logs, write_logs
from app.db.archive import ArchiveReader, ArchiveWriter, HashedWriter
from app.db.refusals import NO_SCHEMA
from app.db.schema import knows_revision, migration_config, revision_of
from app.db.session import transaction
from app.db.tables import (
    LEFT_OUT,
    column_names,
    move_counters,
    read_rows,
    refuse_filled,
    snapshot,
    stored_tables,
    without_guards,
    write_rows,
)
from app.errors import ConflictError, InvalidError, UnavailableError

EVENTS = "audit_events"


@dataclass(frozen=True, slots=True)
class Contents:
    """What an archive holds: counts, the schema's revision and the head of the audit trail."""

    revision: str
    taken_at: str
    tables: int
    rows: int
    log_files: int
    audit_head: str | None
    faults: tuple[str, ...] = ()

    @classmethod
    def of(cls, reader: ArchiveReader, faults: tuple[str, ...] = ()) -> Contents:
        manifest = reader.manifest
        return cls(
            revision=manifest["revision"],
            taken_at=manifest["taken_at"],
            tables=len(manifest["tables"]),
            rows=sum(one["rows"] for one in manifest["tables"].values()),
            log_files=sum(name.startswith(LOGS) for name in reader.members),
            audit_head=manifest["audit_head"],
            faults=faults,
        )


def take_backup(engine: Engine, logs: Path | None, path: Path, *, now: datetime) -> Contents:
    """Write an archive of one moment while others work, then read it back.

    ``logs``: the folder of logs of interactions, or None to leave them out. Raises
    UnavailableError without a schema or when there is no room for the file.
    """
    try:
        with ArchiveWriter(path) as archive:
            with snapshot(engine) as connection:
                about = _write_database(archive, connection)
            if logs is not None:
                write_logs(archive, logs)
            archive.finish({**about, "taken_at": now.isoformat(), "has_logs": logs is not None})
    except OSError as error:
        raise UnavailableError(f"The backup could not be written: {error}.") from error
    return check_backup(path)


def _write_database(archive: ArchiveWriter, connection: Connection) -> dict[str, object]:
    revision = revision_of(connection)
    if revision is None:
        raise UnavailableError(NO_SCHEMA)
    tables: dict[str, object] = {}
    for table in stored_tables(connection):
        if table.name in LEFT_OUT:
            continue
        with archive.member(_member(table)) as sink:
            count = write_rows(connection, table, sink)
        tables[table.name] = {"columns": column_names(table), "rows": count}
    head = connection.execute(select(AuditHead.number, AuditHead.hash)).first()
    return {
        "revision": revision,
        "database": connection.dialect.name,
        "tables": tables,
        "audit_head": f"{head.number}:{head.hash}" if head else None,
    }


def check_backup(path: Path) -> Contents:
    """Read a whole archive and recompute its audit trail; raises InvalidError for a changed one.

    Faults of the trail itself are told, not raised: they were there when it was taken.
    """
    with ArchiveReader(path) as archive:
        archive.check()
        return Contents.of(archive, tuple(_trail_faults(archive)))


def _trail_faults(archive: ArchiveReader) -> Iterator[str]:
    last: str | None = None

    def events() -> Iterator[StoredEvent]:
        nonlocal last
        names = archive.manifest["tables"][EVENTS]["columns"]
        for line in archive.lines(f"tables/{EVENTS}.jsonl"):
            values = dict(zip(names, json.loads(line), strict=True))
            last = f"{values['number']}:{values['hash']}"
            yield StoredEvent(
                number=values["number"],
                content=b64decode(values["content"]),
                previous_hash=values["previous_hash"],
                hash=values["hash"],
                columns={},
            )

    yield from chain_faults(events())
    if last != archive.manifest["audit_head"]:
        yield "The head of the audit trail does not name its last event."


def restore_backup(
    session: Session, path: Path, logs: Path, *, accept_faults: bool, now: datetime
) -> Contents:
    """Bring an archive into an empty database and an empty folder of logs, all or nothing.

    A database without tables gets the archive's own schema first. Raises InvalidError for an
    archive that was changed or whose audit trail does not hold (``accept_faults`` lets it in with
    its faults), ConflictError where there is something already.
    """
    contents = check_backup(path)
    if contents.faults and not accept_faults:
        raise InvalidError(
            f"The audit trail in {path} does not hold: {contents.faults[0]} Nothing was restored; "
            "use another backup, or give --accept-faults to restore it as it is."
        )
    with ArchiveReader(path) as archive:
        refuse_other_logs(archive, logs)
        _prepare_schema(session, contents.revision)
        restore_logs(archive, logs)
        with transaction(session):
            _load(session, archive)
            _check_trail(session, contents)
            record(
                session,
                actor=None,
                action="system.restored",
                subject="system:database",
                after={
                    "backup_taken_at": contents.taken_at,
                    "audit_head": contents.audit_head,
                    "faults": len(contents.faults),
                },
                now=now,
            )
    return contents


def _prepare_schema(session: Session, revision: str) -> None:
    """See that the database has the archive's schema, making it where there is none."""
    engine = session.get_bind().engine
    with engine.connect() as connection:
        present = revision_of(connection)
        is_bare = present is None and not inspect(connection).get_table_names()
    if not knows_revision(revision):
        raise InvalidError(
            f"The backup has schema {revision}, which this version of Waymark does not know. "
            "Restore it with the version that took it, or a later one."
        )
    if is_bare:
        url = engine.url.render_as_string(hide_password=False)
        command.upgrade(migration_config(url), revision)
    elif present == revision:
        with engine.connect() as connection:  # before any log is written, and once more when locked
            refuse_filled(connection, stored_tables(connection))
    else:
        raise ConflictError(
            f"The backup has schema {revision}, the database {present or 'tables of its own'}. "
            "Restore into a database without tables; then run “flask --app wsgi migrate”."
        )


def _load(session: Session, archive: ArchiveReader) -> None:
    connection = session.connection()
    tables = stored_tables(connection)
    named: dict[str, Any] = archive.manifest["tables"]
    kept = [table for table in tables if table.name in named]
    is_other = {table.name for table in tables} - LEFT_OUT != set(named) - LEFT_OUT
    if is_other or any(named[table.name]["columns"] != column_names(table) for table in kept):
        raise InvalidError("The backup's tables are not those of its schema; use another backup.")
    with without_guards(connection, tables):
        refuse_filled(connection, tables)
        for table in kept:
            read_rows(connection, table, archive.lines(_member(table)))
        move_counters(connection, kept)
    for table in kept:
        found = HashedWriter()
        write_rows(connection, table, found)
        if found.hexdigest != archive.members[_member(table)]["sha256"]:
            raise InvalidError(
                f"The database did not keep {table.name} as it was backed up; nothing was restored."
            )


def _check_trail(session: Session, contents: Contents) -> None:
    """Recompute the trail from the database itself: its columns must repeat what was hashed."""
    faults = check_chain(session, anchor=contents.audit_head).faults
    if faults and not contents.faults:
        raise InvalidError(f"The audit trail does not hold: {faults[0]} Nothing was restored.")


def _member(table: Table) -> str:
    return f"tables/{table.name}.jsonl"
