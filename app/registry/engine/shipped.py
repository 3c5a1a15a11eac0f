"""The mappings of registries that come with Waymark."""

from __future__ import annotations

from app.interactions.engine.shipped import named, shipped_with
from app.registry.engine.mapping import Mapping, parse_mapping


def list_shipped() -> list[Mapping]:
    """Every shipped mapping, by name."""
    return shipped_with("app.registry", parse_mapping)


def shipped(name: str) -> Mapping:
    """The shipped mapping of that name; raises FileRefusedError."""
    return named(list_shipped(), name)
