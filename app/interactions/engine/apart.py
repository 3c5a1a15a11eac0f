"""Ask the engine, which runs in a process of its own."""

from __future__ import annotations

import logging
import subprocess
import sys
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
T = TypeVar("T", ReadReport, CountReport, EraseReport, Sample)


class EngineFailedError(RuntimeError):
    """The engine's process ended without an answer."""


def read(request: ReadRequest, *, seconds: float | None = None) -> ReadReport:
    """Raises FileRefusedError, and EngineFailedError when the process gave no answer in time."""
    return _asked(request, ReadReport, seconds)


def count(request: CountRequest, *, seconds: float | None = None) -> CountReport:
    """Raises FileRefusedError and EngineFailedError."""
    return _asked(request, CountReport, seconds)


def erase(request: EraseRequest, *, seconds: float | None = None) -> EraseReport:
    """Raises FileRefusedError and EngineFailedError."""
    return _asked(request, EraseReport, seconds)


def sample(request: SampleRequest, *, seconds: float | None = None) -> Sample:
    """Raises FileRefusedError and EngineFailedError."""
    return _asked(request, Sample, seconds)


def _asked(request: Request, report: type[T], seconds: float | None) -> T:
    command = [sys.executable, "-m", "app.interactions.engine"]
    asked = Envelope(request=request).model_dump_json().encode() + b"\n"
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:  # fmt: skip
        said, failed = _talk(process, asked, seconds)
    if process.returncode:
        logger.error("The engine ended with %s: %s", process.returncode, failed[-2000:])
        raise EngineFailedError("Reading or counting the log failed on our side; nothing changed.")
    return _parsed(said, report)


def _talk(
    process: subprocess.Popen[bytes], asked: bytes, seconds: float | None
) -> tuple[bytes, str]:
    """Send the request and collect the answer while standard input stays open."""
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise EngineFailedError("The engine has no streams.")
    with suppress(BrokenPipeError):  # then its error output says why
        process.stdin.write(asked)
        process.stdin.flush()
    kept, process.stdin = process.stdin, None  # or communicate() closes it and ends the engine
    try:
        said, failed = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        process.kill()
        process.communicate()
        raise EngineFailedError(
            f"Reading the log took longer than {seconds:.0f} s and was ended; nothing changed. Use"
            " the command flask interactions import for large files."
        ) from error
    except BaseException:
        process.kill()
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
