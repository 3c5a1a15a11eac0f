"""The mappings that come with Waymark."""

from __future__ import annotations

from importlib import resources

from app.interactions.engine.refusals import FileRefusedError
from app.registry.engine.mapping import Mapping, parse_mapping


def list_shipped() -> list[Mapping]:
    """Every shipped mapping, by name."""
    folder = resources.files("app.registry") / "mappings"
    files = sorted(file.name for file in folder.iterdir() if file.name.endswith(".json"))
    return [parse_mapping((folder / name).read_bytes()) for name in files]


def shipped(name: str) -> Mapping:
    """The shipped mapping of that name; raises FileRefusedError."""
    for mapping in list_shipped():
        if mapping.name == name:
            return mapping
    raise FileRefusedError(f"There is no mapping called “{name[:60]}”.")
