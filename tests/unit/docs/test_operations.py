"""What the manuals tell people to type exists."""

from __future__ import annotations

import re

import click
import pytest

from app.cli import COMMANDS
from config import SETTINGS
from tests.support.sources import ROOT

MANUALS = ("README.md", "docs/operations.md")
COMMAND = re.compile(r"\bflask (?:--app wsgi )?((?:[a-z-]+ ?)+)((?: ?--[a-z-]+)*)")
CODE = re.compile(r"`([^`\n]+)`|^```$(.*?)^```$|^ {4}(\S.*?)$", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"\b[A-Z]{2,}(?:_[A-Z]+)+\b")
OTHERS = {"GUNICORN_CMD_ARGS", "WEB_CONCURRENCY", "FLASK_DEBUG"}
"""Settings of gunicorn and Flask."""
PLACEHOLDERS = {"SHA_256"}


def _code(name: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    pieces = ["".join(found) for found in CODE.findall(text)]
    return [line for piece in pieces for line in piece.splitlines()]


def _unknown(words: list[str]) -> str | None:
    """The first word that is no command where a command has to stand, if any."""
    commands = {one.name: one for one in COMMANDS}
    at: click.Command | None = None
    for word in words:
        known = at.commands if isinstance(at, click.Group) else commands if at is None else None
        if known is None:
            return None  # what follows a command are its arguments
        if word not in known:
            return word
        at = known[word]
    return None


@pytest.mark.parametrize("manual", MANUALS)
class TestManual:
    def test_names_commands_that_exist(self, manual: str) -> None:
        named = [found[0].split() for line in _code(manual) for found in COMMAND.findall(line)]
        assert len(named) > 5
        assert [words for words in named if _unknown(words)] == []

    def test_names_settings_that_exist(self, manual: str) -> None:
        known = {setting.name for setting in SETTINGS} | OTHERS | PLACEHOLDERS
        named = {name for line in _code(manual) for name in NAME.findall(line)}
        assert named
        assert named - known == set()
