"""Many writers at once: the chain stays whole and a key acts once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.queries import check_chain
from app.audit.services import once, record, remember
from app.db.session import transaction
from tests.factories.accounts import Cast

WRITERS = 8
EACH = 10


def _at_once(work: Callable[[int], Any]) -> list[Any]:
    """Run ``work`` in many threads that start together and give what they returned or raised."""
    gate = threading.Barrier(WRITERS)
    results: list[Any] = [None] * WRITERS

    def run(number: int) -> None:
        gate.wait()
        try:
            results[number] = work(number)
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


class TestRecord:
    def test_keeps_one_chain_under_many_writers(
        self, engine: Engine, session: Session, cast: Cast, now: datetime
    ) -> None:
        def write(number: int) -> None:
            with Session(engine) as own:
                for _ in range(EACH):
                    with transaction(own):
                        lead = own.get_one(Person, cast.lead.id)
                        record(own, actor=lead, action="a.b", subject=f"t:{number}", now=now)

        assert [result for result in _at_once(write) if result is not None] == []
        report = check_chain(session)
        assert (report.count, report.faults) == (WRITERS * EACH, ())


class TestCheckChain:
    def test_is_not_misled_by_what_others_write_meanwhile(
        self, engine: Engine, session: Session, cast: Cast, now: datetime
    ) -> None:
        written = []

        def write(_state: Any = None) -> None:
            with Session(engine) as own, transaction(own):
                lead = own.get_one(Person, cast.lead.id)
                record(own, actor=lead, action="a.b", subject=f"t:{len(written)}", now=now)
            written.append(now)

        write()
        event.listen(session, "do_orm_execute", write)
        report = check_chain(session)
        event.remove(session, "do_orm_execute", write)
        assert report.faults == ()
        assert 1 <= report.count < len(written)


class TestOnce:
    def test_acts_once_for_many_equal_requests(
        self, engine: Engine, session: Session, cast: Cast, now: datetime
    ) -> None:
        acted = []

        def send(number: int) -> Any:
            with Session(engine) as own, transaction(own):
                cfo = own.get_one(Person, cast.cfo.id)
                known = once(own, "key", cfo, "release", {"tranche": 1}, now=now)
                if known is not None:
                    return known
                acted.append(number)
                answer = {"by": number}
                remember(own, "key", answer)
                return answer

        results = _at_once(send)
        assert len(acted) == 1
        assert all(result == {"by": acted[0]} for result in results)
