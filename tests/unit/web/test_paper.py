"""Charts on paper: each drawing has its colours and words itself."""

from __future__ import annotations

from pathlib import Path

import app
from app.web.paper import with_colours

STATIC = Path(app.__file__).parent / "static"
DRAWN = (
    '<p>Before</p><svg height="9" aria-label="Up &amp; down"><svg><rect class="c-area"/></svg>'
    '<text class="t-ink t-halo" x="1">Now</text></svg><svg height="3"><line/></svg>'
)


class TestWithColours:
    def test_gives_every_outer_drawing_a_sheet_without_open_names(self) -> None:
        made = with_colours(DRAWN, STATIC)
        assert made.count("<style>") == 2
        assert "var(" not in made and "light-dark" not in made
        assert ".c-line{fill: none; stroke: #2450d0" in made

    def test_says_the_words_of_a_drawing_as_its_title(self) -> None:
        assert "<title>Up &amp; down</title>" in with_colours(DRAWN, STATIC)

    def test_puts_white_behind_words_that_have_a_halo(self) -> None:
        made = with_colours(DRAWN, STATIC)
        assert (
            '<text class="t-ink t-halo behind" x="1">Now</text><text class="t-ink t-halo"' in made
        )

    def test_leaves_all_else_as_it_is(self) -> None:
        assert with_colours("<p>“svg”</p>", STATIC) == "<p>“svg”</p>"
