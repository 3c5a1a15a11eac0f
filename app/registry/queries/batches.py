"""Imports that were made and what they meet in the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.calendar.models import Cycle, CycleFund, Fund
from app.errors import NotFoundError
from app.initiatives.models import (
    Criterion,
    Dependency,
    Exclusion,
    ImportBatch,
    Initiative,
    Milestone,
)
from app.initiatives.rules import InitiativeState
from app.roadmap.models import Evidence


def get_batch(session: Session, batch_id: int) -> ImportBatch:
    """Raises NotFoundError."""
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NotFoundError("There is no such import.")
    return batch


def list_batches(session: Session) -> list[tuple[ImportBatch, str]]:
    """Every import with the name of who made it, the newest first."""
    query = (
        select(ImportBatch, Person.name)
        .join(Person, Person.id == ImportBatch.imported_by_id)
        .order_by(ImportBatch.id.desc())
    )
    return [(batch, name) for batch, name in session.execute(query)]


def find_batch(session: Session, *, file_digest: str, mapping_name: str) -> ImportBatch | None:
    return session.scalar(
        select(ImportBatch).where(
            ImportBatch.file_digest == file_digest, ImportBatch.mapping_name == mapping_name
        )
    )


def list_known_keys(session: Session, keys: Iterable[str]) -> set[str]:
    """Which of these initiative keys are taken."""
    wanted = sorted(set(keys))
    known: set[str] = set()
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        known.update(session.scalars(select(Initiative.key).where(Initiative.key.in_(part))))
    return known


def find_cycle_fund(session: Session, cycle: Cycle, key: str) -> Fund | None:
    """The fund of that key, if the cycle has it."""
    return session.scalar(
        select(Fund)
        .join(CycleFund, CycleFund.fund_id == Fund.id)
        .where(CycleFund.cycle_id == cycle.id, Fund.key == key)
    )


def count_by_state(session: Session, batch: ImportBatch) -> dict[InitiativeState, int]:
    """How many of an import's initiatives stand in each state."""
    query = (
        select(Initiative.state, func.count())
        .where(Initiative.import_batch_id == batch.id)
        .group_by(Initiative.state)
    )
    return {state: count for state, count in session.execute(query)}  # noqa: C416


def count_measurements(session: Session, batch: ImportBatch) -> int:
    """How many measurements stand at an import's milestones that came with the file."""
    query = (
        select(func.count())
        .select_from(Evidence)
        .join(Evidence.criterion)
        .join(Milestone, Milestone.id == Criterion.milestone_id)
        .join(Initiative, Initiative.id == Milestone.initiative_id)
        .where(Initiative.import_batch_id == batch.id, Evidence.tranche_id.is_(None))
    )
    return session.scalar(query) or 0


def list_in_states(
    session: Session, batch: ImportBatch, states: Collection[InitiativeState]
) -> list[Initiative]:
    """An import's initiatives in these states, by key."""
    query = (
        select(Initiative)
        .where(Initiative.import_batch_id == batch.id, Initiative.state.in_(states))
        .order_by(Initiative.key)
    )
    return list(session.scalars(query))


def list_touched_keys(session: Session, batch: ImportBatch) -> list[str]:
    """Keys of an import's initiatives that anybody has changed, moved or linked since, in order."""
    is_linked = or_(
        exists().where(Dependency.needs_id == Initiative.id),
        exists().where(
            or_(Exclusion.initiative_id == Initiative.id, Exclusion.other_id == Initiative.id)
        ),
    )
    query = (
        select(Initiative.key)
        .where(Initiative.import_batch_id == batch.id, or_(Initiative.version > 1, is_linked))
        .order_by(Initiative.id)
    )
    return list(session.scalars(query))
