"""Arrange saved views: the tabs, the page that keeps them, and what in one is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import url_for
from werkzeug.datastructures import MultiDict

from app.initiatives.presenters.registry import (
    FILTER_NAMES,
    RegistryView,
    read_view,
    view_words,
)
from app.initiatives.queries import ORDERS, ViewLine

Options = Mapping[str, Sequence[tuple[str, str]]]


def read_query(query: str) -> RegistryView:
    """The view that a kept query asks for."""
    return read_view(MultiDict(parse_qsl(query)))


def view_address(line: ViewLine) -> str:
    return url_for("initiatives.index", **read_query(line.query).place, view=line.id)


@dataclass(frozen=True, slots=True)
class SavedState:
    """How the page looked at stands to the saved views.

    ``current``: the view it came from; ``is_mine``: of who looks; ``is_changed``: the page asks for
    something else by now; ``is_gone``: the address names a view that is there no more.
    """

    tabs: Sequence[tuple[str, str, bool]]
    current: ViewLine | None
    is_mine: bool
    is_changed: bool
    is_gone: bool


def saved_state(view: RegistryView, lines: Sequence[ViewLine], person_id: int) -> SavedState:
    """The tabs “all”, one's own and shared ones, and which of them the page shows."""
    current = next((one for one in lines if one.id == view.saved_id), None)
    tabs = [("All initiatives", url_for("initiatives.index"), current is None)]
    tabs += [(_tab_words(one, person_id), view_address(one), one is current) for one in lines]
    return SavedState(
        tabs=tabs,
        current=current,
        is_mine=current is not None and current.is_of(person_id),
        is_changed=current is not None and read_query(current.query).query != view.query,
        is_gone=view.saved_id is not None and current is None,
    )


def _tab_words(line: ViewLine, person_id: int) -> str:
    return line.name if line.is_of(person_id) else f"{line.name} · {line.owner}"


def gone_words(view: RegistryView, options: Options) -> list[str]:
    """What the address asks for and is no choice any more, a sentence each."""
    found = []
    for name, label in FILTER_NAMES.items():
        value = view.args.get(name)
        if value is None or name == "q" or value in dict(options[name]):
            continue
        what = label.lower()
        if name in ("state", "lens") or (name in ("owner", "cycle") and not value.isdigit()):
            found.append(f"The filter’s {what} “{value}” does not exist; it was left out.")
        elif name == "owner":
            found.append("The filter’s owner owns no initiative any more, so none fits.")
        elif name == "cycle":
            found.append("The filter’s cycle is gone, so no initiative fits.")
        else:
            found.append(f"The filter’s {what} “{value}” is gone, so no initiative fits.")
    order = view.args.get("sort", "key")
    if order.removeprefix("-") not in ORDERS:
        found.append(f"There is no column “{order.removeprefix('-')}” to sort by; it is by key.")
    return found


def with_gone(view: RegistryView, options: Options) -> dict[str, list[tuple[str, str]]]:
    """The choices of the filters with what the address asks for though it is none any more."""
    return {
        name: [*pairs, (view.args[name], "No longer there")]
        if view.args.get(name) and view.args[name] not in dict(pairs)
        else list(pairs)
        for name, pairs in options.items()
    }


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view on the page that keeps them."""

    line: ViewLine
    href: str
    shows: str
    gone: Sequence[str]
    is_mine: bool


def view_rows(lines: Sequence[ViewLine], options: Options, person_id: int) -> list[ViewRow]:
    """The views with what each shows in words."""
    rows = []
    for line in lines:
        view = read_query(line.query)
        words = "; ".join(f"{name}: {value}" for name, value in view_words(view, options).items())
        gone = gone_words(view, options)
        rows.append(ViewRow(line, view_address(line), words, gone, line.is_of(person_id)))
    return rows
