"""Cut a baseline from the log: work out its figures, and record them with where they come from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.errors import ConflictError, InvalidError
from app.journeys.models import Baseline, Journey
from app.journeys.queries import (
    list_log_sources,
    load_figures,
    load_logged_months,
    load_origins,
)
from app.journeys.rules import (
    BaselineDraft,
    FigureKind,
    LoggedFigures,
    LogSource,
    Measured,
    Origin,
    OriginKind,
    Period,
    cut_figures,
    days_covered,
    default_period,
    figure_cell,
    figure_of,
    origins_of,
    period_faults,
    period_warnings,
    sample_faults,
)
from app.journeys.services.baselines import record_baseline
from app.values.canonical import canonical_json


@dataclass(frozen=True, slots=True)
class LogCut:
    """What the log says of a journey in a period, before anybody decided anything.

    ``period`` is None while no whole month is logged. ``faults`` by field bar the cut; ``digest``
    tells whether the log still says the same.
    """

    sources: Sequence[LogSource]
    counted: Sequence[LogSource]
    period: Period | None
    days: int
    one_in: int
    figures: LoggedFigures
    faults: Mapping[str, str]
    warnings: Sequence[str]

    @property
    def measured_on(self) -> date | None:
        """The last day of the period that the log covers."""
        if self.period is None or not self.counted:
            return None
        return min(self.period.ends_on, max(one.last_on for one in self.counted))

    @property
    def source_words(self) -> str:
        """What a baseline cut here names as its source, to be changed by a person."""
        if self.period is None or self.faults:
            return ""
        names = ", ".join(f"“{one.name}”" for one in self.counted)
        days = f"{self.period.starts_on:%-d %b %Y} to {self.period.ends_on:%-d %b %Y}"
        sampled = f", one contact in {self.one_in:,}" if self.one_in > 1 else ""
        return f"Contact log {names}, {days}{sampled}"

    @property
    def digest(self) -> str:
        said = {
            str(id_): {kind.value: [str(one.value), one.sample] for kind, one in found.items()}
            for id_, found in self.figures.items()
        }
        return sha256(canonical_json([said, self.days, self.one_in])).hexdigest()


def look_at_log(
    session: Session,
    journey: Journey,
    period: Period | None = None,
    *,
    without: Collection[int] = (),
    one_in: int = 1,
    today: date,
) -> LogCut:
    """What the log says of a journey in ``period``, by default the last twelve whole months logged.

    ``without`` are ids of sources not to count; ``one_in`` says that the log is a sample.
    """
    sources = list_log_sources(session, journey.id)
    counted = [one for one in sources if one.id not in without]
    chosen = period or default_period(counted)
    if chosen is None:
        missing = (
            "No whole month of this journey is logged yet; choose months yourself."
            if counted
            else "No interactions of this journey are logged; import a log first."
        )
        return LogCut(sources, counted, None, 0, one_in, {}, {"first": missing}, [])
    months = load_logged_months(session, journey.id, [one.id for one in counted], chosen)
    contacts = sum(one.contacts for one in months)
    faults = period_faults(chosen, counted, contacts, today=today) | sample_faults(one_in)
    days = 0 if faults else days_covered(chosen, counted)
    return LogCut(
        sources=sources,
        counted=counted,
        period=chosen,
        days=days,
        one_in=one_in,
        figures=cut_figures(months, days=days, one_in=one_in) if days else {},
        faults=faults,
        warnings=period_warnings(chosen, counted, months) if days else [],
    )


def cut_baseline(
    session: Session,
    journey: Journey,
    draft: BaselineDraft,
    cut: LogCut,
    *,
    notes: Mapping[int, str],
    seen_digest: str,
    after_number: int,
    is_confirmed: bool = False,
    actor: Person,
    now: datetime,
) -> Baseline:
    """Record figures cut from the log as the next version, each with where it comes from.

    A figure that differs from the log needs a note on its touchpoint, in ``notes`` by id. Raises
    InvalidError by field, and ConflictError when the log or the baseline changed meanwhile.
    """
    if cut.faults:
        raise InvalidError("Nothing can be cut from this period.", fields=cut.faults)
    if seen_digest != cut.digest:
        raise ConflictError(
            "The log has changed since you looked at it and nothing was saved. Count again to take "
            "its figures, or correct yours against what it says now."
        )
    if cut.measured_on is not None and draft.measured_on > cut.measured_on:
        raise InvalidError(
            f"The log says nothing after {cut.measured_on:%-d %b %Y}, so this was not measured "
            "later than that.",
            field="measured_on",
        )
    origins = draft_origins(session, journey, draft.figures, cut, notes)
    faults = {
        figure_cell(id_, "note"): f"Say why {_named(found)} not as the log has it."
        for id_, found in origins.items()
        if _corrected(found) and not notes.get(id_, "").strip()
    }
    if faults:
        raise InvalidError("Corrected figures need a note.", fields=faults)
    whole = replace(
        draft, origins=origins, period=cut.period, days_covered=cut.days, one_in=cut.one_in
    )
    return record_baseline(
        session, journey, whole,
        after_number=after_number, is_confirmed=is_confirmed, actor=actor, now=now,
    )  # fmt: skip


def draft_origins(
    session: Session,
    journey: Journey,
    figures: Mapping[int, Measured],
    cut: LogCut,
    notes: Mapping[int, str],
) -> dict[int, dict[FigureKind, Origin]]:
    """Where drafted figures come from: the log, the last version, or a person."""
    last = journey.baselines[-1] if journey.baselines else None
    earlier = load_figures(session, [last.id])[last.id] if last else {}
    before = load_origins(session, [last.id])[last.id] if last else {}
    return {
        id_: origins_of(
            one, cut.figures.get(id_, {}), earlier.get(id_), before.get(id_, {}),
            last_number=last.number if last else 0, note=notes.get(id_, "").strip(),
        )
        for id_, one in figures.items()
    }  # fmt: skip


def suggested_figures(
    session: Session, journey: Journey, cut: LogCut
) -> dict[int, dict[FigureKind, Decimal]]:
    """The figures a cut begins with, by touchpoint id and kind, cost in minor units.

    The log's where it has one, else those of the last version; what nobody knows is missing.
    """
    last = journey.baselines[-1] if journey.baselines else None
    earlier = load_figures(session, [last.id])[last.id] if last else {}
    found = {}
    for touchpoint in journey.touchpoints:
        logged = {kind: one.value for kind, one in cut.figures.get(touchpoint.id, {}).items()}
        before = earlier.get(touchpoint.id)
        kept = {kind: figure_of(before, kind) for kind in FigureKind} if before else {}
        figures = {kind: value for kind, value in kept.items() if value is not None} | logged
        if figures:
            found[touchpoint.id] = figures
    return found


def _corrected(origins: Mapping[FigureKind, Origin]) -> list[FigureKind]:
    return [
        kind
        for kind, one in origins.items()
        if one.kind is OriginKind.HAND and one.logged is not None
    ]


def _named(origins: Mapping[FigureKind, Origin]) -> str:
    words = [kind.word.lower() for kind in _corrected(origins)]
    return f"{' and '.join(words)} {'is' if len(words) == 1 else 'are'}"
