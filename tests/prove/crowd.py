"""Many people at once, each a thread with a connection of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from tests.support.server import Answer, Browser, Pass

Made = TypeVar("Made")
Act = Callable[[Browser], Answer]


def all_at_once(port: int, passes: Sequence[Pass], acts: Sequence[Act]) -> list[Answer]:
    """Let every act begin together, each by the next of the people in turn."""
    barrier = Barrier(len(acts))

    def run(number: int) -> Answer:
        browser = Browser(port, passes[number % len(passes)])
        barrier.wait()
        try:
            return acts[number](browser)
        finally:
            browser.close()

    return in_threads(run, range(len(acts)))


def in_threads(work: Callable[[int], Made], numbers: Iterable[int]) -> list[Made]:
    """What ``work`` gives for each number, each in a thread of its own."""
    wanted = list(numbers)
    with ThreadPoolExecutor(len(wanted)) as pool:
        return list(pool.map(work, wanted))


def counted(answers: Iterable[Answer]) -> str:
    """How often each status came: `1 × 303, 99 × 409`."""
    found = Counter(one.status for one in answers)
    return ", ".join(
        f"{count} × {status or 'no answer'}" for status, count in sorted(found.items())
    )


def share(values: Sequence[float], part: float) -> float:
    """The value below which ``part`` of all lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0
