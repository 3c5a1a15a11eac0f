"""Waymark's own commands in processes of ours, to their end or killed on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.support.postgres import die_with_parent

ROOT = Path(__file__).parents[2]
PATIENCE = 900


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, what it said and how long it took; a killed one ends with -9."""

    code: int
    words: str
    seconds: float


def environment(url: str, folder: Path) -> dict[str, str]:
    """Settings of a command on a database that keeps its files in ``folder``."""
    return os.environ | {
        "DATABASE_URL": url, "QUEUE_URL": f"sqlite:///{folder / 'queue.db'}",
        "ENVIRONMENT": "development", "SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 2,
        "INTERACTIONS_FOLDER": str(folder / "interactions"), "LOG_LEVEL": "ERROR",
    }  # fmt: skip


def start(url: str, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Begin a command of Waymark."""
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments], cwd=ROOT,
        env=environment(url, folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        preexec_fn=die_with_parent(),
    )  # fmt: skip


def run(url: str, folder: Path, *arguments: str, kill_after: float | None = None) -> Said:
    """Carry a command out, or kill it -9 after some seconds if it goes on that long."""
    began = time.monotonic()
    process = start(url, folder, *arguments)
    try:
        words, _ = process.communicate(timeout=kill_after or PATIENCE)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        words, _ = process.communicate()
    return Said(process.returncode, words, time.monotonic() - began)
