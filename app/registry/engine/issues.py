"""What an import has to say about a row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """An error keeps its row out; a note only tells."""

    ERROR = "error"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Issue:
    """A sentence about one line and column of the file; line 1 is the header, 0 the whole file.

    ``key``: the initiative it is about as a whole.
    """

    line: int
    column: str
    severity: Severity
    message: str
    key: str = ""

    def as_json(self) -> dict[str, object]:
        said: dict[str, object] = {
            "line": self.line,
            "column": self.column,
            "severity": self.severity.value,
            "message": self.message,
        }
        return said | {"key": self.key} if self.key else said
