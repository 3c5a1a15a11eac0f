"""Addresses people bring along, accepted only when they lead to a page of ours."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, RequestRedirect
from werkzeug.routing.map import Map

LONGEST = 2000
LARGEST_ID = 2_147_483_647
"""The largest id every database can look for; larger ones name nothing."""


class IdConverter(IntegerConverter):
    """Whole numbers in addresses, as ``<int:…>`` takes them; an absurd one is no page."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_ID)


def init_addresses(app: Flask) -> None:
    """Let every ``<int:…>`` in an address mean an id."""
    app.url_map.converters["int"] = IdConverter


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
