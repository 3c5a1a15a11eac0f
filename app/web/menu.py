"""The menu of whoever looks at a page: its entries are worked out once, and drawn twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple, Protocol

from flask import Flask, current_app, g, request, url_for

Groups = Sequence[tuple[str | None, Sequence[tuple[str, str, str, str, str]]]]
"""Titles with entries: key, word, icon, endpoint, permission."""


class Actor(Protocol):
    """Whoever looks at the page."""

    def may(self, permission: str) -> bool: ...


class Entry(NamedTuple):
    """A page the person may open; ``is_here``: the page shown is it, or lies below it."""

    key: str
    word: str
    glyph: str
    href: str
    is_here: bool


class Group(NamedTuple):
    """Entries under one title, at least one."""

    title: str | None
    entries: Sequence[Entry]


def menu(groups: Groups, person: Actor) -> list[Group]:
    """The entries whose page exists in this build and opens to the person looking."""
    known: list[Group] | None = g.get("menu")
    if known is None:
        views: dict[str, Any] = current_app.view_functions
        path = request.path
        shown = (
            Group(
                title,
                [
                    _entry(key, word, glyph, url_for(endpoint), path)
                    for key, word, glyph, endpoint, permission in entries
                    if endpoint in views and person.may(permission)
                ],
            )
            for title, entries in groups
        )
        known = g.menu = [group for group in shown if group.entries]
    return known


def without(groups: Sequence[Group], keys: Collection[str]) -> list[Group]:
    """The same without the entries of these keys, and without groups that leaves empty."""
    rest = (
        Group(title, [one for one in entries if one.key not in keys]) for title, entries in groups
    )
    return [group for group in rest if group.entries]


def only(groups: Sequence[Group], keys: Collection[str]) -> list[Entry]:
    """The entries of these keys alone."""
    return [one for group in groups for one in group.entries if one.key in keys]


def _entry(key: str, word: str, glyph: str, href: str, path: str) -> Entry:
    is_here = path == href or (href != "/" and path.startswith(f"{href}/"))
    return Entry(key, word, glyph, href, is_here)


def init_menu(app: Flask) -> None:
    app.jinja_env.globals["menu"] = menu
    app.jinja_env.filters.update(without_entries=without, only_entries=only)
