"""Everything that can be posted, done with success: exactly one event for each subject changed.

A walk per package does each of its things; together they have to be everything there is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from app.extensions import db
from app.web.guards import public
from tests.factories.accounts import Cast
from tests.support.client import StrictClient
from tests.web.access.walks import (
    accounts,
    api,
    approvals,
    calendar,
    comments,
    demo,
    initiatives,
    interactions,
    journeys,
    mail,
    meetings,
    portfolio,
    registry,
    reviews,
    roadmap,
)
from tests.web.access.walks.walk import Walk

WALKS = {
    module.__name__.rpartition(".")[2]: module.walk
    for module in (
        accounts, api, approvals, calendar, comments, demo, initiatives, interactions, journeys,
        mail, meetings, portfolio, registry, reviews, roadmap,
    )
}  # fmt: skip
CHANGES = {"POST", "PUT", "PATCH", "DELETE"}


def _posted(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules() if CHANGES & (rule.methods or set())}


@pytest.fixture
def world(
    app: Flask,
    session: Session,
    engine: Engine,
    cast: Cast,
    now: datetime,
    client_for: Callable[[Person], StrictClient],
    run_jobs: Callable[[], int],
) -> Walk:
    return Walk(app, session, engine, cast, now, client_for, run_jobs)


class TestEverythingPosted:
    @pytest.mark.parametrize("name", [name for name in WALKS if name != "interactions"])
    def test_leaves_exactly_its_events(self, app: Flask, world: Walk, name: str) -> None:
        WALKS[name](world)
        assert not world.wrong, "\n".join(world.wrong)
        assert world.acted == {one for one in _posted(app) if one.startswith(f"{name}.")}

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_leaves_exactly_its_events_for_logs_too(self, app: Flask, world: Walk) -> None:
        self.test_leaves_exactly_its_events(app, world, "interactions")

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_has_its_walk(self, app: Flask) -> None:
        assert {one.partition(".")[0] for one in _posted(app)} == set(WALKS)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestARouteThatForgets:
    """The control: what is written without an event, or with one too many, is found."""

    def test_is_found(
        self, make_app: Callable[..., Flask], cast: Cast, unrecorded: list[str]
    ) -> None:
        app = make_app(WTF_CSRF_ENABLED=False)

        def forgets() -> str:
            with transaction(db.session):
                db.session.execute(update(Person).values(name="Somebody Else"))
            return "done"

        app.add_url_rule("/forgets", "forgets", public(forgets), methods=["POST"])
        assert app.test_client().post("/forgets", loose=True).status_code == 200
        assert unrecorded == ["POST /forgets changed people without an event"]
        unrecorded.clear()

    def test_is_found_when_it_says_another_thing(self, world: Walk) -> None:
        world.act(world.cast.lead, "/account/theme", "person.created", theme="dark")
        world.act(world.cast.lead, "/account/theme", theme="light")
        assert ["wanted" in one or "changes nothing" in one for one in world.wrong] == [True] * 3
