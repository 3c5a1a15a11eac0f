"""Walk a page and find figures that don't say where they come from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag

from bs4 import NavigableString, Tag

from tests.support.client import StrictClient
from tests.support.pages import parse

_NAMES = re.compile(r"\bP(10|50|90)\b|\bCX-\d+\b")
"""Names with digits in them that are no figures."""
_SAYS_SO = ("a", "h1", "h2", "h3", "caption", "summary", "option", "title", "nav")


def figures_without_source(page: Any) -> list[str]:
    """The words of every figure in the page's sections that leads nowhere and is no formula.

    Headings, captions and summaries name things; ``data-formula`` marks what is the source itself.
    """
    return [
        " ".join(str(words).split())
        for panel in parse(page).select(".stack > *")
        for words in panel.find_all(string=re.compile(r"\d"))
        if re.search(r"\d", _NAMES.sub("", str(words))) and not _leads(words)
    ]


def _leads(words: NavigableString) -> bool:
    return any(
        one.name in _SAYS_SO or one.has_attr("data-formula")
        for one in words.parents
        if isinstance(one, Tag)
    )


def sources(page: Any) -> set[str]:
    """The addresses that figures of the page's sections lead to."""
    return {str(one["href"]) for one in parse(page).select(".stack a[href]")}


def dead_ends(client: StrictClient, page: Any) -> Iterator[str]:
    """Every address of the page's sections that does not open, or whose place isn't there."""
    here = parse(page)
    for address in sorted(sources(here)):
        path, place = urldefrag(address)
        found = client.get(path) if path else None
        if found is not None and found.status_code != 200:
            yield f"{address}: {found.status_code}"
        elif place and (here if found is None else parse(found)).find(id=place) is None:
            yield f"{address}: nothing there is called that"
