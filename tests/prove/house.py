"""A small company whose money is decided, served by gunicorn, with the people at its doors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from app.db.sqlite import engine_options
from app.initiatives.rules import InitiativeDraft, Lens
from app.initiatives.services import create_initiative
from tests.factories.accounts import Cast, make_cast
from tests.factories.approvals import World, make_commitments, make_proposal, make_world
from tests.factories.roadmap import tranches_of
from tests.prove.breakages import drop_guards
from tests.prove.writing import Writers, evidence_form
from tests.support.application import FIXED_NOW, build_app, let_go
from tests.support.databases import Databases
from tests.support.pages import form_values
from tests.support.server import Browser, Pass, WebServer, let_in


@dataclass
class House:
    """A database, the application in this process, and the same one behind gunicorn."""

    databases: Databases
    folder: Path
    app: Flask
    engine: Engine
    server: WebServer
    cast: Cast
    world: World
    now: datetime = FIXED_NOW

    @property
    def kind(self) -> str:
        return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[self.databases.kind]

    def session(self) -> Session:
        return Session(self.engine, expire_on_commit=False)

    def settle(self, *, guarded: bool = True) -> None:
        """Empty the database and let the company move in anew, without the database's guards."""
        self.databases.empty()
        self.cast, self.world = _moved_in(self.engine)
        if not guarded:
            drop_guards(self.engine)

    def count(self, column: Any, *where: Any) -> int:
        """How many there are of something."""
        with self.session() as session:
            return session.scalar(select(func.count(column)).where(*where)) or 0

    def passes(self, *people: Person) -> list[Pass]:
        """Sign people in, each in a browser of their own."""
        with self.session() as session:
            return [let_in(self.app, session, session.get_one(Person, p.id)) for p in people]

    def submit(self) -> int:
        """Submit the plan; the proposal's id."""
        with self.session() as session, transaction(session):
            return make_proposal(session, self.cast, self.now, self.world).id

    def commit(self) -> list[int]:
        """Have the plan approved; the ids of all tranches."""
        with self.session() as session:
            with transaction(session):
                made = make_commitments(session, self.cast, self.now, self.world)
            return [one.id for mine in made.values() for one in tranches_of(session, mine.id)]

    def draft(self) -> str:
        """Add a draft that its owner and the lead may change; its key."""
        portfolio = self.world.portfolio
        draft = InitiativeDraft(
            title="Draft", unit="Claims", lens=Lens.PROCESS, owner_id=self.cast.owner.id,
            planned_start=portfolio.cycle.first_quarter, journey_id=portfolio.journey.id,
            cycle_id=portfolio.cycle.id,
        )  # fmt: skip
        with self.session() as session, transaction(session):
            return create_initiative(session, draft, actor=self.cast.lead, now=self.now).key

    def writers(self) -> Writers:
        """Approve the plan, and have people ready who record measurements of its hurdles."""
        day = self.now.date().isoformat()
        forms = [
            (f"/gates/{one}/evidence", evidence_form(self.engine, one, day))
            for one in self.commit()
        ]
        people = self.passes(self.cast.manager, self.cast.lead, self.cast.owner)
        return Writers(self.server.port, people, forms)

    def form(self, mine: Pass, page: str, action: str | None = None) -> dict[str, Any]:
        """What a browser would send of the form on ``page`` that leads to ``action``."""
        browser = Browser(self.server.port, mine)
        answer = browser.get(page)
        browser.close()
        if answer.status != 200:
            raise RuntimeError(f"{page} answered {answer.status}:\n{self.server.logged()[-3000:]}")
        values = form_values(answer.body.decode(), action)
        values.pop("csrf_token", None)
        return values


def _moved_in(engine: Engine) -> tuple[Cast, World]:
    """People and their portfolio, with all that is read of them later."""
    with Session(engine, expire_on_commit=False) as session:
        with transaction(session):
            cast = make_cast(session)
            world = make_world(session, cast, FIXED_NOW)
        for one in (*vars(cast).values(), world.portfolio.cycle, world.portfolio.journey):
            session.refresh(one)
        for person in vars(cast).values():
            session.refresh(person, ["grants"])
    return cast, world


@contextmanager
def open_house(one: Databases, folder: Path, **wanted: Any) -> Iterator[House]:
    """A company in an empty database, and its server; both are gone at the end."""
    one.reset()
    own = folder / one.kind
    own.mkdir(exist_ok=True)
    with WebServer(one.url, own, now=FIXED_NOW.isoformat(), **wanted) as server:
        app = build_app(one.url, own)
        engine = create_engine(**engine_options(one.url))
        try:
            cast, world = _moved_in(engine)
            yield House(one, own, app, engine, server, cast, world)
        finally:
            let_go(app)
            engine.dispose()
