"""Charts on paper: the sheet of a page does not reach drawings inside it, so each brings its own.

The same macros draw for the screen and for paper; here a drawing gets the light colours that
tokens.css gives the classes of charts.css, and its words as a title for who listens to the PDF.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from pathlib import Path

_TOKEN = re.compile(r"--([a-z0-9-]+):\s*(?:light-dark\(([^,]+),[^)]*\)|([^;]+));")
_RULE = re.compile(r"(?m)^(?:\.chart )?((?:\.[ct]-[a-z-]+)|text)\s*\{([^}]*)\}")
_USED = re.compile(r"var\(--([a-z0-9-]+)\)")
_TAG = re.compile(r"<(/?)svg\b([^>]*?)(/?)>")
_LABEL = re.compile(r'aria-label="([^"]*)"')
_HALO = re.compile(r"paint-order:[^;]*;\s*stroke:[^;]*;\s*stroke-width:[^;]*;\s*")
_HALOED = re.compile(r'<text class="([^"]*\bt-halo\b[^"]*)"([^>]*)>(.*?)</text>')
_BEHIND = ".behind{fill:#fff;stroke:#fff;stroke-width:4}"
_FONT = 'text{font-family:"Inter Paper","Inter Paper Ext",sans-serif}'
_DESK = ".phone-only{display:none}"


def with_colours(html: str, folder: Path) -> str:
    """The page with a sheet of its own in every outermost drawing."""
    html = _HALOED.sub(_with_halo, html)
    sheet = _sheet(_changed(folder), folder)
    parts, depth, end = [], 0, 0
    for found in _TAG.finditer(html):
        is_end, attributes, is_empty = found[1], found[2], found[3]
        if is_end:
            depth -= 1
            continue
        if depth == 0 and not is_empty:
            parts += [html[end : found.end()], sheet, _title(attributes)]
            end = found.end()
        depth += not is_empty
    return "".join([*parts, html[end:]])


def _with_halo(found: re.Match[str]) -> str:
    """Words on white: what paints a halo behind words on a screen is not known on paper."""
    classes, attributes, words = found[1], found[2], found[3]
    return f'<text class="{classes} behind"{attributes}>{words}</text>{found[0]}'


def _title(attributes: str) -> str:
    label = _LABEL.search(attributes)
    return f"<title>{escape(unescape(label[1]))}</title>" if label else "<title> </title>"


def _changed(folder: Path) -> tuple[int, ...]:
    return tuple(
        (folder / "css" / name).stat().st_mtime_ns for name in ("tokens.css", "charts.css")
    )


@lru_cache(maxsize=2)
def _sheet(_changed: tuple[int, ...], folder: Path) -> str:
    """The classes of charts with their colours; a stroke as halo is left out, it hides words."""
    tokens = {
        name: (light or plain).strip()
        for name, light, plain in _TOKEN.findall((folder / "css" / "tokens.css").read_text())
    }
    rules = [
        f"{name}{{{_USED.sub(lambda used: tokens[used[1]], _HALO.sub('', body)).strip()}}}"
        for name, body in _RULE.findall((folder / "css" / "charts.css").read_text())
    ]
    return f"<style>{_FONT}{''.join(rules)}{_BEHIND}{_DESK}</style>"
