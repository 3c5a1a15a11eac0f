"""What the product starts instead of the engine where one is warm: it hands over its streams."""

from __future__ import annotations

import socket
import sys
import time

STREAMS = (0, 1, 2)
PATIENCE_SECONDS = 60


def ask(address: str) -> int:
    """Let the engine at `address` answer on this process's streams; gives its code."""
    own = socket.socket(socket.AF_UNIX)
    end = time.monotonic() + PATIENCE_SECONDS
    while own.connect_ex(address) != 0:
        if time.monotonic() > end:
            return 1
        time.sleep(0.05)
    socket.send_fds(own, [b"go"], list(STREAMS))
    said = own.recv(8)
    return int(said) if said else 1


if __name__ == "__main__":
    sys.exit(ask(sys.argv[1]))
