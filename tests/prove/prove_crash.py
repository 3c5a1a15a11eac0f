"""Web workers, the whole web server and PostgreSQL killed while people write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from tests.prove.crowd import counted
from tests.prove.gate import Gate, Size
from tests.prove.house import House, open_house
from tests.prove.writing import Loss, Writers, loss
from tests.support.databases import Databases, PostgresDatabases, SqliteDatabases
from tests.support.postgres import DURABLE, PostgresServer, find_programs
from tests.support.server import Answer

ROUNDS = 10
WRITES = 100
"""Acknowledged in each round, about; the kill comes somewhere among them."""
THREADS = 12
READY_SECONDS = 10
LATE = {"synchronous_commit": "off", "wal_writer_delay": "10s"}
"""A PostgreSQL that says saved long before it has saved."""


@dataclass
class _Toll:
    killed: dict[str, int] = field(default_factory=dict)
    ready_after: list[float] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    strange: list[Answer] = field(default_factory=list)
    writes: int = 0


def gates(size: Size) -> Iterator[Gate]:
    with TemporaryDirectory(prefix="waymark-prove-") as name:
        yield from _on(SqliteDatabases(Path(name)), Path(name), size.of(ROUNDS), None)
        if programs := find_programs():
            server = PostgresServer(programs, DURABLE)
            try:
                databases = PostgresDatabases(server)
                yield from _on(databases, Path(name), size.of(ROUNDS), server)
            finally:
                server.stop()


def controls(_size: Size) -> Iterator[Gate]:
    """Changes without their event; and a PostgreSQL that acknowledges before it has written."""
    with TemporaryDirectory(prefix="waymark-prove-") as name:
        wanted = {"break": "tests.prove.breakages:no_events"}
        yield next(_on(SqliteDatabases(Path(name)), Path(name), 2, None, **wanted))
        if programs := find_programs():
            server = PostgresServer(programs, DURABLE | LATE)
            try:
                yield next(_on(PostgresDatabases(server), Path(name), 3, server))
            finally:
                server.stop()


def _on(
    one: Databases, folder: Path, rounds: int, server: PostgresServer | None, **wanted: str
) -> Iterator[Gate]:
    with open_house(one, folder, **wanted) as house:
        toll = _Toll()
        writers = house.writers()
        for number in range(rounds):
            _round(house, server, writers, toll, number)
        killed = ", ".join(f"{what} × {n}" for what, n in toll.killed.items())
        strange = counted(toll.strange) or "none"
        worst = max(toll.losses, key=lambda one: (one.lost, one.half, one.twice, one.faults))
        yield Gate(
            f"{house.kind}: kill -9 under {toll.writes:,} acknowledged writes",
            f"{rounds} rounds ({killed}): {worst}, other answers: {strange}",
            all(one.is_none for one in toll.losses) and not toll.strange,
        )
        most = max(toll.ready_after)
        yield Gate(
            f"{house.kind}: ready again after a kill in < {READY_SECONDS} s",
            f"most {most:.1f} s of {len(toll.ready_after)}", most < READY_SECONDS,
        )  # fmt: skip


def _round(
    house: House, server: PostgresServer | None, writers: Writers, toll: _Toll, number: int
) -> None:
    """Kill one thing while everybody writes; all that were told “saved” must be there after."""
    before = len(writers.acknowledged)
    writers.start(THREADS)
    try:
        writers.wait_for(before + Random(f"crash {number}").randint(1, WRITES - 20))
        name, act = _victims(house, server)[number % len(_victims(house, server))]
        toll.killed[name] = toll.killed.get(name, 0) + 1
        began = monotonic()
        act()
        house.server.wait_ready()
        toll.ready_after.append(monotonic() - began)
        writers.wait_for(before + WRITES)
    finally:
        writers.stop()
    toll.losses.append(loss(house.engine, writers.acknowledged))
    toll.writes = len(writers.acknowledged)
    toll.strange = writers.others()


def _victims(house: House, server: PostgresServer | None) -> list[tuple[str, Callable[[], object]]]:
    """What can be killed: each act kills and begins what has to be begun by hand."""

    def whole() -> None:
        house.server.kill()
        house.server.start()

    def workers() -> None:
        house.server.kill_workers()
        sleep(0.1)  # those asked now are gone

    def database() -> None:
        assert server is not None
        server.kill()
        server.start()

    found: list[tuple[str, Callable[[], object]]] = [("workers", workers), ("server", whole)]
    return found + ([("database", database)] * 2 if server else [])
