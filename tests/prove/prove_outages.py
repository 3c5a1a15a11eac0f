"""A disk that is full, a database that is restarted, a clock that jumps."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from tests.prove.crowd import counted
from tests.prove.gate import Gate, Size, databases
from tests.prove.house import open_house
from tests.prove.writing import Writers, loss
from tests.support.databases import Databases, PostgresDatabases, SqliteDatabases
from tests.support.postgres import DURABLE, PostgresServer, find_programs
from tests.support.server import NO_ANSWER, Browser

THREADS = 8
WRITES = 200
ROOM = {"sqlite": 64, "postgresql": 256}
"""Megabytes of the small disk."""
SMALL_LOG = {"max_wal_size": "32MB"}
RESTARTS = 2
HEALED_SECONDS = 10
JUMPS = {
    "an hour on": timedelta(hours=1), "a day back": timedelta(days=-1),
    "ten years on": timedelta(days=3650), "a year back": timedelta(days=-365),
}  # fmt: skip


def gates(size: Size) -> Iterator[Gate]:
    writes = size.of(WRITES)
    for kind in ROOM:
        yield from _full(kind, writes)
    yield from _restarted(writes)
    with TemporaryDirectory(prefix="waymark-prove-") as name, databases(Path(name)) as found:
        for one in found:
            yield from _jumping(one, Path(name))


def controls(_size: Size) -> Iterator[Gate]:
    """An outage that is taken for a fault of ours."""
    yield from _full("sqlite", 20, **{"break": "tests.prove.breakages:no_outages"})


@contextmanager
def _small_disk(megabytes: int) -> Iterator[Path]:
    """A disk in memory of a few megabytes; only root can make one."""
    with TemporaryDirectory(prefix="waymark-disk-") as name:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=777", "none", name], check=True
        )
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)


def _full(kind: str, writes: int, **wanted: str) -> Iterator[Gate]:
    """Fill the disk while people write, make room, and see it go on by itself."""
    programs = find_programs()
    if kind == "postgresql" and programs is None:
        return
    with ExitStack() as stack:
        disk = stack.enter_context(_small_disk(ROOM[kind]))
        place = Path(stack.enter_context(TemporaryDirectory(prefix="waymark-prove-")))
        one: Databases
        server = None
        if kind == "postgresql":
            assert programs is not None
            server = PostgresServer(programs, DURABLE | SMALL_LOG, within=str(disk))
            stack.callback(server.stop)
            one = PostgresDatabases(server)
        else:
            one = SqliteDatabases(disk)
        house = stack.enter_context(open_house(one, place, preload=True, **wanted))
        writers = house.writers()
        writers.start(THREADS)
        try:
            writers.wait_for(writes)
            ballast = disk / "ballast"
            refused = _filled(ballast, writers)
            reads = Browser(house.server.port, writers.passes[0]).get("/").status
            ballast.unlink()
            began, known = monotonic(), len(writers.acknowledged)
            if server is not None and not server.is_running:
                server.start()
            writers.wait_for(known + THREADS)
            healed = monotonic() - began
            writers.wait_for(known + writes)
        finally:
            writers.stop()
        found, strange = loss(house.engine, writers.acknowledged), writers.others()
        yield Gate(
            f"{house.kind}: disk full: only 503, nothing lost, heals by itself",
            f"{refused} × 503, a page {reads}, again after {healed:.1f} s, {found},"
            f" others {counted(strange) or 'none'}",
            found.is_none and not strange and refused > 0 and healed < HEALED_SECONDS,
        )


def _filled(ballast: Path, writers: Writers) -> int:
    """Fill the disk to the last byte until everybody is refused; how often they were."""
    with ballast.open("wb", buffering=0) as file:
        began = monotonic()
        while monotonic() - began < 60:
            try:
                while True:
                    file.write(bytes(65536))
            except OSError:
                pass
            if sum(one.status == 503 for one in writers.answers) > 5 * THREADS:
                break
            sleep(0.1)
    return sum(one.status == 503 for one in writers.answers)


def _restarted(writes: int) -> Iterator[Gate]:
    """Restart PostgreSQL twice under those who write."""
    programs = find_programs()
    if programs is None:
        return
    with ExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory(prefix="waymark-prove-")))
        server = PostgresServer(programs, DURABLE)
        stack.callback(server.stop)
        house = stack.enter_context(open_house(PostgresDatabases(server), place, preload=True))
        writers = house.writers()
        writers.start(THREADS)
        healed = []
        try:
            for _ in range(RESTARTS):
                writers.wait_for(len(writers.acknowledged) + writes // 2)
                server.end()
                sleep(1)
                ready = house.server.status("/readyz"), house.server.status("/healthz")
                server.start()
                began, known = monotonic(), len(writers.acknowledged)
                writers.wait_for(known + 1)
                healed.append(monotonic() - began)
        finally:
            writers.stop()
        found, strange = loss(house.engine, writers.acknowledged), writers.others()
        cut = sum(one.status == NO_ANSWER for one in writers.answers)
        refused = sum(one.status == 503 for one in writers.answers)
        yield Gate(
            f"{house.kind}: restarted × {RESTARTS}: only 503, nothing lost, heals by itself",
            f"{refused} × 503, ready {ready[0]}, alive {ready[1]}, again after"
            f" {max(healed):.1f} s, {found}, others {counted(strange) or 'none'}",
            found.is_none and not strange and not cut and ready == (503, 200)
            and max(healed) < HEALED_SECONDS,
        )  # fmt: skip


def _jumping(one: Databases, folder: Path) -> Iterator[Gate]:
    """Let the clock jump; nobody gets in by it, nothing fails, and all is well when it is back."""
    clock = folder / f"clock-{one.kind}"
    clock.write_text("0")
    with open_house(one, folder, preload=True, clock=str(clock)) as house:
        writers = house.writers()
        address, form = writers.forms[0]
        browsers = [Browser(house.server.port, mine) for mine in writers.passes]
        said, wrong = [], []
        for name, off in (*JUMPS.items(), ("right and signed in again", timedelta())):
            clock.write_text(str(off.total_seconds()))
            if not off:  # sessions the clock has run past stay ended
                people = house.cast.manager, house.cast.lead
                browsers = [Browser(house.server.port, one) for one in house.passes(*people)]
            codes = [browser.get("/").status for browser in browsers]
            number = len(writers.acknowledged)
            sent = form | {"source": f"written-{number}", "once": f"{number:032x}"}
            answer = browsers[0].post(address, sent)
            if answer.status == 303 and codes[0] == 200:
                writers.acknowledged.append(sent["source"])
            said.append(f"{name}: {codes[0]}/{answer.status}")
            if max(*codes, answer.status) >= 500 or NO_ANSWER in codes:
                wrong.append(name)
        found = loss(house.engine, writers.acknowledged)
        yield Gate(
            f"{house.kind}: clock jumps: no error, trail whole, all well after",
            f"{', '.join(said)}; {found}",
            not wrong and found.is_none and said[-1].endswith("200/303"),
        )
