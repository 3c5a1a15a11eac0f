"""The pictures of the pages: all that are shown are there, and they stay small."""

from __future__ import annotations

import re

from tests.support.sources import ROOT

FOLDER = ROOT / "docs" / "screens"
MOST_BYTES = 60_000
MOST_TOGETHER = 2_000_000


class TestScreens:
    def test_readme_shows_only_pictures_that_are_there(self) -> None:
        shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text())
        assert len(shown) >= 6
        assert [name for name in shown if not (ROOT / name).exists()] == []

    def test_every_page_is_there_light_dark_and_on_a_phone(self) -> None:
        names = {file.stem for file in FOLDER.glob("*.webp")}
        pages = {name for name in names if not name.endswith(("-dark", "-phone"))}
        assert len(pages) >= 24
        assert names == {page + kind for page in pages for kind in ("", "-dark", "-phone")}

    def test_stay_small(self) -> None:
        sizes = {file.name: file.stat().st_size for file in FOLDER.iterdir()}
        assert [name for name, size in sizes.items() if size > MOST_BYTES] == []
        assert sum(sizes.values()) <= MOST_TOGETHER
