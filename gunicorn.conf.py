"""How gunicorn runs Waymark; `gunicorn wsgi:app` reads this file by itself.

Whatever is given on the command line or in GUNICORN_CMD_ARGS counts more. Requests are logged by
the application, without queries; gunicorn's own access log stays silent.
"""

import gc
import os
import shutil
from pathlib import Path
from typing import Any

bind = "127.0.0.1:8000"
workers = int(os.environ.get("WEB_CONCURRENCY") or os.cpu_count() or 1)
worker_class = "gthread"
# Built once, before the workers are forked: they are ready sooner and share its memory.
preload_app = True
threads = 4
timeout = 60
graceful_timeout = 30
keepalive = 5
control_socket_disable = True

_level = os.environ.get("LOG_LEVEL", "").strip().upper() or "INFO"
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "app.web.json_lines.JsonFormatter"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stderr",
            "formatter": "json",
        }
    },
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {
        "gunicorn.error": {"level": _level, "handlers": ["stderr"], "propagate": False},
        "gunicorn.access": {"level": "WARNING", "handlers": ["stderr"], "propagate": False},
    },
}

# Where the workers put what they count, for one of them to add up; made anew at every start.
_counts = Path(__file__).parent / "instance" / "metrics"
if os.environ.get("METRICS_TOKEN", "").strip():
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_counts)


def on_starting(_server: Any) -> None:
    """Forget what an earlier server counted."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        shutil.rmtree(_counts, ignore_errors=True)
        _counts.mkdir(parents=True)


def when_ready(_server: Any) -> None:
    """Set aside what was loaded before the workers are forked: it lives as long as they do.

    Else every full search for garbage walks through it, which stops all threads of a worker for a
    tenth of a second and more, and writes to the memory that the workers share.
    """
    gc.collect()
    gc.freeze()


def post_fork(_server: Any, _worker: Any) -> None:
    """Look for garbage less often: a page of rows makes thousands of objects and leaves no rings.

    The first threshold counts objects: few enough that one look takes milliseconds.
    """
    gc.set_threshold(5_000, 20, 10)
