"""A workbook that was exported, edited and brought back changes exactly what was edited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.db.session import transaction, trial
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import Dependency, Initiative, Milestone, Option
from app.initiatives.queries import MILESTONES, OPTIONS, get_initiative, initiative_draft
from app.initiatives.rules import Action
from app.initiatives.services import edit_initiative, move_initiative, set_links
from app.registry.engine.differences import Comparison, State
from app.registry.models import RegistryEdit
from app.registry.services import (
    Workbook,
    compare_file,
    edit_undo_bar,
    save_file,
    try_cells,
    undo_edit,
)
from tests.factories.accounts import Cast
from tests.factories.initiatives import Company, make_draft
from tests.support.workbooks import Sheets, edited, letter, sheets_of, written

Export = Callable[..., bytes]


def book(content: bytes, *, shows_money: bool = True) -> Workbook:
    return Workbook("registry.xlsx", content, shows_money=shows_money)


def found(comparison: Comparison) -> list[tuple[State, str, str, str]]:
    return [(one.state, one.address, one.old, one.new) for one in comparison.differences]


class Desk:
    """Compare, try and save as the pages do."""

    def __init__(self, session: Session, cast: Cast, now: datetime) -> None:
        self.session, self.cast, self.now = session, cast, now

    def compare(self, content: bytes, **kwargs: Any) -> Comparison:
        self.session.rollback()
        return compare_file(self.session, book(content, **kwargs), actor=self.cast.lead)

    def tried(self, content: bytes, taken: tuple[str, ...] = ()) -> Comparison:
        comparison = self.compare(content)
        with trial(self.session):
            return try_cells(self.session, comparison, taken, actor=self.cast.lead, now=self.now)

    def save(self, content: bytes, taken: tuple[str, ...] = (), key: str = "a" * 32) -> int:
        mark = self.compare(content).mark
        with transaction(self.session):
            edit = save_file(
                self.session, book(content), mark=mark, taken=taken, request_key=key,
                actor=self.cast.lead, now=self.now,
            )  # fmt: skip
            return edit.id

    def undo(self, edit_id: int) -> None:
        with transaction(self.session):
            edit = self.session.get_one(RegistryEdit, edit_id)
            undo_edit(self.session, edit, actor=self.cast.lead, now=self.now)

    def whole(self, key: str) -> Initiative:
        self.session.rollback()
        self.session.expire_all()
        return get_initiative(self.session, key, *OPTIONS, *MILESTONES)


@pytest.fixture
def desk(session: Session, cast: Cast, now: datetime) -> Desk:
    return Desk(session, cast, now)


class TestCompare:
    def test_says_nothing_of_what_was_not_touched(
        self, desk: Desk, tracker: Initiative, export: Export
    ) -> None:
        content = export()
        assert found(desk.compare(content)) == []
        assert found(desk.compare(edited(content))) == []

    def test_names_a_changed_cell_with_its_address_and_both_values(
        self, desk: Desk, tracker: Initiative, export: Export
    ) -> None:
        content = export()
        at = letter(content, "Initiatives", "Title")
        (one,) = found(desk.compare(edited(content, {f"Initiatives!{at}2": "Claim watch"})))
        title = "Claim status tracker"
        assert one == (State.CHANGED, f"Initiatives!{at}2", title, "Claim watch")

    @pytest.mark.parametrize(
        ("typed", "kept"), [("31.12.2027", "2027-12-31"), ("2027-12-31", "2027-12-31"),
                            (date(2027, 12, 31), "2027-12-31"), ("31 Dec 2027", "2027-12-31")],
    )  # fmt: skip
    def test_reads_days_however_they_were_typed(
        self, desk: Desk, tracker: Initiative, export: Export, typed: Any, kept: str
    ) -> None:
        content = export()
        at = letter(content, "Milestones", "Due on")
        (one,) = desk.compare(edited(content, {f"Milestones!{at}2": typed})).differences
        assert (one.state, one.new) == (State.CHANGED, kept)

    def test_refuses_a_day_that_could_mean_two(
        self, desk: Desk, tracker: Initiative, export: Export
    ) -> None:
        content = export()
        at = letter(content, "Milestones", "Due on")
        (one,) = desk.compare(edited(content, {f"Milestones!{at}2": "3/4/2027"})).differences
        assert (one.state, one.address) == (State.INVALID, f"Milestones!{at}2")
        assert "write it as 2027-03-31" in one.message

    @pytest.mark.parametrize("typed", ["120,000.50", "120 000.50", "120.000,50", 120000.5])
    def test_reads_amounts_with_separators(
        self, desk: Desk, tracker: Initiative, export: Export, typed: Any
    ) -> None:
        content = export()
        (one,) = desk.compare(edited(content, {"Spend!D2": typed})).differences
        assert (one.state, one.new) == (State.CHANGED, "120000.5")

    def test_names_what_stands_in_no_list(
        self, desk: Desk, tracker: Initiative, export: Export
    ) -> None:
        content = export()
        at = letter(content, "Initiatives", "Owner")
        (one,) = desk.compare(edited(content, {f"Initiatives!{at}2": "Nobody"})).differences
        assert (one.state, one.address) == (State.INVALID, f"Initiatives!{at}2")
        assert "none of what can be chosen" in one.message

    def test_a_row_that_is_gone_from_the_file_deletes_nothing(
        self, desk: Desk, tracker: Initiative, export: Export
    ) -> None:
        content = edited(export(), change=lambda sheets: sheets["Options"].pop(1))  # type: ignore[arg-type,return-value]
        comparison = desk.compare(content)
        assert found(comparison) == []
        assert comparison.missing == (("Options", (tracker.key, "full")),)

    def test_knows_a_renamed_sheet_by_its_header_and_leaves_other_columns_unread(
        self, desk: Desk, tracker: Initiative, export: Export
    ) -> None:
        def change(sheets: Sheets) -> None:
            rows = sheets.pop("Options")
            rows[0].insert(2, "Our own remark")
            for row in rows[1:]:
                row.insert(2, "whatever")
            rows[1][3] = "Every claim"
            sheets["Scopes"] = rows

        comparison = desk.compare(edited(export(), change=change))
        ((state, address, _, new),) = found(comparison)
        assert (state, address, new) == (State.CHANGED, "Scopes!D2", "Every claim")
        assert any("read as Options" in note for note in comparison.notes)
        assert any("“Our own remark” is none of Waymark’s" in note for note in comparison.notes)

    def test_names_merged_cells(self, desk: Desk, tracker: Initiative, export: Export) -> None:
        content = written(sheets_of(export()), {"Milestones": "C2:C3"})
        comparison = desk.compare(content)
        assert "Milestones!C2:C3" in [one.address for one in comparison.barred]

    def test_an_empty_sheet_and_a_missing_one_change_nothing(
        self, desk: Desk, tracker: Initiative, export: Export
    ) -> None:
        def change(sheets: Sheets) -> None:
            sheets["Options"] = []
            del sheets["Spend"]

        comparison = desk.compare(edited(export(), change=change))
        assert found(comparison) == []
        assert any("Options is empty" in note for note in comparison.notes)

    def test_refuses_a_file_that_is_no_workbook_of_the_registry(self, desk: Desk) -> None:
        with pytest.raises(InvalidError, match="Choose the XLSX workbook"):
            desk.compare(b"key,title\n")
        with pytest.raises(InvalidError, match="No sheet of the registry"):
            desk.compare(written({"Prices": [["a", "b"], [1, 2]]}))

    def test_is_not_for_viewers(
        self, session: Session, cast: Cast, tracker: Initiative, export: Export
    ) -> None:
        with pytest.raises(NotAllowedError):
            compare_file(session, book(export()), actor=cast.viewer)

    def test_names_why_a_locked_initiative_stays(
        self, desk: Desk, session: Session, cast: Cast, tracker: Initiative, export: Export,
        now: datetime,
    ) -> None:  # fmt: skip
        with transaction(session):
            one = get_initiative(session, tracker.key)
            move_initiative(
                session,
                one,
                Action.WITHDRAW,
                reason="Not now.",
                expected_version=None,
                actor=cast.lead,
                now=now,
            )
        content = export()
        at = letter(content, "Initiatives", "Title")
        (found_,) = desk.compare(edited(content, {f"Initiatives!{at}2": "Other"})).differences
        assert found_.state is State.LOCKED
        assert "withdrawn" in found_.message


class TestConflicts:
    @pytest.fixture
    def stale(
        self, session: Session, cast: Cast, tracker: Initiative, export: Export, now: datetime
    ) -> bytes:
        """A workbook exported before somebody changed the title in Waymark."""
        content = export()
        with transaction(session):
            one = get_initiative(session, tracker.key)
            draft = initiative_draft(one)
            changed = type(draft)(**{**_fields(draft), "title": "Ours"})
            edit_initiative(session, one, changed, expected_version=None, actor=cast.lead, now=now)
        return content

    def test_what_changed_here_alone_stays(self, desk: Desk, stale: bytes) -> None:
        comparison = desk.compare(stale)
        assert (found(comparison), comparison.kept) == ([], 1)

    def test_what_changed_in_the_file_alone_is_taken(self, desk: Desk, stale: bytes) -> None:
        at = letter(stale, "Initiatives", "Organisation unit")
        (one,) = found(desk.compare(edited(stale, {f"Initiatives!{at}2": "Motor"})))
        assert one[0] is State.CHANGED

    def test_what_changed_on_both_sides_keeps_ours_until_the_file_is_chosen(
        self, desk: Desk, stale: bytes, tracker: Initiative
    ) -> None:
        address = f"Initiatives!{letter(stale, 'Initiatives', 'Title')}2"
        unit = f"Initiatives!{letter(stale, 'Initiatives', 'Organisation unit')}2"
        content = edited(stale, {address: "Theirs", unit: "Motor"})
        (conflict,) = desk.compare(content).conflicts
        assert (conflict.old, conflict.new) == ("Ours", "Theirs")
        key = tracker.key
        desk.save(content)
        assert (desk.whole(key).title, desk.whole(key).unit) == ("Ours", "Motor")
        desk.save(content, (address,), key="b" * 32)
        assert desk.whole(key).title == "Theirs"


class TestSave:
    def test_saves_every_sheet_in_one_go_and_takes_it_back(
        self, desk: Desk, session: Session, tracker: Initiative, export: Export
    ) -> None:
        content, key = export(), tracker.key
        before = sheets_of(content)
        share = letter(content, "Milestones", "Share of the money")
        target = letter(content, "Criteria", "Threshold")
        goals = letter(content, "Answers", "Business goals")
        cells = {
            "Initiatives!D2": "Claim watch", f"Answers!{goals}2": "Fewer calls.",
            "Options!C2": "Every claim", "Spend!D2": 120000, "Team days!D2": "",
            f"Milestones!{share}2": 0.5, f"Criteria!{target}2": 1.6,
        }  # fmt: skip
        assert desk.tried(edited(content, cells)).barred == ()
        edit_id = desk.save(edited(content, cells))
        one = desk.whole(key)
        assert (one.title, one.options[0].name) == ("Claim watch", "Every claim")
        assert one.options[0].demand == []
        assert one.cost_minor == 180_000_00
        assert one.milestones[0].tranche_share == Decimal("0.5")
        assert one.milestones[0].criteria[0].threshold == Decimal("1.6")
        desk.undo(edit_id)
        after = sheets_of(export())
        for name in ("Initiatives", "Answers", "Options", "Spend", "Team days", "Milestones"):
            assert _plain(after[name]) == _plain(before[name]), name

    def test_adds_an_initiative_with_its_parts_and_takes_it_out_again(
        self, desk: Desk, session: Session, cast: Cast, company: Company, tracker: Initiative,
        export: Export,
    ) -> None:  # fmt: skip
        def change(sheets: Sheets) -> None:
            head = sheets["Initiatives"][1]
            sheets["Initiatives"].append(["new 1", "", "", "Letters people read", *head[4:11]])
            options = sheets["Options"][1]
            sheets["Options"].append(["new 1", "full", "All letters", "", *options[4:10]])
            sheets["Spend"].append(["new 1", "full", sheets["Spend"][1][2], 5000])
            sheets["Milestones"].append(
                ["new 1", "", "First letters", date(2027, 9, 30), 1, "Grow"]
            )
            sheets["Criteria"].append(
                [
                    "new 1",
                    "",
                    "First letters",
                    "Calls a letter",
                    "calls",
                    "at most",
                    0.2,
                    "",
                    "",
                    "yes",
                ]
            )
            sheets["Links"].append(["new 1", "needs", tracker.key, 1, "First the data."])

        content = edited(export(), change=change)
        assert desk.tried(content).barred == ()
        edit_id = desk.save(content)
        (new,) = [
            one for one in session.scalars(select(Initiative)) if one.title.startswith("Letters")
        ]
        key = new.key
        whole = desk.whole(key)
        assert (whole.owner_id, whole.cost_minor) == (tracker.owner_id, 5_000_00)
        assert whole.milestones[0].criteria[0].metric == "Calls a letter"
        assert session.scalar(select(Dependency.lag_quarters)) == 1
        desk.undo(edit_id)
        assert session.scalar(select(func.count()).select_from(Initiative)) == 1
        assert session.scalar(select(func.count()).select_from(Option)) == 1

    def test_refuses_what_the_rules_refuse_at_its_cell_and_saves_nothing(
        self, desk: Desk, session: Session, tracker: Initiative, export: Export
    ) -> None:
        content, key = export(), tracker.key
        share = letter(content, "Milestones", "Share of the money")
        bad = edited(content, {f"Milestones!{share}2": 1.4, "Initiatives!D2": "Claim watch"})
        (barred,) = desk.tried(bad).barred
        assert (barred.address, barred.state) == (f"Milestones!{share}2", State.INVALID)
        assert "at most 100 %" in barred.message
        with pytest.raises(InvalidError, match=f"Milestones!{share}2"):
            desk.save(bad)
        assert desk.whole(key).title == "Claim status tracker"
        assert session.scalar(select(func.count()).select_from(RegistryEdit)) == 0

    def test_shares_can_move_between_milestones(
        self, desk: Desk, session: Session, cast: Cast, tracker: Initiative, export: Export
    ) -> None:
        def second(sheets: Sheets) -> None:
            sheets["Milestones"].append(
                [tracker.key, "", "Rollout", date(2027, 12, 1), 0.6, "Grow"]
            )

        desk.save(edited(export(), change=second))
        content = export()
        share = letter(content, "Milestones", "Share of the money")
        cells = {f"Milestones!{share}2": 0.7, f"Milestones!{share}3": 0.3}
        desk.save(edited(content, cells), key="b" * 32)
        shares = session.scalars(select(Milestone.tranche_share).order_by(Milestone.due_on)).all()
        assert list(shares) == [Decimal("0.7"), Decimal("0.3")]

    def test_knows_keys_and_names_in_any_case(
        self, desk: Desk, session: Session, tracker: Initiative, export: Export
    ) -> None:
        fund = sheets_of(export())["Spend"][1][2]

        def change(sheets: Sheets) -> None:
            sheets["Options"].append(
                [tracker.key.lower(), "pilot", "One region", "", 1, 2, "", "", "", "2 LOW"]
            )
            sheets["Spend"].append([tracker.key.lower(), "pilot", fund.upper(), 750])

        content, key = edited(export(), change=change), tracker.key
        assert desk.tried(content).barred == ()
        desk.save(content)
        (pilot, _) = desk.whole(key).options
        assert (pilot.key, [one.amount_minor for one in pilot.spend]) == ("pilot", [750_00])

    def test_refuses_what_was_not_what_was_looked_at(
        self, desk: Desk, session: Session, cast: Cast, tracker: Initiative, export: Export,
        now: datetime,
    ) -> None:  # fmt: skip
        content = edited(export(), {"Initiatives!D2": "Claim watch"})
        with pytest.raises(ConflictError, match="changed while you looked"), transaction(session):
            save_file(
                session, book(content), mark="00000000", taken=(), request_key="a" * 32,
                actor=cast.lead, now=now,
            )  # fmt: skip

    def test_records_one_event_for_the_file_and_one_for_each_part(
        self, desk: Desk, session: Session, tracker: Initiative, export: Export
    ) -> None:
        before = session.scalar(select(func.count()).select_from(AuditEvent)) or 0
        desk.save(edited(export(), {"Initiatives!D2": "Claim watch", "Options!C2": "All"}))
        actions = session.scalars(
            select(AuditEvent.action).order_by(AuditEvent.number).offset(before)
        ).all()
        assert list(actions) == [
            "initiative.edited", "initiative.option_edited", "registry.edited",
        ]  # fmt: skip


class TestUndo:
    def test_is_barred_once_somebody_worked_on_it(
        self, desk: Desk, session: Session, cast: Cast, tracker: Initiative, export: Export,
        now: datetime, company: Company,
    ) -> None:  # fmt: skip
        edit_id = desk.save(edited(export(), {"Initiatives!D2": "Claim watch"}))
        with transaction(session):
            one = get_initiative(session, tracker.key)
            set_links(session, one, [], [], expected_version=None, actor=cast.lead, now=now)
        edit = session.get_one(RegistryEdit, edit_id)
        bar = edit_undo_bar(session, edit, actor=cast.lead)
        assert bar is not None
        assert "worked on since" in bar
        with pytest.raises(ConflictError, match="worked on since"):
            desk.undo(edit_id)


class TestHiddenCosts:
    def test_are_neither_exported_nor_read(
        self, desk: Desk, session: Session, tracker: Initiative, export: Export
    ) -> None:
        bare = sheets_of(export(shows_money=False))
        assert "Spend" not in bare
        texts = [str(cell) for rows in bare.values() for row in rows for cell in row]
        assert not [one for one in texts if "100000" in one or "Declared" in one or "P10" in one]
        whole = edited(export(), {"Spend!D2": 1})
        assert found(desk.compare(whole, shows_money=False)) == []


class TestFormulas:
    def test_go_out_as_text_and_come_back_as_they_were(
        self, desk: Desk, session: Session, cast: Cast, company: Company, export: Export
    ) -> None:
        with transaction(session):
            make_draft(session, cast, company, title='=HYPERLINK("http://x")')
        content = export()
        assert sheets_of(content)["Initiatives"][1][3] == '\'=HYPERLINK("http://x")'
        assert found(desk.compare(content)) == []


def _fields(draft: Any) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in draft.__dataclass_fields__}


def _plain(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows without the version, which each change moves on."""
    at = rows[0].index("Version")
    return [[cell for place, cell in enumerate(row) if place != at] for row in rows]
