"""Audit events for reading elsewhere: a table, and the hashed bytes to check without Waymark."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from app.audit.models import AuditEvent
from app.values.canonical import canonical_json
from app.values.spreadsheets import csv_line, inert

HEAD = (
    "Number", "At (UTC)", "Person", "E-mail", "Role", "Action", "Subject", "Before", "After",
    "Reason", "Request", "Hash",
)  # fmt: skip


def events_csv(events: Iterable[AuditEvent]) -> Iterator[str]:
    """Lines of a CSV file; before and after are JSON, whole."""
    yield csv_line(HEAD)
    for event in events:
        yield csv_line([inert(cell) for cell in _cells(event)])


def events_jsonl(events: Iterable[AuditEvent]) -> Iterator[str]:
    """A line of JSON per event: ``hash`` is SHA-256 of the bytes of ``previous_hash``, read as
    hexadecimal, followed by ``content`` in UTF-8.
    """
    for event in events:
        line = {
            "number": event.number,
            "previous_hash": event.previous_hash,
            "content": bytes(event.content).decode("utf-8", errors="replace"),
            "hash": event.hash,
        }
        yield canonical_json(line).decode() + "\n"


def _cells(event: AuditEvent) -> list[str]:
    content = json.loads(event.content)
    name, _, address = event.actor_name.partition(" <")
    before, after = (_json(content.get(side)) for side in ("before", "after"))
    return [
        str(event.number), event.at.isoformat(), name, address.rstrip(">"),
        str(content.get("actor_role") or ""), event.action, event.subject, before, after,
        event.reason or "", str(content.get("request") or ""), event.hash,
    ]  # fmt: skip


def _json(value: object) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)
