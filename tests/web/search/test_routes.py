"""The search finds what a person may open and nothing else; it needs no scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.accounts.services import hide_costs
from app.db.session import transaction
from app.search.rules import ACTIONS, ALSO, PAGES
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.initiatives import make_company, make_draft
from tests.support.pages import heading, links, parse, text

ClientFor = Callable[[Any], Any]
CAST = ("lead", "cfo", "manager", "viewer", "admin")


@pytest.fixture
def world(session: Session, cast: Cast, now: datetime) -> None:
    with transaction(session):
        made = make_world(session, cast, now)
    session.expire_all()
    with transaction(session):
        make_commitments(session, cast, now, made)


def found(page: Any) -> dict[str, list[str]]:
    """The names of what was found, by group."""
    return {
        text(group.h2): [text(line) for line in group.find_all("a")]
        for group in parse(page).find(id="content").find_all("section")
    }


def options(page: Any) -> dict[str, str]:
    """What the palette offers: words and addresses."""
    return {text(one): str(one["href"]) for one in parse(page).find_all(role="option")}


class TestSearch:
    def test_sends_strangers_to_sign_in(self, client: Any) -> None:
        assert "/sign-in" in client.get("/search?q=x").location

    def test_every_page_leads_to_it_without_scripts(
        self, client_for: ClientFor, cast: Cast
    ) -> None:
        page = parse(client_for(cast.viewer).get("/journeys"))
        form = page.find("form", class_="finder")
        assert (form["action"], form["method"], form.input["name"]) == ("/search", "get", "q")
        assert page.find(class_="more-sheet").find("a", href="/search")

    def test_finds_an_initiative_by_its_key(
        self, client_for: ClientFor, cast: Cast, world: None
    ) -> None:
        page = client_for(cast.viewer).get("/search?q=cx-101")
        assert heading(page) == "Search"
        groups = found(page)
        assert next(iter(groups)) == "Initiatives"
        assert groups["Initiatives"][0].startswith("CX-101 ")
        assert links(page)[groups["Initiatives"][0]] == "/initiatives/CX-101"
        assert len(groups["Hurdles"]) == 3

    def test_keeps_the_words_in_its_field(self, client_for: ClientFor, cast: Cast) -> None:
        page = client_for(cast.lead).get("/search", query_string={"q": "50% \"<b>'\\_"})
        assert parse(page).find(id="filter-q")["value"] == "50% \"<b>'\\_"
        assert "Nothing found" in text(page)

    def test_leads_to_all_initiatives_where_there_are_more(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            company = make_company(session, cast)
            for _ in range(10):
                make_draft(session, cast, company, title="Fewer & better calls")
        client = client_for(cast.lead)
        page = client.get("/search", query_string={"q": "better & calls"})
        assert len(found(page)["Initiatives"]) == 8 + 1
        address = links(page)["All initiatives with these words"]
        assert address == f"/initiatives?q={quote('better & calls').replace('%20', '+')}"
        assert "10 initiatives of this filter" in text(client.get(address))

    @pytest.mark.parametrize("words", ["a", "", "cx-101", "no such words"])
    def test_asks_little_of_the_database(
        self, app: Flask, client_for: ClientFor, cast: Cast, world: None, words: str
    ) -> None:
        client = client_for(cast.admin)
        client.get("/search?q=a")
        asked: list[str] = []
        with app.app_context():
            engine = app.extensions["sqlalchemy"].engine

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            client.get("/search", query_string={"q": words})
        finally:
            event.remove(engine, "before_cursor_execute", note)
        assert len([one for one in asked if not one.startswith(("PRAGMA", "BEGIN"))]) <= 12


class TestRights:
    @pytest.mark.parametrize("who", CAST)
    @pytest.mark.parametrize("words", ["", "a", "1", "cx-101"])
    def test_everything_found_opens(
        self, client_for: ClientFor, cast: Cast, world: None, who: str, words: str
    ) -> None:
        client = client_for(getattr(cast, who))
        refused = {
            address: status
            for address in _addresses(client, words)
            if (status := client.get(address).status_code) != 200
        }
        assert refused == {}

    def test_whom_money_is_hidden_from_finds_nothing_shut(
        self, client_for: ClientFor, cast: Cast, session: Session, world: None, now: datetime
    ) -> None:
        seen = _addresses(client_for(cast.viewer), "1")
        assert any(address.startswith("/runs/") for address in seen)
        with transaction(session):
            hide_costs(session, cast.viewer, actor=cast.admin, now=now)
        client = client_for(cast.viewer)
        for words in ("", "1", "ledger", "balanced", "round"):
            for address in _addresses(client, words):
                assert client.get(address).status_code == 200, address
        assert not any(
            address.startswith(("/runs/", "/scenarios/", "/proposals/", "/ledger"))
            for words in ("", "1", "ledger", "round")
            for address in _addresses(client, words)
        )

    def test_people_are_found_by_who_manages_them(self, client_for: ClientFor, cast: Cast) -> None:
        address = f"/search?q={quote(cast.viewer.name)}"
        assert found(client_for(cast.admin).get(address))["People"] == [cast.viewer.name]
        assert "People" not in found(client_for(cast.lead).get(address))


def _addresses(client: Any, words: str) -> list[str]:
    page = parse(client.get("/search", query_string={"q": words}))
    return [str(one["href"]) for one in page.find(id="content").select("section a")]


class TestPalette:
    def test_is_given_the_list_alone(self, client_for: ClientFor, cast: Cast, world: None) -> None:
        client = client_for(cast.lead)
        part = client.get("/search?q=cx-101", headers={"HX-Request": "true"}, loose=True)
        assert "<html" not in part.get_data(as_text=True)
        assert "HX-Request" in part.headers["Vary"]
        offered = options(part)
        assert next(iter(offered.values())) == "/initiatives/CX-101"
        page = client.get("/search?q=cx-101")
        assert "HX-Request" in page.headers["Vary"]
        assert list(offered.values()) == _addresses(client, "cx-101")

    def test_offers_actions_and_pages_before_anything_is_typed(
        self, client_for: ClientFor, cast: Cast
    ) -> None:
        def offer(person: Any) -> dict[str, str]:
            return options(
                client_for(person).get("/search", headers={"HX-Request": "true"}, loose=True)
            )

        lead, viewer = offer(cast.lead), offer(cast.viewer)
        assert lead["Propose an initiative"] == "/initiatives/new"
        assert lead["Gate calendar"] == viewer["Gate calendar"] == "/gates"
        assert "Propose an initiative" not in viewer

    def test_finds_a_page_by_another_word_for_it(self, client_for: ClientFor, cast: Cast) -> None:
        part = client_for(cast.lead).get(
            "/search?q=gantt", headers={"HX-Request": "true"}, loose=True
        )
        assert options(part) == {"Roadmap": "/roadmap"}

    def test_knows_only_pages_that_exist(self, app: Flask) -> None:
        named = {one.endpoint for one in (*ACTIONS, *PAGES)} | set(ALSO)
        assert named <= set(app.view_functions)

    def test_is_not_on_the_page_of_somebody_signed_out(self, client: Any) -> None:
        page: BeautifulSoup = parse(client.get("/sign-in"))
        assert page.find("dialog") is None
