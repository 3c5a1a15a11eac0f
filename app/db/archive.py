"""An archive of a whole installation: one zip file whose manifest says what must be in it.

Every other member stands in the manifest with its length and its SHA-256, so that a changed byte
of one, a member that is missing and one that does not belong are all found before anything is
read from it. The file gets its name only when it is whole and on the disk.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from app.errors import InvalidError
from app.values.canonical import canonical_json

FORMAT = "waymark-backup-1"
MANIFEST = "manifest.json"
LONGEST_MANIFEST = 64 * 2**20
_PIECE = 1 << 20
_MEMBER = re.compile(r"^(?:tables|logs)(?:/[A-Za-z0-9_-][A-Za-z0-9_.=-]*){1,4}\Z")
"""Names of members: no part begins with a dot, so none leads out of a folder."""


class ArchiveWriter:
    """Writes an archive beside its final name; leaving the block with an error leaves nothing."""

    def __init__(self, path: Path) -> None:
        if path.exists():
            raise InvalidError(f"{path} is there already; name another file.")
        self._path = path
        self._draft = path.with_name(f"{path.name}.part")
        self._members: dict[str, dict[str, object]] = {}

    def __enter__(self) -> ArchiveWriter:
        # Whoever can read a backup reads everything: only this account may.
        number = os.open(self._draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(number, "w+b")
        self._zip = ZipFile(self._file, "w", ZIP_DEFLATED)
        return self

    @contextmanager
    def member(self, name: str) -> Iterator[HashedWriter]:
        """A new member to write bytes to; the manifest names its length and digest."""
        if not _MEMBER.match(name) or name in self._members:
            raise InvalidError(f"“{name}” can't be the name of a part of a backup.")
        with self._zip.open(name, "w", force_zip64=True) as stream:
            writer = HashedWriter(stream)
            yield writer
        self._members[name] = {"bytes": writer.length, "sha256": writer.hexdigest}

    def finish(self, about: Mapping[str, object]) -> None:
        """Write the manifest last: an archive without one was never whole."""
        manifest = {**about, "format": FORMAT, "members": self._members}
        self._zip.writestr(MANIFEST, canonical_json(manifest))
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._draft.rename(self._path)
        _fsync_folder(self._path.parent)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._file.closed:
            with suppress(OSError, ValueError):
                self._zip.close()
            self._file.close()
        self._draft.unlink(missing_ok=True)


@dataclass(slots=True)
class HashedWriter:
    """Passes bytes on and counts them; without a stream it only counts."""

    stream: Any = None
    length: int = 0
    _hash: Any = field(default_factory=sha256)

    def write(self, data: bytes) -> None:
        self.length += len(data)
        self._hash.update(data)
        if self.stream is not None:
            self.stream.write(data)

    @property
    def hexdigest(self) -> str:
        return str(self._hash.hexdigest())


class ArchiveReader:
    """A whole archive, opened; `check` has to be called before anything in it is believed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._zip = ZipFile(path)
            self.manifest = self._read_manifest()
        except (OSError, BadZipFile) as error:
            raise InvalidError(f"{path} is no whole backup of Waymark: {error}.") from error

    def __enter__(self) -> ArchiveReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @property
    def members(self) -> Mapping[str, Mapping[str, Any]]:
        found: Mapping[str, Mapping[str, Any]] = self.manifest["members"]
        return found

    def check(self) -> None:
        """Read every member once and compare it with the manifest; raises InvalidError."""
        names = self._zip.namelist()
        odd = sorted(set(names) ^ {MANIFEST, *self.members})
        odd += [name for name in self.members if not _MEMBER.match(name)]
        if odd or len(names) != len(set(names)):
            about = ", ".join(odd[:5]) or "names that come twice"
            raise InvalidError(
                f"{self._path} does not hold what its manifest names ({about}); use another backup."
            )
        for name in self.members:
            for _ in self.pieces(name):
                pass

    def pieces(self, name: str) -> Iterator[bytes]:
        """A member's bytes in order; raises InvalidError at the end if they were changed."""
        counted = HashedWriter()
        try:
            with self._zip.open(name) as stream:
                while piece := stream.read(_PIECE):
                    counted.write(piece)
                    yield piece
        except (BadZipFile, zlib.error, EOFError, OSError, KeyError) as error:
            raise InvalidError(f"{name} in {self._path} is damaged; use another backup.") from error
        said = self.members[name]
        if (counted.length, counted.hexdigest) != (said["bytes"], said["sha256"]):
            raise InvalidError(
                f"{name} in {self._path} is not what was backed up; use another backup."
            )

    def lines(self, name: str) -> Iterator[bytes]:
        """A member's lines without their ends."""
        rest = b""
        for piece in self.pieces(name):
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
        if rest:
            raise InvalidError(f"{name} in {self._path} breaks off; use another backup.")

    def _read_manifest(self) -> dict[str, Any]:
        try:
            if self._zip.getinfo(MANIFEST).file_size > LONGEST_MANIFEST:
                raise ValueError("too long")
            manifest = json.loads(self._zip.read(MANIFEST))
            is_ours = manifest["format"] == FORMAT and isinstance(manifest["members"], dict)
        except (KeyError, TypeError, ValueError, RecursionError, zlib.error) as error:
            raise BadZipFile("its manifest is missing or not readable") from error
        if not is_ours:
            raise BadZipFile("it is of a format this version does not know")
        return dict(manifest)


def copy_into(stream: BinaryIO, writer: HashedWriter) -> None:
    """Copy a file into a member, piece by piece."""
    while piece := stream.read(_PIECE):
        writer.write(piece)


def _fsync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
