"""The style guide: in development only, with every macro there is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import nodes
from jinja2.runtime import Macro
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.accounts.models import Person
from tests.factories.accounts import Cast
from tests.support.client import StrictClient
from tests.support.digests import database_digest
from tests.support.pages import parse, text
from tests.support.sign_in import sign_in
from tests.support.sound_html import mistakes

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

Signed = Callable[[Person], StrictClient]


@pytest.fixture
def guide(make_app: Callable[..., Flask]) -> Flask:
    return make_app(ENVIRONMENT="development")


@pytest.fixture
def reader(guide: Flask, session: Session, cast: Cast) -> StrictClient:
    client: Any = guide.test_client()
    sign_in(client, session, cast.lead, now=guide.config["FIXED_NOW"])
    return client  # type: ignore[no-any-return]


def _every_macro(app: Flask) -> set[str]:
    """The macros of the components that pages may use: `file.macro`; others begin with _."""
    names = set()
    folder = Path(app.root_path) / "templates" / "components"
    for file in folder.glob("*.html"):
        tree = app.jinja_env.parse(file.read_text(encoding="utf-8"))
        found = {macro.name for macro in tree.find_all(nodes.Macro)}
        names |= {f"{file.stem}.{name}" for name in found if not name.startswith("_")}
    return names


class TestWhere:
    def test_there_is_none_but_in_development(self, client_for: Signed, cast: Cast) -> None:
        assert client_for(cast.lead).get("/styleguide", loose=True).status_code == 404

    def test_there_is_none_in_production(self, make_app: Callable[..., Flask]) -> None:
        app = make_app(
            ENVIRONMENT="production",
            SECRET_KEY="kX9-vQ2_mZ7pLr4TnW8sYb3HdF6gJc1A",
            TRUSTED_HOSTS=["localhost"],
        )
        assert "/styleguide" not in {str(rule) for rule in app.url_map.iter_rules()}

    def test_who_is_not_signed_in_signs_in_first(self, guide: Flask) -> None:
        answer = guide.test_client().get("/styleguide")
        assert answer.status_code == 303
        assert "/sign-in" in answer.headers["Location"]


class TestPage:
    def test_is_sound(self, reader: StrictClient) -> None:
        answer = reader.get("/styleguide")
        assert answer.status_code == 200
        assert mistakes(answer.get_data(as_text=True)) == []

    def test_draws_every_macro_of_the_components(
        self, guide: Flask, reader: StrictClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drawn: set[str] = set()
        invoke = Macro._invoke

        def note(self: Macro, *args: Any, **kwargs: Any) -> Any:
            file = Path(self._func.__code__.co_filename)
            if file.parent.name == "components":
                drawn.add(f"{file.stem}.{self.name}")
            return invoke(self, *args, **kwargs)

        monkeypatch.setattr(Macro, "_invoke", note)
        assert reader.get("/styleguide").status_code == 200
        assert _every_macro(guide) - drawn == set()

    def test_names_every_macro_at_a_place_of_its_own(
        self, guide: Flask, reader: StrictClient
    ) -> None:
        page = parse(reader.get("/styleguide").get_data(as_text=True))
        named = [text(link) for link in page.select("a[id^=macro-]")]
        assert len(named) == len(set(named))
        assert set(named) == _every_macro(guide)

    def test_says_that_it_is_sample_data(self, reader: StrictClient) -> None:
        assert "All of it is sample data" in reader.get("/styleguide").get_data(as_text=True)

    def test_every_colour_stands_with_its_name(self, reader: StrictClient) -> None:
        html = reader.get("/styleguide").get_data(as_text=True)
        assert all(f"--{name}<" in html for name in ("accent", "h7", "on-hot", "paper-ink"))


class TestButtons:
    def test_change_nothing_and_say_so(
        self, reader: StrictClient, engine: Engine, session: Session
    ) -> None:
        before = database_digest(engine)
        answer = reader.post("/styleguide", data={"title": "x"}, follow_redirects=True)
        assert "nothing has been changed" in answer.get_data(as_text=True)
        assert database_digest(engine) == before
