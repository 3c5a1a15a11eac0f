"""Every route × method × role: those the table names get in, nobody else, nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter

from app.accounts.models import Person
from app.accounts.rules import PERMISSIONS, Role
from app.db.session import transaction
from app.web.guards import PUBLIC, SAFE_METHODS, SIGNED_IN, policy_of, takes_token
from tests.factories.accounts import make_person
from tests.support.client import StrictClient
from tests.support.digests import database_digest

WRITES = ("INSERT", "UPDATE", "DELETE")


class Way(NamedTuple):
    """One route with one method."""

    endpoint: str
    method: str
    address: str
    policy: str

    def admits(self, roles: frozenset[Role]) -> bool:
        return self.policy in (PUBLIC, SIGNED_IN) or bool(roles & PERMISSIONS[self.policy])


def _ways(app: Flask) -> Iterator[Way]:
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or takes_token(app.view_functions[rule.endpoint]):
            continue  # what takes a token is walked in tests/api
        arguments = {
            name: 1 if isinstance(rule._converters[name], IntegerConverter) else "none"
            for name in rule.arguments
        }
        address = adapter.build(rule.endpoint, arguments)
        policy = policy_of(app.view_functions[rule.endpoint])
        assert policy is not None, f"{rule.endpoint} declares no policy."
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Way(rule.endpoint, method, address, policy)


@pytest.fixture
def people(session: Session) -> dict[str, Person]:
    """One person for every role, and one without any."""
    with transaction(session):
        made = {role.value: make_person(session, f"{role.value} Only", role) for role in Role}
        made["nobody"] = make_person(session, "Nobody Special")
    return made


class TestEveryRoute:
    """The pages of refusal are `loose` here: the frame's own tests show that they are sound."""

    def test_refuses_those_whose_role_is_not_named(
        self,
        app: Flask,
        engine: Engine,
        people: dict[str, Person],
        client_for: Callable[[Person], StrictClient],
    ) -> None:
        clients = {name: client_for(person) for name, person in people.items()}
        before = database_digest(engine)
        wrong = []
        for way in _ways(app):
            for name, person in people.items():
                if way.admits(person.roles):
                    continue
                response = clients[name].open(way.address, method=way.method, loose=True)
                wrote = [s for s in response.queries if s.lstrip().upper().startswith(WRITES)]
                if response.status_code != 403 or wrote:
                    wrong.append((name, way, response.status_code, wrote))
        assert wrong == []
        assert database_digest(engine) == before

    def test_lets_in_those_whose_role_is_named(
        self,
        app: Flask,
        people: dict[str, Person],
        client_for: Callable[[Person], StrictClient],
        session: Session,
    ) -> None:
        wrong = []
        for way in _ways(app):
            for name in people:
                person = session.get_one(Person, people[name].id, populate_existing=True)
                roles = person.roles
                if not way.admits(roles):
                    continue
                response = client_for(person).open(way.address, method=way.method)
                if response.status_code in (401, 403) or response.status_code >= 500:
                    wrong.append((name, way, response.status_code))
        assert wrong == []

    def test_sends_strangers_to_the_sign_in_page_and_carries_nothing_out(
        self, app: Flask, engine: Engine, client: StrictClient
    ) -> None:
        before = database_digest(engine)
        wrong = []
        for way in _ways(app):
            if way.policy == PUBLIC:
                continue
            response = client.open(way.address, method=way.method, loose=True)
            if way.method in SAFE_METHODS:
                fits = response.status_code == 303 and "/sign-in" in response.headers["Location"]
            else:
                fits = response.status_code == 401
            if not fits:
                wrong.append((way, response.status_code))
        assert wrong == []
        assert database_digest(engine) == before

    def test_refuses_writing_without_the_token(
        self,
        app: Flask,
        engine: Engine,
        people: dict[str, Person],
        client_for: Callable[[Person], StrictClient],
    ) -> None:
        clients = {name: client_for(person) for name, person in people.items()}
        before = database_digest(engine)
        wrong = []
        for way in _ways(app):
            if way.method in SAFE_METHODS:
                continue
            admitted = next(n for n, person in people.items() if way.admits(person.roles))
            for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.test"}):
                response = clients[admitted].open(
                    way.address,
                    method=way.method,
                    headers=headers,
                    csrf=bool(headers),
                    loose=True,
                )
                if response.status_code != 400:
                    wrong.append((way, headers, response.status_code))
        assert wrong == []
        assert database_digest(engine) == before


class TestARouteWithoutPolicy:
    def test_is_refused_to_everybody(
        self,
        make_app: Callable[..., Flask],
    ) -> None:
        app = make_app()
        app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
        assert app.test_client().get("/forgotten").status_code == 403
