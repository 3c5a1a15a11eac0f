"""Whether a page is sound HTML: it parses without mending, ids are single, fields have labels.

The strict parser is slow and most pages differ from an earlier one by their words only. So what was
found sound is remembered by its skeleton: the page with its words taken out, values of attributes
too, and every id replaced by its number. Two pages of one skeleton are sound alike.
"""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.builder._html5lib import HTML5TreeBuilder
from html5lib import HTMLParser
from html5lib.constants import E as MESSAGES

_UNLABELLED = {"hidden", "submit", "button", "image", "reset"}
_TAG = re.compile(r"<[a-zA-Z/!](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_ATTRIBUTE = re.compile(
    r"(?<=[\s\"'])([a-zA-Z][\w:.-]*)=(?:\"((?:[^\"&<>]|&(?:amp|lt|gt|quot|#3[49]);)*)\"|'[^'&<>]*')"
)
_REFERENCES = re.compile(r"&(?:amp|lt|gt|quot|nbsp|#3[49]);")
_WORDS = re.compile(r"[^\s<>&\x00-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]+")
_SPACES = re.compile(r"[ \n]+")
_SEVERAL = re.compile(r"x(?: ?x)+")
_KEPT = {"type", "role"}
_NAMES = {"id", "for"}


def skeleton(html: str) -> str:
    """Return the page without what cannot make it unsound: words, values, the names of ids.

    Whatever is not plainly harmless stays, so that a page with it is parsed.
    """
    names: dict[str, str] = {}

    def attribute(found: re.Match[str]) -> str:
        name, value = found[1].lower(), found[2]
        if value is None:
            return f"{name}='v'"
        if name in _NAMES:
            return f'{name}="{names.setdefault(value, f"n{len(names)}")}"'
        return found[0] if name in _KEPT else f'{name}="{"v" if value else ""}"'

    parts: list[str] = []
    end = 0
    for tag in _TAG.finditer(html):
        parts += (_without_words(html[end : tag.start()]), _ATTRIBUTE.sub(attribute, tag[0]))
        end = tag.end()
    return "".join([*parts, _without_words(html[end:])])


def _without_words(text: str) -> str:
    words = _WORDS.sub("x", _REFERENCES.sub("x", text))
    return _SEVERAL.sub("x", _SPACES.sub(" ", words))


class SoundPages:
    """What was found sound, kept in a folder that several processes may share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: set[str] = set()

    def mistakes(self, html: str) -> list[str]:
        """Return what is wrong with a page; nothing for one like an earlier sound one."""
        name = sha256(skeleton(html).encode("utf-8", "surrogatepass")).hexdigest()
        if name in self._known or (self._folder / name).exists():
            self._known.add(name)
            return []
        found = mistakes(html)
        if not found:
            (self._folder / name).touch()
            self._known.add(name)
        return found


def _kept_folder() -> Path:
    """One folder for all processes and runs of this very check."""
    this = Path(__file__)
    check = sha256(this.read_bytes() + version("html5lib").encode()).hexdigest()[:16]
    folder = this.parents[2] / ".pytest_cache" / "sound-html" / check
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class _RememberingBuilder(HTML5TreeBuilder):
    """Builds the tree as a browser does and keeps what the parser had to mend."""

    mended: list[str]

    def feed(self, markup: Any) -> None:
        parser = HTMLParser(tree=self.create_treebuilder)
        builder: Any = self.underlying_builder
        builder.parser = parser
        parser.parse(markup).original_encoding = None
        builder.parser = None
        self.mended = [
            f"line {line}: {MESSAGES.get(code, code) % details}"
            for (line, _), code, details in parser.errors
        ]


def mistakes(html: str) -> list[str]:
    """Return what is wrong with a page: bad HTML, ids twice, dangling labels, unnamed fields."""
    builder = _RememberingBuilder()
    soup = BeautifulSoup(html, builder=builder)
    ids = Counter(str(tag["id"]) for tag in soup.find_all(id=True))
    found = builder.mended + [
        f"id “{i}” stands {count} times" for i, count in ids.items() if count > 1
    ]
    found += [
        f"label “{' '.join(label.get_text().split())}” names “{label['for']}”, which is not there"
        for label in soup.find_all("label", attrs={"for": True})
        if str(label["for"]) not in ids
    ]
    return found + [f"{tag.name} “{tag.get('name')}” has no label" for tag in _unlabelled(soup)]


def _unlabelled(soup: BeautifulSoup) -> list[Tag]:
    named = {str(label["for"]) for label in soup.find_all("label", attrs={"for": True})}
    return [
        tag
        for tag in soup.find_all(["input", "select", "textarea"])
        if tag.get("type") not in _UNLABELLED
        and tag.get("id") not in named
        and not tag.get("aria-label")
        and not tag.get("aria-labelledby")
        and tag.find_parent("label") is None
    ]


SOUND_PAGES = SoundPages(_kept_folder())
