"""People who record measurements without pause, and what became of each of them.

Every measurement names itself, so that each one acknowledged can be found again. Who gets no
answer, or 503, sends the same form again under the same key, as a browser would.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from threading import Event, Lock, Thread
from uuid import uuid4

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.approvals.models import Tranche
from app.audit.models import AuditEvent, RequestKey
from app.audit.queries import check_chain
from app.initiatives.models import Criterion
from app.roadmap.models import Evidence
from tests.support.server import NO_ANSWER, Answer, Browser, Pass

AGAIN = (NO_ANSWER, 503)
PAUSE = 0.05


def evidence_form(engine: Engine, tranche: int, day: str) -> dict[str, str]:
    """A measurement of a tranche's first criterion as typed, without what it is named by."""
    with Session(engine) as session:
        milestone = session.get_one(Tranche, tranche).milestone_id
        query = select(func.min(Criterion.id)).where(Criterion.milestone_id == milestone)
        criterion = session.scalar(query)
    return {
        "criterion": str(criterion), "value": "17", "sample": "500", "measured_on": day,
        "among": "exposed", "design": "comparison", "is_confirmed": "y",
    }  # fmt: skip


@dataclass
class Writers:
    """Threads that write until they are told to stop."""

    port: int
    passes: Sequence[Pass]
    forms: Sequence[tuple[str, dict[str, str]]]
    """Where to send what."""
    acknowledged: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    ending: Event = field(default_factory=Event)
    _numbers: count[int] = field(default_factory=count)
    _lock: Lock = field(default_factory=Lock)
    _threads: list[Thread] = field(default_factory=list)

    def start(self, threads: int) -> None:
        self.ending.clear()
        self._threads = [Thread(target=self._write, args=(n,)) for n in range(threads)]
        for one in self._threads:
            one.start()

    def stop(self) -> None:
        """Let everybody send to its end what they have begun."""
        self.ending.set()
        for one in self._threads:
            one.join()

    def wait_for(self, writes: int, *, seconds: float = 900) -> None:
        """Until as many are acknowledged; raises TimeoutError."""
        began = time.monotonic()
        while len(self.acknowledged) < writes:
            if time.monotonic() - began > seconds:
                raise TimeoutError(f"Only {len(self.acknowledged)} writes in {seconds:.0f} s.")
            time.sleep(0.01)

    def _write(self, place: int) -> None:
        browser = Browser(self.port, self.passes[place % len(self.passes)])
        while not self.ending.is_set():
            with self._lock:
                number = next(self._numbers)
            name = f"written-{number}"
            address, form = self.forms[number % len(self.forms)]
            form = form | {"source": name, "once": uuid4().hex}
            while (answer := browser.post(address, form)).status in AGAIN:
                self.answers.append(answer)
                time.sleep(PAUSE)
            self.answers.append(answer)
            if answer.status == 303:
                self.acknowledged.append(name)
        browser.close()

    def others(self) -> list[Answer]:
        """Answers that are neither an acknowledgement nor a request to try again."""
        return [one for one in self.answers if one.status not in (303, *AGAIN)]


@dataclass(frozen=True, slots=True)
class Loss:
    """What of all that was written is not as it has to be."""

    lost: int
    twice: int
    half: int
    faults: tuple[str, ...]

    @property
    def is_none(self) -> bool:
        return not (self.lost or self.twice or self.half or self.faults)

    def __str__(self) -> str:
        chain = self.faults[0] if self.faults else "chain whole"
        return f"{self.lost} lost, {self.twice} twice, {self.half} half done, {chain}"


def loss(engine: Engine, acknowledged: Sequence[str]) -> Loss:
    """Compare what was acknowledged with the rows, their events and their request keys."""
    with Session(engine) as session:
        rows = Counter(session.scalars(select(Evidence.source)))
        query = select(AuditEvent.content).where(AuditEvent.action == "evidence.recorded")
        events = Counter(json.loads(one)["after"]["source"] for one in session.scalars(query))
        keys = select(RequestKey.answer).where(RequestKey.action == "evidence.recorded")
        unanswered = sum(answer is None for answer in session.scalars(keys))
        faults = check_chain(session).faults
    written = Counter({name: n for name, n in rows.items() if name.startswith("written-")})
    told = Counter({name: n for name, n in events.items() if name.startswith("written-")})
    half = sum(((written - told) + (told - written)).values()) + unanswered
    return Loss(
        lost=len(set(acknowledged) - set(written)),
        twice=sum(n > 1 for n in written.values()),
        half=half,
        faults=tuple(faults),
    )
