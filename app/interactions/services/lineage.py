"""What a log is read beside: earlier imports of its source and the customers who were erased.

A log is read outside any transaction, so what it was read beside is looked at again inside the one
that takes it in; where that changed meanwhile, the log has to be read again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import ConflictError
from app.interactions import queries
from app.interactions.engine.mapping import OF_COLUMNS, Mapping, MomentColumn, Place
from app.interactions.engine.requests import CountReport, KnownLog, ReadReport
from app.interactions.services.store import LogStore
from app.journeys.models import InteractionSource

Changed = Literal["refuse", "replace"]
_TAKING_IN = 20_260_801
"""Key of the advisory lock of whoever imports a log or takes one back, and of nobody else."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a log is read beside."""

    known: tuple[KnownLog, ...] = ()
    erased: tuple[int, ...] = ()
    beside: tuple[KnownLog, ...] = field(default=(), compare=False)
    """Of these nothing is left out for, so one more or less of them changes nothing."""


def basis_of(session: Session, store: LogStore, mapping: Mapping) -> Basis:
    """Earlier imports of the mapping's source and others of its journeys, the oldest first, and who
    was erased."""
    own = logs_of(session, mapping)
    others = [one for one in _logs(session) if one not in own and _is_beside(one, mapping)]
    known, beside = (
        tuple(
            KnownLog(
                source_id=one.id, name=one.name,
                folder=str(store.log_folder(one.id, one.digest).resolve()),
            )
            for one in logs
        )
        for logs in (own, others)
    )  # fmt: skip
    return Basis(known, queries.list_suppressed(session) if mapping.customer else (), beside)


def logs_of(session: Session, mapping: Mapping) -> list[InteractionSource]:
    """The live imports of the system a mapping is for, the oldest first; no warehouse's table."""
    return [one for one in _logs(session) if _is_of(one, mapping)]


def _logs(session: Session) -> list[InteractionSource]:
    """Live imports of files by a mapping, the oldest first."""
    return [one for one in queries.list_live_sources(session) if not one.address and one.mapping]


def logs_beside(session: Session, mapping: Mapping) -> list[InteractionSource]:
    """The live imports in which customers of a mapping's log are looked for, the oldest first.

    They name their customers and are of its system, or of a journey that its contacts belong to:
    customers' keys are hashed in one way in all of them. A warehouse's table is not looked into.
    """
    if mapping.customer is None:
        return []
    return [
        one for one in _logs(session) if one.mapping.get("customer") and _is_beside(one, mapping)
    ]


def _is_beside(source: InteractionSource, mapping: Mapping) -> bool:
    its = Mapping.model_validate(source.mapping)
    return _is_of(source, mapping) or _share_a_journey(its.journey, mapping.journey)


def is_of_system(source: InteractionSource, mapping: Mapping) -> bool:
    """Whether a log comes from the system the mapping names, whatever tells its contacts apart."""
    return _is_of(source, mapping) or _name(Mapping.model_validate(source.mapping)) == _name(
        mapping
    )


def _share_a_journey(one: Place | None, other: Place | None) -> bool:
    """Whether contacts of both may be of one journey; a column without words may name any."""
    if one is None or other is None:
        return False
    return not (one.meant and other.meant and one.meant.isdisjoint(other.meant))


def _is_of(source: InteractionSource, mapping: Mapping) -> bool:
    """Whether a log comes from the system the mapping is for.

    A mapping that was made of a file's columns has a name of its own for each way to read one; then
    it is the system it names, whose contacts are told apart and timed by the same columns, however
    their moments are written.
    """
    if not mapping.is_of_columns:
        return source.mapping_name == mapping.name
    if not source.mapping_name.startswith(OF_COLUMNS):
        return False
    return _system(Mapping.model_validate(source.mapping)) == _system(mapping)


def _system(mapping: Mapping) -> tuple[object, ...]:
    when = mapping.when.column if isinstance(mapping.when, MomentColumn) else mapping.when
    return (_name(mapping), mapping.id, when)


def _name(mapping: Mapping) -> str:
    """A system's name, in which case and spaces tell nothing apart."""
    return " ".join(mapping.source.split()).casefold()


def take_turns(session: Session) -> None:
    """Wait until nobody else takes a log in or back; SQLite's writers take turns anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_TAKING_IN)))


def check_basis(session: Session, store: LogStore, mapping: Mapping, basis: Basis) -> None:
    """Raises ConflictError where a log was read beside something else than there is now."""
    if basis_of(session, store, mapping) != basis:
        raise ConflictError(
            "While this file was read, another log of its source came in or was taken back, or a"
            " customer was erased. Nothing was saved; read the file again."
        )


def lineage_of(report: ReadReport, changed: Changed) -> dict[str, object]:
    """What a source keeps of how its log came to be."""
    return {
        "left_out": [one.model_dump(mode="json") for one in report.left_out],
        "known": [one.model_dump(mode="json") for one in report.known],
        "changed": changed,
    }


def mark_replaced(session: Session, source: InteractionSource) -> list[InteractionSource]:
    """Note in earlier imports that this one took the place of rows of theirs; gives those."""
    if (source.lineage or {}).get("changed") != "replace":
        return []
    if not any(one["changed"] for one in _known(source)):
        return []
    # Of several logs with an id all lose it, whichever was the latest to be compared with.
    logs = logs_of(session, Mapping.model_validate(source.mapping))
    earlier = [one for one in logs if one.id != source.id]
    for one in earlier:
        _set_replaced_by(one, [*replaced_by(one), (source.id, source.digest)])
    return earlier


def unmark_replaced(session: Session, source: InteractionSource) -> list[InteractionSource]:
    """Give earlier imports back the rows whose place this one took; gives those imports."""
    mark = (source.id, source.digest)
    earlier = [one for one in queries.list_live_sources(session) if mark in replaced_by(one)]
    for one in earlier:
        _set_replaced_by(one, [other for other in replaced_by(one) if other != mark])
    return earlier


def replaced_by(source: InteractionSource) -> list[tuple[int, str]]:
    """Id and digest of each later import that took the place of rows of this one."""
    found: Any = (source.lineage or {}).get("replaced_by", [])
    return [(int(id_), str(digest)) for id_, digest in found]


def _set_replaced_by(source: InteractionSource, marks: list[tuple[int, str]]) -> None:
    source.lineage = (source.lineage or {}) | {"replaced_by": [list(one) for one in marks]}


def note_near(source: InteractionSource, report: CountReport) -> None:
    """Keep which imports a count looked at beside the source's own, and until which day.

    With how many of its customers it found in those of other systems, where there are any.
    """
    if not source.address:
        until = report.until.isoformat() if report.until else None
        source.lineage = (source.lineage or {}) | {
            "near": list(report.near), "until": until,
            "customers": report.customers, "elsewhere": report.elsewhere,
        }  # fmt: skip


def refuse_leaned_on(session: Session, source: InteractionSource) -> None:
    """Raises ConflictError where a later import left rows out since this one has them."""
    for one in queries.list_live_sources(session):
        is_replacing = (one.lineage or {}).get("changed") == "replace"
        rows = sum(
            int(known["same"]) + (0 if is_replacing else int(known["changed"]))
            for known in _known(one)
            if known["source_id"] == source.id
        )
        if rows:
            raise ConflictError(
                f"“{one.name}” (import {one.id}) left {rows:,} of its rows out, as this import has"
                " them; they would count nowhere. Take that one back first."
            )


def _known(source: InteractionSource) -> list[dict[str, Any]]:
    found: Any = (source.lineage or {}).get("known", [])
    return list(found)
