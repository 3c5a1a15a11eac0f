"""A worker leaves the machine to whoever waits for a page."""

from __future__ import annotations

import os
from threading import Event

import pytest
from flask import Flask

from app.cli import operations


class _Done:
    """A worker that has nothing to do."""

    def __init__(self, app: Flask) -> None:
        self.ending = Event()

    def run(self) -> None:
        pass


@pytest.mark.parametrize(("own", "then"), [(0, 10), (5, 10), (15, 15)])
def test_a_worker_steps_back_and_never_forward(
    app: Flask, monkeypatch: pytest.MonkeyPatch, own: int, then: int
) -> None:
    steps = []
    monkeypatch.setattr(operations, "Worker", _Done)
    monkeypatch.setattr(operations.signal, "signal", lambda *_: None)
    monkeypatch.setattr(os, "getpriority", lambda *_: own)
    monkeypatch.setattr(os, "setpriority", lambda *asked: steps.append(asked))
    assert app.test_cli_runner().invoke(args=["worker"]).exit_code == 0
    assert steps == [(os.PRIO_PROCESS, 0, then)]
