"""What a file changes, cell by cell, grouped by initiative."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.registry.engine.differences import Comparison, Difference, State
from app.registry.engine.layout import BUDGETS, SHEETS, Column, Kind
from app.registry.engine.values import parsed
from app.registry.models import RegistryEdit
from app.values.digits import write_number
from app.values.written import NONE, day_words, house_locale

CELLS_SHOWN = 1_000
ROWS_SHOWN = 200
_SHEETS = {one.name: one for one in (*SHEETS, BUDGETS)}
_TONES = {
    State.CHANGED: "accent",
    State.ADDED: "ok",
    State.CONFLICT: "warn",
    State.INVALID: "bad",
    State.LOCKED: "bad",
}


@dataclass(frozen=True, slots=True)
class CellRow:
    """One cell as the page shows it."""

    address: str
    where: str
    field: str
    old: str
    new: str
    tone: str
    word: str
    message: str
    is_conflict: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The cells of one initiative; the key is empty where it has none yet."""

    key: str
    title: str
    cells: tuple[CellRow, ...]


@dataclass(frozen=True, slots=True)
class DiffView:
    """A returned workbook as its page shows it."""

    row_count: int
    changed: int
    added_rows: int
    conflicts: int
    barred: tuple[CellRow, ...]
    groups: tuple[Group, ...]
    hidden_count: int
    initiative_count: int
    missing: tuple[tuple[str, str], ...]
    missing_count: int
    notes: tuple[str, ...]
    kept: int
    gone: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs that could be saved or would have to be mended."""
        return not (self.barred or self.changed or self.added_rows or self.conflicts)

    @property
    def saved_cells(self) -> int:
        return self.changed + self.added_rows


def diff_view(comparison: Comparison, titles: Mapping[str, str], *, hides_money: bool) -> DiffView:
    """Conflicts and what is barred stand first; then at most CELLS_SHOWN cells by initiative."""
    found = comparison.differences
    sound = [one for one in found if not one.state.bars]
    sound.sort(key=lambda one: one.state is not State.CONFLICT)
    shown = sound[:CELLS_SHOWN]
    added = {(one.sheet, one.identity) for one in sound if one.state is State.ADDED}
    return DiffView(
        row_count=comparison.row_count,
        changed=sum(one.state is State.CHANGED for one in sound),
        added_rows=len(added),
        conflicts=len(comparison.conflicts),
        barred=tuple(cell_row(one, hides_money=hides_money) for one in comparison.barred),
        groups=tuple(_groups(shown, titles, hides_money=hides_money)),
        hidden_count=len(sound) - len(shown),
        initiative_count=len({one.initiative for one in sound}),
        missing=tuple((sheet, _row_words(row)) for sheet, row in comparison.missing[:ROWS_SHOWN]),
        missing_count=len(comparison.missing),
        notes=comparison.notes,
        kept=comparison.kept,
        gone=comparison.gone,
    )


def _groups(
    cells: Iterable[Difference], titles: Mapping[str, str], *, hides_money: bool
) -> list[Group]:
    by_key: dict[str, list[CellRow]] = {}
    for one in cells:
        by_key.setdefault(one.initiative, []).append(cell_row(one, hides_money=hides_money))
    return [
        Group(key if key in titles else "", titles.get(key) or _untitled(key), tuple(rows))
        for key, rows in by_key.items()
    ]


def _untitled(key: str) -> str:
    return "A new initiative" if not key or key.lower().startswith("new") else key


def cell_row(one: Difference, *, hides_money: bool) -> CellRow:
    column = _SHEETS[one.sheet].by_name.get(one.column) if one.sheet else None
    hidden = bool(column and column.is_money and hides_money)
    return CellRow(
        address=one.address,
        where=one.thing or _row_words(one.identity if one.state.bars else one.identity[1:]),
        field=one.label,
        old=NONE if hidden else shown(column, one.old),
        new=NONE if hidden or (one.message and not one.new) else shown(column, one.new),
        tone=_TONES[one.state],
        word=one.state.value,
        message=one.message,
        is_conflict=one.state is State.CONFLICT,
    )


def _row_words(identity: Sequence[str]) -> str:
    return " · ".join(part for part in identity if part)


def shown(column: Column | None, text: str) -> str:
    """A cell's text as people read it here; what could not be read stays as it was typed."""
    if not text:
        return "empty"
    if column is None:
        return text
    try:
        value = parsed(column.kind, text)
    except (ArithmeticError, ValueError):
        return text
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, Decimal) and column.kind is Kind.PERCENT:
        return f"{write_number(value * 100, house_locale())}\u202f%"
    if isinstance(value, Decimal):
        return write_number(value, house_locale())
    return text


def edit_groups(
    edit: RegistryEdit, titles: Mapping[str, str], *, hides_money: bool
) -> tuple[list[Group], int]:
    """What a saved file changed, by initiative, and how many cells more there are."""
    cells = [
        Difference(
            State.ADDED if one["state"] == State.ADDED.value else State.CHANGED, one["sheet"],
            tuple(one["row"].split("\t")), one["column"],
            _SHEETS[one["sheet"]].column(one["column"]).label, one["address"], one["old"],
            one["new"],
        )
        for one in edit.changes
    ]  # fmt: skip
    kept = cells[:CELLS_SHOWN]
    return _groups(kept, titles, hides_money=hides_money), len(cells) - len(kept)


def edit_rows(edits: Sequence[tuple[RegistryEdit, str]]) -> list[tuple[RegistryEdit, str, str]]:
    """Saved files with who saved them and how they stand."""
    return [(one, name, "taken back" if one.undone_at else "saved") for one, name in edits]
