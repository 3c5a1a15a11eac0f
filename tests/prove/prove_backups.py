"""Backups taken while people write, restored into an empty database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from app.audit.queries import check_chain
from app.db.archive import ArchiveReader
from app.db.sqlite import engine_options
from app.roadmap.models import Evidence
from tests.prove import commands
from tests.prove.gate import Gate, Size, databases
from tests.prove.house import House, open_house
from tests.prove.writing import Writers, loss
from tests.support.databases import Databases, PostgresDatabases, SqliteDatabases

ROUNDS = 5
THREADS = 8
BEFORE = 100
"""Acknowledged before each backup begins, at least."""


def gates(size: Size) -> Iterator[Gate]:
    with TemporaryDirectory(prefix="waymark-prove-") as name, databases(Path(name)) as found:
        for one in found:
            yield from _on(one, Path(name), size.of(ROUNDS))


def controls(_size: Size) -> Iterator[Gate]:
    """A plain copy of the file in use, as `cp` makes it: what is in the log beside it is missed."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="waymark-prove-")))
        one = SqliteDatabases(folder)
        house = stack.enter_context(open_house(one, folder, preload=True))
        writers, target = house.writers(), folder / "copied.db"
        writers.start(THREADS)
        try:
            writers.wait_for(BEFORE)
            before = list(writers.acknowledged)
            shutil.copyfile(one.url.removeprefix("sqlite:///"), target)
        finally:
            writers.stop()
        missed = len(set(before) - _kept(f"sqlite:///{target}")[0])
        yield _gate(house, 1, len(before), missed, ())


@dataclass
class _Toll:
    before: int = 0
    missed: int = 0
    faults: tuple[str, ...] = ()


def _on(one: Databases, folder: Path, rounds: int) -> Iterator[Gate]:
    with open_house(one, folder, preload=True) as house:
        writers, toll = house.writers(), _Toll()
        for number in range(rounds):
            _round(house, writers, toll, number)
        yield _gate(house, rounds, toll.before, toll.missed, toll.faults)
        first, second = (house.folder / f"quiet-{n}.zip" for n in (1, 2))
        for file in (first, second):
            commands.run(one.url, house.folder, "backup", str(file))
        same = _digests(first) == _digests(second)
        found = loss(house.engine, writers.acknowledged)
        yield Gate(
            f"{house.kind}: two backups with nobody at work are alike",
            f"{len(_digests(first))} digests, {'equal' if same else 'they differ'}; {found}",
            same and found.is_none,
        )


def _gate(house: House, rounds: int, before: int, missed: int, faults: tuple[str, ...]) -> Gate:
    chain = faults[0] if faults else "chain whole"
    return Gate(
        f"{house.kind}: backup under load holds all acknowledged before",
        f"{rounds} rounds, {missed} missing of {before:,}, {chain}", not missed and not faults,
    )  # fmt: skip


def _round(house: House, writers: Writers, toll: _Toll, number: int) -> None:
    """Back up among writes, restore, and look for all that was there when it began."""
    file = house.folder / f"backup-{number}.zip"
    writers.start(THREADS)
    try:
        writers.wait_for(len(writers.acknowledged) + BEFORE)
        before = list(writers.acknowledged)
        said = commands.run(house.databases.url, house.folder, "backup", str(file))
    finally:
        writers.stop()
    with ExitStack() as stack:
        target = house.folder / f"restored-{number}"
        target.mkdir()
        url = _bare(house.databases, target, number)
        back = commands.run(url, target, "restore", str(file))
        if said.code or back.code:
            raise RuntimeError(f"{said.words}\n{back.words}")
        kept, faults = _kept(url)
        stack.callback(shutil.rmtree, target)
    toll.before += len(before)
    toll.missed += len(set(before) - kept)
    toll.faults += faults


def _bare(one: Databases, folder: Path, number: int) -> str:
    """The address of a new database without tables, of the same kind."""
    if isinstance(one, PostgresDatabases):
        return one.bare(f"restored_{number}")
    return f"sqlite:///{folder / 'restored.db'}"


def _kept(url: str) -> tuple[set[str], tuple[str, ...]]:
    """The measurements in a database, and the faults of its trail."""
    engine = create_engine(**engine_options(url))
    try:
        with Session(engine) as session:
            return set(session.scalars(select(Evidence.source))), check_chain(session).faults
    finally:
        engine.dispose()


def _digests(file: Path) -> dict[str, str]:
    with ArchiveReader(file) as archive:
        return {name: one["sha256"] for name, one in archive.members.items()}
