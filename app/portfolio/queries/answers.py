"""A run's answer, shown only after everything it states was recounted from its choices."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from app.errors import AppError
from app.portfolio.engine import Difference, Problem, verify
from app.portfolio.engine.parsing import parse_known
from app.portfolio.models import Run
from app.values.canonical import canonical_json, digest


class UntrueAnswerError(AppError):
    """What is stored of a run isn't what was solved, or doesn't add up; it must not be shown."""

    def __init__(self, message: str, differences: tuple[Difference, ...] = ()) -> None:
        super().__init__(message)
        self.differences = differences


@dataclass(frozen=True, eq=False)
class Answer:
    """A problem with its result in the public format, recounted; ``inputs`` names what went in.

    The same run gives the same object while it is looked at, so pages may keep what they arrange.
    """

    problem: Problem
    result: Mapping[str, Any]
    inputs: Mapping[str, Any]
    digest: str
    result_digest: str

    @property
    def has_plan(self) -> bool:
        return self.result["value"] is not None


def load_answer(run: Run) -> Answer | None:
    """The recounted answer of a run loaded with its documents; None while there is no result.

    Raises UntrueAnswerError.
    """
    if run.result is None or run.result_digest is None:
        return None
    _check_problem(run.problem, run.digest)
    if digest(run.result) != run.result_digest:
        raise UntrueAnswerError("The stored result is not the one the run ended with.")
    answer, differences = _recounted(
        _Sound(run.digest, run.problem), _Sound(run.result_digest, run.result), run.inputs_content
    )
    if differences:
        raise UntrueAnswerError(
            "The stored result and its recount from the choices differ.", differences
        )
    return answer


@dataclass(frozen=True, slots=True)
class KeptRanges:
    """The ranges of a run's inputs as they were when it was started, and their digest."""

    tree: Mapping[str, Any]
    digest: str


def ranges_of(run: Run) -> KeptRanges | None:
    """What a run keeps of how sure its inputs are; None for a run from before that was kept."""
    return _kept_ranges(run.inputs_content)


@dataclass(frozen=True, slots=True)
class _Sound:
    """Bytes that were found to have this digest, known by it: a look at megabytes less."""

    digest: str
    content: bytes = field(compare=False, repr=False)


@lru_cache(maxsize=16)
def _kept_ranges(inputs: bytes) -> KeptRanges | None:
    tree = json.loads(inputs).get("ranges")
    return None if tree is None else KeptRanges(tree, digest(canonical_json(tree)))


def sound_problem(content: bytes, stated: str) -> Problem:
    """The problem of a run if it is the one its digest names. Raises UntrueAnswerError."""
    _check_problem(content, stated)
    return _parsed(_Sound(stated, content))


def _check_problem(content: bytes, stated: str) -> None:
    if digest(content) != stated:
        raise UntrueAnswerError("The stored problem is not the one that was asked for.")


@lru_cache(maxsize=16)
def _parsed(problem: _Sound) -> Problem:
    return parse_known(problem.content)


@lru_cache(maxsize=16)
def _recounted(
    problem: _Sound, result: _Sound, inputs: bytes
) -> tuple[Answer, tuple[Difference, ...]]:
    """Kept for the contents last looked at: equal bytes have equal recounts."""
    stated = json.loads(result.content)
    answer = Answer(_parsed(problem), stated, json.loads(inputs), problem.digest, result.digest)
    return answer, tuple(verify(answer.problem, stated))
