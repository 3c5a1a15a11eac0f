"""The page on which an approved initiative is rescoped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.approvals.models import Tranche
from tests.factories.accounts import Cast
from tests.support.pages import buttons, form_values, links, notice, table, text

ClientFor = Callable[[Any], Any]


class TestRescope:
    def test_shows_what_each_smaller_option_frees_and_goes_on_with_it(
        self, client_for: ClientFor, cast: Cast, tranches: list[Tranche]
    ) -> None:
        gate = f"/gates/{tranches[0].id}"
        cfo = client_for(cast.cfo)
        page = cfo.get(links(cfo.get(gate))["Rescope to a smaller option"])
        row = table(page, "Smaller options").row("Lean")
        assert (row["Still needs"], row["Frees"]) == ("€120,000.00", "€95,000.00")
        sent = form_values(page, f"{gate}/rescope") | {"reason": "Lean does it"}
        seen = cfo.post(f"{gate}/rescope", data=sent, follow_redirects=True)
        assert "Rescoped: €95,000.00 went back to the budget." in (notice(seen) or "")
        assert table(seen, "Where it is free again").rows[-1]["Freed"] == "€95,000.00"
        page = cfo.get(gate)
        assert "Rescoped" in text(page) and "Release €36,000.00" in buttons(page) | links(page)

    def test_sent_twice_gives_its_answer_twice(
        self, client_for: ClientFor, cast: Cast, tranches: list[Tranche]
    ) -> None:
        gate = f"/gates/{tranches[0].id}"
        cfo = client_for(cast.cfo)
        sent = form_values(cfo.get(f"{gate}/rescope"), f"{gate}/rescope")
        answers = [
            cfo.post(f"{gate}/rescope", data=sent | {"reason": "Lean does it"}) for _ in range(2)
        ]
        assert [one.status_code for one in answers] == [303, 303], text(answers[1])
