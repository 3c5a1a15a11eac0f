"""What it takes to import a whole registry: seconds and memory of the command, in a new process.

The IT Dashboard's file is not shipped; WAYMARK_IT_DASHBOARD may name it. Without it the rows of the
shipped extract are repeated under new keys until there are as many.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.db.sqlite import engine_options
from app.initiatives.models import Initiative, Milestone
from app.values.quarter import Quarter
from tests.bench.rows import Row
from tests.factories.accounts import make_cast
from tests.factories.calendar import make_cycle, make_fund
from tests.support.databases import SqliteDatabases

ROOT = Path(__file__).parents[2]
EXTRACT = ROOT / "tests" / "data" / "us_it_dashboard_extract.csv"
MAPPING = "us-it-dashboard"
WHOLE = "WAYMARK_IT_DASHBOARD"
PROJECTS = 2_468
CYCLE = "FY11"
KEY, NUMBER = "Unique Investment Identifier", "Unique Project ID"


@dataclass(frozen=True, slots=True)
class Import:
    """What one run of the command took and what was there afterwards."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    initiatives: int
    milestones: int


def rows() -> Iterator[Row]:
    """The command, from its start to its end."""
    with TemporaryDirectory(prefix="waymark-bench-") as name:
        folder = Path(name)
        given = os.environ.get(WHOLE)
        file = Path(given) if given else repeated(EXTRACT, folder / "projects.csv", PROJECTS)
        what = "IT Dashboard file" if given else f"IT Dashboard extract, repeated to {PROJECTS:,}"
        databases = _prepared(folder)
        one = import_file(databases.url, folder, file)
        figure = (
            f"{one.seconds:.1f} s ({one.cpu_seconds:.1f} s CPU), peak {one.peak_mb:.0f} MB,"
            f" {one.initiatives:,} initiatives, {one.milestones:,} milestones"
        )
        yield Row(what, figure, "< 120 MB")


def repeated(source: Path, target: Path, projects: int) -> Path:
    """Write ``projects`` rows: those of ``source`` again and again, each time under new keys."""
    with source.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        names = list(reader.fieldnames or ())
        originals = list(reader)
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        again = ((turn, row) for turn in count() for row in originals)
        for number, (turn, row) in enumerate(islice(again, projects), start=1):
            key = row[KEY] if turn == 0 else f"{row[KEY]}-{turn}"
            writer.writerow({**row, KEY: key, NUMBER: number})
    return target


def _prepared(folder: Path) -> SqliteDatabases:
    """A company with a cycle of the file's time in dollars and the fund the mapping names."""
    databases = SqliteDatabases(folder)
    databases.reset()
    engine = create_engine(**engine_options(databases.url))
    with Session(engine, expire_on_commit=False) as session, transaction(session):
        make_cast(session)
        make_cycle_of_file(session)
    engine.dispose()
    return databases


def make_cycle_of_file(session: Session) -> None:
    """Add what the file is imported into."""
    cycle = make_cycle(
        session, name=CYCLE, currency="USD", starts_on=date(2011, 1, 1),
        ends_on=date(2011, 12, 31), first_quarter=Quarter(2011, 1), quarter_count=40,
    )  # fmt: skip
    make_fund(session, cycle, "it")


def import_arguments(file: Path) -> list[str]:
    """What to tell Waymark's command line to take the file in."""
    return [
        "registry", "import", str(file), "--mapping", MAPPING, "--cycle", CYCLE, "--as",
        "lena@waymark.test", "--leave-out-errors",
    ]  # fmt: skip


def import_file(url: str, folder: Path, file: Path) -> Import:
    """Run the command as people do. Raises RuntimeError with what it said when it fails."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *import_arguments(file)]
    environment = os.environ | {
        "DATABASE_URL": url, "QUEUE_URL": f"sqlite:///{folder / 'queue.db'}",
        "ENVIRONMENT": "development", "SECRET_KEY": "only-for-the-bench-" + "0" * 32,
    }  # fmt: skip
    said = folder / "said"
    began = monotonic()
    with said.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(said.read_text(encoding="utf-8", errors="replace")[-2000:])
    initiatives, milestones = _counts(url)
    return Import(
        seconds=monotonic() - began,
        cpu_seconds=used.ru_utime + used.ru_stime,
        peak_mb=used.ru_maxrss / 1024,
        initiatives=initiatives,
        milestones=milestones,
    )


def _counts(url: str) -> tuple[int, int]:
    engine = create_engine(**engine_options(url))
    with Session(engine) as session:
        found = [
            session.scalar(select(func.count(model.id))) or 0 for model in (Initiative, Milestone)
        ]
    engine.dispose()
    return found[0], found[1]
