"""Logs of interactions in a backup: files that are written once and then only replaced whole."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from app.db.archive import ArchiveReader, ArchiveWriter, copy_into
from app.errors import ConflictError
from app.interactions.services import file_digest
from app.interactions.services.store import DRAFT

LOGS = "logs/"


def write_logs(archive: ArchiveWriter, folder: Path) -> None:
    """Copy every file of the folder that is whole; one that is removed meanwhile is left out."""
    for path in _files(folder):
        try:
            stream = path.open("rb")
        except FileNotFoundError:
            continue
        with stream, archive.member(LOGS + path.relative_to(folder).as_posix()) as member:
            copy_into(stream, member)


def refuse_other_logs(archive: ArchiveReader, folder: Path) -> None:
    """Raise ConflictError if the folder holds anything that the archive does not hold alike."""
    for path in _files(folder):
        said = archive.members.get(LOGS + path.relative_to(folder).as_posix())
        if said is None or file_digest(path) != said["sha256"]:
            raise ConflictError(
                f"{folder} holds other logs already ({path.name}). Restore with "
                "INTERACTIONS_FOLDER set to an empty folder."
            )


def restore_logs(archive: ArchiveReader, folder: Path) -> None:
    """Write the archive's files into the folder, each under a draft's name until it is whole."""
    for name in archive.members:
        if not name.startswith(LOGS):
            continue
        target = folder / name.removeprefix(LOGS)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = folder / f"{DRAFT}{secrets.token_hex(8)}"
        number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as stream:
            for piece in archive.pieces(name):
                stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(target)


def _files(folder: Path) -> Iterator[Path]:
    """The files of a folder, without drafts and other hidden ones."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path
