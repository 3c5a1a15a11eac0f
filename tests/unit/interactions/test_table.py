"""A file is taken as a clean table, or refused naming line and column."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
import xlsxwriter

from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.table import MOST_COLUMNS, read_table


def workbook(rows: list[list[object]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


class TestReadTable:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_finds_the_separator(self, delimiter: str) -> None:
        table = read_table(f"a{delimiter}b\n1{delimiter}2\n".encode(), "x.csv")
        assert table.rows[0].cells == {"a": "1", "b": "2"}

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_reads_unicode_files(self, encoding: str) -> None:
        assert read_table("näme\nÄ\n".encode(encoding), "x.csv").rows[0].cells == {"näme": "Ä"}

    def test_names_the_line_a_person_sees(self) -> None:
        table = read_table(b'a,b\n"two\nlines",1\n\n3,4\n', "x.csv")
        assert [row.line for row in table.rows] == [2, 5]

    def test_reads_the_first_sheet_of_a_workbook(self) -> None:
        table = read_table(workbook([["Key", "Cost"], ["A", 12], ["B", 1.5]]), "x.xlsx")
        assert [row.cells["Cost"] for row in table.rows] == ["12", "1.5"]

    def test_reads_a_list_of_objects(self) -> None:
        content = json.dumps([{"a": "1"}, {"a": None, "b": 2}]).encode()
        table = read_table(content, "x.json")
        assert [row.cells for row in table.rows] == [{"a": "1", "b": ""}, {"a": "", "b": "2"}]

    @pytest.mark.parametrize(
        ("content", "name", "says"),
        [
            (b"", "x.csv", "empty"),
            (b"  \n\n", "x.csv", "empty"),
            (b"a,b\n", "x.csv", "no rows"),
            (b"a,a\n1,2\n", "x.csv", "twice"),
            (b"a,,c\n1,2,3\n", "x.csv", "column 2 has no name"),
            (b"a,b\n1,2,3\n", "x.csv", "Line 2 has 3 cells"),
            (b'a,b\n1,"2\n', "x.csv", "quote"),
            (b"a,b\n1,\xff\n", "x.csv", "Line 2 is not UTF-8"),
            (b"a,b\n1,\x002\n", "x.csv", "zero byte"),
            (b"a\n" + b"x" * 20_001 + b"\n", "x.csv", "20,000"),
            (b"a,b\n1,2\n", "x.pdf", "ending"),
            (b"not a zip", "x.xlsx", "XLSX"),
            (b"{}", "x.json", "list of objects"),
            (b"[1]", "x.json", "list of objects"),
            (b'[{"a":1,"a":2}]', "x.json", "twice"),
            (b"[{", "x.json", "Line 1"),
            (b"[" * 100_000, "x.json", "deeply"),
        ],
    )
    def test_refuses_in_words(self, content: bytes, name: str, says: str) -> None:
        with pytest.raises(FileRefusedError, match=says):
            read_table(content, name)

    def test_refuses_a_cell_far_away_before_reading_it(self) -> None:
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
            sheet = book.add_worksheet()
            sheet.write(0, 0, "a")
            sheet.write(1_048_575, 16_383, "far")
        with pytest.raises(FileRefusedError, match=f"at most {MOST_COLUMNS} columns"):
            read_table(buffer.getvalue(), "x.xlsx")

    def test_refuses_a_zip_that_unpacks_to_too_much(self) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
        with pytest.raises(FileRefusedError, match="unpacks"):
            read_table(buffer.getvalue(), "x.xlsx")
