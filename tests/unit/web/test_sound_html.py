"""The check every page goes through: what is unsound stays noticed when pages are remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.sound_html import SoundPages, mistakes, skeleton

PAGE = """<!doctype html>
<html lang="en"><head><title>Budget</title></head><body>
<h1>Budget &amp; funds</h1>
<form><label for="sum">Sum</label><input id="sum" name="sum" value="1,000"></form>
<table><tr><td>€2m</td><td id="t1">Digital</td></tr></table>
</body></html>"""


@pytest.fixture
def pages(tmp_path: Path) -> SoundPages:
    return SoundPages(tmp_path)


class TestMistakes:
    def test_finds_nothing_in_a_sound_page(self) -> None:
        assert mistakes(PAGE) == []

    @pytest.mark.parametrize(
        ("sound", "broken", "words"),
        [
            ("</h1>", "</h2>", "line"),
            ("€2m</td>", "€2m</div>", "line"),
            ("&amp; funds", "&funds", "line"),
            ("€2m", "a<b", "line"),
            ('id="t1"', 'id="sum"', "stands 2 times"),
            ('for="sum"', 'for="total"', "is not there"),
            ('<input id="sum"', '<input id="other"', "is not there"),
            ("<label", "<b", "line"),
            ('name="sum"', 'name="sum" name="total"', "line"),
            ("<td>€2m", "<td><p>€2m<p></p></td><td><a href='x'><a href='y'>z</a>", "line"),
        ],
    )
    def test_finds_it_after_a_sound_page_was_remembered(
        self, pages: SoundPages, sound: str, broken: str, words: str
    ) -> None:
        assert pages.mistakes(PAGE) == []
        assert sound in PAGE
        found = pages.mistakes(PAGE.replace(sound, broken, 1))
        assert any(words in one for one in found), found

    def test_is_told_again_for_a_broken_page(self, pages: SoundPages) -> None:
        broken = PAGE.replace("</h1>", "</h2>")
        assert pages.mistakes(broken)
        assert pages.mistakes(broken)

    def test_is_remembered_by_other_processes(self, pages: SoundPages, tmp_path: Path) -> None:
        assert pages.mistakes(PAGE) == []
        assert len(list(tmp_path.iterdir())) == 1
        assert SoundPages(tmp_path).mistakes(PAGE) == []


class TestSkeleton:
    def test_is_the_same_for_other_words_and_ids(self) -> None:
        other = PAGE.replace("Digital", "Claims &lt;new&gt; team").replace("t1", "t77")
        assert skeleton(other) == skeleton(PAGE)

    def test_tells_one_id_used_twice_from_two(self) -> None:
        once = '<p id="a">x</p><p id="b">x</p>'
        assert skeleton(once) != skeleton(once.replace('"b"', '"a"'))

    def test_tells_a_field_without_label_from_a_hidden_one(self) -> None:
        assert skeleton('<input type="hidden">') != skeleton('<input type="text">')

    def test_keeps_what_a_browser_would_mend(self) -> None:
        assert skeleton("<p>a & b</p>") != skeleton("<p>a and b</p>")
        assert skeleton("<p>a\x00b</p>") != skeleton("<p>ab</p>")
