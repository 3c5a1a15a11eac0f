"""Addresses: what no database can look for is a page that isn't there, the rest is built once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import BuildError, IntegerConverter

from app.web import addresses
from tests.factories.accounts import Cast

ClientFor = Callable[[Any], Any]


class TestNumbers:
    @pytest.mark.parametrize("page", ["cycles", "initiatives/import", "teams", "runs"])
    @pytest.mark.parametrize("number", ["2147483648", "9" * 12, "9" * 30])
    def test_larger_than_any_id_name_nothing(
        self, page: str, number: str, cast: Cast, client_for: ClientFor
    ) -> None:
        end = "/edit" if page == "teams" else ""
        assert client_for(cast.cfo).get(f"/{page}/{number}{end}").status_code == 404

    def test_have_a_largest_one_in_every_address(self, app: Flask) -> None:
        found = [
            converter
            for rule in app.url_map.iter_rules()
            for converter in rule._converters.values()
            if isinstance(converter, IntegerConverter)
        ]
        assert found and all(converter.max == 2_147_483_647 for converter in found)


class TestKeptAddresses:
    """They are built once; what they depend on makes another of them."""

    @pytest.mark.parametrize(
        ("endpoint", "values"),
        [
            ("initiatives.show", {"key": "CX-1"}),
            ("initiatives.show", {"key": "A/B ü"}),
            ("initiatives.index", {"q": "a b&c", "sort": "-cost"}),
            ("initiatives.index", {"sort": "-cost", "q": "a b&c"}),
            ("initiatives.index", {"q": None, "page": 2}),
            ("roadmap.gate", {"tranche_id": 7, "_anchor": "decision"}),
            ("approvals.show", {"proposal_id": 7, "without": [1, 2]}),
            ("initiatives.index", {"q": "x" * 5000}),
            ("static", {"filename": "icons.svg", "v": "abc"}),
        ],
    )
    def test_are_the_same_every_time(
        self, app: Flask, endpoint: str, values: dict[str, Any]
    ) -> None:
        with app.test_request_context():
            built = Flask.url_for(app, endpoint, **values)
            assert [url_for(endpoint, **values) for _ in range(3)] == [built] * 3

    def test_differ_by_where_the_site_is_mounted(self, app: Flask) -> None:
        with app.test_request_context():
            assert url_for("roadmap.gates") == "/gates"
        with app.test_request_context(base_url="http://localhost/cx/"):
            assert url_for("roadmap.gates") == "/cx/gates"
            assert url_for("roadmap.gates", _external=True) == "http://localhost/cx/gates"

    def test_of_a_page_that_is_not_there_are_refused_every_time(self, app: Flask) -> None:
        with app.test_request_context():
            for _ in range(2):
                with pytest.raises(BuildError):
                    url_for("roadmap.nowhere")

    def test_are_a_bounded_number(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(addresses, "MOST_KEPT", 2)
        with app.test_request_context():
            found = [url_for("roadmap.gate", tranche_id=n) for n in (1, 2, 3, 1)]
        assert found == ["/gates/1", "/gates/2", "/gates/3", "/gates/1"]
