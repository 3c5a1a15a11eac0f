"""The folder of logs: one folder per import, made beside and renamed when whole."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock

from app.interactions.engine.log import SCRATCH
from app.interactions.engine.requests import Limits

DRAFT = ".draft-"
KEPT_DRAFTS = timedelta(hours=12)
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class LogStore:
    """Where logs are kept and what reading one may use.

    ``seconds``: the longest it may take; None: as long as it takes.
    """

    folder: Path
    memory_mb: int = 1024
    personal_data: Literal["refuse", "mask", "keep"] = "refuse"
    seconds: float | None = None

    @classmethod
    def of(cls, config: Mapping[str, Any], *, seconds: float | None = None) -> LogStore:
        """The store the settings describe; reading takes at most ``seconds``."""
        return cls(
            Path(config["INTERACTIONS_FOLDER"]),
            memory_mb=config["INTERACTIONS_MEMORY_MB"],
            personal_data=config["PERSONAL_DATA"],
            seconds=seconds,
        )

    @property
    def limits(self) -> Limits:
        return Limits(memory_mb=self.memory_mb, threads=os.cpu_count() or 1)

    def log_folder(self, source_id: int, digest: str) -> Path:
        """Where a source's log stands; no other import of the same file has the same name."""
        return self.folder / f"{source_id}-{digest[:32]}"

    def secret(self) -> str:
        """What keys the hashes of customers; made at first use and kept beside the logs."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / "customer_key"
        draft = self.folder / f"{DRAFT}{secrets.token_hex(8)}.key"
        if not path.exists():
            draft.write_text(secrets.token_hex(16), encoding="ascii")
            draft.chmod(0o600)
            try:
                os.link(draft, path)  # of two that come at once, the first counts
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text(encoding="ascii").strip()

    def new_draft(self) -> Path:
        """An empty folder for a log that is not whole yet."""
        draft = self.folder / f"{DRAFT}{secrets.token_hex(8)}"
        draft.mkdir(parents=True, mode=0o700)
        return draft

    def keep(self, draft: Path, target: Path) -> None:
        """Give a whole log its name; what a broken import left there goes."""
        if target.exists():
            self.remove(target)
        draft.rename(target)

    @contextmanager
    def alone_with(self, folder: Path) -> Iterator[None]:
        """Wait until no other process that shares this store rewrites the log there."""
        with FileLock(self.folder / f"{DRAFT}{folder.name}.lock"):
            yield

    def remove(self, folder: Path) -> None:
        """Take a folder of this store away: out of sight at once, then for good."""
        if not folder.is_dir() or folder.parent != self.folder:
            return
        gone = self.folder / f"{DRAFT}{secrets.token_hex(8)}-gone"
        folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)

    def sweep(self, known: Collection[str], *, now: datetime) -> int:
        """Remove what broken work left: old drafts and logs no source knows, old scratch in logs.

        ``known``: the names of the folders that sources have. Gives how many went.
        """
        if not self.folder.is_dir():
            return 0
        oldest = (now - KEPT_DRAFTS).timestamp()
        unknown = [
            path
            for path in self.folder.iterdir()
            if path.name not in known and (path.is_dir() or path.name.startswith(DRAFT))
        ]
        scratch = [path for name in known for path in (self.folder / name).glob(f"{SCRATCH}*")]
        stray = [path for path in unknown + scratch if path.stat().st_mtime < oldest]
        for path in stray:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        return len(stray)


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal, read piece by piece."""
    found = sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_CHUNK):
            found.update(piece)
    return found.hexdigest()
