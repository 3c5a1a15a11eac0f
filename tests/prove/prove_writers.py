"""Forty people who write without pause, through gunicorn with four workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from tests.prove.gate import Gate, Size, databases
from tests.prove.house import House, open_house
from tests.prove.writing import Writers, loss
from tests.support.databases import Databases

THREADS = 40
WRITES = 3_000
FEW = 60
LEAST_A_SECOND = 100
MOST_SECONDS = 2.0


def gates(size: Size) -> Iterator[Gate]:
    with TemporaryDirectory(prefix="waymark-prove-") as name, databases(Path(name)) as found:
        for one in found:
            yield from _on(one, Path(name), size.of(WRITES))


def controls(_size: Size) -> Iterator[Gate]:
    """Every commit takes 50 ms longer, which on SQLite nobody else can use."""
    with TemporaryDirectory(prefix="waymark-prove-") as name, databases(Path(name)) as found:
        wanted = {"break": "tests.prove.breakages:slow_commits"}
        yield next(_on(found[0], Path(name), FEW, **wanted))


def _on(one: Databases, folder: Path, writes: int, **wanted: str) -> Iterator[Gate]:
    with open_house(one, folder, preload=True, **wanted) as house:
        writers = house.writers()
        began, used = monotonic(), house.server.cpu_seconds()
        writers.start(THREADS)
        try:
            writers.wait_for(writes)
        finally:
            writers.stop()
        seconds, used = monotonic() - began, house.server.cpu_seconds() - used
        yield from _judged(house, seconds, used, writers)


def _judged(house: House, seconds: float, used: float, writers: Writers) -> Iterator[Gate]:
    written, asked = len(writers.acknowledged), len(writers.answers)
    pace, most = written / seconds, max(one.seconds for one in writers.answers)
    failed = sum(one.status != 303 for one in writers.answers)
    found = loss(house.engine, writers.acknowledged)
    name = f"{house.kind}: {THREADS} writers without pause"
    yield Gate(
        f"{name}: ≥ {LEAST_A_SECOND} audited writes/s",
        f"{pace:.0f}/s over {written:,}, {1000 * used / asked:.1f} ms CPU each",
        pace >= LEAST_A_SECOND,
    )
    yield Gate(f"{name}: each answered in ≤ {MOST_SECONDS:.0f} s", f"most {most:.2f} s",
               most <= MOST_SECONDS)  # fmt: skip
    yield Gate(
        f"{name}: no error, nothing lost", f"{failed} other answers, {found}",
        not failed and found.is_none,
    )  # fmt: skip
