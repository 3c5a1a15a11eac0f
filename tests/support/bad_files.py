"""Files no importer may take as they are: more than 54 kinds, made by code."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

import xlsxwriter


class Verdict(Enum):
    """What an importer has to make of a file."""

    REFUSED = "refused whole, in words"
    ROW = "its second row named, with the column"
    HARMLESS = "refused, or read as the rows that stand in it and nothing else"


@dataclass(frozen=True, slots=True)
class Layout:
    """A table an importer understands: its header, a good row, and where dates and money stand."""

    header: tuple[str, ...]
    good: tuple[str, ...]
    day: str
    amount: str
    key: str
    text: str

    def row(self, **cells: str) -> tuple[str, ...]:
        """The good row with other cells, named by `day`, `amount`, `key` or `text`."""
        found = dict(zip(self.header, self.good, strict=True))
        return tuple((found | {getattr(self, name): one for name, one in cells.items()}).values())

    def csv(self, *rows: tuple[str, ...], header: tuple[str, ...] | None = None) -> bytes:
        lines = [header or self.header, *rows]
        return "\n".join(",".join(line) for line in lines).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class BadFile:
    """A file, and what has to be said of it."""

    name: str
    file_name: str
    content: bytes
    verdict: Verdict
    column: str = ""


def bad_files(layout: Layout) -> list[BadFile]:
    """All of them, for one importer's table."""
    files = [
        BadFile(name, f"{name}.csv", content, Verdict.REFUSED)
        for name, content in _no_tables(layout).items()
    ]
    files += [
        BadFile(name, ending, content, Verdict.REFUSED)
        for name, (ending, content) in _strange(layout).items()
    ]
    for name, (part, cell) in _CELLS.items():
        rows = layout.csv(layout.good, layout.row(**{part: cell, "key": "K-2"} | {part: cell}))
        files.append(BadFile(name, f"{name}.csv", rows, Verdict.ROW, getattr(layout, part)))
    files += [
        BadFile(name, f"{name}.{ending}", content, Verdict.HARMLESS)
        for name, (ending, content) in _tricks(layout).items()
    ]
    return files


_CELLS = {
    "day that is none": ("day", "2011-02-30"),
    "month 13": ("day", "2011-13-01"),
    "year nought": ("day", "0000-01-01"),
    "year ten thousand": ("day", "10000-01-01"),
    "words for a day": ("day", "soon"),
    "no day": ("day", ""),
    "words for money": ("amount", "lots"),
    "more than any number": ("amount", "1e999"),
    "not a number": ("amount", "NaN"),
    "without end": ("amount", "inf"),
    "below nothing": ("amount", "-5"),
    "finer than a cent": ("amount", "0.0000000005"),
    "digits of another script": ("amount", "١٢٣"),
    "thirty digits": ("amount", "9" * 30),
    "hexadecimal": ("amount", "0x10"),
    "two points": ("amount", "1.2.3"),
}


def _no_tables(layout: Layout) -> Mapping[str, bytes]:
    """CSV files that are no clean table."""
    header, good = layout.header, layout.good
    whole = layout.csv(good)
    wide = tuple(f"c{number}" for number in range(300))
    return {
        "empty": b"",
        "blank": b"  \n \n",
        "header alone": layout.csv(),
        "zero byte": whole.replace(b",", b",\0", 1),
        "latin letters": layout.csv(layout.row(text="caf")).replace(b"caf", b"caf\xe9"),
        "half a letter": layout.csv(layout.row(text="caf")).replace(b"caf", b"\xed\xa0\x80"),
        "utf-16 without its mark": whole.decode().encode("utf-16-le"),
        "utf-16 cut off": whole.decode().encode("utf-16")[:-1],
        "one name twice": layout.csv(good, header=(header[0], *header[:1], *header[2:])),
        "no name": layout.csv(good, header=(*header[:1], "", *header[2:])),
        "a column lacks": layout.csv(good[1:], header=header[1:]),
        "quote left open": whole + b'"' + whole,
        "more cells than names": layout.csv((*good, "more")),
        "too many columns": layout.csv(tuple("1" for _ in wide), header=wide),
        "a page of the web": b"<!doctype html><html><body>Not found</body></html>",
        "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        "a pdf": b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n1 0 obj\n",
        "packed": gzip.compress(whole),
    }


def _strange(layout: Layout) -> Mapping[str, tuple[str, bytes]]:
    """Files of other kinds, or that say they are what they are not."""
    whole = layout.csv(layout.good)
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1000)
    book = _workbook([layout.header, layout.good])
    bomb = _zip({"xl/worksheets/sheet1.xml": b"0" * 30_000_000})
    return {
        "a document": ("a.pdf", whole),
        "a program": ("a.exe", whole),
        "no ending": ("plain", whole),
        "an old workbook": ("a.xls", ole),
        "an old workbook renamed": ("a.xlsx", ole),
        "a workbook with macros": ("a.xlsm", book),
        "words renamed": ("b.xlsx", whole),
        "a workbook cut off": ("c.xlsx", book[: len(book) // 2]),
        "a zip that is none": ("d.xlsx", _zip({"readme.txt": b"nothing"})),
        "a zip bomb": ("e.xlsx", bomb),
        "a bomb in a bomb": ("f.xlsx", _zip({"xl/worksheets/sheet1.xml": bomb + bytes(10**7)})),
        "a cell far away": ("g.xlsx", _far_cell()),
        "a workbook of nothing": ("h.xlsx", _workbook([])),
        "half a parquet": ("i.parquet", b"PAR1" + bytes(100)),
        "json cut off": ("j.json", b'[{"a": 1}, {'),
        "json of one": ("k.json", json.dumps({layout.header[0]: "1"}).encode()),
    }


def _tricks(layout: Layout) -> Mapping[str, tuple[str, bytes]]:
    """Files that may be read for what they say, and must do nothing."""
    book = _workbook([layout.header, layout.good])
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    laughs = b'<!DOCTYPE x [<!ENTITY a "' + b"ha" * 1000 + b'"><!ENTITY b "'
    laughs += b"&a;" * 1000 + b'">]>'
    return {
        "formula": ("csv", layout.csv(layout.row(text="=cmd|' /C calc'!A0"))),
        "letters that turn round": ("csv", layout.csv(layout.row(text="abc\u202egpj.exe"))),
        "with a macro": ("xlsx", _with(book, {"xl/vbaProject.bin": b"macro"})),
        "a member outside": ("xlsx", _with(book, {"../../waymark-evil.txt": b"out"})),
    } | {
        name: ("xlsx", _changed(book, lambda text, one=one: text.replace(b"?>", b"?>" + one, 1)))  # type: ignore[misc]
        for name, one in (("reads a file", entity), ("laughs", laughs))
    }  # fmt: skip


def _workbook(rows: list[tuple[str, ...]]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate(rows):
            sheet.write_row(number, 0, cells)
    return stream.getvalue()


def _far_cell() -> bytes:
    """A workbook of two cells, one of them at the far end of the sheet."""
    near = _workbook([("a",), ("far",)])
    with zipfile.ZipFile(io.BytesIO(near)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    far = members[sheet].replace(b'r="A2"', b'r="XFD1048576"').replace(b'r="2"', b'r="1048576"')
    assert far != members[sheet]
    return _zip(members | {sheet: far})


def _zip(members: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _members(book: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _with(book: bytes, more: Mapping[str, bytes]) -> bytes:
    return _zip(_members(book) | dict(more))


def _changed(book: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with its sheet's XML changed."""
    sheet = "xl/worksheets/sheet1.xml"
    found = _members(book)
    return _zip(found | {sheet: change(found[sheet])})
