"""One change of many initiatives: what it is, what was seen of it, what differs since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.initiatives.rules.moves import Action
from app.initiatives.rules.registry_columns import FIELDS
from app.initiatives.rules.words import Lens
from app.values.quarter import Quarter

BULK_COLUMNS = tuple(name for name in FIELDS if name != "title")
"""Columns that can be set for many at once."""
BULK_ACTIONS = (
    Action.SUBMIT, Action.NOMINATE, Action.REOPEN, Action.WITHDRAW, Action.DELIVER, Action.RETIRE,
)  # fmt: skip
"""Moves that many can make at once. Certifying and returning judge each one's own figures."""
MOST_IN_BULK = 10_000
_NAMED = 5


@dataclass(frozen=True, slots=True)
class SetField:
    """A simple field, named as in a draft, gets the same value everywhere."""

    column: str
    value: str | int | Lens | Quarter | None

    @property
    def field(self) -> str:
        return FIELDS[self.column]


@dataclass(frozen=True, slots=True)
class MakeMove:
    """The same move everywhere, with one reason."""

    action: Action
    reason: str = ""


BulkChange = SetField | MakeMove


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What becomes of one initiative: from what to what, or why it stays as it is."""

    id: int
    key: str
    title: str
    version: int
    old: str
    new: str
    refusal: str | None = None

    @property
    def changes(self) -> bool:
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A row of a preview as it was shown."""

    version: int
    changes: bool


def seen_text(rows: Iterable[PlannedRow]) -> str:
    """A preview in short, to be sent along with the decision on it."""
    return ",".join(f"{row.id}.{row.version}{'+' if row.changes else '-'}" for row in rows)


def read_seen(text: str) -> dict[int, SeenRow] | None:
    """The preview somebody decided on, by id; None where the text is garbled."""
    found = {}
    for part in text.split(","):
        id_, _, rest = part.partition(".")
        version, mark = rest[:-1], rest[-1:]
        if mark not in ("+", "-") or not _is_number(id_) or not _is_number(version):
            return None
        found[int(id_)] = SeenRow(int(version), mark == "+")
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def changed_since(rows: Sequence[PlannedRow], seen: Mapping[int, SeenRow]) -> str | None:
    """What is not as the preview showed it, as a sentence; None where all of it is.

    A row counts as changed when somebody saved it, when it fits the selection only now or no more,
    and when it can be changed now and could not be, or the reverse.
    """
    now = {row.id: row for row in rows}
    changed = [
        row.key
        for row in rows
        if row.id in seen and seen[row.id] != SeenRow(row.version, row.changes)
    ]
    added = [row.key for row in rows if row.id not in seen]
    gone = len(seen.keys() - now.keys())
    said = []
    if changed:
        said.append(f"{_names(changed)} changed")
    if added:
        said.append(f"{_names(added)} fit only now")
    if gone:
        said.append(f"{gone} of the preview fit no more")
    return f"Since the preview {'; '.join(said)}." if said else None


def _names(keys: Sequence[str]) -> str:
    shown = ", ".join(keys[:_NAMED])
    return shown if len(keys) <= _NAMED else f"{shown} and {len(keys) - _NAMED} more"


def stored_text(value: object) -> str | int | None:
    """A field's value as it is kept for undoing."""
    if isinstance(value, Lens):
        return value.value
    return value if isinstance(value, int) or value is None else str(value)


def value_of_text(column: str, text: str | int | None) -> str | int | Lens | Quarter | None:
    """A field's value as it was kept."""
    if column == "lens":
        return Lens(text)
    return Quarter.parse(str(text)) if column == "start" else text
