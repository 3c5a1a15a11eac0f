"""Cut a baseline from the log: record its figures with where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.errors import ConflictError, InvalidError
from app.journeys.models import Baseline, Journey
from app.journeys.queries import load_figures, load_versions
from app.journeys.rules import (
    BaselineDraft,
    FigureKind,
    Origin,
    OriginKind,
    figure_cell,
    figure_of,
)
from app.journeys.services.baselines import add_version
from app.journeys.services.log_cuts import LogCut
from app.journeys.services.origins import Origins, draft_origins
from app.values.written import day_words


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

    A figure that differs from the log, and a touchpoint of the log that is left out, need a note,
    in ``notes`` by touchpoint id. Raises InvalidError by field, and ConflictError when the log or
    the baseline changed meanwhile.
    """
    notes = {id_: note.strip() for id_, note in notes.items() if note.strip()}
    _check_takeable(draft, cut, seen_digest)
    origins = draft_origins(session, journey, draft, logged=cut.figures, notes=notes)
    _check_notes(draft, cut, origins, notes)
    whole = replace(
        draft, note=_note(journey, draft, cut, notes), origins=origins, period=cut.period,
        days_covered=cut.days_covered, one_in=cut.one_in,
    )  # fmt: skip
    last = journey.baselines[-1] if journey.baselines else None
    if last is not None and last.number == after_number and _is_again(session, last, whole):
        raise InvalidError(
            f"Nothing here is new: version {last.number} was cut from the same months and says the"
            " same. Nothing was saved.",
            field="measured_on",
        )
    return add_version(
        session, journey, whole,
        after_number=after_number, is_confirmed=is_confirmed, actor=actor, now=now,
    )  # fmt: skip


def _is_again(session: Session, last: Baseline, draft: BaselineDraft) -> bool:
    """Whether a draft is the last version again: same months, figures, and what they stand on."""
    period = draft.period
    asked = (period.first, period.ends_on, draft.one_in) if period else None
    if asked != (last.logged_from, last.logged_to, last.logged_one_in):
        return False
    figures, origins = load_versions(session, [last.id])[last.id]
    return dict(draft.figures) == figures and all(
        one.kind is OriginKind.KEPT or _stands_on(one) == _stands_on(before.get(kind))
        for id_, found in draft.origins.items()
        for before in (origins.get(id_, {}),)
        for kind, one in found.items()
    )


def _stands_on(origin: Origin | None) -> tuple[object, ...] | None:
    """What a figure stands on, as exactly as it is stored."""
    if origin is None:
        return None
    numbers = (None if one is None else round(one, 6) for one in (origin.error, origin.logged))
    return (origin.kind, origin.sample, *numbers, origin.note)


def suggested_figures(
    session: Session, journey: Journey, cut: LogCut
) -> dict[int, dict[FigureKind, Decimal]]:
    """The figures a cut begins with, by touchpoint id and kind, cost in minor units.

    The log's where it has one, else those of the last version; what nobody knows is missing, and
    so are hidden stages.
    """
    last = journey.baselines[-1] if journey.baselines else None
    earlier = load_figures(session, [last.id])[last.id] if last else {}
    found = {}
    for touchpoint in journey.shown_touchpoints:
        logged = {kind: one.value for kind, one in cut.figures.get(touchpoint.id, {}).items()}
        before = earlier.get(touchpoint.id)
        kept = {kind: figure_of(before, kind) for kind in FigureKind} if before else {}
        figures = {kind: value for kind, value in kept.items() if value is not None} | logged
        if figures:
            found[touchpoint.id] = figures
    return found


def _check_takeable(draft: BaselineDraft, cut: LogCut, seen_digest: str) -> None:
    """Refuse a period that can't be cut, a log that has changed, and a day it does not reach."""
    if cut.faults:
        raise InvalidError("Nothing can be cut from this period.", fields=cut.faults)
    if seen_digest != cut.digest:
        raise ConflictError(
            "The log has changed since you looked at it and nothing was saved. Count again to take "
            "its figures, or correct yours against what it says now."
        )
    if cut.measured_on is not None and draft.measured_on > cut.measured_on:
        raise InvalidError(
            f"The log says nothing after {day_words(cut.measured_on)}, so this was not measured "
            "later than that.",
            field="measured_on",
        )


def _check_notes(
    draft: BaselineDraft, cut: LogCut, origins: Origins, notes: Mapping[int, str]
) -> None:
    """Refuse what contradicts the log and has no note on its touchpoint."""
    said = {
        id_: f"Say why {_named(corrected)} not as the log has it."
        for id_, found in origins.items()
        if (corrected := _corrected(found))
    } | dict.fromkeys(
        _left_out(draft, cut),
        "Say why what the log has of this touchpoint is left out of the baseline.",
    )
    faults = {figure_cell(id_, "note"): words for id_, words in said.items() if id_ not in notes}
    if faults:
        raise InvalidError("What differs from the log needs a note.", fields=faults)


def _left_out(draft: BaselineDraft, cut: LogCut) -> list[int]:
    """The touchpoints of which the log has figures and the draft has none."""
    return [id_ for id_ in cut.figures if id_ not in draft.figures]


def _note(journey: Journey, draft: BaselineDraft, cut: LogCut, notes: Mapping[int, str]) -> str:
    """The draft's note, and why touchpoints were left out: nothing else could say so for them."""
    names = {one.id: one.name for one in journey.touchpoints}
    return " ".join(
        filter(
            None,
            (
                draft.note.strip(),
                *(f"Without “{names[id_]}”: {notes[id_]}" for id_ in _left_out(draft, cut)),
            ),
        )
    )


def _corrected(origins: Mapping[FigureKind, Origin]) -> list[FigureKind]:
    return [
        kind
        for kind, one in origins.items()
        if one.kind is OriginKind.HAND and one.logged is not None
    ]


def _named(kinds: list[FigureKind]) -> str:
    words = [kind.word.lower() for kind in kinds]
    return f"{' and '.join(words)} {'is' if len(words) == 1 else 'are'}"
