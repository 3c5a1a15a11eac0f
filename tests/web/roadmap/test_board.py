"""The roadmap shows every funded initiative with its hurdles, and one of them in full."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.services import hide_costs
from app.approvals.models import Commitment, Tranche
from app.db.session import transaction
from app.initiatives.models import Initiative
from app.roadmap.presenters import board
from app.roadmap.rules import HurdleAction
from app.roadmap.rules.reasons import MoveReason
from app.roadmap.rules.replanning import Draft
from tests.factories.accounts import Cast
from tests.factories.portfolio import tie
from tests.factories.roadmap import decide, measure, move_due_date, plan, tranches_of
from tests.support.pages import heading, links, parse, table, text

ClientFor = Callable[[Any], Any]
MOST_QUERIES = 12


def diamonds(page: Any, key: str) -> list[str]:
    """The hurdles on an initiative's bar, as a screen reader says them."""
    track = parse(page).find("svg", attrs={"role": "group", "aria-label": key})
    assert track is not None, f"There is no bar of {key}."
    return [str(link["aria-label"]) for link in track.select("a:not(.rm-bar)")]


def bar_name(page: Any, key: str) -> str:
    """What a bar says of itself."""
    found = parse(page).select_one(f"svg[aria-label={key}] .rm-bar")
    assert found is not None
    return str(found["aria-label"])


def bars(page: Any) -> list[str]:
    return [str(row.find(class_="rm-key").text) for row in parse(page).select(".rm-row")]


def selected(page: Any, label: str) -> str:
    """The word a field of choices stands at."""
    found = parse(page).find("label", string=label)
    assert found is not None, f"There is no field {label}."
    field = parse(page).find(id=found["for"])
    assert field is not None
    return text(field.select_one("option[selected]"))


def inspector(page: Any) -> str:
    found = parse(page).find("aside")
    return text(found) if found else ""


class TestBars:
    def test_does_not_lie_under_the_current_cycle(
        self, client_for: ClientFor, cast: Cast, tranches: list[Tranche]
    ) -> None:
        crumbs = client_for(cast.viewer).get("/roadmap").soup.select_one("nav.crumbs")
        assert text(crumbs) == "Roadmap"

    def test_lie_on_lanes_with_their_hurdles_named_for_readers(
        self, client_for: ClientFor, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        page = client_for(cast.viewer).get("/roadmap")

        assert heading(page) == "Roadmap"
        assert "3 funded initiatives · €680k · 9 hurdles, none to decide" in text(page)
        assert bars(page) == ["CX-102", "CX-103", "CX-101"]
        assert diamonds(page, "CX-101")[0] == "Hurdle 1, not due, 1 Jul 2027"
        assert len(page.queries) <= MOST_QUERIES

    def test_say_what_a_quarter_asks_of_journey_team_and_unit(
        self, client_for: ClientFor, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        client = client_for(cast.viewer)

        def load(page: Any) -> str:
            return str(parse(page).select_one(".rm-lane svg")["aria-label"])  # type: ignore[index]

        assert load(client.get("/roadmap")).startswith("Load: Q1 2027: €285k committed")
        assert load(client.get("/roadmap?lanes=team")).startswith(
            "Load: Q1 2027: 94\u202f%, 850 of 900 person-days"
        )
        assert "Service" in text(client.get("/roadmap?lanes=unit"))

    def test_lie_with_each_fund_that_pays_and_with_their_owner(
        self, client_for: ClientFor, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        client = client_for(cast.viewer)

        def lanes(page: Any) -> list[str]:
            return [text(lane.select_one(".rm-name")) for lane in parse(page).select(".rm-lane")]

        by_fund, by_owner = client.get("/roadmap?lanes=fund"), client.get("/roadmap?lanes=owner")
        assert lanes(by_fund) == ["Capex 3 · €650k", "Run 2 · €30k"] and len(bars(by_fund)) == 5
        assert lanes(by_owner) == ["Omar Owner 3 · €680k"]
        for page in (by_fund, by_owner):
            assert "Committed per quarter" in text(page)
            assert len(page.queries) <= MOST_QUERIES

    def test_say_no_sum_of_a_fund_to_whom_money_is_hidden_from(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
        commitments: dict[str, Commitment],
    ) -> None:
        with transaction(session):
            hide_costs(session, cast.viewer, actor=cast.admin, now=now)
        for lanes in ("fund", "owner"):
            page = client_for(cast.viewer).get(f"/roadmap?lanes={lanes}")
            assert "€" not in text(page)
            assert parse(page).select(".rm-lane rect") == []

    def test_sum_what_is_shown_and_say_so(
        self, client_for: ClientFor, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        client = client_for(cast.viewer)
        whole, part = client.get("/roadmap"), client.get("/roadmap?q=CX-101")

        def load(page: Any) -> str:
            return str(parse(page).select_one(".rm-lane svg")["aria-label"])  # type: ignore[index]

        assert "of what is shown" not in text(whole)
        for lanes in ("journey", "team", "unit"):
            page = client.get(f"/roadmap?q=CX-101&lanes={lanes}")
            assert "per quarter, of what is shown" in text(page)
            assert load(page) != load(client.get(f"/roadmap?lanes={lanes}"))
        assert "€285k" in load(whole) and "€285k" not in load(part)

    def test_say_the_whole_name_of_what_is_cut(
        self, client_for: ClientFor, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        page = client_for(cast.viewer).get("/roadmap")
        row = parse(page).select_one(".rm-row .rm-name")
        assert row is not None
        key, link = row.select_one(".rm-key"), row.find("a")
        assert key is not None and key["title"] == key.text
        assert link is not None and link["title"] == f"{key.text} {link.text}"  # type: ignore[index, union-attr]

    def test_keep_the_view_in_every_link(
        self, client_for: ClientFor, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        page = client_for(cast.viewer).get("/roadmap?lanes=team&zoom=year&q=status")

        assert bars(page) == ["CX-101"]
        assert links(page)["Month"] == "?lanes=team&zoom=month&q=status"
        assert links(page)["Journey"] == "?zoom=year&q=status"

    def test_are_the_first_of_each_lane_where_there_are_too_many_to_look_at(
        self,
        client_for: ClientFor,
        cast: Cast,
        commitments: dict[str, Commitment],
        tranches: list[Tranche],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(board, "MOST_DRAWN", 2)
        monkeypatch.setattr(board, "LANE_DRAWN", 1)
        client = client_for(cast.viewer)
        whole = client.get("/roadmap?all=1")
        page = client.get("/roadmap")

        assert bars(whole) == ["CX-102", "CX-103", "CX-101"] and "Draw all" not in text(whole)
        assert bars(page) == ["CX-102"]
        assert "1 of 3 bars are drawn: of each lane the first 1 by the start" in text(page)
        assert links(page)["Draw all 3"] == "?all=1"
        assert len(table(page, "Initiatives").rows) == 3
        for part in (".rm-axis", ".rm-lane"):
            assert [str(one) for one in page.soup.select(part)] == [
                str(one) for one in whole.soup.select(part)
            ]
        assert links(whole)["Month"] == "?zoom=month&all=1"
        looked_at = client.get(f"/roadmap?at={tranches[0].id}")
        assert bars(looked_at) == ["CX-102", "CX-101"]

    def test_show_a_passed_hurdle_and_what_it_released(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        with transaction(session):
            measure(session, tranches[0], 17, actor=cast.manager, now=now)
        with transaction(session):
            decide(session, tranches[0], HurdleAction.RELEASE, actor=cast.cfo, now=now)

        page = client_for(cast.viewer).get("/roadmap")

        assert diamonds(page, "CX-101")[0] == "Hurdle 1, passed, 1 Jul 2027"
        row = next(r for r in table(page, "Initiatives").rows if "CX-101" in r["Initiative"])
        assert (row["Released"], row["Approved"]) == ("€64,500.00", "€215,000.00")
        assert row["Next hurdle"] == "Hurdle 2 1 Oct 2027"

    def test_end_where_they_were_stopped(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        with transaction(session):
            decide(session, tranches[0], HurdleAction.STOP, actor=cast.cfo, now=now, reason="No.")

        page = client_for(cast.viewer).get("/roadmap")

        states = [name.split(", ")[1] for name in diamonds(page, "CX-101")]
        assert states == ["stopped", "waived", "waived"]
        row = next(r for r in table(page, "Initiatives").rows if "CX-101" in r["Initiative"])
        assert row["State"] == "Stopped"
        assert "Claim status tracker stopped" in text(page)
        assert "2 funded initiatives, 1 stopped · €465k" in text(page)

    def test_show_the_plan_under_a_bar_that_moved(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
        commitments: dict[str, Commitment],
    ) -> None:
        last = tranches_of(session, commitments["CX-102"].id)[-1]
        before = client_for(cast.viewer).get("/roadmap")
        assert parse(before).select(".rm-track .rm-p") == []
        with transaction(session):
            move_due_date(
                session, last, to_on=date(2027, 12, 1), reason="Late supplier",
                actor=cast.manager, now=now,
            )  # fmt: skip

        page = client_for(cast.viewer).get("/roadmap")

        assert len(parse(page).select(".rm-track .rm-p")) == 1
        row = next(r for r in table(page, "Initiatives").rows if "CX-102" in r["Initiative"])
        assert row["Ends"] == "1 Dec 2027 61 days later than agreed"


class TestSharing:
    def shared(self, page: Any) -> str:
        field = parse(page).select_one("#share-address")
        assert field is not None and field.has_attr("readonly")
        return str(field["value"]).removeprefix("http://localhost")

    def test_says_the_whole_view_with_the_zoom_it_is_drawn_at(
        self, client_for: ClientFor, cast: Cast, tranches: list[Tranche]
    ) -> None:
        asked = f"/roadmap?lanes=fund&show=trouble&q=status&at={tranches[0].id}"
        shared = self.shared(client_for(cast.cfo).get(asked))
        assert shared == asked.replace("&show", "&zoom=quarter&show")
        assert self.shared(client_for(cast.viewer).get(shared)) == shared

    def test_opens_what_is_mine_as_the_same_for_others(
        self, client_for: ClientFor, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        mine = client_for(cast.owner).get("/roadmap?show=mine&lanes=team")
        assert len(bars(mine)) == 3 and "No initiative fits" in text(
            client_for(cast.cfo).get("/roadmap?show=mine")
        )
        for person in (cast.cfo, cast.viewer, cast.lead, cast.manager):
            theirs = client_for(person).get(self.shared(mine))
            assert bars(theirs) == bars(mine)
            assert selected(theirs, "Owner") == "Omar Owner"

    def test_holds_moves_that_are_not_saved(
        self, client_for: ClientFor, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        one = commitments["CX-101"]
        page = client_for(cast.manager).get(f"/roadmap?base={one.cycle_id}:0&bar={one.id}:2")
        assert self.shared(page).endswith(f"&base={one.cycle_id}:0&bar={one.id}:2")
        unsaved = "moves that are not saved"
        assert unsaved not in text(page)
        assert unsaved in text(client_for(cast.viewer).get(self.shared(page)))

    def test_keeps_everything_but_what_a_link_changes(
        self, client_for: ClientFor, cast: Cast, tranches: list[Tranche]
    ) -> None:
        page = client_for(cast.cfo).get(
            f"/roadmap?lanes=owner&zoom=year&show=all&owner={cast.owner.id}&at={tranches[0].id}"
        )
        kept = f"&at={tranches[0].id}&owner={cast.owner.id}"
        assert links(page)["Month"] == f"?lanes=owner&zoom=month{kept}"
        assert links(page)["Fund"] == f"?lanes=fund&zoom=year{kept}"
        mine = next(href for word, href in links(page).items() if word.startswith("Mine"))
        assert "owner=" not in mine.replace("lanes=owner", "")


class TestTabs:
    def test_leave_what_is_at_risk_waits_or_is_mine(
        self,
        app: Flask,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        with transaction(session):
            measure(session, tranches[0], 17, actor=cast.manager, now=now)
        app.config["FIXED_NOW"] = now + timedelta(days=50)
        client = client_for(cast.cfo)

        assert bars(client.get("/roadmap?show=waiting")) == ["CX-101"]
        assert bars(client.get("/roadmap?show=trouble")) == ["CX-102", "CX-103"]
        assert "No initiative fits" in text(client.get("/roadmap?show=mine"))
        assert bars(client_for(cast.owner).get("/roadmap?show=mine"))
        assert "9 hurdles, 1 to decide" in text(client.get("/roadmap"))


class TestInspector:
    def test_tells_of_the_hurdle_looked_at(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        with transaction(session):
            measure(session, tranches[0], 12, actor=cast.manager, now=now)

        page = client_for(cast.cfo).get(f"/roadmap?lanes=team&at={tranches[0].id}")
        told = inspector(page)

        assert "Hurdle 1 CX-101 Claim status tracker" in told
        assert "Due 1 Jul 2027, in 136 days" in told
        assert "Decides Carla Finance or Cem Finance" in told
        assert "Releases €64.5k of €215k" in told
        assert "Callers who help themselves (not met) 12 %" in told
        assert "at least 15 %, sample 200 or more · measured 15 Feb 2027" in told
        assert links(page)["Decide"] == f"/gates/{tranches[0].id}#decision"
        assert len(page.queries) <= MOST_QUERIES

    def test_offers_what_the_reader_may_do(
        self, client_for: ClientFor, cast: Cast, tranches: list[Tranche]
    ) -> None:
        address = f"/roadmap?at={tranches[0].id}"

        manager, viewer = (
            client_for(cast.manager).get(address),
            client_for(cast.viewer).get(address),
        )

        assert links(manager)["Record evidence"] == f"/gates/{tranches[0].id}#evidence"
        assert links(manager)["Move date"] == f"/gates/{tranches[0].id}/move"
        assert {"Decide", "Record evidence", "Move date"}.isdisjoint(links(viewer))
        assert links(viewer)["Open the review"] == f"/gates/{tranches[0].id}"

    def test_says_nothing_of_a_hurdle_that_is_not_there(
        self, client_for: ClientFor, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        for odd in ("999999", "x", "-1", "99999999999999999999"):
            assert inspector(client_for(cast.cfo).get(f"/roadmap?at={odd}&page=0&zoom=no")) == ""


class TestLookingAtAnInitiative:
    def test_tells_how_it_is_planned_and_where_it_leads(
        self, client_for: ClientFor, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        address = f"/roadmap?lanes=team&work={commitments['CX-101'].id}"
        manager = client_for(cast.manager).get(address)
        viewer = client_for(cast.viewer).get(address)

        told = inspector(viewer)
        assert told.startswith("Claim status tracker CX-101, Claims")
        assert "Starts 1 Apr 2027" in told and "Next hurdle Hurdle 1, 1 Jul 2027" in told
        assert "Released €0 of €215k" in told and "Nothing was moved." in told
        assert links(viewer)["Open the initiative"] == "/initiatives/CX-101"
        assert "Move CX-101" not in links(viewer)
        assert links(manager)["Move CX-101"].endswith(f"/{commitments['CX-101'].id}/move")
        assert len(viewer.queries) <= MOST_QUERIES

    def test_alone_is_given_to_a_script_that_asks_for_it(
        self, client_for: ClientFor, cast: Cast, tranches: list[Tranche]
    ) -> None:
        client = client_for(cast.viewer)
        part = client.get(
            f"/roadmap?at={tranches[0].id}", headers={"HX-Request": "true"}, loose=True
        )
        assert "Hurdle 1" in text(part) and not parse(part).select("nav, .rm")
        nothing = client.get("/roadmap?at=999999", headers={"HX-Request": "true"}, loose=True)
        assert nothing.status_code == 200 and nothing.text.strip() == ""

    def test_says_how_far_it_slipped_who_moved_it_and_why(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        with transaction(session):
            plan(
                session, Draft({}, {tranches[2].id: date(2028, 2, 1)}),
                reason=MoveReason.SUPPLIER, note="Parts are late", actor=cast.manager, now=now,
            )  # fmt: skip
        client = client_for(cast.cfo)
        for address in (f"at={tranches[2].id}", f"work={tranches[2].commitment_id}"):
            page = client.get(f"/roadmap?lanes=team&{address}")
            told = inspector(page)
            assert "Hurdle 3: 31 days later 1 Jan 2028 to 1 Feb 2028" in told
            assert f"{cast.manager.name} on 15 Feb 2027, plan version 1 of" in told
            assert "Waiting for a supplier: Parts are late" in told
            assert "31 days later" in told.split("Moves")[0]
            assert len(page.queries) <= MOST_QUERIES
        assert "Nothing was moved." in inspector(client.get(f"/roadmap?at={tranches[0].id}"))


class TestPaper:
    def test_begins_with_whose_plan_it_is_and_as_of_when(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        client = client_for(cast.viewer)

        def head(address: str) -> str:
            return text(parse(client.get(address)).select_one(".rm-paper"))

        before = head("/roadmap")
        assert "Roadmap By journey" in before and "as approved" in before
        assert "As of 15 Feb 2027" in before and "3 funded initiatives · €680k" in before
        for word in ("Passed", "In review", "Waived", "Elapsed", "As approved", "Stopped"):
            assert word in before
        with transaction(session):
            plan(
                session, Draft({}, {tranches[2].id: date(2028, 2, 1)}), actor=cast.manager, now=now
            )  # fmt: skip
        after = head(f"/roadmap?lanes=team&owner={cast.owner.id}&q=CX")
        assert "plan version 1" in after
        assert "By team, owned by Omar Owner, with “CX”" in after

    def test_leaves_a_table_out_that_goes_on_elsewhere(
        self,
        client_for: ClientFor,
        cast: Cast,
        commitments: dict[str, Commitment],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        client = client_for(cast.viewer)
        assert not parse(client.get("/roadmap")).select(".board-table.screen-only")
        monkeypatch.setattr(board, "ROWS", 2)
        assert parse(client.get("/roadmap")).select(".board-table.screen-only")


class TestDependencies:
    @pytest.fixture
    def tied(self, session: Session, commitments: dict[str, Commitment]) -> dict[str, int]:
        """CX-103 needs CX-102, which needs CX-101."""
        with transaction(session):
            by_key = {
                key: session.get_one(Initiative, one.initiative_id)
                for key, one in commitments.items()
            }
            tie(session, by_key["CX-103"], by_key["CX-102"], lag=1)
            tie(session, by_key["CX-102"], by_key["CX-101"])
            return {key: one.id for key, one in by_key.items()}

    def test_are_part_of_what_a_bar_says(
        self,
        client_for: ClientFor,
        cast: Cast,
        tied: dict[str, int],
        commitments: dict[str, Commitment],
    ) -> None:
        page = client_for(cast.viewer).get("/roadmap?lanes=team")
        assert bar_name(page, "CX-102").endswith(", needs CX-101, needed by CX-103")
        assert bar_name(page, "CX-101").endswith(", needed by CX-102")
        row = parse(page).select_one(f".rm-row[data-link='{tied['CX-102']}']")
        assert row is not None and row["data-needs"] == str(tied["CX-101"])
        assert len(page.queries) <= MOST_QUERIES

    def test_stand_beside_the_roadmap_and_lead_on(
        self,
        client_for: ClientFor,
        cast: Cast,
        tied: dict[str, int],
        commitments: dict[str, Commitment],
    ) -> None:
        page = client_for(cast.viewer).get(f"/roadmap?work={commitments['CX-102'].id}&zoom=year")
        first = "Needs CX-101 Claim status tracker, to start no later"
        assert links(page)[first] == f"?zoom=year&work={commitments['CX-101'].id}"
        assert "Needed by CX-103" in inspector(page)
        assert "to start at least 1 quarter after" in inspector(page)


class TestAnEmptyRoadmap:
    @pytest.mark.parametrize("address", ["/roadmap", "/gates"])
    def test_says_where_to_begin(self, client_for: ClientFor, cast: Cast, address: str) -> None:
        page = client_for(cast.lead).get(address)
        assert "Nothing is funded yet" in text(page)
        assert links(page)["Go to the scenarios"] == "/scenarios"
