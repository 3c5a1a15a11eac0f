"""Somebody who proposes what is there already is told so, and never kept from it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db.session import transaction
from app.initiatives.models import Initiative
from tests.factories.accounts import Cast
from tests.factories.initiatives import Company, make_complete, make_draft
from tests.support.client import StrictClient
from tests.support.pages import field, form_values, links, text

ClientFor = Callable[[Person], StrictClient]


@pytest.fixture
def there(session: Session, cast: Cast, company: Company) -> Initiative:
    with transaction(session):
        return make_complete(session, cast, company, title="Claim status tracker")


class TestSimilar:
    def test_is_said_while_the_title_is_typed(
        self, client_for: ClientFor, cast: Cast, there: Initiative
    ) -> None:
        client = client_for(cast.lead)
        title = field(client.get("/initiatives/new"), "Title")
        page = client.get(f"{title['data-hx-get']}?title=tracker+of+claim+status")
        said = text(page.soup.find(id="similar"))
        assert there.key in said and "Omar Owner" in said and "Draft" in said
        assert "Both titles say “tracker”, “claim”, “status”, 3 of their 3 words" in said
        assert len(page.queries) <= 12

    def test_is_said_of_the_draft_which_is_proposed_all_the_same(
        self, client_for: ClientFor, cast: Cast, there: Initiative
    ) -> None:
        client = client_for(cast.lead)
        typed = form_values(client.get("/initiatives/new"), "/initiatives/new") | {
            "title": "Claims tracker", "unit": "Claims", "lens": "process",
        }  # fmt: skip
        answer = client.post("/initiatives/new", data=typed)
        assert answer.status_code == 303
        said = text(client.get(answer.headers["Location"]))
        assert f"Look whether it is there already: {there.key} Claim status tracker." in said
        overview = client.get("/initiatives/CX-102")
        for place in (
            links(overview)["Similar initiatives"], "/initiatives/CX-102/questions",
            "/initiatives/CX-102/questions/goals", "/initiatives/CX-102/questions/design",
        ):  # fmt: skip
            page = client.get(place)
            assert f"{there.key} Claim status tracker" in links(page), place
            assert "Similar initiatives" in text(page) and len(page.queries) <= 12, place
        own = field(client.get("/initiatives/CX-102/edit"), "Title")["data-hx-get"]
        assert "CX-102" not in text(
            client.get(f"{own}&title=Claims+tracker").soup.find(id="similar")
        )

    def test_is_nothing_where_nothing_is_like_it(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_draft(session, cast, company, title="Callback")
        client = client_for(cast.viewer)
        assert "Similar initiatives" not in text(client.get(f"/initiatives/{made.key}/questions"))
        for asked in ("?title=Something+else", "?title=", "", "?title=%0A&of=%27"):
            page = client.get(f"/initiatives/similar{asked}")
            assert page.status_code == 200 and "No initiative is like it" in text(page)
