"""What a workbook that came back would change, cell by cell."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from app.registry.engine.current import Current, Head, Identity, Names, row_mark
from app.registry.engine.layout import INITIATIVES, SHEETS, Column, Kind, Sheet, Words
from app.registry.engine.returned import FileRow, FileSheet, ReturnedFile
from app.registry.engine.values import Value, digest, plain_text, without_guard, written


class State(Enum):
    """What is to be said of a cell that differs."""

    CHANGED = "changed"
    ADDED = "added"
    CONFLICT = "changed here, too"
    INVALID = "invalid"
    LOCKED = "locked"

    @property
    def bars(self) -> bool:
        """Whether nothing can be saved while there is one."""
        return self in (State.INVALID, State.LOCKED)


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that differs, at its address; ``value`` is the new one as it was read.

    ``thing`` is what people call its row, where numbers tell rows apart.
    """

    state: State
    sheet: str
    identity: Identity
    column: str
    label: str
    address: str
    old: str
    new: str
    value: Value = None
    message: str = ""
    thing: str = ""

    @property
    def initiative(self) -> str:
        return self.identity[0]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A returned file beside the registry.

    ``missing`` are rows that were exported and are not in the file, ``kept`` counts cells that
    changed in Waymark alone since, ``gone`` are rows that were taken out in Waymark since.
    """

    differences: tuple[Difference, ...]
    missing: tuple[tuple[str, Identity], ...] = ()
    gone: tuple[str, ...] = ()
    kept: int = 0
    notes: tuple[str, ...] = ()
    row_count: int = 0

    @property
    def barred(self) -> tuple[Difference, ...]:
        return tuple(one for one in self.differences if one.state.bars)

    @property
    def conflicts(self) -> tuple[Difference, ...]:
        return tuple(one for one in self.differences if one.state is State.CONFLICT)

    def accepted(self, taken: Collection[str] = ()) -> list[Difference]:
        """What is to be saved: of conflicts only those whose addresses were chosen."""
        return [
            one
            for one in self.differences
            if not one.state.bars and (one.state is not State.CONFLICT or one.address in taken)
        ]

    @property
    def mark(self) -> str:
        """Tells whether what is to be saved is still what was shown."""
        parts = (
            f"{one.state.value}\t{one.address}\t{one.old}\t{one.new}" for one in self.differences
        )
        return digest("\n".join(parts))


@dataclass(slots=True)
class _Comparing:
    current: Current
    new_keys: set[str]
    found: list[Difference] = field(default_factory=list)
    met: dict[str, set[Identity]] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    kept: int = 0


def compare(file: ReturnedFile, current: Current) -> Comparison:
    """Every cell of the file that differs from what Waymark has now."""
    first = file.sheets.get(INITIATIVES.name)
    work = _Comparing(current, _new_keys(first, current))
    work.found += [
        Difference(State.INVALID, "", ("",), "", "", address, "", "", message=message)
        for address, message in file.faults
    ]
    for sheet in SHEETS:
        if (there := file.sheets.get(sheet.name)) is not None:
            work.met[sheet.name] = set()
            for row in there.rows:
                _compare_row(work, there, row)
    return Comparison(
        tuple(work.found),
        tuple(_missing(work, file)),
        tuple(work.gone),
        work.kept,
        file.notes,
        sum(len(one.rows) for one in file.sheets.values()),
    )


def _new_keys(first: FileSheet | None, current: Current) -> set[str]:
    """The names that stand for initiatives which are still to get a key."""
    rows = first.rows if first else ()
    return {one for row in rows if is_new(one := _key(row, "initiative")) or not one} - set(
        current.heads
    )


def is_new(key: str) -> bool:
    """Whether a key stands for an initiative that is still to get one: new, new 1, new claims …"""
    return key.lower() == "new" or key.lower().startswith("new ")


def _key(row: FileRow, column: str) -> str:
    return written(row.values.get(column))


def _identity(there: FileSheet, row: FileRow, names: Names) -> Identity:
    return tuple(
        _in_house(one, _key(row, one), there.sheet.column(one), names)
        for one in there.sheet.identity
    )


def _in_house(name: str, text: str, column: Column, names: Names) -> str:
    """Keys and names as Waymark writes them, whatever was typed."""
    if column.words is not None:
        return names.find(column.words, text) or text
    if name in ("initiative", "other") and text.lower().startswith("cx-"):
        return text.upper()
    return text


def _compare_row(work: _Comparing, there: FileSheet, row: FileRow) -> None:
    identity = _named(work, there, row)
    if identity is None:
        return
    identity = work.current.mirrored(there.sheet, identity)
    now = work.current.row(there.sheet, identity)
    met = work.met[there.sheet.name]
    if identity in met:
        _refuse(work, there, row, identity, there.sheet.identity[-1], _TWICE)
        return
    met.add(identity)
    if now is not None:
        _compare_cells(work, there, row, identity, now)
    elif row.version is not None and row.seen:
        work.gone.append(there.address(row.line, ""))
    else:
        _add_row(work, there, row, identity)


_TWICE = "This row stands in the sheet twice; keep one."


def _named(work: _Comparing, there: FileSheet, row: FileRow) -> Identity | None:
    """Which row it is; None after saying what is wrong with its name."""
    sheet = there.sheet
    identity = _identity(there, row, work.current.names)
    key = identity[0]
    bad = next((one for one in sheet.identity if one in row.faults), None)
    if bad is not None:
        _refuse(work, there, row, identity, bad, row.faults[bad])
        return None
    if sheet.name == INITIATIVES.name:
        if not key or is_new(key):
            return (key or f"new (row {row.line})",)
    elif is_new(key) and key in work.new_keys:
        return _numbered(sheet, identity, row)
    if key not in work.current.heads:
        said = (
            f"There is no initiative “{key}”. Write “new 1” for one that is to be added, here and"
            f" in {INITIATIVES.name}."
            if key
            else "Name the initiative this belongs to by its key."
        )
        _refuse(work, there, row, identity, "initiative", said)
        return None
    return _numbered(sheet, identity, row)


def _numbered(sheet: Sheet, identity: Identity, row: FileRow) -> Identity:
    if sheet.is_numbered and not identity[-1]:
        return (*identity[:-1], f"new (row {row.line})")
    return identity


def _compare_cells(
    work: _Comparing, there: FileSheet, row: FileRow, identity: Identity, now: Mapping[str, str]
) -> None:
    head = work.current.heads[identity[0]]
    for column in there.sheet.columns:
        if not column.is_read or column.name not in there.letters:
            continue
        ours = now.get(column.name, "")
        fault = row.faults.get(column.name, "")
        value = row.values.get(column.name)
        theirs = written(value)
        if not fault and _same(column, theirs, ours):
            continue
        if not fault:
            value, theirs, fault = _checked(work.current, column, value, theirs)
        state = _state(row, head, column, ours, theirs, fault)
        if state is None:
            work.kept += 1
            continue
        said = fault or (head.lock if state is State.LOCKED else "")
        work.found.append(
            Difference(
                state, there.sheet.name, identity, column.name, column.label,
                there.address(row.line, column.name), ours, theirs, value, said,
                _thing(there, now),
            )
        )  # fmt: skip


def _thing(there: FileSheet, cells: Mapping[str, str]) -> str:
    """What people call a row that a number names."""
    if not there.sheet.is_numbered:
        return ""
    return cells.get("name") or f"{cells.get('milestone', '')}: {cells.get('metric', '')}"


def _same(column: Column, theirs: str, ours: str) -> bool:
    if theirs == ours:
        return True
    if column.kind in (Kind.TEXT, Kind.CHOICE):
        return theirs == without_guard(plain_text(ours))
    # An empty cell of a grid is none of it, which is what nothing there means.
    return column.name[0] == "q" and column.name[1:].isdigit() and {theirs, ours} == {"", "0"}


def _state(
    row: FileRow, head: Head, column: Column, ours: str, theirs: str, fault: str
) -> State | None:
    """What the difference is; None where Waymark alone has changed the cell since."""
    seen = row.seen.get(column.name)
    is_ours = seen is not None and seen != digest(ours)
    if is_ours and not fault and seen == digest(theirs):
        return None
    if head.lock:
        return State.LOCKED
    if fault:
        return State.INVALID
    if row.version == head.version or (seen is not None and not is_ours):
        return State.CHANGED
    return State.CONFLICT


def _checked(current: Current, column: Column, value: Value, theirs: str) -> tuple[Value, str, str]:
    """The value with names as Waymark writes them, or why it can't stand."""
    if value is None:
        return value, theirs, "This can’t be empty." if column.is_needed else ""
    if column.words is None or column.words is Words.FLAG:
        return value, theirs, ""
    label = current.names.find(column.words, theirs)
    if label is not None:
        return label, label, ""
    offered = current.names.offered[column.words]
    some = ", ".join(offered[:5]) + (" …" if len(offered) > 5 else ".")
    return value, theirs, f"“{theirs[:60]}” is none of what can be chosen: {some}"


def _add_row(work: _Comparing, there: FileSheet, row: FileRow, identity: Identity) -> None:
    """A row Waymark has not: every cell that is filled is new."""
    sheet, head = there.sheet, work.current.heads.get(identity[0])
    if sheet.is_numbered and not identity[-1].startswith("new"):
        said = (
            f"{identity[0]} has no {sheet.thing} no. {identity[-1]}. Empty this cell to add the"
            " row as a new one."
        )
        _refuse(work, there, row, identity, "number", said)
        return
    added = list(_added_cells(work, there, row, identity))
    if head is not None and head.lock:
        added = [Difference(State.LOCKED, *_place(there, row, identity, "initiative"), "", "", None,
                            f"A new {sheet.thing}: {head.lock}")]  # fmt: skip
    work.found += added


def _added_cells(
    work: _Comparing, there: FileSheet, row: FileRow, identity: Identity
) -> Iterator[Difference]:
    sheet = there.sheet
    for column in sheet.columns:
        if column.is_told or (column.name == "number" and sheet.is_numbered):
            continue
        fault = row.faults.get(column.name, "")
        value, theirs = row.values.get(column.name), written(row.values.get(column.name))
        is_name = column.name in sheet.identity
        if not fault and not (is_name and column.name == "initiative"):
            value, theirs, fault = _checked(work.current, column, value, theirs)
            if value is None and is_name:
                fault = "This can’t be empty: it names the row."
        if value is None and not fault and not (sheet.name == INITIATIVES.name and column.is_fixed):
            continue
        if column.name == "initiative" and sheet.name != INITIATIVES.name:
            continue
        state = State.INVALID if fault else State.ADDED
        yield Difference(
            state, *_place(there, row, identity, column.name), "", theirs, value, fault
        )


def _place(
    there: FileSheet, row: FileRow, identity: Identity, column: str
) -> tuple[str, Identity, str, str, str]:
    label = there.sheet.column(column).label if column else ""
    return there.sheet.name, identity, column, label, there.address(row.line, column)


def _refuse(
    work: _Comparing, there: FileSheet, row: FileRow, identity: Identity, column: str, said: str
) -> None:
    shown = written(row.values.get(column))
    work.found.append(
        Difference(State.INVALID, *_place(there, row, identity, column), "", shown, None, said)
    )


def _missing(work: _Comparing, file: ReturnedFile) -> Iterable[tuple[str, Identity]]:
    """Rows that the file had when it was exported, that are there still, and it has no more."""
    for name, rows in work.current.rows.items():
        if name not in file.sheets:
            continue
        for identity in rows:
            if identity not in work.met[name] and row_mark(name, identity) in file.exported:
                yield name, identity
