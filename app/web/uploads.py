"""Uploaded files kept between a dry run and its confirmation, named by their content.

Each person's are apart, so that nobody's import takes away the file of somebody else's dry run.
"""

from __future__ import annotations

import re
import time
from hashlib import sha256
from pathlib import Path

from flask import current_app

from app.errors import NotFoundError
from app.values.canonical import DIGEST
from app.web.guards import current_actor

KEPT_SECONDS = 24 * 3600


class UploadGoneError(NotFoundError):
    """The uploaded file is kept no more; the address that names it is right."""

    is_of_address = False


def _root() -> Path:
    folder = Path(current_app.instance_path) / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _folder() -> Path:
    folder = _root() / str(current_actor().id)
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder


def is_upload_kept(content: bytes) -> bool:
    """Whether the person has uploaded the same bytes before and they are still kept."""
    return (_folder() / sha256(content).hexdigest()).is_file()


def keep_upload(content: bytes) -> str:
    """Keep the bytes for a day and give their SHA-256, by which the person finds them again."""
    name = sha256(content).hexdigest()
    folder = _folder()
    sweep_uploads(now=time.time())
    part = folder / f"{name}.part"
    part.write_bytes(content)
    part.replace(folder / name)
    return name


def find_upload(name: str) -> bytes:
    """The bytes kept under a digest; raises UploadGoneError when they are gone."""
    return upload_path(name).read_bytes()


def upload_path(name: str) -> Path:
    """The file kept under a digest; raises UploadGoneError when it is gone."""
    file = _folder() / name
    if not re.match(DIGEST, name) or not file.is_file():
        raise UploadGoneError(
            "This file is kept no more: it was taken in or refused, or it was uploaded more than a"
            " day ago. Choose it again."
        )
    return file


def forget_upload(name: str) -> None:
    """Remove the file kept under a digest, once it was taken in or refused."""
    if re.match(DIGEST, name):
        (_folder() / name).unlink(missing_ok=True)


def sweep_uploads(*, now: float) -> int:
    """Remove what was uploaded more than a day before ``now``, a time in seconds; gives how many.

    Files of people who left the page, which may name customers, are not kept longer.
    """
    kept = [file for file in _root().rglob("*") if not file.is_dir()]
    old = [file for file in kept if _age(file, now) > KEPT_SECONDS]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def _age(file: Path, now: float) -> float:
    """Seconds since a file was written; 0 when another process removed it meanwhile."""
    try:
        return now - file.stat().st_mtime
    except FileNotFoundError:
        return 0.0
