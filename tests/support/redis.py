"""A Redis of our own: started by the tests in a temporary folder, gone with them."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tests.support.postgres import die_with_parent

START_SECONDS = 20


def find_program() -> str | None:
    """Return the server's program, or None."""
    return shutil.which("redis-server")


class RedisServer:
    """One running server, reached over a socket in its own folder; it keeps nothing on disk."""

    def __init__(self, program: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="waymark-redis-", dir="/tmp"))
        socket = self._folder / "socket"
        self.url = f"unix://{socket}"
        self._command = (
            program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no",
            "--dir", str(self._folder),
        )  # fmt: skip
        self.start()

    def start(self) -> None:
        """Start it, also anew after `stop`."""
        self._folder.mkdir(exist_ok=True)
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, preexec_fn=die_with_parent()
        )
        deadline = time.monotonic() + START_SECONDS
        while not (self._folder / "socket").exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("Redis did not start.")
            time.sleep(0.01)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
