"""A draft saves itself: nothing said to be saved is lost, nothing newer is replaced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.models import AuditEvent
from app.db.session import transaction
from app.initiatives.models import Initiative
from app.initiatives.queries import ANSWERS, get_initiative
from tests.factories.accounts import Cast
from tests.factories.initiatives import Company, make_draft, make_submitted
from tests.support.client import StrictClient
from tests.support.pages import form_values, text, value_of

ClientFor = Callable[[Person], StrictClient]


@pytest.fixture
def draft(session: Session, cast: Cast, company: Company) -> Initiative:
    with transaction(session):
        return make_draft(session, cast, company)


@pytest.fixture
def path(draft: Initiative) -> str:
    return f"/initiatives/{draft.key}/questions/goals"


def goals(session: Session, draft: Initiative) -> list[str]:
    return [one.text for one in get_initiative(session, draft.key, *ANSWERS).answers]


def events(session: Session) -> int:
    found = select(AuditEvent.number).where(AuditEvent.action == "initiative.answered")
    return len(session.scalars(found).all())


def version_in(answer: Any) -> str:
    return str(answer.soup.find(attrs={"data-answer": True})["data-version"])


class TestWhatIsSaved:
    def test_is_there_after_a_reload_with_one_event_for_each_change(
        self, client_for: ClientFor, session: Session, cast: Cast, draft: Initiative, path: str
    ) -> None:
        client = client_for(cast.owner)
        sent = form_values(client.get(path), path) | {"goals": "Fewer calls."}

        first = client.post(f"{path}/draft", data=sent)
        same = client.post(f"{path}/draft", data=sent | {"version": version_in(first)})
        more = {"goals": "Fewer calls, sooner.", "version": version_in(same)}
        last = client.post(f"{path}/draft", data=sent | more)

        assert [first.status_code, same.status_code, last.status_code] == [200, 200, 200]
        assert value_of(client.get(path), "Business goals") == "Fewer calls, sooner."
        assert events(session) == 2
        assert version_in(first) == version_in(same) != version_in(last)

    def test_is_nothing_for_whoever_may_not_change_it(
        self, client_for: ClientFor, session: Session, cast: Cast, draft: Initiative, path: str
    ) -> None:
        sent = form_values(client_for(cast.owner).get(path), path) | {"goals": "Not mine."}

        refused = client_for(cast.viewer).post(f"{path}/draft", data=sent)

        assert refused.status_code == 403
        assert goals(session, draft) == []


class TestWhatIsRefused:
    def test_stands_at_its_field_and_is_there_after_a_reload(
        self, client_for: ClientFor, session: Session, cast: Cast, draft: Initiative, path: str
    ) -> None:
        client = client_for(cast.owner)
        long = "x" * 20_001
        sent = form_values(client.get(path), path) | {"goals": long}

        refused = client.post(f"{path}/draft", data=sent)

        assert refused.status_code == 422
        assert "Shorten this to at most 20,000 characters." in text(
            refused.soup.find(attrs={"data-problem": "goals"})
        )
        again = client.get(path)
        assert value_of(again, "Business goals") == long
        assert "Not everything here is saved yet." in text(again)
        assert goals(session, draft) == []

    def test_is_forgotten_once_the_draft_is_saved(
        self, client_for: ClientFor, cast: Cast, path: str
    ) -> None:
        client = client_for(cast.owner)
        sent = form_values(client.get(path), path)
        client.post(f"{path}/draft", data=sent | {"goals": "x" * 20_001})

        client.post(f"{path}/draft", data=sent | {"goals": "Short"})

        page = client.get(path)
        assert value_of(page, "Business goals") == "Short"
        assert "Not everything here is saved yet." not in text(page)

    def test_never_replaces_what_somebody_else_saved_and_shows_both(
        self, client_for: ClientFor, session: Session, cast: Cast, draft: Initiative, path: str
    ) -> None:
        mine, theirs = client_for(cast.owner), client_for(cast.lead)
        seen = form_values(mine.get(path), path)
        theirs.post(f"{path}/draft", data=form_values(theirs.get(path), path) | {"goals": "Theirs"})

        refused = mine.post(f"{path}/draft", data=seen | {"goals": "Mine"})

        assert refused.status_code == 409
        assert goals(session, draft) == ["Theirs"]
        said = text(refused)
        assert "Lena Lead changed this while you were writing" in said
        assert "Mine" in said and "Theirs" in said
        page = mine.get(path)
        assert value_of(page, "Business goals") == "Mine"
        assert mine.post(path, data=form_values(page, path)).status_code == 409
        assert goals(session, draft) == ["Theirs"]

    def test_keeps_theirs_where_that_is_chosen(
        self, client_for: ClientFor, cast: Cast, path: str
    ) -> None:
        mine, theirs = client_for(cast.owner), client_for(cast.lead)
        seen = form_values(mine.get(path), path)
        theirs.post(f"{path}/draft", data=form_values(theirs.get(path), path) | {"goals": "Theirs"})
        refused = mine.post(f"{path}/draft", data=seen | {"goals": "Mine"})

        chosen = form_values(refused, "/account/typed/forget")
        mine.post("/account/typed/forget", data=chosen)

        assert value_of(mine.get(path), "Business goals") == "Theirs"

    def test_says_why_once_it_is_no_draft_any_more(
        self, client_for: ClientFor, session: Session, cast: Cast, company: Company
    ) -> None:
        with transaction(session):
            made = make_submitted(session, cast, company)
        here = f"/initiatives/{made.key}/questions/goals"
        client = client_for(cast.owner)
        page = client.get(here)

        refused = client.post(
            f"{here}/draft", data={"goals": "Too late", "version": str(made.version)}
        )

        assert page.soup.find(attrs={"data-autosave": True}) is None
        assert refused.status_code == 409
        assert "It is with Finance." in text(refused)
