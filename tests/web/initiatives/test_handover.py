"""An initiative whose owner is gone says so, and names the way out to whoever has it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.accounts.services import deactivate_person
from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.initiatives import NOW, Company, make_candidate
from tests.support.client import StrictClient
from tests.support.pages import error_on, form_values, links, text

ClientFor = Callable[[Person], StrictClient]


@pytest.fixture
def key(session: Session, cast: Cast, company: Company) -> str:
    with transaction(session):
        made = make_candidate(session, cast, company).key
    with transaction(session):
        deactivate_person(session, cast.owner, actor=cast.admin, now=NOW)
    return made


class TestHandover:
    @pytest.mark.parametrize("who", ["lead", "admin"])
    def test_leads_from_the_page_that_blocks_to_a_new_owner(
        self, client_for: ClientFor, cast: Cast, key: str, who: str
    ) -> None:
        client = client_for(getattr(cast, who))
        page = client.get(f"/initiatives/{key}")
        assert "Omar Owner owns it and cannot sign in any more" in text(page)
        assert len(page.queries) <= 12
        place = links(page)["Hand over ownership"]
        assert links(client.get("/findings"))["Hand over ownership"] == place

        sent = form_values(client.get(place), place)
        refused = client.post(place, data=sent | {"owner_id": str(cast.manager.id)})
        assert refused.status_code == 422
        assert error_on(refused, "Reason") == "Give the reason; it stays on the record."
        done = client.post(
            place, data=sent | {"owner_id": str(cast.manager.id), "reason": "Omar left"}
        )

        assert done.status_code == 303
        for reader in (cast.lead, cast.admin, cast.manager):
            told = text(client_for(reader).get(f"/initiatives/{key}/history"))
            assert "Handed over: Omar Owner → Mina Manager" in told and "Omar left" in told
        assert "cannot sign in" not in text(client.get(f"/initiatives/{key}"))

    def test_tells_everybody_else_who_can(
        self, client_for: ClientFor, cast: Cast, key: str
    ) -> None:
        page = client_for(cast.cfo).get(f"/initiatives/{key}")
        assert "A CX lead or an admin can hand over its ownership." in text(page)
        assert "Hand over ownership" not in links(page)

    def test_says_why_not_while_the_owner_is_there(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_candidate(session, cast, company).key
        page = client_for(cast.lead).get(f"/initiatives/{made}/handover")
        assert "it is handed over once its owner is gone" in text(page)
