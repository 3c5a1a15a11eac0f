"""How an audit event becomes bytes and how the events hang together."""

from __future__ import annotations

from collections.abc import Mapping
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
