"""Count a source per touchpoint and month, in a job that can be done again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.db.session import transaction
from app.errors import AppError, ConflictError, InvalidError, NotFoundError, UnavailableError
from app.interactions import queries
from app.interactions.engine import apart
from app.interactions.engine.mapping import Mapping
from app.interactions.engine.placing import (
    MomentKey,
    MonthKey,
    Place,
    Placed,
    Spot,
    placed,
    placed_moments,
)
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import CountReport, CountRequest
from app.interactions.services.importing import (
    KIND,
    ask_recounts,
    check_may_import,
    stored_issue,
)
from app.interactions.services.lineage import note_near, replaced_by
from app.interactions.services.near import ALONE, Near, near_to, stale_beside
from app.interactions.services.store import LogStore
from app.jobs.engine import RunningJob
from app.jobs.models import Job
from app.jobs.services import enqueue
from app.journeys.models import InteractionMoment, InteractionMonth, InteractionSource
from app.journeys.rules import Aftermath, SourceState
from app.values.counts import so_many
from app.values.money import CURRENCY_DIGITS

NAMED = 50
_WRITTEN_AT_ONCE = 1_000
_COUNTED = "counted"
"""Marks issues that a count found, which the next count finds anew."""


def count_again(
    session: Session, source: InteractionSource, *, actor: Person, now: datetime
) -> Job:
    """Ask for a new count, as after a touchpoint was added. Raises ConflictError if removed."""
    check_may_import(actor)
    if source.state is SourceState.REMOVED:
        raise ConflictError("This import was taken back; there is nothing to count.")
    record(
        session, actor=actor, action="interactions.count_asked",
        subject=f"interactions:{source.id}", now=now,
    )  # fmt: skip
    return enqueue(session, kind=KIND, payload={"source_id": source.id}, actor=actor, now=now)


def count_interactions(job: RunningJob, store: LogStore) -> None:
    """Handle a job of kind `interactions.count`; nothing is left to do if a command counted since.

    Raises InvalidError when the log is gone or damaged, UnavailableError when counting failed on
    our side; the job then fails with these words and the months stay as they were.
    """
    began = job.now()  # before its neighbours are looked up: one that comes in later asks again
    with job.sessions() as session:
        source = queries.get_source(session, int(job.payload["source_id"]))
        near = near_to(session, store, source)
    asked_at = job.payload.get("asked_at")
    if asked_at and source.counted_at and source.counted_at >= datetime.fromisoformat(asked_at):
        return
    try:
        report = counted(source, store, near=near, now=began, should_stop=job.should_stop)
    except (InvalidError, UnavailableError) as error:
        if not job.should_stop():
            with job.sessions() as session, transaction(session):
                note_failure(session, source.id, error, now=job.now())
        raise
    with job.sessions() as session:
        ready = placing(session, source, report)
    with job.sessions() as session, transaction(session):
        write_months(session, source.id, report, ready=ready, now=job.now())
        job.finish(session)


def counted(
    source: InteractionSource,
    store: LogStore,
    *,
    near: Near = ALONE,
    now: datetime,
    should_stop: Callable[[], bool] | None = None,
) -> CountReport:
    """What a source's log adds up to as of ``now``. Raises as `count_interactions`.

    ``near``: as `near_to` found it, not before ``now``.
    """
    mapping = Mapping.model_validate(source.mapping)
    folder = store.log_folder(source.id, source.digest)
    address, _, table = source.address.partition("#")
    request = CountRequest(
        folder=str(folder.resolve()) if not address else "",
        source_id=source.id or 0,  # 0: a table nobody has added yet
        replaced=tuple(str(store.log_folder(*one).resolve()) for one in replaced_by(source)),
        near=near.logs, until=near.until, journeys=near.journeys,
        address=address, table=table, mapping=mapping, now=now, limits=store.limits,
        personal_data=store.personal_data,
        digits=CURRENCY_DIGITS[mapping.currency],
    )  # fmt: skip
    try:
        report = apart.count(request, seconds=store.seconds, should_stop=should_stop)
    except FileRefusedError as error:
        raise InvalidError(str(error)) from error
    except apart.EngineFailedError as error:
        raise UnavailableError(str(error)) from error
    return report.model_copy(update={"as_of": now})


def note_failure(session: Session, source_id: int, error: AppError, *, now: datetime) -> None:
    """Keep that a source could not be counted and why; its months stay, and the next count ends it.

    Nothing is kept of a source that was removed.
    """
    source = session.get_one(InteractionSource, source_id, with_for_update=True)
    if source.state is SourceState.REMOVED:
        return
    source.failed_at, source.failure = now, error.message
    session.flush()
    record(
        session, actor=None, action="interactions.count_failed",
        subject=f"interactions:{source_id}", after={"reason": error.message}, now=now,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placing:
    """A report at the touchpoints and journeys there were, by its source's mapping."""

    mapping: Mapping
    spots: dict[Place, Spot]
    journeys: dict[str, int]
    found: Placed
    moments: dict[MomentKey, Aftermath]


def placing(session: Session, source: InteractionSource, report: CountReport) -> Placing:
    """Place a report before the transaction that writes it, so that nobody waits for that."""
    mapping = Mapping.model_validate(source.mapping)
    spots, journeys = queries.load_spots(session), queries.load_journey_ids(session)
    return Placing(
        mapping, spots, journeys,
        placed(report.lines, mapping, spots, CURRENCY_DIGITS[mapping.currency]),
        placed_moments(report.moments, report.lines, journeys),
    )  # fmt: skip


def _still_holds(session: Session, source: InteractionSource, ready: Placing) -> bool:
    """Whether touchpoints, journeys and mapping are those it was placed by."""
    return (ready.mapping, ready.spots, ready.journeys) == (
        Mapping.model_validate(source.mapping),
        queries.load_spots(session),
        queries.load_journey_ids(session),
    )


def write_months(
    session: Session,
    source_id: int,
    report: CountReport,
    *,
    ready: Placing | None = None,
    now: datetime,
) -> InteractionSource:
    """Put a source's months and moments in the place of those it had.

    ``ready`` is the report as it was placed before; where touchpoints changed since, it is anew.
    A source removed meanwhile stays so, and figures of a later reading stand: a log can be read
    before a customer is erased from it, and added up only afterwards.
    """
    source = session.scalar(
        select(InteractionSource)
        .where(InteractionSource.id == source_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if source is None:
        raise NotFoundError("There is no such source of interactions.")
    as_of = report.as_of or now
    if source.state is SourceState.REMOVED or (source.counted_at and source.counted_at > as_of):
        return source
    if ready is None or not _still_holds(session, source, ready):
        fresh = placing(session, source, report)
        if ready is not None and ready.journeys.keys() != fresh.journeys.keys():
            ask_recounts(session, [source], None, now)  # which journey is a moment's may be another
        ready = fresh
    found, moments = ready.found, ready.moments
    rows = [_month(source_id, key, sums) for key, sums in found.months.items()]
    _write(session, InteractionMonth, source_id, rows)
    _write(
        session, InteractionMoment, source_id,
        [{"source_id": source_id} | asdict(key) | asdict(one) for key, one in moments.items()],
    )  # fmt: skip
    days = source.first_on, source.last_on
    _take_over(source, report, found, as_of)
    session.flush()
    record(
        session, actor=None, action="interactions.counted", subject=f"interactions:{source_id}",
        after={
            "rows": report.rows, "lines_per_month": len(rows), "lines_of_moments": len(moments),
            "unplaced": found.unplaced_count,
        } | ({} if report.left_out is None else {"rows_left_out": report.left_out}), now=now,
    )  # fmt: skip
    if (source.first_on, source.last_on) != days and not source.address:
        ask_recounts(session, [source, *stale_beside(session, source, *days)], None, now)
    return source


def _take_over(
    source: InteractionSource, report: CountReport, found: Placed, as_of: datetime
) -> None:
    """Let a source say what its last count found."""
    source.state, source.counted_at = SourceState.COUNTED, as_of
    source.failed_at = source.failure = None
    source.row_count, source.unplaced_count = report.rows, found.unplaced_count
    source.first_on, source.last_on = report.first_on, report.last_on
    note_near(source, report)
    kept = [issue for issue in source.issues if issue.get("found_by") != _COUNTED]
    source.issues = (
        kept + [stored_issue(one) | {"found_by": _COUNTED} for one in report.issues] + _said(found)
    )
    if report.left_out is not None:
        source.left_out_count = report.left_out


def _write(
    session: Session,
    model: type[InteractionMonth] | type[InteractionMoment],
    source_id: int,
    rows: list[dict[str, object]],
) -> None:
    """Put rows of a source in the place of those it had."""
    session.execute(delete(model).where(model.source_id == source_id))
    for start in range(0, len(rows), _WRITTEN_AT_ONCE):
        session.execute(insert(model), rows[start : start + _WRITTEN_AT_ONCE])


def _month(source_id: int, key: MonthKey, sums: dict[str, int]) -> dict[str, object]:
    return {
        "source_id": source_id,
        "touchpoint_id": key.touchpoint_id,
        "month": key.month,
        "reason": key.reason,
        "segment": key.segment,
        "expected": key.expected,
        "is_prospect": key.is_prospect,
        **{name: value for name, value in sums.items() if not name.endswith(("_milli", "_micro"))},
        "minutes": Decimal(sums["minutes_milli"]) / 1_000,
        "score_sum": Decimal(sums["score_micro"]) / 1_000_000,
    }


def _said(found: Placed) -> list[dict[str, object]]:
    """What a count has to say, the most contacts first."""
    ordered = sorted(found.unplaced.items(), key=lambda item: (-item[1], item[0]))
    sentences = [
        f"{words.rstrip('.')}: {so_many(contacts, 'contact')} {_counts(contacts)} nowhere."
        for words, contacts in ordered[:NAMED]
    ]
    if len(ordered) > NAMED:
        rest = sum(contacts for _, contacts in ordered[NAMED:])
        more = so_many(len(ordered) - NAMED, "more word")
        sentences.append(f"{more}: {so_many(rest, 'contact')} {_counts(rest)} nowhere.")
    sentences += [
        f"The {so_many(number, 'rarest word')} of “{name}” {_counts(number)} together as “Other”."
        for name, number in found.folded.items()
    ]
    if found.uncosted:
        sentences.append(
            f"{so_many(found.uncosted, 'contact')} {_counts(found.uncosted)} without cost: it is in"
            " another currency than the journey."
        )
    return [
        {"row": 0, "column": "", "severity": "note", "message": one, "found_by": _COUNTED}
        for one in sentences
    ]


def _counts(count: int) -> str:
    return "counts" if count == 1 else "count"
