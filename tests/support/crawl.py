"""Follow a site's own links as one person, page by page."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

from tests.support.client import StrictClient
from tests.support.pages import links

MOST_QUERIES = 12
MOST_FOR_A_FILE = 24
"""A file holds what many pages show."""
PER_KIND = 2
"""How many pages of one kind (same route, same query names) are looked at."""
PER_ROUTE = 8
"""How many pages of one route: its filters and switches alone make dozens of kinds."""


@dataclass
class Walk:
    """What a walk saw: an address per kind of page, and what was wrong on the way."""

    pages: dict[tuple[str, ...], str] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)


class Crawler:
    """Walks from the home page over every kind of page that one client can reach."""

    def __init__(self, client: StrictClient, *, per_kind: int = PER_KIND) -> None:
        self._client = client
        self._per_kind = per_kind
        self._routes: MapAdapter = client.application.url_map.bind("localhost")
        self._seen: set[str] = set()
        self._kinds: Counter[tuple[str, ...]] = Counter()
        self._visits: Counter[str] = Counter()
        self._waiting: deque[tuple[str, str]] = deque([("/", "the start")])
        self._walk = Walk()

    def walk(self) -> Walk:
        while self._waiting:
            address, origin = self._waiting.popleft()
            if address not in self._seen:
                self._seen.add(address)
                self._visit(address, origin)
        return self._walk

    def _visit(self, address: str, origin: str) -> None:
        kind = self._kind(address)
        if kind is None:
            self._walk.complaints.append(f"{address}, linked from {origin}, leads nowhere")
            return
        if kind[0] == "static" or self._has_enough(kind):
            return
        try:
            page: Any = self._client.get(address)
        except AssertionError as error:
            self._walk.complaints.append(f"{address}: {error}")
            return
        if page.status_code in {301, 302, 303, 307, 308}:
            self._waiting.append((page.headers["Location"], address))
            return
        if page.status_code != 200:
            self._walk.complaints.append(f"{address}, linked from {origin}: {page.status_code}")
            return
        most = MOST_QUERIES if page.mimetype == "text/html" else MOST_FOR_A_FILE
        if len(page.queries) > most:
            self._walk.complaints.append(f"{address} takes {len(page.queries)} queries")
        if page.mimetype == "text/html":
            self._walk.pages.setdefault(kind, address)
            self._waiting.extend((link, address) for link in _own_links(address, page))

    def _has_enough(self, kind: tuple[str, ...]) -> bool:
        """Whether enough pages like this were looked at; counts this one if not."""
        if self._kinds[kind] >= self._per_kind or self._visits[kind[0]] >= PER_ROUTE:
            return True
        self._kinds[kind] += 1
        self._visits[kind[0]] += 1
        return False

    def _kind(self, address: str) -> tuple[str, ...] | None:
        parts = urlsplit(address)
        try:
            endpoint, _ = self._routes.match(parts.path, method="GET")
        except RequestRedirect:
            return None
        except HTTPException:
            return None
        return (str(endpoint), *sorted(parse_qs(parts.query)))


def _own_links(address: str, page: Any) -> list[str]:
    found = []
    for link in links(page).values():
        parts = urlsplit(link)
        if parts.scheme or parts.netloc or link.startswith("#"):
            continue
        path = parts.path or urlsplit(address).path
        found.append(f"{path}?{parts.query}" if parts.query else path)
    return found
