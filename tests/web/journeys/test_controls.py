"""Finance sets control totals; everybody sees what is claimed against them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from app.db.session import transaction
from tests.factories.accounts import Cast
from tests.factories.journeys import make_control, make_journey, make_pool
from tests.support.pages import error_on, form_values, links, table, text

ClientFor = Callable[[Any], Any]


def typed_in(page: Any, action: str) -> dict[str, Any]:
    return {n: v for n, v in form_values(page, action).items() if n != "csrf_token"}


class TestControlTotals:
    def test_are_set_changed_and_shown_with_what_is_left(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        client = client_for(cast.cfo)
        typed = typed_in(client.get("/control-totals/new"), "/control-totals")
        typed |= {"name": "Contact centre", "amount": "300,000", "source": "Budget book"}

        assert client.post("/control-totals", data=typed).status_code == 303
        with transaction(session):
            journey = make_journey(session, cast.lead)
            make_pool(session, journey, claimed_by=cast.lead)
        lead = client_for(cast.lead)
        edit = "/journeys/motor-claim/pools/serve/edit"
        page = lead.get(edit)
        chosen = next(
            o for o in page.soup.find(id="cost_centre_id").find_all("option") if o["value"] != "0"
        )
        claimed = typed_in(page, edit) | {"cost_centre_id": chosen["value"]}
        assert lead.post(edit, data=claimed).status_code == 303
        serve = "/journeys/motor-claim/pools/serve"
        client.post(f"{serve}/certify", data=typed_in(client.get(serve), f"{serve}/certify"))

        page = client_for(cast.viewer).get("/control-totals")

        row = table(page, "Control totals").row("Contact centre Variable cost of a cost centre")
        assert (row["A year at most"], row["Certified"], row["Left"]) == (
            "€300,000.00", "€220,000.00", "€80,000.00",
        )  # fmt: skip
        assert links(page)["Motor claim, serve"] == serve
        assert "New control total" not in links(page)
        assert len(page.queries) <= 12

    def test_refuse_at_the_field(self, client_for: ClientFor, cast: Cast, session: Session) -> None:
        with transaction(session):
            total = make_control(session, cast.cfo2)
        client = client_for(cast.cfo)
        address = f"/control-totals/{total.id}/edit"
        typed = typed_in(client.get(address), address)

        refused = client.post(address, data=typed | {"amount": "-5"})
        odd = client.post(address, data=typed | {"currency_code": "XXX"})

        assert error_on(refused, "Amount a year") == "An amount a year cannot be negative."
        assert odd.status_code == 422

    def test_are_named_where_a_pool_does_not_fit(
        self, client_for: ClientFor, cast: Cast, session: Session
    ) -> None:
        with transaction(session):
            centre = make_control(session, cast.cfo2, amount_minor=200_000_00)
            journey = make_journey(session, cast.lead)
            make_pool(session, journey, claimed_by=cast.lead, cost_centre=centre)

        words = (
            "Claims exceed the variable cost of Contact centre by €20,000.00; owner Cem Finance."
        )
        client = client_for(cast.cfo)
        assert words in text(client.get("/journeys/motor-claim/pools"))
        page = client.get("/journeys/motor-claim/pools/serve")
        assert words in text(page)
        assert len(page.queries) <= 12
