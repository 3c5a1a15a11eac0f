"""What smaller scopes left bound of commitments; the roadmap, which decides them, answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ScalarSelect

from app.values.quarter import Quarter

Cells = Mapping[tuple[int, Quarter], int]
"""Minor units by fund id and quarter."""


@dataclass(frozen=True, slots=True)
class Amended:
    """Where the last rescope of a commitment is frozen, and how to read what it left bound.

    ``content`` is a column for queries of `Commitment`.
    """

    content: ScalarSelect[bytes]
    read: Callable[[bytes | None], Cells | None]


AMENDED: list[Amended] = []
"""Who knows; a later package adds itself."""


def amended_columns() -> list[ScalarSelect[bytes]]:
    """Columns to add at the end of a query of `Commitment`, for `amended_of`."""
    return [one.content for one in AMENDED]


def amended_of(values: Sequence[bytes | None]) -> Cells | None:
    """What the last rescope left bound, from the columns; None without one."""
    found = (one.read(content) for one, content in zip(AMENDED, values, strict=True))
    return next((cells for cells in found if cells is not None), None)
