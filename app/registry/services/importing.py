"""Take a file into the registry, whole or not at all, and take it back if nothing built on it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from statistics import median_low

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import once, record, remember
from app.calendar.models import Cycle, Fund
from app.calendar.rules import CycleState
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import ImportBatch, Initiative
from app.initiatives.queries import median_candidate_costs
from app.initiatives.rules import cost_flag
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.table import read_table
from app.registry import queries
from app.registry.engine.drafts import ImportDraft
from app.registry.engine.issues import Issue, Severity
from app.registry.engine.mapping import Mapping
from app.registry.engine.reading import read_drafts
from app.registry.services.deleting import delete_initiatives
from app.registry.services.saving import Origin, save_drafts
from app.values.canonical import digest
from app.values.quarter import QuarterSpan


@dataclass(frozen=True)
class ImportFile:
    """A file as it came: its name, its bytes and the mapping to read it by.

    It is read once: whoever looks at it before the import's transaction keeps nobody waiting who
    wants to write meanwhile.
    """

    name: str
    content: bytes
    mapping: Mapping
    _drafts: dict[QuarterSpan, ImportDraft] = field(default_factory=dict, repr=False, init=False)

    @cached_property
    def digest(self) -> str:
        return digest(self.content)

    def read(self, quarters: QuarterSpan) -> ImportDraft:
        """What its rows say for a cycle of these quarters.

        Raises FileRefusedError where it can't be read as a table at all.
        """
        if quarters not in self._drafts:
            table = read_table(self.content, self.name)
            self._drafts[quarters] = read_drafts(table, self.mapping, quarters)
        return self._drafts[quarters]


def preview_import(session: Session, file: ImportFile, *, cycle: Cycle) -> ImportDraft:
    """Read the file as an import into ``cycle`` would, saving nothing.

    Raises InvalidError when the file, its currency or its fund does not fit at all.
    """
    if file.mapping.currency != cycle.currency:
        raise InvalidError(
            f"The file is in {file.mapping.currency}, the cycle “{cycle.name}” in {cycle.currency}."
            " Import into a cycle of the file's currency.",
            field="cycle",
        )
    if cycle.state is CycleState.CLOSED:
        raise InvalidError("This cycle is closed; choose one that is open.", field="cycle")
    _fund(session, file.mapping, cycle)
    try:
        draft = file.read(cycle.quarters)
    except FileRefusedError as error:
        raise InvalidError(str(error), field="file") from error
    return _with_cost_flags(session, _without_known_keys(session, draft), file.mapping, cycle)


def _with_cost_flags(
    session: Session, draft: ImportDraft, mapping: Mapping, cycle: Cycle
) -> ImportDraft:
    """The draft with a note at each cost that should be looked at, as the option's page has it."""
    if mapping.cost is None or not draft.initiatives:
        return draft
    known = median_candidate_costs(session, [cycle.id]).get(cycle.id)
    costs = [sum(item.spend_minor) for item in draft.initiatives]
    median = known or median_low(costs)
    usual = "this cycle’s candidates" if known else "this file’s initiatives"
    notes = [
        Issue(item.line, mapping.cost.column, Severity.NOTE, f"{item.key}: {flag}")
        for item, cost in zip(draft.initiatives, costs, strict=True)
        if (
            flag := cost_flag(
                cost, median, cycle.currency, amounts=item.row_costs_minor, usual=usual
            )
        )
    ]
    issues = tuple(sorted((*draft.issues, *notes), key=lambda issue: (issue.line, issue.column)))
    return replace(draft, issues=issues)


def _without_known_keys(session: Session, draft: ImportDraft) -> ImportDraft:
    known = queries.list_known_keys(session, (item.key for item in draft.initiatives))
    if not known:
        return draft
    taken = [
        Issue(item.line, "", Severity.ERROR, f"{item.key} is in the registry already.")
        for item in draft.initiatives
        if item.key in known
    ]
    left = tuple(item for item in draft.initiatives if item.key not in known)
    issues = tuple(sorted((*draft.issues, *taken), key=lambda issue: (issue.line, issue.column)))
    return replace(draft, initiatives=left, issues=issues)


def _fund(session: Session, mapping: Mapping, cycle: Cycle) -> Fund | None:
    if mapping.cost is None:
        return None
    fund = queries.find_cycle_fund(session, cycle, mapping.cost.fund)
    if fund is None:
        raise InvalidError(
            f"The mapping pays from the fund “{mapping.cost.fund}”, which the cycle"
            f" “{cycle.name}” does not have. Add the fund to the cycle first.",
            field="cycle",
        )
    return fund


def import_registry(
    session: Session,
    file: ImportFile,
    *,
    cycle: Cycle,
    leave_out_errors: bool,
    request_key: str | None = None,
    actor: Person,
    now: datetime,
) -> ImportBatch:
    """Save the whole file as draft initiatives, once per ``request_key``.

    Rows with errors bar the import unless the person chose to leave them out, named. The same
    bytes under the same mapping come in once: raises ConflictError.
    """
    if not actor.may("registry.import"):
        raise NotAllowedError("Importing a registry takes the role CX lead or Program manager.")
    asked = {"file": file.digest, "mapping": file.mapping.name, "cycle": cycle.id}
    if request_key is not None:
        known = once(session, request_key, actor, "registry.imported", asked, now=now)
        if known is not None:
            return queries.get_batch(session, known)
    draft = _sound_draft(session, file, cycle, leave_out_errors=leave_out_errors)
    batch = _batch(file, draft, actor, now)
    session.add(batch)
    session.flush()
    fund = _fund(session, file.mapping, cycle)
    save_drafts(session, draft.initiatives, Origin(batch.id, file.mapping, cycle, fund, actor, now))
    record(
        session, actor=actor, action="registry.imported", subject=f"import:{batch.id}",
        after={
            "file": file.name, "digest": file.digest, "mapping": file.mapping.name,
            "cycle": cycle.name, "initiatives": len(draft.initiatives),
            "milestones": draft.milestone_count, "readings": draft.reading_count,
            "rows_left_out": len(draft.errors),
        },
        now=now,
    )  # fmt: skip
    if request_key is not None:
        remember(session, request_key, batch.id)
    return batch


def _sound_draft(
    session: Session, file: ImportFile, cycle: Cycle, *, leave_out_errors: bool
) -> ImportDraft:
    """The draft, unless the file came in before or rows with errors bar it."""
    earlier = queries.find_batch(session, file_digest=file.digest, mapping_name=file.mapping.name)
    if earlier is not None:
        raise ConflictError(
            f"This file was imported already, as “{earlier.file_name}”. Nothing was added."
        )
    draft = preview_import(session, file, cycle=cycle)
    if draft.errors and not leave_out_errors:
        raise InvalidError(
            f"{len(draft.errors)} of {draft.row_count} rows have errors. Mend them in the file, or"
            " choose to leave these rows out. Nothing was saved.",
            field="leave_out",
        )
    if not draft.initiatives:
        raise InvalidError("No row of the file can be imported.", field="file")
    return draft


def _batch(file: ImportFile, draft: ImportDraft, actor: Person, now: datetime) -> ImportBatch:
    return ImportBatch(
        file_name=file.name,
        file_digest=file.digest,
        mapping_name=file.mapping.name,
        row_count=draft.row_count,
        initiative_count=len(draft.initiatives),
        milestone_count=draft.milestone_count,
        issues=[issue.as_json() for issue in draft.issues],
        imported_by_id=actor.id,
        imported_at=now,
    )


def undo_bar(session: Session, batch: ImportBatch) -> str | None:
    """Why the import can't be taken back, as a sentence; None if it can."""
    touched = queries.list_touched_keys(session, batch)
    if not touched:
        return None
    have = "has" if len(touched) == 1 else "have"
    return (
        f"{len(touched)} of its initiatives, {touched[0]} first, {have} been worked on since."
        " Withdraw them one by one instead."
    )


def undo_import(session: Session, batch: ImportBatch, *, actor: Person, now: datetime) -> None:
    """Take a whole import back out of the registry.

    Raises ConflictError once anybody has changed, moved or linked one of its initiatives: what
    people worked on stays on the record.
    """
    if not actor.may("registry.import"):
        raise NotAllowedError("Undoing an import takes the role CX lead or Program manager.")
    if bar := undo_bar(session, batch):
        raise ConflictError(bar)
    count = delete_initiatives(session, Initiative.import_batch_id == batch.id)
    record(
        session, actor=actor, action="registry.import_undone", subject=f"import:{batch.id}",
        before={"file": batch.file_name, "initiatives": count}, now=now,
    )  # fmt: skip
    session.delete(batch)
    session.flush()
