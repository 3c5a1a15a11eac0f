"""Addresses people bring along, accepted only when they lead to a page of ours."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, has_request_context, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, RequestRedirect
from werkzeug.routing.map import Map

LONGEST = 2000
LARGEST_ID = 2_147_483_647
"""The largest id every database can look for; larger ones name nothing."""

MOST_KEPT = 8192
"""How many addresses a process keeps; a page of 200 rows asks for a few hundred."""

LONGEST_KEPT = 100
"""Longer values are typed by people, and would fill the memory rather than save time."""


class IdConverter(IntegerConverter):
    """Whole numbers in addresses, as ``<int:…>`` takes them; an absurd one is no page."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_ID)


def init_addresses(app: Flask) -> None:
    """Let every ``<int:…>`` in an address mean an id, and build every address of ours once."""
    app.url_map.converters["int"] = IdConverter
    app.url_for = _kept_addresses(app.url_for)  # type: ignore[method-assign]
    app.jinja_env.globals["url_for"] = app.url_for


def _kept_addresses(build: Callable[..., str]) -> Callable[..., str]:
    """Give the addresses ``build`` gives, asking it once for each.

    A page asks for a hundred, at 20 µs each. What an address on this site depends on is where the
    site is mounted, the endpoint and its values; whatever asks for more is built anew.
    """
    kept: dict[Hashable, str] = {}

    def url_for(endpoint: str, /, **asked: Any) -> str:
        values = {name: value for name, value in asked.items() if value is not None}
        if not _is_plain(endpoint, values):
            return build(endpoint, **asked)
        key = (request.environ.get("SCRIPT_NAME"), endpoint, *values.items())
        address = kept.get(key)
        if address is None:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            address = kept[key] = build(endpoint, **asked)
        return address

    return url_for


def _is_plain(endpoint: str, values: dict[str, Any]) -> bool:
    """Whether an address is on this site and its every value a short text or a whole number."""
    if endpoint.startswith(".") or not has_request_context():
        return False
    for name, value in values.items():
        kind = type(value)
        is_short = kind is int or (kind is str and len(value) <= LONGEST_KEPT)
        if name.startswith("_") or not is_short:
            return False
    return True


def own_page(address: str | None) -> str | None:
    """Give ``address`` back if it is the path of a known page to GET on this site, else None."""
    if not address or len(address) > LONGEST or not address.startswith("/"):
        return None
    if address.startswith("//") or any(ord(c) < 33 or c in "\\\x7f" for c in address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or parts.fragment:
        return None
    try:
        endpoint, _ = current_app.url_map.bind(request.host).match(parts.path, method="GET")
    except (RequestRedirect, HTTPException):
        return None
    return None if endpoint == "static" else address
