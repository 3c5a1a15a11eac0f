"""One solver process that takes questions about a problem."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from contextlib import suppress
from errno import ENXIO
from time import monotonic
from typing import BinaryIO

from app.portfolio.engine.answers.questions import QUESTIONS, DeskTask, Question, is_sound
from app.portfolio.engine.job import Message
from app.portfolio.engine.sandbox import GRACE, Backend, Sandbox

MOST_OPENED = 2
LEAST_TO_OPEN = 5.0
"""Seconds a process has to build its model, at least; at most half of the desk's time."""
TICK, OPENING_TICK = 0.05, 0.005


class StoppedError(Exception):
    """Somebody asked to stop."""


class Window:
    """Opened at the first question, opened anew once."""

    def __init__(self, task: DeskTask, backend: Backend) -> None:
        self.task, self.backend = task, backend
        self._sandbox: Sandbox | None = None
        self._pipe: BinaryIO | None = None
        self._opened = 0
        self._number = 0
        self.failure = ""

    def ask(self, question: Question, watch: Callable[[], None]) -> Message | None:
        """The process's message; None if it has none that can be used."""
        if not self.is_open(watch):
            return None
        self._number += 1
        assert self._pipe is not None and self._sandbox is not None
        try:
            pickle.dump((self._number, question), self._pipe)
            self._pipe.flush()
        except OSError:
            self.close()
            return None
        until = monotonic() + question.seconds + GRACE
        while monotonic() < until and not self._sandbox.is_finished:
            for message in self._sandbox.read(TICK):
                if message["kind"] == "reply" and message.get("number") == self._number:
                    return message if is_sound(message) else None
            try:
                watch()
            except StoppedError:
                self.close()
                raise
        self.failure = self._sandbox.last_words() if self._sandbox.is_finished else "it hangs"
        self.close()
        return None

    def begin(self) -> bool:
        """Start the process."""
        if self._opened >= MOST_OPENED:
            return False
        self._opened += 1
        sandbox = Sandbox(self.task, self.backend)  # left by `close`
        try:
            sandbox.__enter__()
        except OSError as error:
            self.failure = str(error)
            return False
        self._sandbox = sandbox
        return True

    def is_open(self, watch: Callable[[], None]) -> bool:
        if self._sandbox is None and not self.begin():
            return False
        if self._pipe is not None:
            return True
        sandbox = self._sandbox
        assert sandbox is not None
        until = monotonic() + max(LEAST_TO_OPEN, self.task.seconds / 2)
        while monotonic() < until and not sandbox.is_finished:
            if any(message["kind"] == "ready" for message in sandbox.read(TICK)):
                self._pipe = _opened(sandbox)
                if self._pipe is not None:
                    return True
            watch()
        self.failure = sandbox.last_words()
        self._opened = MOST_OPENED  # what does not even begin is not tried again
        self.close()
        return False

    def close(self) -> None:
        sandbox, pipe = self._sandbox, self._pipe
        self._sandbox = self._pipe = None
        if sandbox is not None:
            sandbox.__exit__(None, None, None)
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def _opened(sandbox: Sandbox) -> BinaryIO | None:
    """The pipe to a process that is about to read from it; None if it died before."""
    while not sandbox.is_finished:
        try:
            pipe = os.open(sandbox.folder / QUESTIONS, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != ENXIO:
                return None
            sandbox.read(OPENING_TICK)  # nobody reads yet
        else:
            os.set_blocking(pipe, True)
            return os.fdopen(pipe, "wb")
    return None
