"""Uploaded files kept between a dry run and its confirmation, named by their content."""

from __future__ import annotations

import re
import time
from hashlib import sha256
from pathlib import Path

from flask import current_app

from app.errors import NotFoundError

KEPT_SECONDS = 24 * 3600
_DIGEST = re.compile(r"[0-9a-f]{64}")


def _folder() -> Path:
    folder = Path(current_app.instance_path) / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def keep_upload(content: bytes) -> str:
    """Keep the bytes for a day and give their SHA-256, by which they are found again."""
    name = sha256(content).hexdigest()
    folder = _folder()
    oldest = time.time() - KEPT_SECONDS
    for file in folder.iterdir():
        if file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
    part = folder / f"{name}.part"
    part.write_bytes(content)
    part.replace(folder / name)
    return name


def find_upload(name: str) -> bytes:
    """The bytes kept under a digest; raises NotFoundError when they are gone."""
    return upload_path(name).read_bytes()


def upload_path(name: str) -> Path:
    """The file kept under a digest; raises NotFoundError when it is gone."""
    file = _folder() / name
    if not _DIGEST.fullmatch(name) or not file.is_file():
        raise NotFoundError("The uploaded file is no longer kept; choose it again.")
    return file
