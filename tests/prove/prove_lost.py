"""A run whose worker is killed twice is lost, its page says so, and the button runs it again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bs4 import BeautifulSoup
from sqlalchemy import func, select

from app.accounts.models import Person
from app.jobs.rules import JobState
from app.portfolio.models import Run
from tests.factories.portfolio import begin
from tests.prove.gate import Gate, Size, databases, each_stage, new_stage
from tests.support.application import build_app, let_go
from tests.support.sign_in import sign_in
from tests.support.stage import Stage


def gates(_size: Size) -> Iterator[Gate]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="waymark-prove-")))
        for one in stack.enter_context(databases(folder)):
            with new_stage(one, folder) as stage:
                yield from _lose(stage, one.kind)


def controls(_size: Size) -> Iterator[Gate]:
    """A job that is begun again however many workers it has cost."""
    with each_stage("tireless_workers") as stages:
        kind, stage = next(stages)
        yield next(_lose(stage, kind))


def _lose(stage: Stage, kind: str) -> Iterator[Gate]:
    with stage.session() as session:
        lead = session.get_one(Person, stage.cast.lead.id)
        run_id = begin(session, stage.portfolio.scenario.id, actor=lead, now=datetime.now(UTC))
        job_id = session.get_one(Run, run_id).job_id
    for attempt in (1, 2):
        worker = stage.start_worker("highs")
        stage.wait(lambda n=attempt: (stage.job(job_id).attempts, _runs(stage, job_id)) == (n, 1))
        stage.kill(worker)
    stage.start_worker()
    job = stage.until(job_id, JobState.LOST, JobState.DONE, seconds=90)
    yield Gate(
        f"{kind}: killed twice, lost after the second time",
        f"{job.state.value}, begun {job.attempts} times", job.state is JobState.LOST,
    )  # fmt: skip
    app = build_app(stage.url, stage.folder, FIXED_NOW=None, QUEUE_URL=stage.queue)
    client: Any = app.test_client()
    with stage.session() as session:
        sign_in(client, session, session.get_one(Person, stage.cast.lead.id), now=datetime.now(UTC))
    yield from _press(stage, client, f"/runs/{run_id}", kind)
    let_go(app)


def _press(stage: Stage, client: Any, address: str, kind: str) -> Iterator[Gate]:
    """Read the page, press its button, and see the new run answered; then ask once more."""
    page = BeautifulSoup(client.get(address).text, "html5lib")
    said = bool(page.find(string=re.compile(r"^\s*Lost\s*$")))
    form = next(f for f in page.find_all("form") if "Run again" in f.get_text())
    yield Gate(f"{kind}: the page says lost and has the button", f"says it: {said}", said)
    fields = {i["name"]: i.get("value", "") for i in form.find_all("input") if i.get("name")}
    sent = client.post(form["action"], data=fields)
    new = _newest(stage)
    stage.until(new.job_id, JobState.DONE)
    again = _newest(stage)
    yield Gate(
        f"{kind}: the button runs it again, to its end",
        f"{sent.status}, {stage.job(again.job_id).state.value}, "
        f"answered {stage.answers(again.id)} times", stage.answers(again.id) == 1,
    )  # fmt: skip
    with stage.session() as session:
        lead = session.get_one(Person, stage.cast.lead.id)
        known = begin(
            session, stage.portfolio.scenario.id, actor=lead, now=datetime.now(UTC),
            seconds=again.time_limit_seconds, gap=Decimal(again.allowed_gap),
        )  # fmt: skip
    yield Gate(
        f"{kind}: the same question gets the stored answer",
        f"run {known} for run {again.id}", known == again.id,
    )  # fmt: skip


def _runs(stage: Stage, job_id: int) -> bool:
    return stage.job(job_id).state is JobState.RUNNING


def _newest(stage: Stage) -> Run:
    with stage.session() as session:
        newest = session.scalar(select(func.max(Run.id)))
        return session.get_one(Run, newest)
