"""The typed log as every engine reads it: its columns and what they mean; pure."""

from __future__ import annotations

from hashlib import sha256

LOG_FILE = "log.parquet"
REPLACES_FILE = "replaces.parquet"
"""Beside a log: ``source_id`` and ``id`` of the rows of earlier logs whose place its own took."""
SCRATCH = "scratch-"
"""How folders beside a log begin that hold what does not fit into memory; they go at the end."""
COLUMNS = {
    "id": "string",
    "occurred_at": "timestamp",
    "occurred_on": "date",
    "customer": "int64",
    "is_prospect": "boolean",
    "segment": "string",
    "journey": "string",
    "stage": "string",
    "channel": "string",
    "reason": "string",
    "expected": "string",
    "expected_by": "timestamp",
    "outcome": "string",
    "contacts": "int64",
    "judged": "int64",
    "unmet": "int64",
    "cost_minor": "int64",
    "minutes": "decimal(18, 3)",
    "score": "decimal(9, 6)",
    "is_escalated": "boolean",
    "is_lost": "boolean",
    "doubts": "int64",
}
"""Column → type; the rows stand in the order of the source's. ``occurred_at`` and
``expected_by`` are UTC; ``occurred_on`` is the day at the source's own place. ``customer`` is a
keyed hash. ``journey``, ``stage`` and ``channel`` are the source's own words; the mapping kept
with the source says which place they mean, so that a corrected mapping needs no new import. A row
stands for ``contacts`` contacts, of which ``judged`` say whether the expectation was met and
``unmet`` that it was not; cost, minutes and score (0 to 10) are of one contact, a score beside
counted answers of one answer. ``doubts`` has a bit for every note about the row.
"""

FREE_TEXTS = ("reason", "expected", "outcome", "segment", "stage", "channel", "journey")
"""Columns in which somebody could have written about a person."""


def customer_pseudonym(key: str, secret: str) -> int:
    """What the log keeps instead of a customer's key, as `cells.pseudonym` has it."""
    return int(sha256((secret + key.strip()).encode()).hexdigest()[:15], 16)
