"""A PostgreSQL of our own: started by the tests in a temporary folder, gone with them."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

OWNER = "waymark"
OLDEST = 15
START_SECONDS = 60
FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
# Speed over safety: nothing in here outlives the tests.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "120",
    "shared_buffers": "64MB",
}
# As it has to be where people rely on it: what was acknowledged is on the disk.
DURABLE = SETTINGS | {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def find_programs() -> Path | None:
    """Return the folder that holds `initdb` and `postgres`, the newest version first, or None."""
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    installed = [folder for pattern in FOLDERS for folder in Path("/").glob(pattern[1:])]
    newest_first = sorted(installed, key=lambda folder: _version(folder.parent.name), reverse=True)
    for folder in on_path + newest_first:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder if _version_of(folder) >= OLDEST else None
    return None


def _version_of(folder: Path) -> int:
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True)
    return next(iter(_version(said.stdout)), 0)


def _version(name: str) -> tuple[int, ...]:
    digits = "".join(c if c.isdigit() else " " for c in name)
    return tuple(int(part) for part in digits.split())


class PostgresServer:
    """One running cluster, reached over a socket in its own folder."""

    def __init__(
        self, programs: Path, settings: Mapping[str, str] = SETTINGS, *, within: str = "/tmp"
    ) -> None:
        # /tmp: a socket's path must be short, and another account must be able to reach it.
        self._folder = Path(tempfile.mkdtemp(prefix="waymark-pg-", dir=within))
        self._programs, self._settings = programs, settings
        self._as_user = _run_as(self._folder)
        self._log = (self._folder / "log").open("wb")
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._create(programs)
            self.start()
        except BaseException:
            self.stop()
            raise

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self._folder}"

    def connect(self, database: str) -> psycopg.Connection:
        """Return a connection of the server's owner that needs no commit."""
        return psycopg.connect(host=str(self._folder), user=OWNER, dbname=database, autocommit=True)

    def create(self, database: str, *, template: str = "template1") -> None:
        """Make `database` anew as a copy of `template`; whoever is connected to it is cut off."""
        name, origin = sql.Identifier(database), sql.Identifier(template)
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        # A third faster here than the other strategy, which writes everything to the log.
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(name, origin)
        )

    def stop(self) -> None:
        self.end()
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _create(self, programs: Path) -> None:
        data = str(self._folder / "data")
        owned = ["-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C"]
        subprocess.run(
            [str(programs / "initdb"), *owned, "--no-sync", "--no-instructions"],
            check=True,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            cwd=self._folder,
            **self._as_user,
        )

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """Kill the server and all that works for it at once, as a power cut would."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        for one in (self._process.pid, *map(int, children.split())):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self._process.wait()

    def end(self) -> None:
        """Let it end in order, cutting off whoever is connected; `start` begins it again."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=30)

    def start(self) -> None:
        """Start it, also anew after `kill` or `end`."""
        settings = [part for item in self._settings.items() for part in ("-c", "=".join(item))]
        self._process = subprocess.Popen(
            [
                self._programs / "postgres",
                "-D",
                self._folder / "data",
                "-k",
                self._folder,
                *settings,
            ],
            stdout=self._log,
            stderr=subprocess.STDOUT,
            cwd=self._folder,
            preexec_fn=die_with_parent(),
            **self._as_user,
        )
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._execute(sql.SQL("SELECT 1"))
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    log = (self._folder / "log").read_text(errors="replace")
                    raise RuntimeError(f"PostgreSQL did not start:\n{log}") from None
                time.sleep(0.02)

    def _execute(self, statement: sql.SQL | sql.Composed) -> None:
        with self.connect("postgres") as connection:
            connection.execute(statement)


def _run_as(folder: Path) -> dict[str, Any]:
    """Return what makes a child run as somebody else when we are root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    account = known.get("postgres") or known["nobody"]
    os.chown(folder, account.pw_uid, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def die_with_parent() -> Callable[[], object] | None:
    """Return what makes Linux end the child when the tests are killed, so that nothing stays."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    set_parent_death_signal = 1
    return lambda: libc.prctl(set_parent_death_signal, signal.SIGQUIT)
