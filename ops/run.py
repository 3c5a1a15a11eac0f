"""Start Waymark on this machine: schema, demo company, web server and one worker, all or none.

The web server and the worker end together: on Ctrl-C, when this program is told to stop, and when
one of them dies.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

HOST = "127.0.0.1"
BIN = Path(sys.executable).parent
WORKER = (str(BIN / "flask"), "--app", "wsgi", "worker")
READY_SECONDS = 300
GRACE_SECONDS = 15


class Stop(Exception):
    """Somebody asked us to stop."""


def main() -> int:
    port = _port(os.environ.get("PORT", "8000"))
    environment = {"ENVIRONMENT": "development", "DEMO": "1", "LOG_LEVEL": "WARNING", **os.environ}
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        _prepare(environment)
        children["web server"] = _start(_gunicorn(port), environment)
        children["worker"] = _start(WORKER, environment)
        return _watch(children, f"http://{HOST}:{port}")
    except Stop:
        print("\nStopping …", flush=True)
        return 0
    finally:
        _end(list(children.values()))


def _port(text: str) -> int:
    """Return the port to use, or leave with a sentence when it cannot be used."""
    if not text.isdigit() or not 0 < int(text) < 65536:
        sys.exit(f"PORT is “{text}”; it must be a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(text)))
        except OSError as error:
            sys.exit(
                f"Port {text} cannot be used ({error.strerror}). "
                f"Choose another: make run PORT={int(text) % 65535 + 1}"
            )
    return int(text)


def _prepare(environment: Mapping[str, str]) -> None:
    """Bring the schema up to date and load the demo company; changes nothing when both are done."""
    done = subprocess.run([sys.executable, "-m", "ops.prepare"], env=environment, check=False)
    if done.returncode:
        sys.exit("The database could not be prepared; Waymark was not started.")


def _gunicorn(port: int) -> tuple[str, ...]:
    options = ("--bind", f"{HOST}:{port}", "--worker-class", "gthread", "--workers", "2")
    quiet = ("--threads", "4", "--log-level", "warning", "--no-control-socket", "--preload")
    return (str(BIN / "gunicorn"), *options, *quiet, "wsgi:app")


def _start(command: tuple[str, ...], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # A group of its own: Ctrl-C reaches only us, and we end the children in order.
    return subprocess.Popen(command, env=environment, start_new_session=True)


def _watch(children: Mapping[str, subprocess.Popen[bytes]], address: str) -> int:
    """Say when the address answers, then wait until one of the children ends."""
    deadline = time.monotonic() + READY_SECONDS
    is_ready = False
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                print(f"The {name} ended (code {child.returncode}).", file=sys.stderr)
                return 1
        if not is_ready and _answers(address):
            is_ready = True
            print(f"\nWaymark is ready at {address}\nStop it with Ctrl-C.", flush=True)
        if not is_ready and time.monotonic() > deadline:
            print(f"{address} did not answer within {READY_SECONDS} s.", file=sys.stderr)
            return 1
        time.sleep(0.5 if is_ready else 0.1)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _stop(_signal: int, _frame: object) -> None:
    raise Stop


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    """End the children gently, then firmly; no more signals disturb us meanwhile."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        try:
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


if __name__ == "__main__":
    sys.exit(main())
