"""Keepers of a model that misbehave: ``fake_keeper.py MODE PARENT JOB PIPE CPU WALL BYTES``."""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
import time
from pathlib import Path
from typing import Any

from app.portfolio.engine.answers.questions import QUESTIONS, Question

Reply = dict[str, Any]
NOTHING: Reply = {"state": "optimal", "positions": None, "value": None, "bound": None}


def reply(mode: str, everything: list[int], question: Question) -> Reply:
    """The untruth that the mode names."""
    match mode:
        case "breaks a limit":
            return NOTHING | {"positions": everything, "value": 1e12, "bound": 1e12}
        case "overstates":
            return NOTHING | {"positions": [], "value": 1e9, "bound": 1e9}
        case "understates":
            return NOTHING | {"positions": [], "value": 0.0, "bound": -5.0}
        case "no such choice":
            return NOTHING | {"positions": [99], "value": 7.0, "bound": 7.0}
        case "no choice at all":
            return NOTHING | {"positions": ["x"], "value": "much", "bound": "more"}
        case "denies" if question.missable or question.bound_only:
            return NOTHING | {"positions": []}
        case "denies":
            return NOTHING | {"state": "infeasible"}
        case "half a reply":
            return {"state": "optimal"}
        case "out of memory":
            return NOTHING | {"state": "failed"}
        case "crash":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            time.sleep(600)
    raise ValueError(mode)


def main(mode: str, job_path: str, pipe: int) -> None:
    """Take questions and answer each as the mode says."""
    task = pickle.loads(Path(job_path).read_bytes())

    def say(message: Reply) -> None:
        os.write(pipe, (json.dumps(message) + "\n").encode())

    questions = Path(job_path).with_name(QUESTIONS)
    os.mkfifo(questions)
    say({"kind": "ready"})
    with questions.open("rb") as asked:
        while True:
            try:
                number, question = pickle.load(asked)
            except EOFError:
                return
            told = reply(mode, list(range(len(task.problem.placements))), question)
            say({"kind": "reply", "number": number} | told)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[3], int(sys.argv[4]))
