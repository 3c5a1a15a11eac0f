"""Read saved views of the registry: one's own and those others share."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.errors import NotFoundError
from app.initiatives.models import SavedView
from app.values.names import by_name


@dataclass(frozen=True, slots=True)
class ViewLine:
    """A view somebody sees, with who saved it."""

    id: int
    name: str
    query: str
    is_shared: bool
    version: int
    owner_id: int
    owner: str

    def is_of(self, person_id: int) -> bool:
        return self.owner_id == person_id


def list_views(session: Session, person_id: int) -> list[ViewLine]:
    """The views of a person by name, then what others share."""
    rows = session.execute(
        select(
            SavedView.id, SavedView.name, SavedView.query, SavedView.is_shared, SavedView.version,
            SavedView.owner_id, Person.name,
        )
        .join(Person, Person.id == SavedView.owner_id)
        .where(or_(SavedView.owner_id == person_id, SavedView.is_shared))
        .order_by(SavedView.id)
    )  # fmt: skip
    lines = by_name((ViewLine(*row) for row in rows), lambda one: one.name)
    return sorted(lines, key=lambda one: not one.is_of(person_id))


def get_view(session: Session, view_id: int, person_id: int) -> SavedView:
    """A view the person sees; what others keep to themselves is not there. Raises NotFoundError."""
    view = session.get(SavedView, view_id)
    if view is None or not (view.is_shared or view.owner_id == person_id):
        raise NotFoundError("There is no such view, or who saved it removed or unshared it.")
    return view
