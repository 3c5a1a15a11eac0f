"""Take a log of interactions in, whole or not at all, and take it back.

The log is read into a draft folder first, which takes as long as it takes; then one short
transaction writes the source, gives the folder its name and asks for the count. Whatever breaks
before its commit leaves a folder that no source knows: it counts nowhere and is swept.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import once, record, remember
from app.errors import ConflictError, InvalidError, NotAllowedError, UnavailableError
from app.interactions import queries
from app.interactions.engine import apart
from app.interactions.engine.mapping import Mapping, Place
from app.interactions.engine.placing import Placed, placed
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import (
    CountRequest,
    Issue,
    ReadReport,
    ReadRequest,
    Sample,
    SampleRequest,
)
from app.interactions.services.lineage import (
    Basis,
    Changed,
    basis_of,
    check_basis,
    lineage_of,
    mark_replaced,
    refuse_leaned_on,
    take_turns,
    unmark_replaced,
)
from app.interactions.services.near import stale_beside
from app.interactions.services.store import LogStore, file_digest
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.jobs.services import enqueue
from app.journeys.models import (
    InteractionErasure,
    InteractionMoment,
    InteractionMonth,
    InteractionSource,
    Journey,
)
from app.journeys.rules import SourceState
from app.values.counts import so_many
from app.values.money import CURRENCY_DIGITS

KIND = "interactions.count"
"""The job that counts a source per touchpoint and month."""
FAULTS_FILE = "faults.csv"


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file of interactions and the mapping to read it by; ``name`` says what it is."""

    path: Path
    name: str
    mapping: Mapping


@dataclass(frozen=True, slots=True)
class LogDraft:
    """A log that was read and is not taken in yet."""

    file: LogFile
    digest: str
    report: ReadReport
    folder: Path
    basis: Basis
    changed: Changed


def check_may_import(actor: Person) -> None:
    """Raises NotAllowedError for everybody but CX leads."""
    if not actor.may("interactions.import"):
        raise NotAllowedError("Only a CX lead takes logs of interactions in or back.")


def placed_mapping(session: Session, mapping: Mapping, journey_key: str | None) -> Mapping:
    """The mapping with the journey its contacts belong to. Raises InvalidError at ``journey``."""
    if journey_key:
        found = session.scalar(select(Journey).where(Journey.key == journey_key))
        if found is None:
            raise InvalidError(
                f"There is no journey with the key “{journey_key[:60]}”.", field="journey"
            )
        if mapping.cost is not None and found.currency != mapping.currency:
            raise InvalidError(
                f"The log's costs are in {mapping.currency}, the journey's in {found.currency}."
                " Choose a journey of the log's currency, or a mapping without costs.",
                field="journey",
            )
        return mapping.model_copy(update={"journey": Place(fixed=journey_key)})
    if mapping.journey is None:
        raise InvalidError(
            f"The mapping “{mapping.title}” names no journey; say which one the contacts belong"
            " to.",
            field="journey",
        )
    return mapping


def refuse_known(session: Session, digest: str, mapping: Mapping) -> None:
    """Raises ConflictError when the same bytes came in by the same mapping."""
    known = queries.find_live_source(session, digest=digest, mapping_name=mapping.name)
    if known is not None:
        raise ConflictError(
            f"This file was taken in already, as “{known.name}” by the mapping"
            f" “{known.mapping.get('title') or known.mapping_name}”. Nothing was changed."
        )


def preview_log(
    session: Session, store: LogStore, file: LogFile, *, changed: Changed = "refuse", now: datetime
) -> tuple[ReadReport, Placed | None]:
    """Read a file as an import that leaves errors out would, and count it, saving nothing.

    Nothing is counted where no row is good. Raises as `drafted`.
    """
    with drafted(session, store, file, leave_out_errors=True, changed=changed, now=now) as draft:
        if not draft.report.kept:
            return draft.report, None
        report = apart.count(
            CountRequest(folder=str(draft.folder.resolve()), limits=store.limits),
            seconds=store.seconds,
        )
    digits = CURRENCY_DIGITS[file.mapping.currency]
    return draft.report, placed(report.lines, file.mapping, queries.load_spots(session), digits)


def all_faults(session: Session, store: LogStore, file: LogFile, *, now: datetime) -> bytes:
    """All that is wrong with a file as CSV, of which a dry run names the first. As `drafted`."""
    with drafted(session, store, file, leave_out_errors=False, with_faults=True, now=now) as draft:
        return (draft.folder / FAULTS_FILE).read_bytes()


def sample_file(
    store: LogStore,
    path: Path,
    name: str,
    *,
    encoding: str = "utf-8",
    delimiter: str | None = None,
) -> Sample:
    """The first rows of a file. Raises InvalidError at ``file`` and UnavailableError."""
    folder = store.new_draft()
    try:
        request = SampleRequest(
            file=str(path.resolve()), name=name, folder=str(folder.resolve()), encoding=encoding,
            delimiter=delimiter, limits=store.limits,
        )  # fmt: skip
        return apart.sample(request, seconds=store.seconds)
    except FileRefusedError as error:
        raise InvalidError(str(error), field="file") from error
    except apart.EngineFailedError as error:
        raise UnavailableError(str(error)) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def drafted(
    session: Session,
    store: LogStore,
    file: LogFile,
    *,
    leave_out_errors: bool,
    changed: Changed = "refuse",
    with_faults: bool = False,
    now: datetime,
) -> Iterator[LogDraft]:
    """Read a file into a draft of the store, which is gone afterwards unless it was taken in.

    Rows that earlier imports of its source have already are left out; those they have with another
    content are errors, unless ``changed`` says that they replace the earlier ones.
    ``with_faults``: all that is wrong stands in FAULTS_FILE of the draft's folder, too.
    Raises InvalidError at ``file`` when it is no table the mapping fits, UnavailableError when
    the reading failed on our side.
    """
    basis = basis_of(session, store, file.mapping)
    folder = store.new_draft()
    try:
        request = ReadRequest(
            file=str(file.path.resolve()),
            name=file.name,
            folder=str(folder.resolve()),
            mapping=file.mapping,
            digits=CURRENCY_DIGITS[file.mapping.currency],
            secret=store.secret(),
            leave_out_errors=leave_out_errors,
            personal_data=store.personal_data,
            known=basis.known,
            beside=basis.beside,
            changed=changed,
            erased=basis.erased,
            now=now,
            faults_file=str((folder / FAULTS_FILE).resolve()) if with_faults else "",
            limits=store.limits,
        )
        report = apart.read(request, seconds=store.seconds)
        yield LogDraft(file, file_digest(file.path), report, folder, basis, changed)
    except FileRefusedError as error:
        raise InvalidError(str(error), field="file") from error
    except apart.EngineFailedError as error:
        raise UnavailableError(str(error)) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def import_log(
    session: Session,
    store: LogStore,
    draft: LogDraft,
    *,
    request_key: str | None = None,
    actor: Person,
    now: datetime,
) -> InteractionSource:
    """Take a draft in, once per ``request_key``, and ask for its count.

    Raises ConflictError for a file that came in before or was read beside what is no longer so,
    InvalidError when errors bar it.
    """
    check_may_import(actor)
    mapping, report = draft.file.mapping, draft.report
    if request_key is not None:
        asked = {"file": draft.digest, "mapping": mapping.name}
        known = once(session, request_key, actor, "interactions.imported", asked, now=now)
        if known is not None:
            return queries.get_source(session, known)
    take_turns(session)
    refuse_known(session, draft.digest, mapping)
    check_basis(session, store, mapping, draft.basis)
    _refuse_unsound(report)
    source = _source(draft, actor, now)
    session.add(source)
    session.flush()
    store.keep(draft.folder, store.log_folder(source.id, source.digest))
    record(
        session, actor=actor, action="interactions.imported",
        subject=f"interactions:{source.id}", now=now,
        after={
            "file": draft.file.name, "digest": draft.digest, "mapping": mapping.name,
            "rows": report.kept, "rows_left_out": report.errors,
            "rows_known": report.known_count,
        } | {f"rows_left_out_{one.rule}": one.rows for one in report.left_out},
    )  # fmt: skip
    ask_count(session, source, actor, now)
    ask_recounts(
        session, [*mark_replaced(session, source), *stale_beside(session, source)], actor, now
    )
    if request_key is not None:
        remember(session, request_key, source.id)
    return source


def ask_count(session: Session, source: InteractionSource, actor: Person, now: datetime) -> None:
    """Ask for a count, which is not done if a command counts before a worker comes to it."""
    asked = {"source_id": source.id, "asked_at": now.isoformat()}
    enqueue(session, kind=KIND, payload=asked, actor=actor, now=now)


def ask_recounts(
    session: Session,
    sources: Iterable[InteractionSource],
    actor: Person | None,
    now: datetime,
) -> None:
    """Ask for a count of each that is done in any case; one that nobody has begun yet is enough.

    What counts of a source changes with the commit, and a count that began before it may bear a
    later moment than ``now``. Until then nobody begins one that waits, as its row is held.
    """
    waiting = select(Job).where(Job.kind == KIND, Job.state == JobState.QUEUED).with_for_update()
    payloads = [one.payload for one in session.scalars(waiting)]
    for source_id in dict.fromkeys(one.id for one in sources):
        payload = {"source_id": source_id}
        if payload not in payloads:
            enqueue(session, kind=KIND, payload=payload, actor=actor, now=now)


def _refuse_unsound(report: ReadReport) -> None:
    if report.kept:
        return
    if report.known_count == report.rows:
        raise InvalidError(
            "Every row of the file stands in earlier imports already, with the same content."
            " Nothing was saved.",
            field="file",
        )
    if report.changed_count and report.changed_count == report.errors:
        raise InvalidError(
            f"{so_many(report.changed_count, 'row')}"
            f" {'stands' if report.changed_count == 1 else 'stand'} in earlier imports with another"
            " content. If this file corrects them, choose that such rows take the place of those;"
            " else leave them out. Nothing was saved.",
            field="replace",
        )
    if report.errors + report.known_count == report.rows:
        raise InvalidError("No row of the file can be taken in.", field="file")
    raise InvalidError(
        f"{report.errors:,} of {so_many(report.rows, 'row')}"
        f" {'has' if report.errors == 1 else 'have'} errors. Mend them in the file, or choose"
        f" to leave these rows out.{_or_replace(report)} Nothing was saved.",
        field="leave_out",
    )


def _or_replace(report: ReadReport) -> str:
    if not report.changed_count:
        return ""
    rows = so_many(report.changed_count, "of them stands", "of them stand")
    return f" {rows} in earlier imports with another content; such rows may take their place."


def _source(draft: LogDraft, actor: Person, now: datetime) -> InteractionSource:
    report = draft.report
    return InteractionSource(
        name=draft.file.name,
        digest=draft.digest,
        mapping_name=draft.file.mapping.name,
        state=SourceState.IMPORTED,
        row_count=report.kept,
        left_out_count=report.errors + report.known_count + report.spared_count,
        unplaced_count=0,
        first_on=report.first_on,
        last_on=report.last_on,
        issues=[stored_issue(issue) for issue in report.issues],
        lineage=lineage_of(report, draft.changed),
        mapping=draft.file.mapping.model_dump(mode="json", exclude_defaults=True),
        imported_by_id=actor.id,
        imported_at=now,
    )


def stored_issue(issue: Issue) -> dict[str, object]:
    """An issue as a source keeps it."""
    return {
        "row": issue.row, "column": issue.column, "severity": issue.severity,
        "message": issue.message,
    }  # fmt: skip


def remove_source(
    session: Session, store: LogStore, source: InteractionSource, *, actor: Person, now: datetime
) -> None:
    """Take an import back: what was counted and its log go, that it was there stays on record.

    Rows whose place it took count again. Raises ConflictError when that was done already, or while
    a later import leans on this one.
    """
    check_may_import(actor)
    take_turns(session)
    if source.state is SourceState.REMOVED:
        raise ConflictError("This import was taken back already.")
    refuse_leaned_on(session, source)
    months = InteractionMonth.source_id == source.id
    count = session.scalar(select(func.count()).select_from(InteractionMonth).where(months))
    session.execute(delete(InteractionMonth).where(months))
    for model in (InteractionMoment, InteractionErasure):
        session.execute(delete(model).where(model.source_id == source.id))
    source.state, source.removed_by_id, source.removed_at = SourceState.REMOVED, actor.id, now
    session.flush()
    record(
        session, actor=actor, action="interactions.removed", subject=f"interactions:{source.id}",
        before={"file": source.name, "rows": source.row_count, "lines_per_month": count}, now=now,
    )  # fmt: skip
    ask_recounts(
        session, [*unmark_replaced(session, source), *stale_beside(session, source)], actor, now
    )
    gone = partial(store.remove, store.log_folder(source.id, source.digest))
    session.info.setdefault("after_commit", []).append(gone)


def sweep_store(session: Session, store: LogStore, *, now: datetime) -> int:
    """Remove what broken imports left behind; gives how many folders went."""
    known = {
        store.log_folder(one.id, one.digest).name for one in queries.list_live_sources(session)
    }
    return store.sweep(known, now=now)
