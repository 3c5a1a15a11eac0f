"""Keep views of the registry: save, rename, replace, share, remove."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import SavedView
from app.initiatives.rules import (
    LONGEST_QUERY,
    MODERATE_VIEWS,
    MOST_VIEWS,
    removal_fault,
    view_name_fault,
)

VIEW = "initiatives.view"


def save_view(
    session: Session, name: str, query: str, *, actor: Person, now: datetime
) -> SavedView:
    """Keep what an address of the registry asks for under a name. Raises InvalidError."""
    if not actor.may(VIEW):
        raise NotAllowedError("Saving a view takes a role that sees initiatives.")
    others = _names(session, actor, besides=None)
    if len(others) >= MOST_VIEWS:
        raise InvalidError(
            f"You have {MOST_VIEWS} views, which is the most. Remove one first.", field="name"
        )
    view = SavedView(
        owner_id=actor.id, name=_name(name, others), query=_query(query), is_shared=False,
        changed_at=now,
    )  # fmt: skip
    session.add(view)
    session.flush()
    _record(session, view, "saved", actor, now, None, {"name": view.name, "query": view.query})
    return view


def rename_view(
    session: Session,
    view: SavedView,
    name: str,
    *,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> None:
    """Give a view another name. Raises InvalidError."""
    _check_owner(view, actor, expected_version)
    before = view.name
    view.name = _name(name, _names(session, actor, besides=view))
    view.changed_at = now
    session.flush()
    _record(session, view, "renamed", actor, now, {"name": before}, {"name": view.name})


def replace_view(
    session: Session,
    view: SavedView,
    query: str,
    *,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> None:
    """Have a view show something else from now on. Raises InvalidError."""
    _check_owner(view, actor, expected_version)
    before = view.query
    view.query, view.changed_at = _query(query), now
    session.flush()
    _record(session, view, "replaced", actor, now, {"query": before}, {"query": view.query})


def share_view(
    session: Session,
    view: SavedView,
    *,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> None:
    """Have everybody see a view."""
    _set_shared(session, view, True, expected_version, actor, now)


def unshare_view(
    session: Session,
    view: SavedView,
    *,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> None:
    """Have nobody else see a view any more."""
    _set_shared(session, view, False, expected_version, actor, now)


def remove_view(
    session: Session,
    view: SavedView,
    *,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> None:
    """Remove a view; an admin can remove what others share. Raises NotAllowedError."""
    fault = removal_fault(
        is_owner=view.owner_id == actor.id,
        is_shared=view.is_shared,
        may_moderate=actor.may(MODERATE_VIEWS),
    )
    if fault is not None:
        raise NotAllowedError(fault)
    _check_still(view, expected_version)
    kept = {"name": view.name, "query": view.query, "owner_id": view.owner_id}
    _record(session, view, "removed", actor, now, kept, None)
    session.delete(view)
    session.flush()


def _set_shared(
    session: Session,
    view: SavedView,
    is_shared: bool,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> None:
    _check_owner(view, actor, expected_version)
    if view.is_shared is is_shared:
        said = "shared already" if is_shared else "not shared"
        raise ConflictError(f"The view “{view.name}” is {said}.")
    view.is_shared, view.changed_at = is_shared, now
    session.flush()
    done = "shared" if is_shared else "unshared"
    before, after = {"is_shared": not is_shared}, {"is_shared": is_shared, "name": view.name}
    _record(session, view, done, actor, now, before, after)


def _check_owner(view: SavedView, actor: Person, expected_version: int | None) -> None:
    if view.owner_id != actor.id:
        raise NotAllowedError("Only who saved a view changes it. Save one of your own.")
    _check_still(view, expected_version)


def _check_still(view: SavedView, expected_version: int | None) -> None:
    if expected_version is not None and view.version != expected_version:
        raise ConflictError("The view was changed meanwhile; look at it again.")


def _names(session: Session, actor: Person, *, besides: SavedView | None) -> set[str]:
    mine = select(SavedView.name).where(SavedView.owner_id == actor.id)
    if besides is not None:
        mine = mine.where(SavedView.id != besides.id)
    return set(session.scalars(mine))


def _name(typed: str, others: set[str]) -> str:
    name = " ".join(typed.split())
    fault = view_name_fault(name, others=others)
    if fault is not None:
        raise InvalidError(fault, field="name")
    return name


def _query(text: str) -> str:
    if len(text) > LONGEST_QUERY:
        raise InvalidError("This asks for too much to be kept; leave some of the filters out.")
    return text


def _record(
    session: Session,
    view: SavedView,
    done: str,
    actor: Person,
    now: datetime,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
) -> None:
    record(
        session, actor=actor, action=f"view.{done}", subject=f"saved_view:{view.id}",
        before=before, after=after, now=now,
    )  # fmt: skip
