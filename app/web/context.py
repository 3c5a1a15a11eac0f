"""What every page may show, brought by domains that the frame of the page does not know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, g
from werkzeug.local import LocalProxy

T = TypeVar("T")

CURRENT_CYCLE = "current_cycle"
"""The name by which the top bar and a page share the cycle that runs."""


def once_a_request(name: str, load: Callable[[], T]) -> T:
    """What ``load`` gives, read once a request by whoever asks for ``name``."""
    loaded: dict[str, Any] = g.setdefault("page_context", {})
    if name not in loaded:
        loaded[name] = load()
    known: T = loaded[name]
    return known


def provide(bp: Blueprint, name: str, load: Callable[[], Any]) -> None:
    """Let every template use ``name``; ``load`` runs once a request, when a template asks.

    ``{% if name %}`` is the question to ask for "is there one", since the value is wrapped.
    """

    def context() -> dict[str, Any]:
        loaded: dict[str, Any] = g.setdefault("page_context", {})

        def value() -> Any:
            if name not in loaded:
                loaded[name] = load()
            return loaded[name]

        return {name: LocalProxy(value)}

    bp.app_context_processor(context)
