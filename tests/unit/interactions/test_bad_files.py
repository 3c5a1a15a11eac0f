"""The bad files of every importer, read as a log: refused, or the row named, and nothing kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.interactions.engine.refusals import FileRefusedError
from tests.support.bad_files import BadFile, Layout, Verdict, bad_files
from tests.unit.interactions.logs import HEADER, ROW, read

LAYOUT = Layout(
    header=tuple(HEADER.split(",")),
    good=tuple(ROW.split(",")),
    day="when",
    amount="cost",
    key="id",
    text="why",
)
FILES = [bad for bad in bad_files(LAYOUT) if bad.name != "finer than a cent"]
"""The cost of one contact may be finer than a cent; only sums are money."""


def faults(folder: Path, files: list[BadFile]) -> Iterator[str]:
    """What reading makes of bad files that it should not."""
    for number, bad in enumerate(files):
        place = folder / str(number)
        place.mkdir()
        try:
            report = read(place, bad.content, bad.file_name)
        except FileRefusedError as error:
            if bad.verdict is Verdict.ROW or len(str(error)) < 20:
                yield f"{bad.name}: {error}"
            continue
        errors = [(one.row, one.column) for one in report.issues if one.severity == "error"]
        if bad.verdict is Verdict.REFUSED and not errors:
            yield f"{bad.name}: read as if it were sound"
        if bad.verdict is Verdict.ROW and (errors != [(3, bad.column)] or report.kept):
            yield f"{bad.name}: {errors}, {report.kept} kept, not row 3, {bad.column}"
        if bad.verdict is Verdict.HARMLESS and report.rows != 1:
            yield f"{bad.name}: {report.rows} rows"


class TestBadFiles:
    @pytest.mark.parametrize("bad", FILES, ids=lambda bad: bad.name)
    def test_are_refused_in_words_or_named_by_row(self, bad: BadFile, tmp_path: Path) -> None:
        assert list(faults(tmp_path, [bad])) == []
