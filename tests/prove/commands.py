"""Waymark's own commands in processes of ours, to their end or killed on the way."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from app.factory import create_app
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


def run(url: str, folder: Path, *arguments: str) -> Said:
    """Carry a command out as people do."""
    began = time.monotonic()
    process = start(url, folder, *arguments)
    words, _ = process.communicate(timeout=PATIENCE)
    return Said(process.returncode, words, time.monotonic() - began)


def run_forked(url: str, folder: Path, *arguments: str, kill_after: float | None = None) -> Said:
    """Carry a command out in a copy of this process, or kill it -9 if it goes on that long.

    The program is loaded already, so that all of the time is that of the work itself. Only for
    processes of one thread.
    """
    began, said = time.monotonic(), folder / "said"
    said.unlink(missing_ok=True)
    process = get_context("fork").Process(target=_carry_out, args=(url, folder, arguments, said))
    process.start()
    process.join(kill_after or PATIENCE)
    seconds = time.monotonic() - began
    if process.is_alive():
        process.kill()
        process.join()
    words = said.read_text(encoding="utf-8") if said.exists() else ""
    return Said(process.exitcode or 0, words, seconds)


def _carry_out(url: str, folder: Path, arguments: Sequence[str], said: Path) -> None:
    if obey := die_with_parent():
        obey()
    os.environ.update(environment(url, folder))
    result = create_app().test_cli_runner().invoke(args=list(arguments))
    words = result.output + (repr(result.exception) if result.exception else "")
    said.write_text(words, encoding="utf-8")
    os._exit(result.exit_code)
