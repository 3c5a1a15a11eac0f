"""Days as a calendar after RFC 5545: whole days, each with the name it keeps for good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, timedelta

from icalendar import Calendar, Event

from app.reporting.rules import Entry

ASK_AGAIN = timedelta(hours=6)
"""How long a calendar waits until it looks again, if it asks us."""


def calendar_text(entries: Sequence[Entry], *, host: str, address: Callable[[Entry], str]) -> bytes:
    """The feed; ``host`` ends every name, ``address`` leads to an entry's page."""
    calendar = Calendar()
    calendar.add("prodid", "-//Waymark//Calendar feed//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Waymark")
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    for one in entries:
        event = Event()
        event.add("uid", f"{one.uid}@{host}")
        event.add("dtstamp", one.stamped_at.astimezone(UTC))
        event.add("last-modified", one.stamped_at.astimezone(UTC))
        event.add("sequence", one.sequence)
        event.add("dtstart", one.on)
        event.add("dtend", one.on + timedelta(days=1))
        event.add("summary", one.title)
        event.add("description", one.note)
        event.add("url", address(one))
        event.add("transp", "TRANSPARENT")
        event.add("class", "PRIVATE")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
