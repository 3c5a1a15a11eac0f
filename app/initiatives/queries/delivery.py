"""What later stations know of the delivery of initiatives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from sqlalchemy.orm import Session

OPEN_HURDLES: list[Callable[[Session, Collection[int]], Mapping[int, list[str]]]] = []
"""Later stations append which hurdles still hold money: (session, ids) → names in order, by id."""


def load_open_hurdles(session: Session, initiative_ids: Collection[int]) -> dict[int, list[str]]:
    """The names of the hurdles nobody has decided for good, in order, by initiative id."""
    found: dict[int, list[str]] = {}
    for provide in OPEN_HURDLES if initiative_ids else ():
        for initiative_id, names in provide(session, initiative_ids).items():
            found.setdefault(initiative_id, []).extend(names)
    return found
