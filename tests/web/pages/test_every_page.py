"""Every page of the demo company that a role can reach by links: sound, quick, no dead ends."""

from __future__ import annotations

import pytest

from app.accounts.rules import Role
from tests.support.crawl import Crawler
from tests.support.demo import Demo
from tests.support.sign_in import sign_in


class TestEveryPage:
    @pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
    def test_can_be_read_by_those_it_is_linked_for(self, demo: Demo, role: Role) -> None:
        client = demo.app.test_client()
        now = demo.app.config["FIXED_NOW"]
        sign_in(client, demo.session, demo.person(role), now=now)  # type: ignore[arg-type]
        walk = Crawler(client).walk()  # type: ignore[arg-type]
        assert not walk.complaints, "\n".join(walk.complaints)
        assert len(walk.pages) >= 5
