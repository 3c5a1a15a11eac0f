"""How an audit event becomes bytes and how the events hang together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from app.values.canonical import canonical_json

GENESIS = "0" * 64
"""The hash before the first event."""


def event_content(fields: Mapping[str, object]) -> bytes:
    """The canonical bytes of an event, the ones that are hashed and kept."""
    return canonical_json(dict(fields))


def event_hash(previous_hash: str, content: bytes) -> str:
    """sha256(previous hash + content), in hexadecimal."""
    return sha256(bytes.fromhex(previous_hash) + content).hexdigest()


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as the database gives it back; ``columns`` repeat parts of ``content``."""

    number: int
    content: bytes
    previous_hash: str
    hash: str
    columns: Mapping[str, str | None]


def event_faults(event: StoredEvent, *, expected_number: int, previous_hash: str) -> list[str]:
    """What does not fit in one event, given the one before; a sentence each."""
    name = f"Event {event.number}"
    faults = []
    if event.number != expected_number:
        faults.append(f"{name} follows {expected_number - 1}: events are missing or out of order.")
    if event.previous_hash != previous_hash:
        faults.append(f"{name} does not continue the event before it.")
    if not _is_link(event):
        faults.append(f"{name} was changed: its content does not give its hash.")
    return faults + [f"{name}: {fault}" for fault in _column_faults(event)]


def chain_faults(events: Iterable[StoredEvent]) -> Iterator[str]:
    """What does not fit in events that stand in their order from the first; a sentence each."""
    number, link = 0, GENESIS
    for event in events:
        yield from event_faults(event, expected_number=number + 1, previous_hash=link)
        number, link = event.number, event.hash


def anchor_faults(anchor: str, known: Mapping[int, str]) -> list[str]:
    """Whether a ``number:hash`` noted earlier still stands in the chain."""
    number, _, link = anchor.strip().partition(":")
    if not number.isdigit() or int(number) not in known:
        return [f"The chain no longer reaches event {number}: events were cut off its end."]
    if known[int(number)] != link.strip().lower():
        return [f"Event {number} is not the one noted earlier: the chain was rewritten."]
    return []


def anchor(number: int, link: str) -> str:
    """An event as it is noted outside the database, ``number:hash``."""
    return f"{number}:{link}"


def noted_anchors(text: str) -> list[str]:
    """Every ``number:hash`` in a text, such as a log or mails in which heads were kept."""
    return list(dict.fromkeys(found.lower() for found in _NOTED.findall(text)))


_NOTED = re.compile(r"(?<![0-9A-Za-z])[0-9]{1,12}:[0-9A-Fa-f]{64}(?![0-9A-Za-z])")


def _is_link(event: StoredEvent) -> bool:
    try:
        return event_hash(event.previous_hash, event.content) == event.hash
    except ValueError:
        return False


def _column_faults(event: StoredEvent) -> list[str]:
    try:
        content = json.loads(event.content)
    except ValueError:
        return ["its content is not readable."]
    if not isinstance(content, dict):
        return ["its content is not readable."]
    stored = {**event.columns, "number": event.number}
    return [
        f"its column “{column}” differs from its content."
        for column, value in stored.items()
        if content.get(column) != value
    ]
