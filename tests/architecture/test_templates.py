"""Templates stay short and plain; nothing in them needs a weaker content security policy."""

from __future__ import annotations

import re

from tests.support.sources import texts

LONGEST_PAGE = 120
LONGEST_COMPONENTS = 200
FOREIGN = re.compile(
    r"""(?:https?:)?//(?!www\.w3\.org/)[a-z0-9-]+(?:\.[a-z0-9-]+)+""", re.IGNORECASE
)
LOADS = re.compile(
    r"""(?:href|src|action|srcset|poster)\s*=\s*["']?\s*(?:https?:)?//""", re.IGNORECASE
)
CSS_LOADS = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])\s*(?:https?:)?//""", re.IGNORECASE)
STYLE = re.compile(r"""<style\b|\sstyle\s*=""", re.IGNORECASE)
HANDLER = re.compile(r"""<[^>{]*\son[a-z]+\s*=\s*["']""", re.IGNORECASE)
SCRIPT = re.compile(
    r"<script\b(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.IGNORECASE | re.DOTALL
)
ADDRESSES_IN_CODE = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


def _pages() -> tuple[tuple[str, str], ...]:
    return texts("app/templates", "*.html", "*.svg", "*.xml", "*.txt")


class TestTemplates:
    def test_stay_short(self) -> None:
        lengths = {name: len(text.splitlines()) for name, text in _pages()}
        long = {
            name: lines
            for name, lines in lengths.items()
            if lines > (LONGEST_COMPONENTS if "/components/" in name else LONGEST_PAGE)
        }
        assert long == {}

    def test_hold_no_style(self) -> None:
        assert [name for name, text in _pages() if STYLE.search(text)] == []

    def test_hold_no_script_of_their_own(self) -> None:
        inline = [
            name
            for name, text in _pages()
            for found in SCRIPT.finditer(text)
            if "src=" not in found["attributes"] or found["body"].strip()
        ]
        assert inline == []

    def test_hold_no_event_handlers(self) -> None:
        handlers = [
            name
            for name, text in _pages()
            if HANDLER.search(text) or "javascript:" in text or "hx-on" in text
        ]
        assert handlers == []

    def test_fetch_nothing_from_elsewhere(self) -> None:
        assert [name for name, text in _pages() if LOADS.search(text)] == []


class TestStaticFiles:
    def test_styles_fetch_nothing_from_elsewhere(self) -> None:
        files = texts("app/static", "*.css")
        assert [name for name, text in files if CSS_LOADS.search(text)] == []

    def test_scripts_name_no_foreign_address(self) -> None:
        strays = {
            name: found
            for name, text in texts("app/static", "*.js")
            if "/vendor/" not in name
            and (found := FOREIGN.findall(ADDRESSES_IN_CODE.sub("", text)))
        }
        assert strays == {}
