"""One request on standard input, one report on standard output."""

from __future__ import annotations

import os
import sys
import threading

from app.interactions.engine.counting import count_log
from app.interactions.engine.erasing import erase_customer
from app.interactions.engine.reading import read_log
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import (
    Envelope,
    EraseRequest,
    ReadRequest,
    Refusal,
    Report,
    Request,
    SampleRequest,
)
from app.interactions.engine.sampling import sample_file
from app.interactions.engine.warehouse import count_warehouse


def answer(request: Request) -> Report:
    """Do what is asked. Raises FileRefusedError."""
    if isinstance(request, ReadRequest):
        return read_log(request)
    if isinstance(request, EraseRequest):
        return erase_customer(request)
    if isinstance(request, SampleRequest):
        return sample_file(request)
    return count_warehouse(request) if request.address else count_log(request)


def _end_with_parent() -> None:
    """Standard input stays open while whoever asked lives; this process does not outlive them."""
    sys.stdin.buffer.read()
    os._exit(3)


def main() -> int:
    """Answer once; the code is 0 also for a refusal, which is an answer."""
    envelope = Envelope.model_validate_json(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    report: Report | Refusal
    try:
        report = answer(envelope.request)
    except FileRefusedError as error:
        report = Refusal(refused=str(error))
    sys.stdout.write(report.model_dump_json())
    sys.stdout.flush()
    return 0
