"""Code broken on purpose, for as long as a gate is watched not to hold."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

Places = list[tuple[Any, str]]
"""Modules or classes, each with the name it holds something under."""


@contextmanager
def broken(name: str, instead: Callable[..., Any]) -> Iterator[None]:
    """Put ``instead`` in place of a function or method of the app, and take it back at the end.

    ``name`` is its full name, such as ``app.jobs.engine.bell.JobBell.ring``. Names are imported by
    value, so a function is exchanged in every loaded module of the app that holds it. Raises
    AttributeError where there is no such thing, so that no control goes on with sound code.
    """
    owner, attribute = _owner(name)
    sound = vars(owner)[attribute] if isinstance(owner, type) else getattr(owner, attribute)
    places = [(owner, attribute)] if isinstance(owner, type) else _holders(sound)
    for place, key in places:
        setattr(place, key, instead)
    try:
        yield
    finally:
        for place, key in places:
            setattr(place, key, sound)


def _owner(name: str) -> tuple[Any, str]:
    """The module or class that holds what is named so, and the last part of the name."""
    path, _, attribute = name.rpartition(".")
    try:
        return import_module(path), attribute
    except ModuleNotFoundError:
        module, _, kind = path.rpartition(".")
        return getattr(import_module(module), kind), attribute


def _holders(sound: object) -> Places:
    modules = [one for key, one in sys.modules.items() if key == "app" or key.startswith("app.")]
    return [(one, key) for one in modules for key, held in vars(one).items() if held is sound]
