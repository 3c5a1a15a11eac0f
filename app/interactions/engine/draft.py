"""A file that is being read, as far as it got: the draft of its log and what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from app.interactions.engine.checks import SKIPPED, Checks
from app.interactions.engine.duck import fetch_one, quoted
from app.interactions.engine.requests import ReadRequest
from app.interactions.engine.wording import TURNING

NAMED = 50
"""How many rows of one fault are named; all are counted."""
SHOWN = 60


@dataclass(slots=True)
class Reading:
    """One file being read: ``draft`` is the Parquet of all rows, with the bits of their faults."""

    engine: Backend
    request: ReadRequest
    source: ir.Table
    names: dict[str, str]
    checks: Checks
    draft: Path
    lines: dict[int, str]

    @property
    def scan(self) -> str:
        """The draft's contacts, each with its row of the file, but those of erased customers."""
        return f"(SELECT * FROM {self.every_row} WHERE doubts < {SKIPPED}{self._not_erased})"

    @property
    def every_row(self) -> str:
        """All rows of the draft, each with its row of the file."""
        row = "" if self.is_spread else ", file_row_number + 2 AS row"
        draft = f"read_parquet({quoted(str(self.draft))}, file_row_number = true)"
        return f"(SELECT * EXCLUDE (file_row_number){row} FROM {draft})"

    @property
    def is_erased(self) -> str:
        """Whether a row is of a customer who was erased; `read_log` makes the table of them."""
        return "coalesce(customer IN (SELECT customer FROM erased), false)"

    @property
    def _not_erased(self) -> str:
        return f" AND NOT {self.is_erased}" if self.request.erased else ""

    @property
    def is_spread(self) -> bool:
        """Whether several contacts come from one row, so that the draft numbers its rows."""
        return bool(self.request.mapping.spread)

    @property
    def is_faulty(self) -> str:
        return f"doubts & {self.checks.errors_mask} <> 0"


def shown(cell: Any) -> str:
    """A cell as a sentence quotes it: in one line, and not all of a long one."""
    text = " ".join(re.sub(TURNING, "", str("" if cell is None else cell)).split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def rows_in(engine: Backend, path: Path) -> int:
    return int(fetch_one(engine, f"SELECT count(*) FROM read_parquet({quoted(str(path))})")[0])
