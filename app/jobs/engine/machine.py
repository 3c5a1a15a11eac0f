"""Which workers of this machine still run."""

from __future__ import annotations

import os
import socket


def is_dead_here(worker: str) -> bool:
    """Whether a worker of this machine is no longer running."""
    host, _, rest = worker.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
