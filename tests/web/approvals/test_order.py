"""The CFO's page is read in the order in which one decides, and long lists say their sum."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.approvals.queries import get_proposal
from app.approvals.services import return_proposal
from app.db.session import transaction
from app.values.money import Money
from app.web.filters import money
from tests.factories.accounts import Cast
from tests.factories.approvals import World, make_proposal, verdict_on
from tests.support.pages import buttons, form_values, links, table, text, value_of

ClientFor = Callable[..., Any]


class TestOrder:
    def test_is_sum_items_changes_risks_forced_and_the_decision(
        self, client_for: ClientFor, session: Session, cast: Cast, now: datetime, world: World,
        proposal_id: int,
    ) -> None:  # fmt: skip
        with transaction(session):
            first = get_proposal(session, proposal_id)
            return_proposal(
                session, first, verdict_on(first, reason="Less"), actor=cast.cfo, now=now
            )
        with transaction(session):
            second = make_proposal(session, cast, now, world).id
        page = client_for(cast.cfo2).get(f"/proposals/{second}")
        wanted = ("asked", "items", "since", "risks", "forced", "decision")
        assert [one["id"] for one in page.soup.find_all("section", id=wanted)] == list(wanted)

    def test_is_a_line_of_links_that_stays_in_sight_with_the_decision_first(
        self, client_for: ClientFor, cast: Cast, proposal_id: int
    ) -> None:
        page = client_for(cast.cfo).get(f"/proposals/{proposal_id}")
        jumps = page.soup.find("nav", {"class": "jumps"})
        found = {one.get_text(): one["href"] for one in jumps.find_all("a")}
        assert next(iter(found.items())) == ("Decide", "#decision")
        assert all(page.soup.find(id=href[1:]) for href in found.values())
        viewer = client_for(cast.viewer).get(f"/proposals/{proposal_id}")
        assert links(viewer)["Decision"] == "#decision"


class TestFolded:
    def test_lists_carry_their_sum_in_what_opens_them(
        self, client_for: ClientFor, session: Session, cast: Cast, proposal_id: int
    ) -> None:
        page = client_for(cast.cfo).get(f"/proposals/{proposal_id}")
        items = get_proposal(session, proposal_id).items
        spend = money(Money(sum(item.spend_minor for item in items), "EUR"))
        value = table(page, "Items of the proposal").rows[-1]["Allocated"]
        folded = [one.get_text(" ", strip=True) for one in page.soup.find_all("summary")]
        assert f"3 items, {spend} for {value} of value" in folded
        assert f"9 hurdles, {spend} held until each is passed" in folded
        assert any(one.endswith(f", {spend} asked") for one in folded)


class TestPuttingBack:
    def test_keeps_what_was_typed(
        self, client_for: ClientFor, session: Session, cast: Cast, proposal_id: int
    ) -> None:
        client, address = client_for(cast.cfo), f"/proposals/{proposal_id}"
        out = str(get_proposal(session, proposal_id).items[0].id)
        shown = client.get(f"{address}?without={out}")
        assert "Put everything back" in buttons(shown)
        sent = form_values(shown, f"{address}/decision")
        back = client.post(address, data=sent | {"reason": "Half a sentence", "back": "1"})
        assert "without 1 item" not in text(back)
        assert value_of(back, "Reason") == "Half a sentence"
