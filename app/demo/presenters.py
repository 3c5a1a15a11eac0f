"""The demo company in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.demo.queries import Removal
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.web.filters import number


def progress_of(load: Job | None, *, poll: str, silence: str | None) -> dict[str, Any]:
    """What the progress component shows of the story while it is told.

    ``silence``: that no worker has shown life.
    """
    noted = (load.progress or {}) if load is not None else {}
    waits = load is None or load.state is JobState.QUEUED
    phase = noted.get("phase") or ("Waits for a worker" if waits else "Starting")
    return {"phase": silence if waits and silence else phase, "poll": poll}


def going_words(removal: Removal) -> Sequence[str]:
    """What goes with the demo, one thing a line; what there is none of is left out."""
    counted = [f"{number(count)} {words}" for count, words in removal.counts if count]
    people = f"{number(len(removal.going))} people of the demo, whose sessions end at once"
    trail = f"{number(removal.events)} audit events, from number {number(removal.first_event)} on"
    return [*counted, people, trail]
