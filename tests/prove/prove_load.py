"""Fifty people at work, a tenth of what they do is writing; quiet, then beside heavy work."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Thread
from time import monotonic, sleep
from uuid import uuid4

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.accounts.rules import Role
from app.approvals.models import Tranche
from app.approvals.rules import TrancheState
from app.db.session import transaction
from app.db.sqlite import engine_options
from tests.bench.bench_import import EXTRACT, import_arguments, make_cycle_of_file, repeated
from tests.bench.portfolios import portfolio
from tests.bench.worlds import World, copy_world, make_world
from tests.prove import commands
from tests.prove.crowd import counted, in_threads, share
from tests.prove.gate import Gate, Size
from tests.prove.writing import evidence_form
from tests.support.application import FIXED_NOW, build_app, let_go
from tests.support.databases import PostgresDatabases
from tests.support.postgres import DURABLE, PostgresServer, die_with_parent, find_programs
from tests.support.server import Answer, Browser, Pass, WebServer, let_in
from tests.support.stage import queue_problem

USERS = 50
SECONDS = 60
THINK = (0.5, 1.5)
WRITING = 0.1
INITIATIVES = 50
ROWS = 5_000
READ_SECONDS, WRITE_SECONDS = 0.05, 0.1


@dataclass
class Site:
    """A company behind a server, with the people at work and the forms they send."""

    world: World
    folder: Path
    engine: Engine
    server: WebServer
    passes: list[Pass] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    forms: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def session(self) -> Session:
        return Session(self.engine, expire_on_commit=False)


def gates(size: Size) -> Iterator[Gate]:
    seconds = max(10.0, SECONDS / size.part)
    with _worlds() as worlds:
        for world, folder in worlds:
            with _site(world, folder) as site:
                yield from _judged(site, "quiet", seconds)
                with _busy(site, size.of(ROWS)) as done:
                    yield from _judged(site, "beside a solve and an import", seconds)
                yield Gate(
                    f"{world.database}: the import and the solve ran on beside them", str(done),
                    done.is_well,
                )  # fmt: skip


def controls(_size: Size) -> Iterator[Gate]:
    """Every answer takes a fifth of a second longer."""
    with TemporaryDirectory(prefix="waymark-prove-") as name:
        world = make_world(Path(name), INITIATIVES)
        wanted = {"break": "tests.prove.breakages:slow_answers"}
        with _site(world, Path(name), **wanted) as site:
            yield from list(_judged(site, "quiet", 10.0))[:2]


@contextmanager
def _worlds() -> Iterator[list[tuple[World, Path]]]:
    """The same company on SQLite and, where it is installed, on PostgreSQL."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="waymark-prove-")))
        world = make_world(folder, INITIATIVES)
        engine = create_engine(**engine_options(world.url))
        with Session(engine) as session, transaction(session):
            make_cycle_of_file(session)
        engine.dispose()
        found = [(world, folder)]
        if programs := find_programs():
            server = PostgresServer(programs, DURABLE)
            stack.callback(server.stop)
            other = folder / "postgresql"
            other.mkdir()
            found.append((copy_world(world, PostgresDatabases(server)), other))
        yield found


@contextmanager
def _site(world: World, folder: Path, **wanted: str) -> Iterator[Site]:
    now = FIXED_NOW.isoformat()
    with WebServer(world.url, folder, now=now, preload=True, **wanted) as server:
        app = build_app(world.url, folder)
        engine = create_engine(**engine_options(world.url))
        try:
            site = Site(world, folder, engine, server)
            with site.session() as session:
                people = session.scalars(select(Person).order_by(Person.id)).all()
                at_work = [one for one in people if Role.PROGRAM_MANAGER in one.roles]
                site.passes = [
                    let_in(app, session, at_work[n % len(at_work)]) for n in range(USERS)
                ]
                pending = select(Tranche.id).where(Tranche.state == TrancheState.PENDING)
                hurdles = list(session.scalars(pending.order_by(Tranche.id)))
            site.forms = [
                (f"/gates/{one}/evidence", evidence_form(engine, one, now[:10])) for one in hurdles
            ]
            site.pages = [
                "/", "/initiatives", f"/initiatives/{world.a_candidate}", "/gates", "/roadmap",
                f"/gates/{hurdles[0]}", f"/runs/{world.run_id}", f"/journeys/{world.a_journey}",
                "/ledger", f"/proposals/{world.proposal_id}",
            ]  # fmt: skip
            yield site
        finally:
            let_go(app)
            engine.dispose()


@dataclass
class _Seen:
    reads: list[Answer] = field(default_factory=list)
    writes: list[Answer] = field(default_factory=list)


def _judged(site: Site, how: str, seconds: float) -> Iterator[Gate]:
    for mine in site.passes[:4]:  # each worker has compiled its pages
        for page in site.pages:
            Browser(site.server.port, mine).get(page)
    used = site.server.cpu_seconds()
    seen = _work(site, seconds)
    asked = [*seen.reads, *seen.writes]
    each = 1000 * (site.server.cpu_seconds() - used) / len(asked)
    name = f"{site.world.database}, {USERS} users, {how}"
    for what, found, most in (
        ("read", seen.reads, READ_SECONDS), ("write", seen.writes, WRITE_SECONDS),
    ):  # fmt: skip
        times = [one.seconds for one in found]
        p95 = share(times, 0.95)
        yield Gate(
            f"{name}: p95 {what} ≤ {1000 * most:.0f} ms",
            f"p95 {1000 * p95:.0f} ms, median {1000 * share(times, 0.5):.0f} ms of {len(times):,},"
            f" {each:.1f} ms CPU each",
            p95 <= most,
        )
    wrong = [one for one in asked if one.status not in (200, 303)]
    yield Gate(f"{name}: no error", f"{len(wrong)} of {len(asked):,}: {counted(wrong) or 'none'}",
               not wrong)  # fmt: skip


def _work(site: Site, seconds: float) -> _Seen:
    """Everybody thinks, asks for a page or sends a form, and thinks again."""
    seen, until = _Seen(), monotonic() + seconds

    def person(number: int) -> None:
        random, browser = Random(number), Browser(site.server.port, site.passes[number])
        sleep(random.uniform(0, THINK[1]))
        while monotonic() < until:
            if random.random() < WRITING:
                address, form = random.choice(site.forms)
                key = uuid4().hex
                seen.writes.append(browser.post(address, form | {"source": key, "once": key}))
            else:
                seen.reads.append(browser.get(random.choice(site.pages)))
            sleep(random.uniform(*THINK))
        browser.close()

    in_threads(person, range(USERS))
    return seen


@dataclass
class _Done:
    said: commands.Said | None = None
    is_solving: bool = False

    @property
    def is_well(self) -> bool:
        return self.said is not None and self.said.code == 0 and self.is_solving

    def __str__(self) -> str:
        words = self.said.words.strip().splitlines()[-1:] if self.said else ["not ended"]
        worker = "worker alive" if self.is_solving else "worker gone"
        return f"{worker}, import: {' '.join(words)[:110]}"


@contextmanager
def _busy(site: Site, rows: int) -> Iterator[_Done]:
    """A worker that solves all the time and an import of a file, each a process of its own."""
    done = _Done()
    file = repeated(EXTRACT, site.folder / "rows.csv", rows)
    with site.session() as session, transaction(session):
        lead = session.scalars(select(Person).where(Person.name == "Lena Lead")).one()
        for number in range(3):
            queue_problem(
                session, site.world.scenario_id, portfolio(50, 12, seed=number + 1), actor=lead,
                now=datetime.now(UTC),
            )  # fmt: skip
    worker = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=commands.ROOT,
        env=commands.environment(site.world.url, site.folder), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, preexec_fn=die_with_parent(),
    )  # fmt: skip

    def bring_in() -> None:
        done.said = commands.run(site.world.url, site.folder, *import_arguments(file))

    thread = Thread(target=bring_in)
    thread.start()
    try:
        yield done
        done.is_solving = worker.poll() is None
    finally:
        thread.join()
        worker.terminate()
        worker.wait(timeout=60)
