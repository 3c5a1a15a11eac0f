"""The tables the models describe, for autogenerate and for the test that head equals the models."""

import importlib
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import MetaData

APP = Path(__file__).resolve().parent.parent / "app"


def application_metadata() -> MetaData:
    """Import every `app.<domain>.models` and return the metadata they share."""
    for folder in sorted(APP.iterdir()):
        name = f"app.{folder.name}.models"
        if (folder / "__init__.py").exists() and find_spec(name):
            importlib.import_module(name)
    metadata: MetaData = importlib.import_module("app.db.base").Base.metadata
    return metadata
