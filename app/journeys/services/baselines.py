"""Record measured states of a journey; a version is never overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.calendar.models import Cycle
from app.calendar.queries import CYCLE_NOTES
from app.calendar.services import OPENING_GUARDS, OpeningTerms
from app.errors import ConflictError, InvalidError
from app.journeys.models import (
    Baseline,
    FigureOrigin,
    Journey,
    Touchpoint,
    TouchpointFigure,
)
from app.journeys.queries import load_stale_baselines
from app.journeys.rules import BaselineDraft, Measured, baseline_faults
from app.journeys.services.bindings import move_bound_pools
from app.journeys.services.journeys import check_may_edit
from app.journeys.services.origins import draft_origins, is_all_kept


def record_baseline(
    session: Session,
    journey: Journey,
    draft: BaselineDraft,
    *,
    after_number: int,
    is_confirmed: bool = False,
    actor: Person,
    now: datetime,
) -> Baseline:
    """Add the next version by hand; ``after_number`` is the last one seen, or 0.

    What is as in the last version is kept from whichever measured it, with that day, unless the
    draft says that it was measured anew. Raises as `add_version`, and InvalidError when nothing is
    new in it.
    """
    check_may_edit(actor)
    origins = draft_origins(session, journey, draft)
    if _last_number(journey) == after_number and is_all_kept(session, journey, origins):
        raise InvalidError(
            "Nothing here was measured anew. Change what was, or tick under “Same again” what "
            "came out as before.",
            field="measured_on",
        )
    return add_version(
        session, journey, replace(draft, origins=origins),
        after_number=after_number, is_confirmed=is_confirmed, actor=actor, now=now,
    )  # fmt: skip


def add_version(
    session: Session,
    journey: Journey,
    draft: BaselineDraft,
    *,
    after_number: int,
    is_confirmed: bool = False,
    actor: Person,
    now: datetime,
) -> Baseline:
    """Add the next version of a journey's baseline, whose draft says where its figures come from.

    Pool inputs bound to its figures follow. Raises InvalidError by field, and ConflictError when
    somebody else recorded a version since.
    """
    check_may_edit(actor)
    last = journey.baselines[-1] if journey.baselines else None
    _check_last_seen(last, after_number, draft)
    touchpoints = {touchpoint.id: touchpoint for touchpoint in journey.touchpoints}
    if not set(draft.figures) <= set(touchpoints):
        raise ConflictError("The journey’s touchpoints have changed. Reload the page.")
    faults = baseline_faults(
        draft,
        today=now.date(),
        not_before=last.measured_on if last else None,
        is_confirmed=is_confirmed,
    )
    if faults:
        raise InvalidError("Some figures cannot be recorded.", fields=faults)
    baseline = _baseline(draft, touchpoints, number=(last.number if last else 0) + 1)
    baseline.recorded_by, baseline.recorded_at = actor, now
    journey.baselines.append(baseline)
    session.flush()
    session.add_all(_origins(baseline, draft))
    session.flush()
    record(
        session, actor=actor, action="baseline.recorded", subject=f"journey:{journey.id}",
        after=_described(baseline, touchpoints, draft), now=now,
    )  # fmt: skip
    move_bound_pools(session, journey, baseline, draft.figures, actor=actor, now=now)
    return baseline


def unfresh_baselines(session: Session, cycle: Cycle, terms: OpeningTerms) -> list[str]:
    """Why the journeys in use bar the opening of a cycle, one sentence per journey."""
    stale = load_stale_baselines(session, today=terms.today, limit_days=terms.baseline_age_days)
    return [one.fault for one in stale.barring]


OPENING_GUARDS.append(unfresh_baselines)


def no_journey_note(session: Session) -> str | None:
    """That there is no journey in use: the cycle opens, but without any measured pain."""
    if session.scalar(select(Journey.id).where(Journey.is_in_use).limit(1)) is not None:
        return None
    return (
        "No journey is in use yet. The cycle can open without one, but then its initiatives have"
        " no measured pain to take away, only benefits declared elsewhere."
    )


CYCLE_NOTES.append(no_journey_note)


def _last_number(journey: Journey) -> int:
    return journey.baselines[-1].number if journey.baselines else 0


def _check_last_seen(last: Baseline | None, after_number: int, draft: BaselineDraft) -> None:
    if (last.number if last else 0) == after_number:
        return
    theirs = {}
    if last is not None:
        theirs = {
            "Version": str(last.number),
            "Measured on": last.measured_on.isoformat(),
            "Source": last.source,
        }
    raise ConflictError(
        "Somebody else recorded a baseline while you worked on yours. Look at it first; yours was "
        "not saved.",
        theirs=theirs,
        yours={
            "Version": str(after_number + 1),
            "Measured on": draft.measured_on.isoformat(),
            "Source": draft.source,
        },
    )


def _baseline(
    draft: BaselineDraft, touchpoints: Mapping[int, Touchpoint], *, number: int
) -> Baseline:
    return Baseline(
        number=number,
        measured_on=draft.measured_on,
        source=draft.source.strip(),
        note=draft.note.strip(),
        logged_from=draft.period.first if draft.period else None,
        logged_to=draft.period.ends_on if draft.period else None,
        days_covered=draft.days_covered,
        logged_one_in=draft.one_in,
        figures=[_figure(touchpoints[id_], one) for id_, one in sorted(draft.figures.items())],
    )


def _figure(touchpoint: Touchpoint, measured: Measured) -> TouchpointFigure:
    return TouchpointFigure(
        touchpoint=touchpoint,
        contacts_per_year=measured.contacts_per_year,
        satisfaction=measured.satisfaction,
        satisfaction_target=measured.satisfaction_target,
        importance=measured.importance,
        cost_per_contact_minor=measured.cost_per_contact_minor,
        minutes_per_contact=measured.minutes_per_contact,
        unmet_share=measured.unmet_share,
    )


def _origins(baseline: Baseline, draft: BaselineDraft) -> list[FigureOrigin]:
    return [
        FigureOrigin(
            baseline_id=baseline.id,
            touchpoint_id=touchpoint_id,
            figure=figure,
            kind=one.kind,
            sample=one.sample,
            error=one.error,
            logged=one.logged,
            kept_from=one.kept_from,
            note=one.note,
        )
        for touchpoint_id, found in sorted(draft.origins.items())
        for figure, one in found.items()
    ]


def _described(
    baseline: Baseline, touchpoints: Mapping[int, Touchpoint], draft: BaselineDraft
) -> dict[str, object]:
    logged = {"logged_from": baseline.logged_from, "logged_to": baseline.logged_to}
    kept = {
        touchpoints[id_].name: words
        for id_, found in draft.origins.items()
        if (
            words := [
                f"{kind.word}: {one.kept_from}" for kind, one in found.items() if one.kept_from
            ]
        )
    }
    return {
        "number": baseline.number,
        "measured_on": baseline.measured_on,
        "source": baseline.source,
        **(logged if baseline.logged_from else {}),
        "figures": {
            touchpoints[id_].name: [
                one.contacts_per_year,
                one.satisfaction,
                one.satisfaction_target,
                one.importance,
                one.cost_per_contact_minor,
                one.minutes_per_contact,
                *([] if one.unmet_share is None else [one.unmet_share]),
            ]
            for id_, one in draft.figures.items()
        },
        **({"kept_from_version": kept} if kept else {}),
    }
