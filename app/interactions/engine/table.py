"""Rows of text from CSV, XLSX and JSON files, each with its line number."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.workbook import read_workbook

MOST_BYTES = 20_000_000
MOST_ROWS = 100_000
MOST_COLUMNS = 200
LONGEST_CELL = 20_000
MOST_JSON_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the line it stands on and its cells by column name, as trimmed text."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A header and its rows, in the file's order."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(content: bytes, file_name: str) -> Table:
    """Read a whole file by its ending: ``.csv``, ``.tsv``, ``.txt``, ``.xlsx`` or ``.json``.

    Raises FileRefusedError naming line and column when the file is no clean table.
    """
    if not content.strip():
        raise FileRefusedError("The file is empty; choose a file with a header line and rows.")
    if len(content) > MOST_BYTES:
        raise FileRefusedError(f"The file is larger than {MOST_BYTES // 1_000_000} MB; split it.")
    reader = _READERS.get(file_name.rpartition(".")[2].lower())
    if reader is None:
        raise FileRefusedError("Choose a CSV, XLSX or JSON file; this ending is not known.")
    return _checked(reader(content))


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise FileRefusedError(
            f"Line {line} is not UTF-8 text; save the file as “CSV UTF-8” and try again."
        ) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise FileRefusedError(f"Line {line} holds a zero byte; the file is not a clean table.")
    return text


def _csv(content: bytes) -> list[tuple[int, list[str]]]:
    text = _text(content)
    header = text.lstrip("\r\n").splitlines()[0]
    delimiter = max(",;\t|", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                records.append((line, cells))
            line = reader.line_num + 1
            if len(records) > MOST_ROWS + 1:
                break
    except csv.Error as error:
        raise FileRefusedError(
            f"Line {line} cannot be read ({error}); look for a quote that is not closed."
        ) from error
    return records


def _xlsx(content: bytes) -> list[tuple[int, list[str]]]:
    return read_workbook(content, most_columns=MOST_COLUMNS, most_rows=MOST_ROWS)


def _json(content: bytes) -> list[tuple[int, list[str]]]:
    text = _text(content)
    if _depth(text) > MOST_JSON_DEPTH:
        raise FileRefusedError("The JSON is nested too deeply; give a list of flat objects.")
    try:
        records = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise FileRefusedError(
            f"Line {error.lineno}, column {error.colno}: this is not JSON ({error.msg})."
        ) from error
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise FileRefusedError("The JSON must be a list of objects, one per row.")
    columns = list(dict.fromkeys(key for record in records for key in record))
    rows = [(1, columns)]
    for position, record in enumerate(records, 2):
        rows.append((position, [_json_cell(record.get(column)) for column in columns]))
    return rows


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    keys = [key for key, _ in pairs]
    if len(set(keys)) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise FileRefusedError(f"One object names “{twice[:60]}” twice.")
    return dict(pairs)


def _json_cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _depth(text: str) -> int:
    depth = deepest = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _checked(records: Iterable[tuple[int, list[str]]]) -> Table:
    numbered = list(records)
    if not numbered:
        raise FileRefusedError("The file is empty; choose a file with a header line and rows.")
    header_line, header = numbered[0]
    columns = tuple(name.strip() for name in header)
    while columns and not columns[-1]:
        columns = columns[:-1]
    _check_columns(header_line, columns)
    rows = [_row(line, cells, columns) for line, cells in numbered[1:]]
    if not rows:
        raise FileRefusedError("The file has a header but no rows.")
    if len(rows) > MOST_ROWS:
        raise FileRefusedError(f"The file has more than {MOST_ROWS:,} rows; split it.")
    return Table(columns, tuple(rows))


def _check_columns(line: int, columns: tuple[str, ...]) -> None:
    if len(columns) > MOST_COLUMNS:
        raise FileRefusedError(f"Line {line} names more than {MOST_COLUMNS} columns.")
    for position, name in enumerate(columns, 1):
        if not name:
            raise FileRefusedError(f"Line {line}, column {position} has no name.")
        if columns.index(name) + 1 != position:
            raise FileRefusedError(f"Line {line} names the column “{name[:60]}” twice.")


def _row(line: int, cells: list[str], columns: tuple[str, ...]) -> Row:
    trimmed = [cell.strip() for cell in cells]
    if any(trimmed[len(columns) :]):
        raise FileRefusedError(
            f"Line {line} has {len(cells)} cells under {len(columns)} columns;"
            " look for a separator inside a text that is not quoted."
        )
    for name, cell in zip(columns, trimmed, strict=False):
        if len(cell) > LONGEST_CELL:
            raise FileRefusedError(f"Line {line}, column “{name}” holds more than 20,000 signs.")
    padded = trimmed + [""] * (len(columns) - len(trimmed))
    return Row(line, dict(zip(columns, padded, strict=False)))


_READERS: dict[str, Callable[[bytes], list[tuple[int, list[str]]]]] = {
    "csv": _csv,
    "tsv": _csv,
    "txt": _csv,
    "xlsx": _xlsx,
    "json": _json,
}
