"""A workbook that comes back: its sheets found, each row with what its cells say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ValidationError, create_model

from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.workbook import SheetCells, read_sheets
from app.registry.engine.layout import CARRIED, SEEN, VERSION, Sheet
from app.registry.engine.values import Value, plain_text, read_cell

MOST_ROWS = 100_000
MOST_COLUMNS = 200
GUIDE, LISTS = "How this works", "Lists"
_OWN = {GUIDE, LISTS, CARRIED}


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row that is not empty: its line and what stands under each known column.

    ``faults``: what can't be read, by column. ``seen``: digests of what it said when it was
    exported, by column; empty where that is not in the file any more.
    """

    line: int
    values: Mapping[str, Value]
    faults: Mapping[str, str]
    version: int | None
    seen: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FileSheet:
    """One sheet of the layout as the file has it; ``letters`` name the columns' places."""

    sheet: Sheet
    title: str
    letters: Mapping[str, str]
    rows: tuple[FileRow, ...]
    is_by_line: bool = False

    def address(self, line: int, column: str) -> str:
        """Such as Options!D14; without a column its row. By line: line 14, Due on."""
        if self.is_by_line:
            label = self.sheet.column(column).label if column else ""
            return f"line {line}, {label}" if label else f"line {line}"
        letter = self.letters.get(column, "")
        return f"{self.title}!{letter}{line}" if letter else f"{self.title}!{line}:{line}"


@dataclass(frozen=True, slots=True)
class ReturnedFile:
    """What came back, with what there is to say about it as a whole.

    ``faults``: an address and a sentence for each; ``exported``: digests of the rows it had.
    """

    sheets: Mapping[str, FileSheet]
    notes: tuple[str, ...]
    faults: tuple[tuple[str, str], ...]
    exported: frozenset[str]


@dataclass(slots=True)
class _Findings:
    notes: list[str] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)


def letter_of(column: int) -> str:
    """The letters of a column counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def read_returned(content: bytes, sheets: Sequence[Sheet]) -> ReturnedFile:
    """Find the sheets of the layout and read their rows.

    A sheet is known by its name, or by its header where it was renamed. Raises FileRefusedError
    when there is none of them.
    """
    found = read_sheets(content, most_columns=MOST_COLUMNS, most_rows=MOST_ROWS)
    said = _Findings()
    carried = next((one for one in found if one.name == CARRIED), None)
    others = [one for one in found if one.name not in _OWN]
    read: dict[str, FileSheet] = {}
    for sheet in sheets:
        cells = _sheet_of(sheet, others, sheets, said)
        if cells is None:
            said.notes.append(f"The sheet {sheet.name} is not in the file; its rows stay.")
            continue
        others.remove(cells)
        taken = _read_sheet(sheet, cells, said)
        if taken is not None:
            read[sheet.name] = taken
    said.notes += [f"The sheet “{one.name}” is none of Waymark’s; not read." for one in others]
    if not read:
        raise FileRefusedError(
            "No sheet of the registry is in this file. Export the workbook here, edit that, and"
            " keep its headers."
        )
    return ReturnedFile(read, tuple(said.notes), tuple(said.faults), _exported(carried))


def _sheet_of(
    sheet: Sheet, there: Sequence[SheetCells], sheets: Sequence[Sheet], said: _Findings
) -> SheetCells | None:
    by_name = next((one for one in there if one.name.strip() == sheet.name), None)
    if by_name is not None:
        return by_name
    known = {one.name for one in sheets}
    labels = {one.label for one in sheet.columns}
    for one in there:
        header = {plain_text(cell) for cell in _header(one)[1]}
        if one.name not in known and len(labels & header) * 2 > len(labels):
            said.notes.append(f"The sheet “{one.name}” is read as {sheet.name}, by its header.")
            return one
    return None


def _header(cells: SheetCells) -> tuple[int, Sequence[object]]:
    """The first row that is not empty, with its place from 0."""
    for place, row in enumerate(cells.rows):
        if any(plain_text(cell) for cell in row):
            return place, row
    return 0, []


def _read_sheet(sheet: Sheet, cells: SheetCells, said: _Findings) -> FileSheet | None:
    place, header = _header(cells)
    if not header:
        said.notes.append(f"The sheet {cells.name} is empty; its rows stay.")
        return None
    places = _places(sheet, cells.name, place, header, said)
    if not all(name in places for name in sheet.identity):
        lacks = [sheet.column(one).label for one in sheet.identity if one not in places]
        said.faults.append(
            (
                f"{cells.name}!{place + 1}:{place + 1}",
                f"The header lacks {', '.join(f'“{one}”' for one in lacks)}, without which no row"
                " can be told; put it back.",
            )
        )
        return None
    said.faults += [(_range(cells.name, one), _MERGED) for one in cells.merged if one[1][0] > place]
    by_label = {plain_text(cell): at for at, cell in enumerate(header)}
    marks = by_label.get(VERSION), by_label.get(SEEN)
    rows = tuple(_rows(sheet, cells.rows, place + 1, places, marks))
    letters = {name: letter_of(at) for name, at in places.items()}
    return FileSheet(sheet, cells.name, letters, rows)


_MERGED = "These cells are merged, so that only the first has a value; split them again."


def _range(name: str, corners: tuple[tuple[int, int], tuple[int, int]]) -> str:
    (top, left), (bottom, right) = corners
    return f"{name}!{letter_of(left)}{top + 1}:{letter_of(right)}{bottom + 1}"


def _places(
    sheet: Sheet, title: str, line: int, header: Sequence[object], said: _Findings
) -> dict[str, int]:
    """Where each column of the layout stands."""
    by_label = {one.label.casefold(): one for one in sheet.columns}
    places: dict[str, int] = {}
    for at, cell in enumerate(header):
        label = plain_text(cell)
        column = by_label.get(label.casefold())
        if column is not None and column.name in places:
            said.faults.append(
                (f"{title}!{letter_of(at)}{line + 1}", f"“{label}” stands here twice; keep one.")
            )
        elif column is not None:
            places[column.name] = at
        elif label and label not in (VERSION, SEEN):
            said.notes.append(f"{title}: the column “{label[:60]}” is none of Waymark’s.")
    absent = [one.label for one in sheet.read_columns if one.name not in places]
    if absent and len(absent) <= 5 and len(absent) < len(sheet.read_columns):
        said.notes.append(f"{title}: {', '.join(absent)} not in the file; what is there stays.")
    return places


def _rows(
    sheet: Sheet,
    rows: Sequence[Sequence[object]],
    first: int,
    places: Mapping[str, int],
    marks: tuple[int | None, int | None],
) -> Iterator[FileRow]:
    names = [one.name for one in sheet.columns if one.name in places and not one.is_told]
    model = row_model(sheet, tuple(names))
    for at in range(first, len(rows)):
        cells = rows[at]
        raw = {name: cells[places[name]] for name in names if places[name] < len(cells)}
        if not any(cell != "" and plain_text(cell) for cell in raw.values()):
            continue
        values, faults = _validated(model, raw)
        version, seen = (
            cells[one] if one is not None and one < len(cells) else "" for one in marks
        )
        yield FileRow(at + 1, values, faults, _version(version), _seen(seen))


def _cell(cells: Sequence[object], at: int | None) -> object:
    return cells[at] if at is not None and at < len(cells) else ""


@lru_cache(maxsize=64)
def row_model(sheet: Sheet, names: tuple[str, ...]) -> type[BaseModel]:
    """One row of a sheet as a model: each column's reader is the validator of its field."""
    fields: dict[str, Any] = {
        name: (
            Annotated[Any, BeforeValidator(partial(read_cell, sheet.column(name).kind))],
            None,
        )
        for name in names
    }
    return create_model(f"{sheet.name.replace(' ', '')}Row", **fields)


def _validated(
    model: type[BaseModel], raw: dict[str, object]
) -> tuple[dict[str, Value], dict[str, str]]:
    try:
        return dict(model.model_validate(raw)), {}
    except ValidationError as error:
        faults = {
            str(one["loc"][0]): str((one.get("ctx") or {}).get("error", "This can’t be read."))
            for one in error.errors(include_url=False, include_input=False)
        }
    sound = {name: cell for name, cell in raw.items() if name not in faults}
    return dict(model.model_validate(sound)), faults


def _version(cell: object) -> int | None:
    text = plain_text(cell)
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _seen(cell: object) -> dict[str, str]:
    """Column and digest of each cell, as ``title=1a2b3c4d``."""
    pairs = (one.partition("=") for one in plain_text(cell).split())
    return {name: mark for name, _, mark in pairs}


def _exported(cells: SheetCells | None) -> frozenset[str]:
    if cells is None:
        return frozenset()
    return frozenset(mark for row in cells.rows for cell in row for mark in str(cell).split())
