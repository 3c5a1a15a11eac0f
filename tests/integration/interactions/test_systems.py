"""A customer is one customer in all local logs of a journey, whatever system wrote them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.session import transaction
from app.interactions.presenters import followed_words
from app.interactions.queries import list_erasures
from app.interactions.services import (
    LogFile,
    LogStore,
    begin_erasures,
    customer_of,
    drafted,
    end_erasure,
    erase_rows,
    find_customer,
    import_log,
    near_to,
    preview_log,
    remove_source,
)
from app.journeys.models import InteractionMoment, InteractionMonth, InteractionSource
from tests.factories.accounts import Cast
from tests.factories.journeys import make_journey
from tests.unit.interactions.logs import mapping, row, rows

AT_THE_END = row(id="9", when="2026-11-30 10:00", who="K9")
WEB = rows(
    row(id="1", ok="no"),
    row(id="2", who="K2", ok="no"),
    AT_THE_END,
)
PHONE = rows(
    row(id="1", when="2026-05-08 10:00", ok="no"),
    row(id="2", when="2026-05-20 10:00", who="K3", ok="no"),
    AT_THE_END,
)


@pytest.fixture
def store(app: Flask, session: Session, cast: Cast, tmp_path: Path) -> LogStore:
    app.config["INTERACTIONS_FOLDER"] = str(tmp_path / "interactions")
    with transaction(session):
        make_journey(session, cast.owner)
        make_journey(session, cast.owner, key="home-claim", name="Home claim")
    return LogStore.of(app.config)


@pytest.fixture
def take_in(
    session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path,
    run_jobs: Callable[[], int],
) -> Callable[..., InteractionSource]:  # fmt: skip
    """Take a log of a system in and count all there is to count."""

    def take(system: str, content: str, **parts: object) -> InteractionSource:
        path = tmp_path / f"{system}.csv"
        path.write_text(content, encoding="utf-8")
        file = LogFile(path, path.name, mapping(name=system, source=system.title(), **parts))
        with (
            drafted(session, store, file, leave_out_errors=True, now=now) as draft,
            transaction(session),
        ):
            source = import_log(session, store, draft, actor=cast.lead, now=now)
        run_jobs()
        session.expire_all()
        return source

    return take


def _told(session: Session, source: InteractionSource) -> list[tuple[int, int, int]]:
    """Moments of a source by what followed: how many, repeated, silent."""
    session.expire_all()
    query = select(InteractionMoment).where(
        InteractionMoment.source_id == source.id, InteractionMoment.is_met.is_(False)
    )
    return [(one.contacts, one.repeated, one.silent) for one in session.scalars(query)]


def _repeats(session: Session, source: InteractionSource) -> int:
    query = select(InteractionMonth.repeats).where(InteractionMonth.source_id == source.id)
    return sum(session.scalars(query))


class TestTwoSystems:
    def test_have_one_moment_of_a_customer_who_comes_to_both(
        self, app: Flask, session: Session, take_in: Callable[..., InteractionSource]
    ) -> None:
        web = take_in("website", WEB)
        assert _told(session, web) == [(2, 0, 2)]
        phone = take_in("hotline", PHONE)
        assert _told(session, web) == [(2, 1, 1)]  # K1 came back, on the phone
        assert _told(session, phone) == [(1, 0, 1)]  # K1 had an unmet one before, on the website
        assert (_repeats(session, web), _repeats(session, phone)) == (0, 1)
        for one, other in ((web, phone), (phone, web)):
            found = one.lineage or {}
            assert (found["near"], found["customers"], found["elsewhere"]) == ([other.id], 3, 2)

        assert followed_words(web) == (
            f"until 30 Nov 2026, in import {phone.id}, too;"
            " 2 of 3 customers found in another system"
        )
        runner = app.test_cli_runner()
        said = runner.invoke(args=["interactions", "moments", "--journey", "motor-claim"]).output
        assert "through the logs of 2 systems together" in said
        assert "more than one system: of “Hotline” 2 of 3, of “Website” 2 of 3." in said
        asked = ["interactions", "moments", "--journey", "motor-claim", "--json"]
        systems = json.loads(runner.invoke(args=asked).output)["systems"]
        assert [(one["name"], one["customers_in_other_systems"]) for one in systems] == [
            ("Hotline", 2),
            ("Website", 2),
        ]

    def test_are_counted_anew_when_one_is_taken_back(
        self, session: Session, store: LogStore, cast: Cast, now: datetime,
        take_in: Callable[..., InteractionSource], run_jobs: Callable[[], int],
    ) -> None:  # fmt: skip
        web, phone = take_in("website", WEB), take_in("hotline", PHONE)
        with transaction(session):
            remove_source(session, store, phone, actor=cast.lead, now=now)
        assert run_jobs() == 1
        assert _told(session, web) == [(2, 0, 2)]
        assert (web.lineage or {})["near"] == []

    def test_forget_a_customer_who_is_erased_in_both(
        self, session: Session, store: LogStore, cast: Cast, now: datetime,
        take_in: Callable[..., InteractionSource], run_jobs: Callable[[], int],
    ) -> None:  # fmt: skip
        web, phone = take_in("website", WEB), take_in("hotline", PHONE)
        search = find_customer(session, store, customer_of(store, "K1"))
        with transaction(session):
            begin_erasures(session, search, actor=cast.lead, now=now)
        for erasure in list_erasures(session):
            erase_rows(store, erasure.source, erasure)
            with transaction(session):
                end_erasure(session, erasure, actor=cast.lead, now=now + timedelta(minutes=1))
        run_jobs()
        assert [_told(session, one) for one in (web, phone)] == [[(1, 0, 1)], [(1, 0, 1)]]
        assert (web.lineage or {})["elsewhere"] == 1

    def test_whose_keys_are_of_two_kinds_never_match_and_say_so(
        self, app: Flask, session: Session, take_in: Callable[..., InteractionSource]
    ) -> None:
        web = take_in("website", WEB)
        mailed = PHONE.replace(",K", ",k@example.org K")
        take_in("hotline", mailed)
        assert _told(session, web) == [(2, 0, 2)]
        args = ["interactions", "moments", "--journey", "motor-claim"]
        said = app.test_cli_runner().invoke(args=args).output
        assert "No customer of “Hotline” and “Website” is found in another system." in said

    def test_of_two_journeys_are_apart(
        self, session: Session, store: LogStore, take_in: Callable[..., InteractionSource]
    ) -> None:
        web = take_in("website", WEB)
        other = take_in("hotline", PHONE, journey={"fixed": "home-claim"})
        assert _told(session, web) == [(2, 0, 2)]
        assert [near_to(session, store, one).logs for one in (web, other)] == [(), ()]
        words = {"column": "through", "words": {"Phone": "home-claim", "Post": "motor-claim"}}
        both = take_in("letters", PHONE, journey=words)
        near = near_to(session, store, both).logs
        assert [one.source_id for one in near] == [web.id, other.id]

    def test_do_not_look_into_a_log_that_names_no_customers(
        self, session: Session, store: LogStore, take_in: Callable[..., InteractionSource]
    ) -> None:
        web = take_in("website", WEB)
        nameless = take_in("hotline", PHONE, customer=None)
        assert [near_to(session, store, one).logs for one in (web, nameless)] == [(), ()]

    def test_follow_each_log_to_its_own_end(
        self, session: Session, take_in: Callable[..., InteractionSource]
    ) -> None:
        """What another system goes on to say does not make a log longer than it is."""
        short = take_in("website", rows(row(id="1", ok="no"), row(id="2", who="K2", ok="no")))
        take_in("hotline", PHONE)
        assert _told(session, short) == []


class TestTheSameContactsAgain:
    """Contacts that came in already are told, whatever the columns' page was told of them."""

    @pytest.mark.parametrize(
        "changes",
        [
            {"id": None},
            {"name": "own-2", "source": "Another name"},
            {"when": {"column": "at"}},
        ],
        ids=["without the id", "by another system", "with another header"],
    )
    def test_are_told(
        self, session: Session, store: LogStore, now: datetime, tmp_path: Path,
        take_in: Callable[..., InteractionSource], changes: dict[str, object],
    ) -> None:  # fmt: skip
        take_in("own-1", WEB)
        path = tmp_path / "again.csv"
        path.write_text(WEB.replace("when", "at") if "when" in changes else WEB, encoding="utf-8")
        again = mapping(**{"name": "own-3", "source": "Own-1"} | changes)
        file = LogFile(path, path.name, again)
        report, _ = preview_log(session, store, file, now=now)
        (told,) = [one for one in report.issues if "count twice" in one.message]
        assert told.message.startswith("3 rows of 3 (100 %) say in every column what rows of")
        assert report.kept == 3
