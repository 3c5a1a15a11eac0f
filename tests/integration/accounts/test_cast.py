"""The cast that other tests play with is what it says."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.factories.accounts import Cast


class TestCast:
    def test_each_holds_the_part_named(self, cast: Cast) -> None:
        assert cast.lead.may("proposals.submit")
        assert cast.cfo.may("proposals.decide")
        assert cast.cfo2.may("proposals.decide")
        assert not cast.admin.may("proposals.decide")
        assert cast.owner.roles == cast.stranger.roles

    def test_is_saved_for_other_connections(self, cast: Cast, engine: Engine) -> None:
        with Session(engine) as other:
            found = other.get(type(cast.viewer), cast.viewer.id)
            assert found is not None
            assert found.email == "vera@waymark.test"
