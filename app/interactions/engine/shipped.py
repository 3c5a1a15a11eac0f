"""The mappings that come with Waymark, of logs and, for other packages, of whatever they read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import resources
from typing import Protocol, TypeVar

from app.interactions.engine.mapping import Mapping, parse_mapping
from app.interactions.engine.refusals import FileRefusedError


class Named(Protocol):
    """A mapping of any kind."""

    @property
    def name(self) -> str: ...


NamedT = TypeVar("NamedT", bound=Named)


def shipped_with(package: str, parse: Callable[[bytes], NamedT]) -> list[NamedT]:
    """Every mapping in a package's folder of them, by name."""
    folder = resources.files(package) / "mappings"
    files = [file for file in folder.iterdir() if file.name.endswith(".json")]
    return sorted((parse(file.read_bytes()) for file in files), key=lambda one: one.name)


def named(mappings: Iterable[NamedT], name: str) -> NamedT:
    """The mapping of that name; raises FileRefusedError."""
    for mapping in mappings:
        if mapping.name == name:
            return mapping
    raise FileRefusedError(f"There is no mapping called “{name[:60]}”.")


def list_shipped() -> list[Mapping]:
    """Every shipped mapping of logs, by name."""
    return shipped_with("app.interactions", parse_mapping)


def shipped(name: str) -> Mapping:
    """The shipped mapping of that name; raises FileRefusedError."""
    return named(list_shipped(), name)
