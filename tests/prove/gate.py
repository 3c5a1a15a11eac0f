"""What a proof prints, and where it plays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.support.databases import Databases, PostgresDatabases, SqliteDatabases
from tests.support.postgres import PostgresServer, find_programs
from tests.support.stage import Stage, open_stage


@dataclass(frozen=True, slots=True)
class Gate:
    """What must hold, what came out, and whether that will do."""

    name: str
    figure: str
    holds: bool


WIDTHS = (62, 62)


def line(gate: Gate, command: str, *, is_control: bool) -> tuple[str, bool]:
    """What to print of a gate, and whether it is as wanted: a control must not hold."""
    is_good = gate.holds is not is_control
    name = f"broken: {gate.name}" if is_control else gate.name
    figure = f"{gate.figure} – seen" if is_control and is_good else gate.figure
    mark = "  " if is_good else "✗ "
    return f"{mark}{name:<{WIDTHS[0]}}  {figure:<{WIDTHS[1]}}  {command}", is_good


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything is tried: one of ``part``."""

    part: int = 1

    def of(self, number: int) -> int:
        return max(2, number // self.part)


def seconds(found: Sequence[float]) -> str:
    """Median and most of some times."""
    return f"median {median(found):.2f} s, most {max(found):.2f} s of {len(found)}"


@contextmanager
def databases(folder: Path) -> Iterator[list[Databases]]:
    """SQLite, and PostgreSQL where its programs are installed."""
    programs = find_programs()
    server = PostgresServer(programs) if programs else None
    try:
        found: list[Databases] = [SqliteDatabases(folder)]
        yield found + ([PostgresDatabases(server)] if server else [])
    finally:
        if server is not None:
            server.stop()


@contextmanager
def each_stage(breaks: str = "") -> Iterator[Iterator[tuple[str, Stage]]]:
    """A new stage on each database in turn, with the database's name."""
    with TemporaryDirectory(prefix="waymark-prove-") as name, databases(Path(name)) as found:
        yield _stages(Path(name), found, breaks)


def _stages(folder: Path, found: Sequence[Databases], breaks: str) -> Iterator[tuple[str, Stage]]:
    for one in found:
        with new_stage(one, folder, breaks) as stage:
            yield one.kind, stage


@contextmanager
def new_stage(one: Databases, folder: Path, breaks: str = "") -> Iterator[Stage]:
    """An empty stage; on PostgreSQL its queue is PostgreSQL too, as by default.

    ``breaks`` is one of `tests.prove.breakages`, for its workers.
    """
    one.reset()
    queue = one.url if one.kind == "postgresql" else ""
    name = f"tests.prove.breakages:{breaks}" if breaks else ""
    with open_stage(one.url, folder, queue=queue, reap=1.0, breaks=name) as stage:
        yield stage
