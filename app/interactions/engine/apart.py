"""Ask the engine, which runs in a process of its own."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import (
    CountReport,
    CountRequest,
    Envelope,
    EraseReport,
    EraseRequest,
    ReadReport,
    ReadRequest,
    Refusal,
    Request,
    Sample,
    SampleRequest,
)

logger = logging.getLogger("waymark.interactions")
ROOT = Path(__file__).resolve().parents[3]
LOOK_SECONDS = 0.5
COMMAND: tuple[str, ...] = (sys.executable, "-m", "app.interactions.engine")
ShouldStop = Callable[[], bool]
T = TypeVar("T", ReadReport, CountReport, EraseReport, Sample)


class EngineFailedError(RuntimeError):
    """The engine's process ended without an answer."""


def read(request: ReadRequest, *, seconds: float | None = None) -> ReadReport:
    """Raises FileRefusedError, and EngineFailedError when the process gave no answer in time."""
    return _asked(request, ReadReport, seconds)


def count(
    request: CountRequest, *, seconds: float | None = None, should_stop: ShouldStop | None = None
) -> CountReport:
    """Raises FileRefusedError, EngineFailedError, and whatever ``should_stop`` raises."""
    return _asked(request, CountReport, seconds, should_stop)


def erase(request: EraseRequest, *, seconds: float | None = None) -> EraseReport:
    """Raises FileRefusedError and EngineFailedError."""
    return _asked(request, EraseReport, seconds)


def sample(request: SampleRequest, *, seconds: float | None = None) -> Sample:
    """Raises FileRefusedError and EngineFailedError."""
    return _asked(request, Sample, seconds)


def _asked(
    request: Request, report: type[T], seconds: float | None, should_stop: ShouldStop | None = None
) -> T:
    asked = Envelope(request=request).model_dump_json().encode() + b"\n"
    with subprocess.Popen(
        COMMAND, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:  # fmt: skip
        said, failed = _talk(process, asked, _Patience(seconds, should_stop))
    if process.returncode:
        logger.error("The engine ended with %s: %s", process.returncode, failed[-2000:])
        raise EngineFailedError("Reading or counting the log failed on our side; nothing changed.")
    return _parsed(said, report)


class _Patience:
    """How long the engine may take, and who is asked again and again whether it is to end."""

    def __init__(self, seconds: float | None, should_stop: ShouldStop | None) -> None:
        self._seconds = seconds
        self._should_stop = should_stop
        self._began = time.monotonic()

    def wait_for(self, process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
        """What the engine said. Raises EngineFailedError when it is to end before it answered."""
        while True:
            try:
                return process.communicate(timeout=self._next())
            except subprocess.TimeoutExpired:
                self._look()

    def _next(self) -> float | None:
        """Seconds until the next look; None: there is nothing to look at."""
        left = None
        if self._seconds is not None:
            left = max(0.0, self._began + self._seconds - time.monotonic())
        if self._should_stop is None:
            return left
        return LOOK_SECONDS if left is None else min(LOOK_SECONDS, left)

    def _look(self) -> None:
        if self._should_stop is not None and self._should_stop():
            raise EngineFailedError("The count was stopped; nothing changed.")
        if self._seconds is not None and time.monotonic() >= self._began + self._seconds:
            raise EngineFailedError(
                f"Reading or counting the log took longer than {self._seconds:,.0f} s and was"
                " ended; nothing changed. The commands flask interactions import and count take"
                " as long as it takes."
            )


def _talk(process: subprocess.Popen[bytes], asked: bytes, patience: _Patience) -> tuple[bytes, str]:
    """Send the request and collect the answer while standard input stays open."""
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise EngineFailedError("The engine has no streams.")
    with suppress(BrokenPipeError):  # then its error output says why
        process.stdin.write(asked)
        process.stdin.flush()
    kept, process.stdin = process.stdin, None  # or communicate() closes it and ends the engine
    try:
        said, failed = patience.wait_for(process)
    except BaseException:
        process.kill()
        process.communicate()
        raise
    finally:
        with suppress(BrokenPipeError):
            kept.close()
    return said, failed.decode(errors="replace")


def _parsed(said: bytes, report: type[T]) -> T:
    try:
        return report.model_validate_json(said)
    except ValidationError as error:
        fault = error
    try:
        refusal = Refusal.model_validate_json(said)
    except ValidationError:
        raise EngineFailedError("The engine gave no answer that can be read.") from fault
    raise FileRefusedError(refusal.refused)
