"""The log's engine in a process of its own, as in life, without loading Ibis for every request.

A warm process has loaded everything and forks for each request; see warm_asking for what the
product starts instead of the engine.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from app.interactions.engine import apart
from tests.support import warm_asking
from tests.support.warm_asking import PATIENCE_SECONDS, STREAMS


@contextmanager
def at_hand(folder: Path) -> Iterator[None]:
    """Let the engine's requests go to a warm process, which starts with the first one."""
    started: list[subprocess.Popen[bytes]] = []
    sound, command = apart._asked, apart.COMMAND
    address = str(folder / "engine")

    def asked(*arguments: Any, **named: Any) -> Any:
        if not started:
            serving = [sys.executable, "-m", __name__, address]
            started.append(subprocess.Popen(serving, cwd=apart.ROOT, stdin=subprocess.DEVNULL))
            apart.COMMAND = (sys.executable, "-S", "-E", warm_asking.__file__, address)
        return sound(*arguments, **named)

    apart._asked = asked
    try:
        yield
    finally:
        apart._asked, apart.COMMAND = sound, command
        for process in started:
            process.kill()
            process.wait()


def _serve(address: str) -> None:
    answer = import_module("app.interactions.engine.answering").main
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen(32)
    listening.settimeout(1)
    parent = os.getppid()
    while os.getppid() == parent:
        with suppress(TimeoutError):
            asking, _ = listening.accept()
            if os.fork() == 0:
                _answer(asking, answer)
            asking.close()


def _answer(asking: socket.socket, answer: Callable[[], int]) -> None:
    """In the child: answer on the streams that come with the request, and end."""
    code = 1
    try:
        asking.settimeout(PATIENCE_SECONDS)
        _, streams, _, _ = socket.recv_fds(asking, 8, len(STREAMS))
        for own, given in zip(STREAMS, streams, strict=True):
            os.dup2(given, own)
            os.close(given)
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        code = answer()
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(OSError):
            asking.send(str(code).encode())
        os._exit(code)


if __name__ == "__main__":
    _serve(sys.argv[1])
