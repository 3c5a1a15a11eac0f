"""Numbers in addresses: what no database can look for is a page that isn't there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter

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
