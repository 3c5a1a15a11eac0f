"""Keep a mapping under a name that people choose it by, and forget it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.errors import InvalidError
from app.interactions.engine.mapping import Mapping
from app.interactions.models import LogMapping
from app.interactions.services.importing import check_may_import

LONGEST_TITLE = 120


def keep_mapping(
    session: Session,
    title: str,
    mapping: Mapping,
    *,
    replace: bool = False,
    actor: Person,
    now: datetime,
) -> LogMapping:
    """Keep a mapping under a name. Raises InvalidError at ``title``, such as for one that is taken.

    With ``replace`` it takes the place of the one that has the name.
    """
    check_may_import(actor)
    title = " ".join(title.split())
    if not title or len(title) > LONGEST_TITLE:
        raise InvalidError(f"Write a name of at most {LONGEST_TITLE} characters.", field="title")
    known = session.scalar(select(LogMapping).where(LogMapping.title == title).with_for_update())
    if known is not None and not replace:
        raise InvalidError(
            "There is a mapping of this name. Choose another name, or tick that this one takes its"
            " place.",
            field="title",
        )
    named = mapping.model_copy(update={"title": title})
    kept = known or LogMapping(title=title)
    before = {"mapping": str(kept.content["name"])} if known else None
    kept.content = named.model_dump(mode="json", exclude_defaults=True)
    kept.saved_by_id, kept.saved_at = actor.id, now
    session.add(kept)
    session.flush()
    record(
        session, actor=actor, action="interactions.mapping_kept", subject=f"log_mapping:{kept.id}",
        before=before, after={"title": title, "mapping": mapping.name}, now=now,
    )  # fmt: skip
    return kept


def forget_mapping(session: Session, kept: LogMapping, *, actor: Person, now: datetime) -> None:
    """Remove a mapping from those to choose from; logs that were read by it stay as they are."""
    check_may_import(actor)
    before: dict[str, object] = {"title": kept.title, "mapping": str(kept.content["name"])}
    session.delete(kept)
    session.flush()
    record(
        session, actor=actor, action="interactions.mapping_removed",
        subject=f"log_mapping:{kept.id}", before=before, now=now,
    )  # fmt: skip
