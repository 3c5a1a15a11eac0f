"""Solver processes that misbehave: ``fake_solver.py MODE PARENT JOB PIPE CPU WALL BYTES``."""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
import time
from pathlib import Path
from typing import Any

Answer = dict[str, Any]
OPTIMAL: Answer = {"kind": "end", "state": "optimal", "solver": "fake", "level": 0}


def main(mode: str, job_path: str, pipe: int) -> None:
    """Answer as the mode says."""
    job = pickle.loads(Path(job_path).read_bytes())
    everything = list(job.positions)

    def say(*messages: Answer) -> None:
        os.write(pipe, "".join(json.dumps(message) + "\n" for message in messages).encode())

    match mode:
        case "crash":
            sys.stderr.write("Segmentation fault, so to speak\n")
            sys.stderr.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            say({"kind": "plan", "positions": [everything[-1]]})
            time.sleep(600)
        case "hang after the proof" | "crash after the proof":
            say(OPTIMAL | {"kind": "proven", "positions": [0], "value": 10.0, "bound": 10.0})
            time.sleep(600 if mode.startswith("hang") else 0)
        case "hang on a false bound":
            say({"kind": "bound", "level": 0, "value": 3.0})
            time.sleep(600)
        case "out of time with an unfinished plan":
            out_of_time = OPTIMAL | {"state": "limit"}
            say(out_of_time | {"positions": [0], "value": -4e9, "bound": 12.0})
        case "tells when interrupted":
            signal.signal(signal.SIGINT, lambda _signal, _frame: None)
            signal.pause()
            say(OPTIMAL | {"positions": [1, 2], "value": 14.0, "bound": 14.0})
        case "races to the best":
            say(OPTIMAL | {"positions": [1, 2], "value": 14.0, "bound": 14.0})
        case "races with a lie":
            say({"kind": "bound", "level": 0, "value": 1.0}, OPTIMAL | {"positions": everything})
        case "babble":
            os.write(pipe, b'no json\n{"half": \n[1]\n{"kind": "plan", "positions": ["x", 99]}\n')
        case "breaks a limit":
            say(OPTIMAL | {"positions": everything, "value": 1e12, "bound": 1e12})
        case "overstates":
            say(OPTIMAL | {"positions": [], "value": 1e9, "bound": 1e9})
        case "understates the best":
            say(OPTIMAL | {"positions": [], "value": 0.0, "bound": 0.0})
        case "denies":
            say({"kind": "end", "state": "infeasible", "solver": "fake", "misses": []})
        case "proves nothing":
            say(OPTIMAL | {"positions": None, "value": None, "bound": None})
        case "no bound":
            say(OPTIMAL | {"positions": list(job.start), "value": 10.0, "bound": None})


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[3], int(sys.argv[4]))
