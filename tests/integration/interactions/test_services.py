"""Logs come in whole or not at all, once, are counted, and can be taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.db.session import transaction
from app.errors import ConflictError, InvalidError, NotAllowedError, UnavailableError
from app.interactions.engine import apart
from app.interactions.engine.mapping import Mapping
from app.interactions.engine.placing import Placed
from app.interactions.queries import list_erasures
from app.interactions.services import (
    Changed,
    LogFile,
    LogStore,
    begin_erasures,
    count_again,
    counted,
    customer_of,
    drafted,
    end_erasure,
    erase_rows,
    find_customer,
    import_log,
    placed_mapping,
    placing,
    remove_source,
    suppress_customer,
    sweep_store,
    write_months,
)
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.journeys.models import InteractionMoment, InteractionMonth, InteractionSource
from app.journeys.rules import SourceState
from tests.factories.accounts import Cast
from tests.factories.journeys import make_journey
from tests.unit.interactions.logs import HEADER, ROW, mapping, row, rows

LINES = rows(
    ROW,
    row(id="2", through="Post", ok="no"),
    row(id="3", through="Fax"),
    row(id="4", when="2026-06-01 09:00", score="eleven"),
)


@pytest.fixture
def store(app: Flask, session: Session, cast: Cast, tmp_path: Path) -> LogStore:
    app.config["INTERACTIONS_FOLDER"] = str(tmp_path / "interactions")
    with transaction(session):
        make_journey(session, cast.owner)
    return LogStore.of(app.config)


def _file(folder: Path, content: str = LINES, **parts: object) -> LogFile:
    path = folder / "log.csv"
    path.write_text(content, encoding="utf-8")
    return LogFile(path, "log.csv", mapping(**parts))


def _import(
    session: Session, store: LogStore, file: LogFile, cast: Cast, now: datetime,
    *, leave_out: bool = True, changed: Changed = "refuse", request_key: str | None = None,
) -> InteractionSource:  # fmt: skip
    with (
        drafted(
            session, store, file, leave_out_errors=leave_out, changed=changed, now=now
        ) as draft,
        transaction(session),
    ):
        return import_log(session, store, draft, request_key=request_key, actor=cast.lead, now=now)


def _folders(store: LogStore) -> list[str]:
    return sorted(path.name for path in store.folder.iterdir() if path.is_dir())


def _months(session: Session, source: InteractionSource) -> list[InteractionMonth]:
    session.expire_all()
    query = select(InteractionMonth).where(InteractionMonth.source_id == source.id)
    return list(session.scalars(query.order_by(InteractionMonth.id)))


class TestImportLog:
    def test_takes_the_good_rows_and_a_job_counts_them(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path,
        run_jobs: Callable[[], int],
    ) -> None:  # fmt: skip
        source = _import(session, store, _file(tmp_path), cast, now)
        assert (source.row_count, source.left_out_count) == (3, 1)
        assert source.state is SourceState.IMPORTED
        assert [one["row"] for one in source.issues] == [5]
        assert _folders(store) == [store.log_folder(source.id, source.digest).name]
        assert run_jobs() == 1
        months = _months(session, source)
        assert sorted((one.contacts, one.judged, one.unmet) for one in months) == [
            (1, 1, 0),
            (1, 1, 1),
        ]
        assert source.state is SourceState.COUNTED
        assert source.unplaced_count == 1
        assert "“Fax” means no channel: 1 contact counts" in str(source.issues[-1]["message"])

    def test_takes_nothing_while_errors_bar_it(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path
    ) -> None:
        with pytest.raises(InvalidError, match="1 of 4 rows has errors"):
            _import(session, store, _file(tmp_path), cast, now, leave_out=False)
        assert _folders(store) == []
        assert session.scalar(select(func.count()).select_from(InteractionSource)) == 0

    def test_takes_a_file_once(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path
    ) -> None:
        key = "5" * 32
        first = _import(session, store, _file(tmp_path), cast, now, request_key=key)
        again = _import(session, store, _file(tmp_path), cast, now, request_key=key)
        assert again.id == first.id
        with pytest.raises(ConflictError, match="taken in already"):
            _import(session, store, _file(tmp_path), cast, now)
        assert len(_folders(store)) == 1

    def test_is_for_cx_leads(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path
    ) -> None:
        with (
            pytest.raises(NotAllowedError),
            drafted(session, store, _file(tmp_path), leave_out_errors=True, now=now) as draft,
            transaction(session),
        ):
            import_log(session, store, draft, actor=cast.manager, now=now)


class TestImportLogAgain:
    MORE = rows(ROW, row(id="2", score="1"), row(id="5"))

    def _scores(self, session: Session, *sources: InteractionSource) -> list[int]:
        return [int(sum(m.score_sum for m in _months(session, one))) for one in sources]

    def test_takes_only_what_is_new_of_a_cumulated_file(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path,
        run_jobs: Callable[[], int],
    ) -> None:  # fmt: skip
        first = _import(session, store, _file(tmp_path, rows(ROW, row(id="2"))), cast, now)
        with pytest.raises(InvalidError, match="choose that such rows take the place") as refused:
            _import(session, store, _file(tmp_path, self.MORE), cast, now, leave_out=False)
        assert refused.value.field == "replace"
        corrected = _file(tmp_path, rows(row(id="2", score="1")))
        with pytest.raises(InvalidError, match="choose that such rows take the place"):
            _import(session, store, corrected, cast, now)
        with pytest.raises(InvalidError, match="Every row of the file stands in earlier imports"):
            _import(session, store, _file(tmp_path, rows(row(id="2"), ROW)), cast, now)
        second = _import(session, store, _file(tmp_path, self.MORE), cast, now)
        run_jobs()
        assert self._scores(session, first, second) == [16, 8]
        assert second.lineage is not None
        assert second.lineage["known"] == [{"changed": 1, "same": 1, "source_id": first.id}]
        with pytest.raises(ConflictError, match="left 2 of its rows out"), transaction(session):
            remove_source(session, store, first, actor=cast.lead, now=now)
        for one in (second, first):
            with transaction(session):
                remove_source(session, store, one, actor=cast.lead, now=now)

    def test_lets_changed_rows_replace_those_of_earlier_imports_until_taken_back(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path,
        run_jobs: Callable[[], int],
    ) -> None:  # fmt: skip
        first = _import(session, store, _file(tmp_path, rows(row(id="2"))), cast, now)
        run_jobs()
        later = now + timedelta(minutes=1)
        file = _file(tmp_path, self.MORE)
        second = _import(session, store, file, cast, later, changed="replace")
        run_jobs()
        assert self._scores(session, first, second) == [0, 17]
        with transaction(session):
            remove_source(session, store, second, actor=cast.lead, now=later)
        run_jobs()
        assert self._scores(session, first) == [8]

    def test_counts_an_earlier_import_anew_that_was_counted_while_this_one_came_in(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path,
        run_jobs: Callable[[], int],
    ) -> None:  # fmt: skip
        asked, meanwhile = now - timedelta(minutes=2), now - timedelta(minutes=1)
        first = _import(session, store, _file(tmp_path, rows(row(id="2"))), cast, asked)
        file = _file(tmp_path, self.MORE)
        with drafted(
            session, store, file, leave_out_errors=True, changed="replace", now=asked
        ) as draft:
            with transaction(session):
                report = counted(first, store, now=meanwhile)
                write_months(session, first.id, report, now=meanwhile)
            with transaction(session):
                second = import_log(session, store, draft, actor=cast.lead, now=asked)
        run_jobs()
        assert self._scores(session, first, second) == [0, 17]

    def test_looks_again_where_something_changed_while_the_file_was_read(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path
    ) -> None:
        file = _file(tmp_path, self.MORE)
        with drafted(session, store, file, leave_out_errors=True, now=now) as draft:
            (tmp_path / "other").mkdir()
            _import(session, store, _file(tmp_path / "other", rows(row(id="9"))), cast, now)
            with pytest.raises(ConflictError, match="read the file again"), transaction(session):
                import_log(session, store, draft, actor=cast.lead, now=now)
        with drafted(session, store, file, leave_out_errors=True, now=now) as draft:
            with transaction(session):
                suppress_customer(session, 4711, actor=cast.lead, now=now)
            with pytest.raises(ConflictError, match="read the file again"), transaction(session):
                import_log(session, store, draft, actor=cast.lead, now=now)

    def test_knows_a_system_by_its_columns_where_a_mapping_was_made_of_them(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path
    ) -> None:
        _import(session, store, _file(tmp_path, rows(ROW), name="own-1"), cast, now)
        again = _file(tmp_path, rows(ROW, row(id="2")), name="own-2", source="our  Contact centre")
        assert _import(session, store, again, cast, now).row_count == 1
        offset = rows(row(when="2026-05-04T12:00+02:00"), row(id="3", when="2026-05-04T10:00Z"))
        when = {"column": "when", "format": "offset"}
        written = _file(tmp_path, offset, name="own-3", when=when)
        assert _import(session, store, written, cast, now).row_count == 1
        hotline = _file(tmp_path, rows(row(score="1")), name="own-1", source="Another hotline")
        taken = _import(session, store, hotline, cast, now, changed="replace")
        assert (taken.row_count, (taken.lineage or {})["known"]) == (1, [])
        other = mapping(name="crm").model_dump(exclude_defaults=True)
        apart = _file(tmp_path, rows(row(id="1", score="3")), **other)
        assert _import(session, store, apart, cast, now, leave_out=False).row_count == 1


class TestMoments:
    LINES = rows(
        row(ok="no"),
        row(id="2", when="2026-05-09 10:00", result="Left", ok=""),
        row(id="3", when="2026-11-30 10:00", who="K2"),
    )

    def test_are_counted_anew_told_and_taken_back_with_their_log(
        self, app: Flask, session: Session, store: LogStore, cast: Cast, now: datetime,
        tmp_path: Path, run_jobs: Callable[[], int],
    ) -> None:  # fmt: skip
        source = _import(session, store, _file(tmp_path, self.LINES), cast, now)
        run_jobs()
        with transaction(session):
            count_again(session, source, actor=cast.lead, now=now)
        run_jobs()
        (moment,) = session.scalars(select(InteractionMoment))
        assert (moment.source_id, moment.is_met) == (source.id, False)
        assert moment.month == date(2026, 5, 1)
        assert (moment.contacts, moment.repeated, moment.lost, moment.lost_alone) == (1, 1, 1, 1)
        assert sum(one.keyed for one in _months(session, source)) == 3

        runner = app.test_cli_runner()
        told = runner.invoke(args=["interactions", "moments", "--journey", "motor-claim"])
        figures = runner.invoke(
            args=["interactions", "moments", "--journey", "motor-claim", "--json"]
        )
        assert "Where is my claim?: 1 moments" in told.output
        assert json.loads(figures.output)["reasons"][0]["moments"]["lost_alone"] == 1

        with transaction(session):
            remove_source(session, store, source, actor=cast.lead, now=now)
        assert list(session.scalars(select(InteractionMoment))) == []


class TestMonthlyFiles:
    """A system that writes a file a month is one log."""

    MAY = rows(row(id="1", ok="no"), row(id="2", who="K2", ok="no"))
    JUNE = rows(
        row(id="3", when="2026-05-31 22:00", who="K3"),
        row(id="4", when="2026-06-02 10:00", ok="", result="Left"),
    )
    LATER = rows(row(id="5", when="2026-09-01 10:00", who="K5"))
    SUMMER = rows(*(row(id=on, when=on, who="K6") for on in ("2026-07-04", "2026-08-03")))

    def _told(self, session: Session, source: InteractionSource) -> tuple[int, tuple[int, ...]]:
        """Repeats, and all moments by what followed: how many, repeated, silent, lost."""
        repeats = sum(one.repeats for one in _months(session, source))
        query = select(InteractionMoment).where(InteractionMoment.source_id == source.id)
        found = [(m.contacts, m.repeated, m.silent, m.lost) for m in session.scalars(query)]
        return repeats, tuple(map(sum, zip(*found, strict=True)))

    def test_are_looked_at_beside_each_other_as_they_come_and_go(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path,
        run_jobs: Callable[[], int],
    ) -> None:  # fmt: skip
        may = _import(session, store, _file(tmp_path, self.MAY), cast, now)
        june = _import(session, store, _file(tmp_path, self.JUNE), cast, now)
        assert run_jobs() == 3
        assert [self._told(session, one) for one in (may, june)] == [(0, ()), (1, ())]
        assert june.lineage is not None
        assert (june.lineage["near"], june.lineage["until"]) == ([may.id], "2026-06-02")

        _import(session, store, _file(tmp_path, self.LATER), cast, now)
        run_jobs()
        assert self._told(session, may) == (0, ())  # nobody knows of the summer
        summer = _import(session, store, _file(tmp_path, self.SUMMER), cast, now)
        run_jobs()
        assert self._told(session, may) == (0, (2, 1, 1, 1))

        with transaction(session):
            remove_source(session, store, summer, actor=cast.lead, now=now)
            remove_source(session, store, june, actor=cast.lead, now=now)
        run_jobs()
        assert self._told(session, may) == (0, ())

    def test_are_counted_anew_where_a_neighbour_ends_earlier_since_a_customer_was_erased(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path,
        run_jobs: Callable[[], int],
    ) -> None:  # fmt: skip
        may = _import(session, store, _file(tmp_path, self.MAY), cast, now)
        lines = (row(id="7", when="2026-06-09 10:00", who="K7"), row(id="8", when="2026-08-30"))
        june = _import(session, store, _file(tmp_path, rows(*lines)), cast, now)
        run_jobs()
        assert self._told(session, may) == (0, (2, 0, 2, 0))
        customer = customer_of(store, "K1")
        search = find_customer(session, store, customer)
        with transaction(session):
            begin_erasures(session, search, actor=cast.lead, now=now)
        for erasure in list_erasures(session):
            erase_rows(store, erasure.source, erasure)
            with transaction(session):
                end_erasure(session, erasure, actor=cast.lead, now=now + timedelta(minutes=1))
        run_jobs()
        session.expire_all()
        assert june.last_on == date(2026, 6, 9)
        assert self._told(session, may) == (0, ())


class TestRemoveSource:
    def test_takes_log_and_months_and_leaves_the_record(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path,
        run_jobs: Callable[[], int],
    ) -> None:  # fmt: skip
        source = _import(session, store, _file(tmp_path), cast, now)
        run_jobs()
        session.expire_all()
        with transaction(session):
            remove_source(session, store, source, actor=cast.lead, now=now)
        assert _months(session, source) == []
        assert _folders(store) == []
        assert source.state is SourceState.REMOVED
        actions = list(
            session.scalars(
                select(AuditEvent.action)
                .where(AuditEvent.subject == f"interactions:{source.id}")
                .order_by(AuditEvent.number)
            )
        )
        assert actions == ["interactions.imported", "interactions.counted", "interactions.removed"]
        _import(session, store, _file(tmp_path), cast, now)
        with pytest.raises(ConflictError), transaction(session):
            remove_source(session, store, source, actor=cast.lead, now=now)

    def test_leaves_the_log_of_an_import_alone_that_comes_right_after_it(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path
    ) -> None:
        first = _import(session, store, _file(tmp_path), cast, now)
        with transaction(session):
            remove_source(session, store, first, actor=cast.lead, now=now)
            late, session.info["after_commit"] = session.info["after_commit"], []
        second = _import(session, store, _file(tmp_path), cast, now)
        for call in late:
            call()
        assert counted(second, store, now=now).rows == 3

    def test_stays_so_when_a_count_ends_later(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path,
        run_jobs: Callable[[], int],
    ) -> None:  # fmt: skip
        source = _import(session, store, _file(tmp_path), cast, now)
        with transaction(session):
            remove_source(session, store, source, actor=cast.lead, now=now)
        run_jobs()
        session.expire_all()
        job = session.scalars(select(Job)).one()
        assert job.state is JobState.FAILED
        assert "gone" in (job.failure or "")
        assert source.state is SourceState.REMOVED


class TestCountInteractions:
    def test_adds_up_more_than_two_billion_contacts(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path,
        run_jobs: Callable[[], int],
    ) -> None:  # fmt: skip
        lines = rows(*[ROW + ",1327586946"] * 3, header=HEADER + ",visits")
        file = _file(tmp_path, lines, contacts="visits", customer=None, id=None)
        source = _import(session, store, file, cast, now)
        run_jobs()
        (month,) = _months(session, source)
        assert (month.contacts, month.judged) == (3_982_760_838, 3_982_760_838)

    def test_places_anew_what_was_placed_before_touchpoints_changed(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path
    ) -> None:
        source = _import(session, store, _file(tmp_path), cast, now)
        report = counted(source, store, now=now)
        ready = placing(session, source, report)
        stale = replace(ready, spots={}, found=Placed())
        for known in (ready, stale):
            with transaction(session):
                write_months(session, source.id, report, ready=known, now=now)
            assert sum(one.contacts for one in _months(session, source)) == 2

    def test_ends_the_counting_when_it_takes_too_long_or_is_to_stop(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(apart, "LOOK_SECONDS", 0.001)
        source = _import(session, store, _file(tmp_path), cast, now)
        with pytest.raises(UnavailableError, match="took longer than 0 s"):
            counted(source, replace(store, seconds=0.01), now=now)
        with pytest.raises(UnavailableError, match="was stopped"):
            counted(source, store, now=now, should_stop=lambda: True)

    def test_never_puts_an_older_reading_over_a_newer_one(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path
    ) -> None:
        source = _import(session, store, _file(tmp_path), cast, now)
        before = counted(source, store, now=now)
        erased = before.model_copy(
            update={"lines": before.lines[1:2], "left_out": 7, "as_of": now + timedelta(seconds=1)}
        )
        for report in (erased, before):
            with transaction(session):
                write_months(session, source.id, report, now=now + timedelta(hours=1))
        assert sum(one.contacts for one in _months(session, source)) == 1
        assert (source.counted_at, source.left_out_count) == (erased.as_of, 7)


class TestCountAgain:
    def test_gives_the_same_months_anew(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path,
        run_jobs: Callable[[], int],
    ) -> None:  # fmt: skip
        source = _import(session, store, _file(tmp_path), cast, now)
        run_jobs()
        session.expire_all()
        issues = source.issues
        with transaction(session):
            count_again(session, source, actor=cast.lead, now=now)
        run_jobs()
        assert sum(one.contacts for one in _months(session, source)) == 2
        assert source.issues == issues


class TestSweepStore:
    def test_removes_only_what_no_source_knows_and_is_old(
        self, session: Session, store: LogStore, cast: Cast, now: datetime, tmp_path: Path
    ) -> None:
        source = _import(session, store, _file(tmp_path), cast, now)
        known = store.log_folder(source.id, source.digest)
        stray = store.folder / "0123-own"
        stray.mkdir()
        draft = store.new_draft()
        later = datetime.now(now.tzinfo) + timedelta(days=2)
        assert sweep_store(session, store, now=datetime.now(now.tzinfo)) == 0
        spilled = known / "scratch-x"
        spilled.mkdir()
        assert sweep_store(session, store, now=later) == 3
        gone = [one.exists() for one in (known, stray, draft, spilled)]
        assert gone == [True, False, False, False]


class TestPlacedMapping:
    def test_needs_a_journey_that_exists_and_has_the_log_s_currency(
        self, session: Session, store: LogStore
    ) -> None:
        bare: Mapping = mapping(journey=None)
        with pytest.raises(InvalidError, match="names no journey"):
            placed_mapping(session, bare, None)
        with pytest.raises(InvalidError, match="no journey with the key"):
            placed_mapping(session, bare, "nothing")
        placed = placed_mapping(session, bare, "motor-claim")
        assert placed.journey is not None
        assert placed.journey.fixed == "motor-claim"
        dollars = bare.model_copy(update={"currency": "USD"})
        with pytest.raises(InvalidError, match="USD, the journey's in EUR"):
            placed_mapping(session, dollars, "motor-claim")


class TestDrafted:
    def test_leaves_nothing_when_the_file_is_no_table(
        self, session: Session, store: LogStore, now: datetime, tmp_path: Path
    ) -> None:
        file = replace(_file(tmp_path), name="log.parquet")
        with (
            pytest.raises(InvalidError, match="no Parquet"),
            drafted(session, store, file, leave_out_errors=False, now=now),
        ):
            pass
        assert _folders(store) == []
