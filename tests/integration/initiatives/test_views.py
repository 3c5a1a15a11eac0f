"""Saved views: whose they are, who sees them, and what becomes of them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.models import AuditEvent
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from app.initiatives.models import SavedView
from app.initiatives.queries import get_view, list_views
from app.initiatives.rules import MOST_VIEWS
from app.initiatives.services import (
    remove_view,
    rename_view,
    replace_view,
    save_view,
    share_view,
    unshare_view,
)
from tests.factories.accounts import Cast
from tests.factories.initiatives import NOW


def by(actor: Person, version: int | None = None) -> dict[str, Any]:
    return {"expected_version": version, "actor": actor, "now": NOW}


@pytest.fixture
def view(session: Session, cast: Cast) -> SavedView:
    with transaction(session):
        return save_view(session, " My  drafts ", "state=draft", actor=cast.lead, now=NOW)


class TestSaveView:
    def test_is_of_who_saved_it_alone(self, session: Session, cast: Cast, view: SavedView) -> None:
        assert [one.name for one in list_views(session, cast.lead.id)] == ["My drafts"]
        assert list_views(session, cast.viewer.id) == []
        with pytest.raises(NotFoundError):
            get_view(session, view.id, cast.viewer.id)

    def test_refuses_a_name_twice_whatever_its_case(
        self, session: Session, cast: Cast, view: SavedView
    ) -> None:
        with pytest.raises(InvalidError, match="You have a view “My drafts” already"):
            save_view(session, "my DRAFTS", "", actor=cast.lead, now=NOW)
        save_view(session, "my DRAFTS", "", actor=cast.viewer, now=NOW)

    @pytest.mark.parametrize("name", ["", "   ", "x" * 61])
    def test_refuses_what_is_no_name(self, session: Session, cast: Cast, name: str) -> None:
        with pytest.raises(InvalidError):
            save_view(session, name, "", actor=cast.lead, now=NOW)

    def test_refuses_more_than_anybody_finds_again(self, session: Session, cast: Cast) -> None:
        for number in range(MOST_VIEWS):
            save_view(session, f"View {number}", "", actor=cast.lead, now=NOW)
        with pytest.raises(InvalidError, match="Remove one first"):
            save_view(session, "One more", "", actor=cast.lead, now=NOW)


class TestShareView:
    def test_shows_it_to_everybody_with_who_shares_it(
        self, session: Session, cast: Cast, view: SavedView
    ) -> None:
        with transaction(session):
            share_view(session, view, **by(cast.lead))
        (seen,) = list_views(session, cast.viewer.id)
        assert (seen.name, seen.owner, seen.is_shared) == ("My drafts", "Lena Lead", True)
        with pytest.raises(ConflictError, match="shared already"):
            share_view(session, view, **by(cast.lead))
        with transaction(session):
            unshare_view(session, view, **by(cast.lead))
        assert list_views(session, cast.viewer.id) == []


class TestChanging:
    def test_is_for_who_saved_it(self, session: Session, cast: Cast, view: SavedView) -> None:
        with transaction(session):
            share_view(session, view, **by(cast.lead))
        for other in (cast.viewer, cast.admin):
            with pytest.raises(NotAllowedError):
                rename_view(session, view, "Mine now", **by(other))
            with pytest.raises(NotAllowedError):
                replace_view(session, view, "", **by(other))
            with pytest.raises(NotAllowedError):
                unshare_view(session, view, **by(other))

    def test_refuses_what_was_changed_meanwhile(
        self, session: Session, cast: Cast, view: SavedView
    ) -> None:
        seen = view.version
        with transaction(session):
            replace_view(session, view, "state=submitted", **by(cast.lead, seen))
        with pytest.raises(ConflictError, match="changed meanwhile"):
            rename_view(session, view, "Other", **by(cast.lead, seen))

    def test_leaves_an_event_of_each_act(
        self, session: Session, cast: Cast, view: SavedView
    ) -> None:
        with transaction(session):
            rename_view(session, view, "Drafts", **by(cast.lead))
            replace_view(session, view, "state=draft&sort=-cost", **by(cast.lead))
            share_view(session, view, **by(cast.lead))
            remove_view(session, view, **by(cast.admin))
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.number)).all()
        mine = [one.action for one in events if one.subject.startswith("saved_view:")]
        assert mine == [
            "view.saved", "view.renamed", "view.replaced", "view.shared", "view.removed",
        ]  # fmt: skip


class TestRemoveView:
    def test_is_for_its_owner_and_for_an_admin_once_it_is_shared(
        self, session: Session, cast: Cast, view: SavedView
    ) -> None:
        with pytest.raises(NotAllowedError):
            remove_view(session, view, **by(cast.admin))
        with transaction(session):
            share_view(session, view, **by(cast.lead))
        with pytest.raises(NotAllowedError):
            remove_view(session, view, **by(cast.viewer))
        with transaction(session):
            remove_view(session, view, **by(cast.admin))
        assert list_views(session, cast.lead.id) == []
