"""Why a file, a mapping or a source cannot be used."""

from __future__ import annotations


class FileRefusedError(ValueError):
    """The file cannot be read at all; the message names the place and what to do."""
