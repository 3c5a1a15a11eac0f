"""Dependencies and exclusions between initiatives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.errors import InvalidError
from app.initiatives.models import Dependency, Exclusion, Initiative
from app.initiatives.queries import list_by_keys, list_exclusions, load_needs
from app.initiatives.rules import DependencyDraft, ExclusionDraft, circle_refusal, circle_through
from app.initiatives.services.checks import check_can_edit, touch
from app.initiatives.services.keys import lock_links

LONGEST_LAG = 40


def set_links(
    session: Session,
    initiative: Initiative,
    needs: Sequence[DependencyDraft],
    exclusions: Sequence[ExclusionDraft],
    *,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> None:
    """Replace what an initiative needs and what it can't be funded with.

    Exclusions count from either side. Raises InvalidError by row; a circle is named whole.
    """
    check_can_edit(actor, initiative, expected_version=expected_version)
    lock_links(session)
    keys = {need.key for need in needs} | {one.key for one in exclusions}
    others = list_by_keys(session, keys)
    faults = _row_faults(initiative, needs, exclusions, others)
    if not faults:
        faults = _circle_faults(session, initiative, needs)
    if faults:
        raise InvalidError("Some of these links are not possible.", fields=faults)
    before = _stored(session, initiative)
    _replace(session, initiative, needs, exclusions, others)
    touch(session, initiative, now)
    after = {
        "needs": {one.key: one.lag_quarters for one in needs},
        "excludes": sorted(one.key for one in exclusions),
    }
    record(
        session, actor=actor, action="initiative.linked", subject=f"initiative:{initiative.id}",
        before=before, after=after, now=now,
    )  # fmt: skip


def _row_faults(
    initiative: Initiative,
    needs: Sequence[DependencyDraft],
    exclusions: Sequence[ExclusionDraft],
    others: dict[str, Initiative],
) -> dict[str, str]:
    faults: dict[str, str] = {}
    needed: set[str] = set()
    for row, need in enumerate(needs):
        if fault := _key_fault(initiative, need.key, others, needed):
            faults[f"needs-{row}-key"] = fault
        if not 0 <= need.lag_quarters <= LONGEST_LAG:
            faults[f"needs-{row}-lag_quarters"] = f"Enter 0 to {LONGEST_LAG} quarters."
        needed.add(need.key)
    excluded: set[str] = set()
    for row, one in enumerate(exclusions):
        fault = _key_fault(initiative, one.key, others, excluded)
        if fault is None and one.key in needed:
            fault = f"{initiative.key} needs {one.key}, so it can’t exclude it as well."
        if fault:
            faults[f"exclusions-{row}-key"] = fault
        excluded.add(one.key)
    return faults


def _key_fault(
    initiative: Initiative, key: str, others: dict[str, Initiative], seen: set[str]
) -> str | None:
    if key == initiative.key:
        return "An initiative can’t be linked with itself."
    if key not in others:
        return f"There is no initiative {key}."
    if key in seen:
        return f"{key} stands here twice; keep one."
    return None


def _circle_faults(
    session: Session, initiative: Initiative, needs: Sequence[DependencyDraft]
) -> dict[str, str]:
    graph = load_needs(session)
    faults = {}
    for row, need in enumerate(needs):
        graph[initiative.key] = [need.key]
        if circle := circle_through(graph, initiative.key):
            faults[f"needs-{row}-key"] = circle_refusal(circle)
    return faults


def _stored(session: Session, initiative: Initiative) -> dict[str, object]:
    rows = session.execute(
        select(Initiative.key, Dependency.lag_quarters)
        .join(Dependency, Dependency.needs_id == Initiative.id)
        .where(Dependency.initiative_id == initiative.id)
    )
    return {
        "needs": {row[0]: row[1] for row in rows},
        "excludes": [other.key for other, _ in list_exclusions(session, initiative)],
    }


def _replace(
    session: Session,
    initiative: Initiative,
    needs: Sequence[DependencyDraft],
    exclusions: Sequence[ExclusionDraft],
    others: dict[str, Initiative],
) -> None:
    mine = or_(Exclusion.initiative_id == initiative.id, Exclusion.other_id == initiative.id)
    for statement in (
        delete(Dependency).where(Dependency.initiative_id == initiative.id),
        delete(Exclusion).where(mine),
    ):
        session.execute(statement)
    for need in needs:
        session.add(
            Dependency(
                initiative_id=initiative.id,
                needs_id=others[need.key].id,
                lag_quarters=need.lag_quarters,
                note=need.note.strip(),
            )
        )
    for one in exclusions:
        first, second = sorted((initiative.id, others[one.key].id))
        session.add(Exclusion(initiative_id=first, other_id=second, reason=one.reason.strip()))
