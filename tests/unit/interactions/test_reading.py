"""A foreign file becomes a typed log, whole or not at all, every doubtful row named."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pytest
import xlsxwriter

from app.interactions.engine.log import COLUMNS, LOG_FILE, customer_pseudonym
from app.interactions.engine.refusals import FileRefusedError
from tests.unit.interactions.logs import HEADER, ROW, SECRET, mapping, read, row, rows, said

ROOT = Path(__file__).parents[3]


def _log(folder: Path, what: str = "*") -> list[tuple]:
    return duckdb.sql(f"SELECT {what} FROM '{folder / 'log' / LOG_FILE}'").fetchall()


def _workbook(rows: list[list[object]]) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, cells in enumerate(rows):
        sheet.write_row(number, 0, cells)
    book.close()
    return stream.getvalue()


class TestGoodFiles:
    def test_give_every_column_its_type(self, tmp_path: Path) -> None:
        report = read(tmp_path, rows(ROW))
        described = duckdb.sql(f"DESCRIBE FROM '{tmp_path / 'log' / LOG_FILE}'").fetchall()
        assert [name for name, *_ in described] == list(COLUMNS)
        assert (report.rows, report.errors, report.kept, report.contacts) == (1, 0, 1, 1)
        assert _log(tmp_path, "id, channel, reason") == [("1", "Phone", "Where is my claim?")]
        assert _log(tmp_path, "judged, unmet, cost_minor, minutes, score") == [(1, 0, 420, 6, 8)]

    def test_keep_no_customer_key(self, tmp_path: Path) -> None:
        read(tmp_path, rows(row(who="customer-4711")))
        assert b"customer-4711" not in (tmp_path / "log" / LOG_FILE).read_bytes()
        assert _log(tmp_path, "customer") == [(customer_pseudonym("customer-4711", SECRET),)]
        assert customer_pseudonym("customer-4711", "another") != _log(tmp_path, "customer")[0][0]

    def test_may_be_separated_by_semicolons_or_tabs_and_write_commas_in_numbers(
        self, tmp_path: Path
    ) -> None:
        text = rows(row(cost="1.234;50").replace(",", "|")).replace(";", ",")
        for mark in ";\t":
            lines = text.replace("|", mark).replace(HEADER, HEADER.replace(",", mark))
            assert read(tmp_path, lines, mapping=mapping(decimal=",")).errors == 0
            assert _log(tmp_path, "cost_minor") == [(123450,)]

    def test_may_have_spaces_around_cells_and_rows_of_nothing(self, tmp_path: Path) -> None:
        spaced = row(
            when=" 2026-05-04 10:00 ", who="\tK1 ", why=" Bill\t", wanted="  ", ok=" Yes ",
            cost=" 4.20 ", score="8 ",
        )  # fmt: skip
        report = read(tmp_path, rows(spaced, "," * 10, row(id="3", score="? ")))
        assert (report.rows, said(report)) == (2, [(4, "score", "error")])
        read(tmp_path, rows(spaced, "," * 10, row(id="3", why='"Bill\n"')))
        assert _log(tmp_path, "reason, expected, judged, cost_minor") == [
            ("Bill", None, 1, 420),
            ("Bill", "Today", 1, 420),
        ]
        assert _log(tmp_path, "customer")[0] == (customer_pseudonym("K1", SECRET),)

    def test_may_be_as_large_as_they_come(self, tmp_path: Path) -> None:
        lines = rows(row(cost="1234567.89", length="999999"), row(id="2", cost="0.01"))
        assert read(tmp_path, lines).errors == 0
        assert _log(tmp_path, "cost_minor, minutes") == [(123456789, 999999), (1, 6)]
        scaled = mapping(cost={"column": "cost", "scale": "0.5"})
        read(tmp_path, lines.replace("0.01", "0.02").replace("67.89", "67.88"), mapping=scaled)
        assert _log(tmp_path, "cost_minor") == [(61728394,), (1,)]

    def test_may_group_thousands(self, tmp_path: Path) -> None:
        report = read(tmp_path, rows(row(cost='"1,234.50"'), row(id="2", cost='"12,34.50"')))
        assert said(report) == [(3, "cost", "error")]

    @pytest.mark.parametrize(
        ("encoding", "says"),
        [("utf-8-sig", "utf-8"), ("utf-16", "utf-8"), ("windows-1252", "windows-1252")],
    )
    def test_may_have_another_encoding(self, tmp_path: Path, encoding: str, says: str) -> None:
        text = rows(row(why="Straße gesperrt"))
        read(tmp_path, text.encode(encoding), mapping=mapping(encoding=says))
        assert _log(tmp_path, "reason") == [("Straße gesperrt",)]

    def test_may_be_workbooks_with_days_and_empty_rows(self, tmp_path: Path) -> None:
        cells: list[list[object]] = [list(HEADER.split(",")), list(ROW.split(",")), [], []]
        cells.append([*ROW.replace("1,", "2,", 1).split(",")[:-1], "eleven"])
        report = read(tmp_path, _workbook(cells), "log.xlsx")
        assert said(report) == [(5, "score", "error")]

    def test_may_be_workbooks_whose_formulas_have_results(self, tmp_path: Path) -> None:
        stream = io.BytesIO()
        book = xlsxwriter.Workbook(stream, {"in_memory": True})
        sheet = book.add_worksheet()
        for number, cells in enumerate((HEADER, ROW)):
            sheet.write_row(number, 0, cells.split(","))
        sheet.write_formula("K2", "=4*2", None, 8)
        sheet.write_formula("F2", '="Today"', None, "Today")
        book.close()
        assert read(tmp_path, stream.getvalue(), "log.xlsx").issues == ()
        assert _log(tmp_path, "score, expected") == [(8, "Today")]

    def test_may_be_parquet(self, tmp_path: Path) -> None:
        source = tmp_path / "source.parquet"
        (tmp_path / "source.csv").write_text(rows(ROW, row(id="2", when="2026-06-01 08:00")))
        duckdb.sql(f"COPY (FROM '{tmp_path / 'source.csv'}') TO '{source}'")
        assert read(tmp_path, source.read_bytes(), "log.parquet").kept == 2
        assert _log(tmp_path, "cost_minor, score") == [(420, 8), (420, 8)]

    def test_keep_numbers_that_are_no_text_whatever_the_decimal_mark(self, tmp_path: Path) -> None:
        source = tmp_path / "source.parquet"
        (tmp_path / "source.csv").write_text(rows(row(score="")))
        typed = "4.200::DECIMAL(9,3) AS cost, 6.125::DOUBLE AS length, 8::TINYINT AS score"
        duckdb.sql(
            f"COPY (SELECT * REPLACE ({typed}) FROM '{tmp_path / 'source.csv'}' UNION ALL BY NAME"
            f" SELECT * REPLACE ('2' AS id, 4.2::DECIMAL(38,30) AS cost, 'nan'::DOUBLE AS length)"
            f" FROM (SELECT * REPLACE ({typed}) FROM '{tmp_path / 'source.csv'}')) TO '{source}'"
        )
        own = mapping(decimal=",", missing=["NA"])
        report = read(
            tmp_path, source.read_bytes(), "log.parquet", mapping=own, leave_out_errors=True
        )
        assert said(report) == [(3, "length", "error")]
        assert _log(tmp_path, "cost_minor, minutes::DOUBLE, score") == [(420, 6.125, 8)]

        cells: list[object] = [*ROW.split(",")[:-3], 4.2, 6.125, ""]
        for mark in ",.":
            cells[-1] = f"8{mark}0"
            content = _workbook([list(HEADER.split(",")), cells])
            report = read(tmp_path, content, "log.xlsx", mapping=mapping(decimal=mark))
            assert (said(report), report.kept) == ([], 1)
            assert _log(tmp_path, "cost_minor, minutes::DOUBLE, score") == [(420, 6.125, 8)]

    def test_take_moments_from_their_zone_to_utc(self, tmp_path: Path) -> None:
        lines = rows(
            row(when="2026-07-01 00:30"),
            row(id="2", when="2026-01-01 00:30"),
            row(id="3", when="2026-10-25 02:30"),
        )
        read(tmp_path, lines, mapping=mapping(zone="Europe/Berlin"))
        assert _log(tmp_path, "occurred_at::VARCHAR, occurred_on::VARCHAR") == [
            ("2026-06-30 22:30:00", "2026-07-01"),
            ("2025-12-31 23:30:00", "2026-01-01"),
            ("2026-10-25 00:30:00", "2026-10-25"),
        ]

    def test_may_write_moments_as_they_like(self, tmp_path: Path) -> None:
        own = mapping(when={"column": "when", "format": "%d.%m.%Y %H:%M"})
        report = read(tmp_path, rows(row(when="04.05.2026 10:00"), row(id="2")), mapping=own)
        assert said(report) == [(3, "when", "error")]

    def test_may_name_offsets(self, tmp_path: Path) -> None:
        own = mapping(when={"column": "when", "format": "offset"}, zone="America/New_York")
        read(tmp_path, rows(row(when="2026-07-01T02:00:00+02:00")), mapping=own)
        assert _log(tmp_path, "occurred_at::VARCHAR, occurred_on::VARCHAR") == [
            ("2026-07-01 00:00:00", "2026-06-30")
        ]

    def test_rescale_scores(self, tmp_path: Path) -> None:
        own = mapping(score={"column": "score", "low": 1, "high": 5})
        report = read(tmp_path, rows(row(score="4"), row(id="2", score="6")), mapping=own)
        assert said(report) == [(3, "score", "error")]
        read(tmp_path, rows(row(score="4")), mapping=own)
        assert [float(score) for (score,) in _log(tmp_path, "score")] == [7.5]


WRONG = (
    ({"when": "2026-02-30"}, "when", "“2026-02-30” is no day of the calendar"),
    ({"when": "2026-05-04 25:00"}, "when", "or no time of a day"),
    ({"when": "4 May"}, "when", "“4 May” is not a moment; write it as"),
    ({"when": ""}, "when", "says no moment"),
    ({"when": "2031-01-01"}, "when", "lies in the future"),
    ({"when": "0001-01-01"}, "when", "lies outside the years 1970 to 2099"),
    ({"when": "infinity"}, "when", "is not a moment"),
    ({"cost": "NaN"}, "cost", "“NaN” is not a number"),
    ({"cost": "1e999"}, "cost", "is not a number"),
    ({"cost": "0.005"}, "cost", "smallest unit"),
    ({"cost": "-4"}, "cost", "0 or more"),
    ({"cost": "999999999999"}, "cost", "beyond all measure"),
    ({"length": "-1"}, "length", "no length"),
    ({"score": "11"}, "score", "outside the scale of 0 to 10"),
    ({"score": "=1+1"}, "score", "“=1+1” is not a number"),
    ({"why": "x" * 401}, "why", "more than 400 signs"),
    ({"why": "Late \u202eyalp"}, "why", "marks of writing direction"),
    ({"through": "\u2066Phone\u2069"}, "through", "marks of writing direction"),
)


class TestRowsWithErrors:
    def test_are_named_and_bar_the_file(self, tmp_path: Path) -> None:
        wrong = [row(id=str(n), **cells) for n, (cells, _, _) in enumerate(WRONG, 2)]
        report = read(tmp_path, rows(ROW, *wrong))
        by_row = {issue.row: issue for issue in report.issues}
        for line, (_, column, words) in enumerate(WRONG, 3):
            issue = by_row.pop(line)
            assert (issue.column, issue.severity) == (column, "error")
            assert words in issue.message
        assert by_row == {}
        assert (report.errors, report.issue_count, report.kept) == (len(WRONG), len(WRONG), 0)
        assert not (tmp_path / "log" / LOG_FILE).exists()

    def test_may_hold_a_formula_without_a_result(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        assert book.active is not None
        for cells in (HEADER, ROW, row(id="2"), row(id="3"), row(id="4")):
            book.active.append(cells.split(","))
        book.active["B3"] = "=B2+1"
        book.active["E4"] = '=UPPER("bill")'
        book.active["L1"] = "beside"
        book.active["L5"] = "=1+1"  # of a column nobody reads
        stream = io.BytesIO()
        book.save(stream)
        report = read(tmp_path, stream.getvalue(), "log.xlsx", leave_out_errors=True)
        assert said(report) == [(3, "when", "error"), (4, "why", "error")]
        assert {one.message for one in report.issues} == {
            "This holds a formula without a result; open and save the file in a spreadsheet"
            " program."
        }
        assert _log(tmp_path, "id") == [("1",), ("4",)]
        book.active["L1"] = "=1"
        book.save(stream := io.BytesIO())
        with pytest.raises(FileRefusedError, match="Column 12 of the header holds a formula"):
            read(tmp_path, stream.getvalue(), "log.xlsx")

    def test_can_be_left_out(self, tmp_path: Path) -> None:
        lines = rows(ROW, row(id="2", score="eleven"), row(id="3"))
        report = read(tmp_path, lines, leave_out_errors=True)
        assert (report.rows, report.errors, report.kept) == (3, 1, 2)
        assert _log(tmp_path, "id") == [("1",), ("3",)]

    def test_may_repeat_an_id(self, tmp_path: Path) -> None:
        report = read(tmp_path, rows(ROW, row(id="2"), ROW), leave_out_errors=True)
        assert said(report) == [(4, "id", "error")]
        assert _log(tmp_path, "id") == [("1",), ("2",)]

    def test_are_counted_when_they_are_too_many_to_name(self, tmp_path: Path) -> None:
        lines = rows(*(row(id=str(one), score="?") for one in range(120)))
        report = read(tmp_path, lines)
        assert len(report.issues) == 50
        assert (report.errors, report.issue_count) == (120, 120)

    def test_may_be_no_rows_of_the_table(self, tmp_path: Path) -> None:
        lines = rows(ROW, "2,too,few", row(id="3") + ",more", row(id="4", score="?"))
        report = read(tmp_path, lines)
        assert said(report) == [(3, "", "error"), (4, "", "error"), (5, "score", "error")]
        assert "fewer cells" in report.issues[0].message
        assert "more cells" in report.issues[1].message

    def test_may_be_in_another_encoding_than_the_rest(self, tmp_path: Path) -> None:
        mixed = rows(ROW).encode() + row(id="2", why="Straße").encode("latin-1") + b"\n"
        report = read(tmp_path, mixed)
        assert [(issue.row, issue.severity) for issue in report.issues] == [(3, "error")]
        assert "UTF-8" in report.issues[0].message

    def test_count_more_answers_than_invitations_as_a_note(self, tmp_path: Path) -> None:
        own = mapping(contacts="answered", invited="invited", customer=None, id=None)
        lines = rows(ROW + ",12,10", ROW + ",3,10", header=HEADER + ",answered,invited")
        report = read(tmp_path, lines, mapping=own)
        assert said(report) == [(2, "answered", "note")]
        assert (report.kept, report.contacts) == (2, 15)

    def test_stand_for_as_many_contacts_as_a_website_has_and_no_more(self, tmp_path: Path) -> None:
        own = mapping(contacts="visits", customer=None, id=None)
        lines = rows(ROW + ",1327586946", ROW + ",20000000000", header=HEADER + ",visits")
        report = read(tmp_path, lines, mapping=own, leave_out_errors=True)
        assert (said(report), report.contacts) == ([(3, "visits", "error")], 1_327_586_946)


class TestPersonalData:
    LINES = rows(ROW, row(id="2", why="Call 0170 1234567"), row(id="3", result="for Mr. Smith"))

    def test_is_refused_without_repeating_it(self, tmp_path: Path) -> None:
        report = read(tmp_path, self.LINES)
        assert said(report) == [(3, "why", "error"), (4, "result", "error")]
        assert not any("1234567" in issue.message for issue in report.issues)

    def test_is_left_out_with_its_rows(self, tmp_path: Path) -> None:
        assert read(tmp_path, self.LINES, leave_out_errors=True).kept == 1

    def test_can_be_masked(self, tmp_path: Path) -> None:
        report = read(tmp_path, self.LINES, personal_data="mask")
        assert said(report) == [(3, "why", "note"), (4, "result", "note")]
        assert _log(tmp_path, "reason, outcome") == [
            ("Where is my claim?", "Solved"),
            ("Call …", "Solved"),
            ("Where is my claim?", "for …"),
        ]

    @pytest.mark.parametrize("part", ["segment", "stage", "channel", "journey"])
    def test_is_looked_for_in_every_text(self, tmp_path: Path, part: str) -> None:
        lines = rows(ROW + ",Anna", ROW.replace("1,", "2,", 1) + ",a@b.example",
                     header=HEADER + ",text")  # fmt: skip
        own = mapping(**{part: {"column": "text"}})
        assert said(read(tmp_path, lines, mapping=own)) == [(3, "text", "error")]
        read(tmp_path, lines, mapping=own, personal_data="mask")
        assert _log(tmp_path, part) == [("Anna",), ("…",)]

    def test_can_be_kept(self, tmp_path: Path) -> None:
        assert read(tmp_path, self.LINES, personal_data="keep").kept == 3


class TestLargeFiles:
    def test_take_no_memory_for_their_size(self, tmp_path: Path) -> None:
        path, size = tmp_path / "large.csv", 200 * 2**20
        path.write_bytes(b"a,b\n" * (size // 4))
        look = (
            "import resource, sys; from pathlib import Path;"
            "from app.interactions.engine.plain import plain_file;"
            "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024;"
            "before = peak(); plain_file(Path(sys.argv[1]), 'large.csv', 'utf-8', Path('.'));"
            "print(peak() - before)"
        )
        asked = [sys.executable, "-c", look, str(path)]
        grown = subprocess.run(asked, capture_output=True, text=True, check=True, cwd=ROOT).stdout
        assert int(grown) < size / 4

    def test_name_the_line_of_a_zero_byte_wherever_it_stands(self, tmp_path: Path) -> None:
        lines = (rows(ROW) + "x\n" * 2**20).encode() + b"\0\n"
        with pytest.raises(FileRefusedError, match=f"Line {2**20 + 3} holds a zero byte"):
            read(tmp_path, lines)


class TestFilesThatAreNoTables:
    def test_say_nothing_of_where_the_server_keeps_them(self, tmp_path: Path) -> None:
        source = tmp_path / "source.parquet"
        (tmp_path / "source.csv").write_text(rows(ROW))
        duckdb.sql(f"COPY (FROM '{tmp_path / 'source.csv'}') TO '{source}'")
        whole = source.read_bytes()
        for content in (b"PAR1 and so on", whole[:-40], whole[:4] + b"x" * 200 + whole[204:]):
            with pytest.raises(FileRefusedError) as refused:
                read(tmp_path, content, "log.parquet")
            assert "/" not in str(refused.value)
            assert "Parquet" in str(refused.value)

    @pytest.mark.parametrize(
        ("content", "name", "words"),
        [
            (b"", "log.csv", "empty"),
            (b"\n\n", "log.csv", "empty"),
            (HEADER.encode() + b"\n", "log.csv", "no rows"),
            (rows(ROW).encode(), "log.pdf", "ending"),
            (rows(ROW).replace("score", "id", 1).encode(), "log.csv", "“id” twice"),
            (rows(ROW).replace(",who", ",", 1).encode(), "log.csv", "no name"),
            (rows(ROW).replace("who", "whom").encode(), "log.csv", "reads “who”"),
            (rows(ROW).encode()[:-20] + b"\0\0\n", "log.csv", "Line 2 holds a zero byte"),
            (",".join(f"c{n}" for n in range(201)).encode(), "log.csv", "at most 200"),
            (b"PK\x03\x04 and so on", "log.csv", ".xlsx"),
            (b"PK\x03\x04 and so on", "log.xlsx", "no readable XLSX"),
            (b"PAR2 and so on", "log.parquet", "no Parquet"),
            (b"PAR1 and so on", "log.parquet", "cannot be read"),
        ],
    )
    def test_are_refused_in_words(
        self, tmp_path: Path, content: bytes, name: str, words: str
    ) -> None:
        with pytest.raises(FileRefusedError, match=words):
            read(tmp_path, content, name)
        assert not (tmp_path / "log" / LOG_FILE).exists()

    def test_may_open_a_quote_that_swallows_the_rows_after_it(self, tmp_path: Path) -> None:
        lines = rows(ROW, row(id="2", why='"open'), row(id="3"), row(id="4"))
        with pytest.raises(FileRefusedError, match="opened in row 3 is not closed, so the 2 lines"):
            read(tmp_path, lines, leave_out_errors=True)

    def test_may_be_zip_bombs(self, tmp_path: Path) -> None:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
        with pytest.raises(FileRefusedError, match="unpacks"):
            read(tmp_path, stream.getvalue(), "log.xlsx")

    def test_may_have_a_far_cell(self, tmp_path: Path) -> None:
        stream = io.BytesIO()
        book = xlsxwriter.Workbook(stream, {"in_memory": True})
        book.add_worksheet().write(1_048_575, 16_383, "far")
        book.close()
        with pytest.raises(FileRefusedError, match="column 16384 and row 1048576"):
            read(tmp_path, stream.getvalue(), "log.xlsx")

    def test_may_reach_over_too_many_cells(self, tmp_path: Path) -> None:
        stream = io.BytesIO()
        book = xlsxwriter.Workbook(stream, {"in_memory": True})
        book.add_worksheet().write(200_000, 100, "far")
        book.close()
        with pytest.raises(FileRefusedError, match="20,200,101 cells"):
            read(tmp_path, stream.getvalue(), "log.xlsx")

    def test_may_hold_lists(self, tmp_path: Path) -> None:
        source = tmp_path / "source.parquet"
        duckdb.sql(f"COPY (SELECT [1, 2] AS id) TO '{source}'")
        with pytest.raises(FileRefusedError, match="lists"):
            read(tmp_path, source.read_bytes(), "log.parquet")


class TestMomentsWithOffsets:
    def test_are_refused_where_the_mapping_says_there_are_none(self, tmp_path: Path) -> None:
        lines = rows(
            row(when="2026-07-01T02:00:00+02:00"),
            row(id="2", when="2026-07-01T02:00:00-05"),
            row(id="3", when="2026-07-01T02:00:00.123"),
            row(id="4", when="2026-07-01T02:00:00Z"),
            row(id="5", when="2026-07-01T02:00:00+02:00 "),
        )
        named = [(row, "when", "error") for row in (2, 3, 6)]
        assert said(read(tmp_path, lines)) == named
        assert (5, "when", "error") in said(
            read(tmp_path, lines, mapping=mapping(zone="Europe/Berlin"))
        )

    FORMS = (
        "2026-03-31T22:30Z", "2026-03-31 23:30+01", "2026-3-1 9:30+01:00", "2026-03-31T22:30+0200",
        "2026-03-31T22:30:00 UTC", "2026-03-31T22:30:00Z",
    )  # fmt: skip

    def test_are_refused_in_every_form(self, tmp_path: Path) -> None:
        lines = rows(*(row(id=str(n), when=cell) for n, cell in enumerate(self.FORMS)))
        report = read(tmp_path, lines, mapping=mapping(zone="Europe/Berlin"))
        assert said(report) == [(n, "when", "error") for n in range(2, 2 + len(self.FORMS))]
        assert "without an offset" in report.issues[0].message

    def test_are_asked_for_where_the_mapping_says_there_are_some(self, tmp_path: Path) -> None:
        own = mapping(when={"column": "when", "format": "offset"}, zone="Europe/Berlin")
        lines = rows(
            row(when="2026-03-31T22:30Z"),
            row(id="2", when="2026-03-31 22:30"),
            row(id="3", when="2026-03-31 22:30:00 UTC"),
        )
        report = read(tmp_path, lines, mapping=own, leave_out_errors=True)
        assert said(report) == [(3, "when", "error")]
        assert "with its offset" in report.issues[0].message
        assert _log(tmp_path, "occurred_on::VARCHAR") == [("2026-04-01",)] * 2


class TestRowsWithNotes:
    def test_name_moments_that_never_were_or_were_twice(self, tmp_path: Path) -> None:
        moments = ("2026-03-29 02:30", "2026-10-25 02:30", "2026-10-25 03:00", "2026-03-29")
        lines = rows(*(row(id=str(n), when=one) for n, one in enumerate(moments)))
        report = read(tmp_path, lines, mapping=mapping(zone="Europe/Berlin"))
        assert said(report) == [(2, "when", "note"), (3, "when", "note")]
        never, twice = (one.message for one in report.issues)
        assert "“2026-03-29 02:30” never was in Europe/Berlin" in never
        assert "counts as so much before the change" in never
        assert "“2026-10-25 02:30” was twice in Europe/Berlin" in twice
        assert "the first time is taken" in twice
        assert [str(at) for (at,) in _log(tmp_path, "occurred_at")][:2] == [
            "2026-03-29 00:30:00", "2026-10-25 00:30:00",
        ]  # fmt: skip
        assert read(tmp_path, lines).issues == ()

    def test_name_reasons_that_differ_only_in_capitals(self, tmp_path: Path) -> None:
        lines = rows(row(why="Late reply"), row(id="2", why="late reply"), row(id="3", why="Bill"))
        (note,) = read(tmp_path, lines).issues
        assert (note.row, note.column, note.severity) == (0, "why", "note")
        assert note.message.startswith("“Late reply” and “late reply” differ only in capitals")
