"""Tell where the figures of a draft come from, by what the log and the last version say."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.journeys.models import Journey
from app.journeys.queries import load_figures, load_versions
from app.journeys.rules import (
    BaselineDraft,
    FigureKind,
    LoggedFigures,
    Origin,
    OriginKind,
    origins_of,
)

Origins = Mapping[int, Mapping[FigureKind, Origin]]


def draft_origins(
    session: Session,
    journey: Journey,
    draft: BaselineDraft,
    *,
    logged: LoggedFigures | None = None,
    notes: Mapping[int, str] | None = None,
) -> Origins:
    """Where drafted figures come from: the log, the last version, or a person.

    ``logged`` figures and ``notes`` are by touchpoint id.
    """
    said, notes = logged or {}, notes or {}
    last = journey.baselines[-1] if journey.baselines else None
    earlier, before = load_versions(session, [last.id])[last.id] if last else ({}, {})
    return {
        id_: origins_of(
            one, said.get(id_, {}), earlier.get(id_), before.get(id_, {}),
            last_number=last.number if last else 0, anew=draft.anew.get(id_, ()),
            note=notes.get(id_, "").strip(),
        )
        for id_, one in draft.figures.items()
    }  # fmt: skip


def is_all_kept(session: Session, journey: Journey, origins: Origins) -> bool:
    """Whether a draft is the last version again: every touchpoint of it, all figures kept."""
    if not journey.baselines:
        return False
    last = journey.baselines[-1]
    kinds = {one.kind for found in origins.values() for one in found.values()}
    measured = load_figures(session, [last.id])[last.id]
    return kinds == {OriginKind.KEPT} and origins.keys() == measured.keys()
