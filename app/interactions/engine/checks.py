"""What can be wrong with a row of a log, each with the bit by which its rows are found again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from app.interactions.engine.refusals import FileRefusedError

MOST = 62
"""Bits of a whole number that are free to use."""
SKIPPED = 1 << MOST
"""The bit of a row that is no contact, or none the mapping asks for: one of these has it."""
BLANK, UNASKED, EMPTY = SKIPPED, SKIPPED + 1, SKIPPED + 2
"""Nothing but separators; not what the mapping's “only” asks for; no contacts counted in it."""


Wording = Callable[[object], str | None]
"""Another sentence for some cells, None for the others."""


@dataclass(frozen=True, slots=True)
class Check:
    """A fault of one column. ``words`` is the sentence; {cell} stands for what was found.

    An error keeps its row out, a note does not. ``columns`` are what the sentence is about, the
    first of which is named. ``wording`` has more to say of some cells.
    """

    bit: int
    columns: tuple[str, ...]
    words: str
    is_error: bool
    wording: Wording | None = None

    def said(self, cell: object, shown: str) -> str:
        """The sentence about a cell, which it quotes as it is ``shown``."""
        words = (self.wording(cell) if self.wording else None) or self.words
        return words.replace("{cell}", shown)

    @property
    def mask(self) -> int:
        return 1 << self.bit


@dataclass(slots=True)
class Checks:
    """The checks of one table and the expression that gives a row's bits.

    Tables that are put under each other share ``found``, so that a bit means one thing in all.
    """

    found: list[Check] = field(default_factory=list)
    terms: list[ir.IntegerValue] = field(default_factory=list)

    def refuse(
        self, fault: ir.BooleanValue, words: str, *columns: str, wording: Wording | None = None
    ) -> None:
        """Rows with this fault are no part of the log."""
        self._add(fault, Check(len(self.found), columns, words, True, wording))

    def note(self, fault: ir.BooleanValue, words: str, *columns: str) -> None:
        """Rows with this fault are taken and named."""
        self._add(fault, Check(len(self.found), columns, words, False))

    def note_once(self, fault: ir.BooleanValue, words: str, *columns: str) -> None:
        """As `note`, in the first of tables that are put under each other."""
        if (words, columns) not in [(one.words, one.columns) for one in self.found]:
            self.note(fault, words, *columns)

    def _add(self, fault: ir.BooleanValue, check: Check) -> None:
        if len(self.found) >= MOST:
            raise FileRefusedError("The mapping reads too many columns of contacts; split it.")
        self.found.append(check)
        self.terms.append(
            ibis.ifelse(fault, ibis.literal(check.mask, "int64"), ibis.literal(0, "int64"))
        )

    @property
    def doubts(self) -> ir.IntegerValue:
        """The bits of the row's faults, 0 where there is none."""
        total = ibis.literal(0, "int64")
        for term in self.terms:
            total = total + term
        return total

    @property
    def errors_mask(self) -> int:
        return sum(check.mask for check in self.found if check.is_error)
