"""What of a plan was to start in a quarter that is over meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.values.quarter import Quarter
from app.values.written import quarter_words

LEAVE_OUT = "Leave it out, or return the proposal and have the scenario run again."


def over_sentences(starts: Mapping[str, Quarter], today: date) -> dict[str, str]:
    """A sentence by key for each of ``starts`` whose quarter is over; nobody can start then."""
    present = Quarter.containing(today)
    return {
        key: f"{key} was to start in {quarter_words(start)}, which is over."
        for key, start in sorted(starts.items())
        if start < present
    }
