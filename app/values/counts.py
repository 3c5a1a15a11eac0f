"""Counts in sentences of the log, the command line and services; pages have their own filter."""

from __future__ import annotations


def so_many(count: int, noun: str, plural: str | None = None) -> str:
    """A count with its noun: 1 contact, 1,200 contacts."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
