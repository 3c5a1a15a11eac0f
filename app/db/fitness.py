"""Can this database be relied on? What is looked at when Waymark starts, and by doctor."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db.schema import needed_revision, present_revision
from app.db.sqlite import gate_path

SAFE_SQLITE = (3, 51, 3)
SAFE_POSTGRESQL = (15,)
NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p"})
LEAST_ROOM = 512 * 2**20
LARGEST_SKEW = timedelta(seconds=5)


class Finding(NamedTuple):
    """Whether it is fine, what was looked at, and what to do when it is not."""

    is_fine: bool
    subject: str
    remedy: str


def storage_findings(session: Session) -> Iterator[Finding]:
    """What must hold before anything is decided on this database; it bars the start."""
    present, needed = present_revision(session), needed_revision()
    remedy = f"{needed} is needed, run “flask --app wsgi migrate”"
    yield Finding(present == needed, f"schema {present or 'missing'}", remedy)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    yield from (_sqlite if is_sqlite else _postgresql)(session)


def surroundings_findings(session: Session, machine_time: datetime) -> Iterator[Finding]:
    """What is worth knowing of where the database stands; it bars nothing."""
    bind = session.get_bind()
    if bind.dialect.name == "sqlite":
        free = shutil.disk_usage(_file(session).parent).free
        remedy = f"less than {LEAST_ROOM >> 20} MB, make room: a full disk stops every change"
        yield Finding(free >= LEAST_ROOM, f"{free >> 20} MB of room", remedy)
        return
    epoch = session.scalar(text("SELECT extract(epoch FROM clock_timestamp())")) or 0
    skew = abs(machine_time.timestamp() - float(epoch))
    remedy = "let both machines keep time by NTP; sessions and deadlines follow the clock"
    is_near = skew <= LARGEST_SKEW.total_seconds()
    yield Finding(is_near, f"clock {skew:.0f} s off the database’s", remedy)


def _sqlite(session: Session) -> Iterator[Finding]:
    version = session.get_bind().dialect.server_version_info or ()
    remedy = "it can corrupt its log, install the pinned pysqlite3"
    yield Finding(version >= SAFE_SQLITE, f"sqlite {_dotted(version)}", remedy)
    for pragma, wanted in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
        found = session.scalar(text(f"PRAGMA {pragma}"))
        remedy = f"it must be {wanted}, “flask --app wsgi migrate” sets it"
        yield Finding(found == wanted, f"{pragma} {found}", remedy)
    file = _file(session)
    kind = file_system(file)
    remedy = "move it to a local disk, or use PostgreSQL"
    yield Finding(kind not in NETWORK_FILE_SYSTEMS, f"database on {kind}", remedy)
    gate = gate_path(session.get_bind().engine.url)
    remedy = f"let this account write {gate}: it lets writers in one by one"
    yield Finding(gate is not None and _can_be_written(gate), "writers’ gate", remedy)


def _postgresql(session: Session) -> Iterator[Finding]:
    version = session.get_bind().dialect.server_version_info or ()
    remedy = f"use {SAFE_POSTGRESQL[0]} or newer"
    yield Finding(version >= SAFE_POSTGRESQL, f"postgresql {_dotted(version)}", remedy)
    remedy = "switch it on, a power cut would lose decisions"
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        value = session.scalar(text(f"SHOW {setting}"))
        yield Finding(value != "off", f"{setting} {value}", remedy)


def file_system(path: Path) -> str:
    """The kind of file system a path lies on, by its longest mount point."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return "an unknown file system"
    lines = [line.split() for line in mounts.read_text(encoding="utf-8").splitlines()]
    around = [(point, kind) for _, point, kind, *_ in lines if path.is_relative_to(point)]
    return max(around, key=lambda mount: len(mount[0]), default=("", "an unknown file system"))[1]


def _file(session: Session) -> Path:
    return Path(session.get_bind().engine.url.database or "/").resolve()


def _can_be_written(path: Path) -> bool:
    try:
        path.open("ab").close()
    except OSError:
        return False
    return True


def _dotted(version: tuple[object, ...]) -> str:
    return ".".join(str(part) for part in version)
