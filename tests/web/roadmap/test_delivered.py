"""Who delivers an initiative says so on its page, and sees why not yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.approvals.models import Tranche
from app.db.session import transaction
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import Cast
from tests.factories.roadmap import decide, measure
from tests.support.pages import buttons, form_values, notice, table, text

ClientFor = Callable[[Any], Any]
PAGE = "/initiatives/CX-101"


class TestDelivered:
    def test_is_barred_with_the_reason_while_hurdles_are_open(
        self, client_for: ClientFor, cast: Cast, tranches: list[Tranche]
    ) -> None:
        page = client_for(cast.manager).get(PAGE)
        assert buttons(page)["Delivered"] is False
        assert "The hurdle “Hurdle 1” and 2 more are not decided yet." in text(page)

    def test_is_called_finished_early_where_money_went_back(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        first, second, *_ = tranches
        for one, action in ((first, HurdleAction.RELEASE), (second, HurdleAction.FINISH)):
            with transaction(session):
                measure(session, one, 17, actor=cast.manager, now=now)
                decide(session, one, action, actor=cast.cfo, now=now, reason="Enough")
        client = client_for(cast.manager)
        rows = table(client.get("/roadmap"), "Initiatives").rows
        states = [one["State"] for one in rows if "CX-101" in one["Initiative"]]
        assert states == ["Finished early"]
        assert "All its money is released" not in text(client.get("/"))

    def test_goes_from_the_home_page_to_sustained_and_retired(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        now: datetime,
        tranches: list[Tranche],
    ) -> None:
        for one in tranches:
            with transaction(session):
                measure(session, one, 17, actor=cast.manager, now=now)
                decide(session, one, HurdleAction.RELEASE, actor=cast.cfo, now=now, reason="Enough")
        client = client_for(cast.manager)
        assert "All its hurdles are decided: is it delivered?" in text(client.get("/"))

        address = f"{PAGE}/moves/deliver"
        form = form_values(client.get(PAGE), address)
        page = client.post(address, data=form, follow_redirects=True)

        assert notice(page) == "CX-101 is sustained now."
        assert "is it delivered?" not in text(client.get("/"))
        rows = table(client.get("/roadmap"), "Initiatives").rows
        assert [one["State"] for one in rows if "CX-101" in one["Initiative"]] == ["Sustained"]
        assert "CX-101" in text(client.get("/initiatives?state=sustained"))
        assert "Measured until it is retired" in text(client.get("/initiatives?state=sustained"))

        address = f"{PAGE}/moves/retire"
        form = form_values(client.get(PAGE), address)
        assert client.post(address, data=form).status_code == 422
        form["reason"] = "The shop is closed"
        page = client.post(address, data=form, follow_redirects=True)
        assert notice(page) == "CX-101 is retired now."
        assert "The shop is closed" in text(client.get(f"{PAGE}/history"))
