"""Foreign files as plain tables: UTF-8 text with one separator, or Parquet; without any engine."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path

from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.workbook import UNSOLVED, read_workbook

MOST_COLUMNS = 200
MOST_SHEET_ROWS = 250_000
MOST_UNPACKED_BYTES = 300_000_000
LONGEST_HEADER = 1_000_000
ENDINGS = ("csv", "tsv", "txt", "xlsx", "parquet")
_CHUNK = 1 << 20
_PIECE = 1 << 17
"""So much stays in a processor's own memory while it is looked through."""


@dataclass(frozen=True, slots=True)
class PlainFile:
    """A file an engine can read: ``kind`` csv or parquet; ``columns`` is the header of a csv.

    ``unsolved`` are columns in which a formula has no result; UNSOLVED stands there.
    """

    path: Path
    kind: str
    columns: tuple[str, ...] = ()
    delimiter: str = ","
    unsolved: frozenset[str] = frozenset()


def plain_file(
    path: Path,
    name: str,
    encoding: str,
    folder: Path,
    *,
    decimal: str = ".",
    delimiter: str | None = None,
) -> PlainFile:
    """Look at a file and, where its form asks for it, write it as plain text into ``folder``.

    ``name`` says by its ending what it is; a workbook's numbers are written with the mark
    ``decimal``, so that they are read as the numbers they are. ``delimiter`` None: of a text file,
    the sign that stands most often in its header. Raises FileRefusedError naming
    row and column.
    """
    ending = name.rpartition(".")[2].lower()
    if ending not in ENDINGS:
        raise FileRefusedError(
            "Choose a CSV, XLSX or Parquet file; the ending of this name is not known."
        )
    if path.stat().st_size == 0:
        raise FileRefusedError("The file is empty; choose a file with a header line and rows.")
    if ending == "parquet":
        return _parquet(path)
    if ending == "xlsx":
        table, unsolved = _unfolded(path, folder, decimal)
        plain = _with_header(table)
        return replace(plain, unsolved=frozenset(plain.columns[place] for place in unsolved))
    return _with_header(_utf8(path, encoding, folder), delimiter)


def _parquet(path: Path) -> PlainFile:
    with path.open("rb") as stream:
        magic = stream.read(4)
    if magic != b"PAR1":
        raise FileRefusedError("The file is no Parquet file; its first four bytes say so.")
    return PlainFile(path, "parquet")


def _utf8(path: Path, encoding: str, folder: Path) -> Path:
    """The file itself when it is UTF-8, else a copy that is."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if start.startswith(b"PK\x03\x04"):
        raise FileRefusedError("The file is a workbook or an archive; name it by its kind, .xlsx.")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    if encoding == "utf-8":
        _refuse_zero_bytes(path)
        return path
    return _translated(path, encoding, folder)


def _translated(path: Path, encoding: str, folder: Path) -> Path:
    target = folder / "plain.csv"
    try:
        with (
            path.open(encoding=encoding, newline="") as source,
            target.open("w", encoding="utf-8", newline="") as out,
        ):
            line = 1
            while piece := source.read(_CHUNK):
                if "\0" in piece:
                    line += piece[: piece.index("\0")].count("\n")
                    raise FileRefusedError(_zero_byte(line))
                line += piece.count("\n")
                out.write(piece)
    except UnicodeError as error:
        raise FileRefusedError(
            f"The file is not {encoding.upper()} text from line {line} on; save it as “CSV UTF-8”"
            " and try again."
        ) from error
    return target


def _refuse_zero_bytes(path: Path) -> None:
    """Read the file piece by piece: of a file that is mapped, every page counts as our memory."""
    piece = bytearray(_PIECE)
    with path.open("rb", buffering=0) as stream:
        before = 0
        while size := stream.readinto(piece):
            at = piece.find(b"\0", 0, size)
            if at >= 0:
                raise FileRefusedError(_zero_byte(_line_at(path, before + at)))
            before += size


def _line_at(path: Path, place: int) -> int:
    """The line in which so many bytes of the file end."""
    line = 1
    with path.open("rb") as stream:
        while place > 0:
            piece = stream.read(min(_CHUNK, place))
            line += piece.count(b"\n")
            place -= len(piece)
    return line


def _zero_byte(line: int) -> str:
    return f"Line {line} holds a zero byte; the file is not a clean table."


def _unfolded(path: Path, folder: Path, decimal: str) -> tuple[Path, set[int]]:
    """The first sheet as text, its empty rows kept so that rows are numbered as the sheet's.

    Besides, the places of the columns in which a formula has no result.
    """
    records = read_workbook(
        path.read_bytes(), most_columns=MOST_COLUMNS, most_rows=MOST_SHEET_ROWS,
        most_unpacked_bytes=MOST_UNPACKED_BYTES, decimal=decimal, unsolved=UNSOLVED,
    )  # fmt: skip
    if not records:
        raise FileRefusedError("The sheet is empty; choose a file with a header line and rows.")
    if UNSOLVED in records[0][1]:
        raise FileRefusedError(
            f"Column {records[0][1].index(UNSOLVED) + 1} of the header holds a formula without a"
            " result; open and save the file in a spreadsheet program."
        )
    width = max(len(cells) for _, cells in records)
    unsolved = {place for _, cells in records for place, one in enumerate(cells) if one == UNSOLVED}
    target = folder / "plain.csv"
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL)
        expected = records[0][0]
        for number, cells in records:
            for _ in range(number - expected):
                writer.writerow([""] * width)
            writer.writerow(
                [cell.replace("\0", "") for cell in cells] + [""] * (width - len(cells))
            )
            expected = number + 1
    return target, unsolved


def _with_header(path: Path, delimiter: str | None = None) -> PlainFile:
    try:
        with path.open("rb") as stream:
            text = stream.read(LONGEST_HEADER).decode("utf-8-sig", "replace")
        first = text.lstrip("\r\n").splitlines()[:1]
        if not first or not first[0].strip():
            raise FileRefusedError("The file is empty; choose a file with a header line and rows.")
        if "\ufffd" in first[0]:
            raise FileRefusedError(
                "Line 1 is not UTF-8 text; save the file as “CSV UTF-8”, or name its encoding in"
                " the mapping."
            )
        delimiter = delimiter or max(",;\t|", key=first[0].count)
        header = next(csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=delimiter))
    except (csv.Error, StopIteration) as error:
        raise FileRefusedError(
            "Line 1 cannot be read; look for a quote that is not closed."
        ) from error
    columns = tuple(name.strip() for name in header)
    check_columns(columns)
    return PlainFile(path, "csv", columns, delimiter)


def check_columns(columns: tuple[str, ...]) -> None:
    """Raises FileRefusedError where a header is no list of different names."""
    if len(columns) > MOST_COLUMNS:
        raise FileRefusedError(
            f"The header names {len(columns):,} columns; at most {MOST_COLUMNS} are taken."
        )
    for position, name in enumerate(columns, 1):
        if not name:
            raise FileRefusedError(f"Column {position} of the header has no name.")
        if columns.index(name) + 1 != position:
            raise FileRefusedError(f"The header names the column “{name[:60]}” twice.")


def check_mapped(wanted: list[str], columns: tuple[str, ...], title: str) -> None:
    """Raises FileRefusedError naming what the mapping reads and the file does not have."""
    missing = [name for name in wanted if name not in columns]
    if not missing:
        return
    named = ", ".join(f"“{name[:60]}”" for name in missing[:5])
    there = ", ".join(f"“{name[:40]}”" for name in columns[:12])
    more = f" and {len(columns) - 12} more" if len(columns) > 12 else ""
    raise FileRefusedError(
        f"The mapping “{title}” reads {named}, which the file does not have. Its columns are"
        f" {there}{more}."
    )
