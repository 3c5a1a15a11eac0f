"""A process that has everything loaded and forks a solver process at each request.

Run as ``python -m app.portfolio.engine.fork_server SOCKET`` by ``engine.starting``.
Starting Python and loading numpy, PuLP and HiGHS takes a quarter of a second, a fork a few
milliseconds. The server does no work itself and has no threads, so a fork finds everything at rest.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from app.portfolio.engine.answers import child as desk
from app.portfolio.engine.milp import child, moves

IDLE_SECONDS = 300.0
"""Without a request and without children for so long, the server ends; the next one is new."""
MOST_BYTES = 1 << 16

MAINS: dict[str, Callable[[list[str]], int]] = {
    "app.portfolio.engine.milp.child": child.main,
    "app.portfolio.engine.milp.moves": moves.run,
    "app.portfolio.engine.answers.child": desk.run,
}


class ForkServer:
    """Answers requests over one socket until it is closed: by its owner's end, too."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._children: set[int] = set()

    def serve(self) -> None:
        """Fork for each ``start``, end the group for each ``end``, until the owner is gone.

        The owner may end at any moment, also between a request and its answer; the children then
        end with this process.
        """
        self._control.settimeout(IDLE_SECONDS)
        with suppress(ConnectionError):
            while self._answer_one():
                pass

    def _answer_one(self) -> bool:
        """Answer a request; False when there will be none. Raises ConnectionError."""
        try:
            content, fds, _, _ = socket.recv_fds(self._control, MOST_BYTES, 3)
        except TimeoutError:
            return bool(self._children)
        if not content:
            return False
        request = json.loads(content)
        if request["do"] == "start":
            self._start(request, fds)
        else:
            self._end(request["pid"])
        return True

    def _start(self, request: dict[str, Any], fds: list[int]) -> None:
        server, answer = os.getpid(), dict[str, Any]()
        try:
            pid = os.fork()
        except OSError as error:  # no room for another process: those that run go on
            answer = {"error": error.strerror or str(error)}
        else:
            if pid == 0:
                self._control.close()
                _become(request, fds, server)
            self._children.add(pid)
            answer = {"pid": pid}
        for fd in fds:
            os.close(fd)
        self._say(answer)

    def _end(self, pid: int) -> None:
        """Kill a child and all below it. Its number is nobody else's before it is waited for."""
        if pid in self._children:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            self._children.remove(pid)
        self._say({"ended": pid})

    def _say(self, answer: dict[str, Any]) -> None:
        self._control.send(json.dumps(answer).encode())


def _become(request: dict[str, Any], fds: list[int], server: int) -> None:
    """In the child: a group, a folder and streams of its own, then the work; never returns."""
    code = 1
    try:
        os.setsid()
        hints, pipe, errors = fds
        os.dup2(hints, 0)
        os.dup2(errors, 1)
        os.dup2(errors, 2)
        os.close(hints)
        os.close(errors)
        os.environ.clear()
        os.environ.update(request["environment"])
        tempfile.tempdir = None
        os.chdir(request["folder"])
        code = MAINS[request["module"]](
            [str(server), request["job"], str(pipe), *request["limits"]]
        )
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A search makes very many objects and ends soon: looking for garbage took half of its time.
    gc.disable()
    ForkServer(socket.socket(fileno=int(sys.argv[1]))).serve()
    os._exit(0)
