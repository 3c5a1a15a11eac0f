"""The first rows of a file say how it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.interactions.engine.requests import SampleRequest
from app.interactions.engine.sampling import sample_file


class TestSampleFile:
    @pytest.mark.parametrize(
        ("content", "decimal"),
        [
            ("a;b\n1;2,50\n2;1.234,50\n", ","),
            ("a;b\n1;2\n2;x\n", ","),
            ("a;b\n1;2.50\n2;3.25\n", "."),
            ("a;b\n2026-05-04;04.05.2026\n1,234;1.234\n", ","),
            ("a\tb\n1\t2,5\n2\t0,25\n", ","),
            ('a,b\n1,"1,234.50"\n', "."),
            ("a,b\n1,2\n", "."),
        ],
    )
    def test_guesses_the_decimal_mark(self, tmp_path: Path, content: str, decimal: str) -> None:
        file = tmp_path / "log.csv"
        file.write_text(content)
        asked = SampleRequest(file=str(file), name="log.csv", folder=str(tmp_path))
        assert sample_file(asked).decimal == decimal

    @pytest.mark.parametrize(
        ("moments", "said"),
        [
            (("2026-05-04T10:00:00+02:00", "2026-05-04T10:00Z"), "offset"),
            (("2026-05-04 10:00", "2026-05-04"), "iso"),
            (("04.05.2026 10:00", "31.12.2026 09:15"), "%d.%m.%Y %H:%M"),
            (("12/31/2026", "01/02/2026"), "%m/%d/%Y"),
            (("2026-05-04 10:00", "soon"), None),
        ],
    )
    def test_sees_how_moments_are_written(
        self, tmp_path: Path, moments: tuple[str, ...], said: str | None
    ) -> None:
        file = tmp_path / "log.csv"
        file.write_text("when,what\n" + "".join(f"{one},x\n" for one in moments))
        asked = SampleRequest(file=str(file), name="log.csv", folder=str(tmp_path))
        assert sample_file(asked).formats == ({"when": said} if said else {})
