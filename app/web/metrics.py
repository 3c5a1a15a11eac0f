"""How long requests took, counted in every process of the web server, for /metrics."""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where processes share what they counted; gunicorn.conf.py sets it."""

_own = CollectorRegistry()
_seconds = Histogram(
    "waymark_request_seconds",
    "Seconds a request took, by endpoint, method and class of status",
    ("endpoint", "method", "status"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=_own,
)


def observe_request(endpoint: str | None, method: str, status: int, seconds: float) -> None:
    """Count one answered request; ``endpoint`` None stands for an address that does not exist."""
    _seconds.labels(endpoint or "none", method, f"{status // 100}xx").observe(seconds)


def counted_requests() -> CollectorRegistry:
    """What was counted: by all processes where they share a folder, else by this one."""
    if FOLDER not in os.environ:
        return _own
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry
