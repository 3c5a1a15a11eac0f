"""The value bridge: approved to now by exact recounts, every step with its cause."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.services import hide_costs
from app.approvals.models import Commitment
from app.approvals.queries import get_proposal
from app.approvals.rules.remaining import remaining
from app.db.session import transaction
from app.reviews.queries.bridge import load_rounds
from app.reviews.rules.bridge import StepKind
from app.roadmap.rules import HurdleAction
from app.roadmap.rules.measuring import Measuring
from app.roadmap.rules.posterior import Among, Design
from tests.factories.accounts import Cast
from tests.factories.approvals import make_commitments, make_world
from tests.factories.roadmap import bind_criteria, decide, measure, tranches_of
from tests.support.pages import form_values, links, table, text

ClientFor = Callable[..., Any]
PILOT = Measuring(error=Decimal(4), among=Among.EXPOSED, design=Design.CONTROLLED)


@pytest.fixture
def commitments(session: Session, cast: Cast, now: datetime) -> dict[str, Commitment]:
    with transaction(session):
        world = make_world(session, cast, now)
        bind_criteria(session)
    session.expire_all()
    with transaction(session):
        return make_commitments(session, cast, now, world)


def stop(session: Session, one: Commitment, cast: Cast, now: datetime) -> int:
    """Stop an initiative at its first hurdle; gives the hurdle."""
    first = tranches_of(session, one.id)[0]
    with transaction(session):
        measure(session, first, 11, actor=cast.manager, now=now, how=PILOT)
        decide(session, first, HurdleAction.STOP, actor=cast.cfo, now=now, reason="No effect")
    session.expire_all()
    return first.id


def amounts(page: Any) -> dict[str, Decimal]:
    """The amount of each step."""
    return {row["Step"]: _exact(row["Amount"]) for row in table(page, "Steps, EUR").rows}


def _exact(words: str) -> Decimal:
    plain = words.replace("€", "").replace(",", "").replace("\u2212", "-")
    return Decimal(plain.replace("±", "").replace("+", ""))


class TestBridge:
    def test_begins_and_ends_with_what_was_approved_where_nothing_happened(
        self, client_for: ClientFor, cast: Cast, commitments: dict[str, Commitment]
    ) -> None:
        page = client_for(cast.viewer).get("/value")
        approved = Decimal(sum(one.value_minor for one in commitments.values())) / 100
        found = amounts(page)
        assert found["Approved first"] == found["Now"] == approved
        assert {found[k.word] for k in StepKind if not k.is_total} == {Decimal(0)}
        assert "All that was approved still stands" in text(page)
        assert len(page.queries) <= 12

    def test_takes_off_what_stopped_by_a_recount_and_leads_to_the_hurdle(
        self, client_for: ClientFor, session: Session, cast: Cast, now: datetime,
        commitments: dict[str, Commitment],
    ) -> None:  # fmt: skip
        key = "CX-101"
        hurdle = stop(session, commitments[key], cast, now)
        page = client_for(cast.viewer).get("/value")
        found = amounts(page)
        steps = [found[kind.word] for kind in StepKind if kind is not StepKind.NOW]
        assert sum(steps) == found["Now"]
        assert found["Stopped"] < 0
        causes = table(page, "Stopped, EUR").rows
        assert len(causes) == 1 and key in causes[0]["Cause"]
        assert links(page)[causes[0]["Cause"]] == f"/gates/{hurdle}"
        assert _exact(causes[0]["Amount"]) == found["Stopped"]

    def test_counts_a_stop_without_evidence_as_the_approval_would_have(
        self, session: Session, cast: Cast, now: datetime, commitments: dict[str, Commitment]
    ) -> None:
        key = "CX-101"
        proposal = get_proposal(session, 1)
        without = remaining(proposal.snapshot, frozenset({key})).value_minor
        with transaction(session):
            first = tranches_of(session, commitments[key].id)[0]
            decide(session, first, HurdleAction.STOP, actor=cast.cfo, now=now, reason="No effect")
        session.expire_all()
        (only,) = load_rounds(session)
        assert only.recount.now_minor == without

    def test_re_estimates_by_evidence_and_says_how_many_were_measured(
        self, client_for: ClientFor, session: Session, cast: Cast, now: datetime,
        commitments: dict[str, Commitment],
    ) -> None:  # fmt: skip
        first = tranches_of(session, commitments["CX-101"].id)[0]
        with transaction(session):
            measure(session, first, 11, actor=cast.manager, now=now, how=PILOT)
        session.expire_all()
        page = client_for(cast.viewer).get("/value")
        found = amounts(page)
        assert found["Re-estimated by evidence"] != 0
        assert found["Approved first"] + found["Re-estimated by evidence"] == found["Now"]
        assert f"of {len(commitments)}" in text(page)
        cause = table(page, "Re-estimated by evidence, EUR").rows[0]["Cause"]
        assert links(page)[cause] == f"/gates/{first.id}"

    def test_counts_a_rescope_with_the_smaller_option(
        self, client_for: ClientFor, session: Session, cast: Cast,
        commitments: dict[str, Commitment],
    ) -> None:  # fmt: skip
        hurdle = tranches_of(session, commitments["CX-101"].id)[0]
        gate, cfo = f"/gates/{hurdle.id}", client_for(cast.cfo)
        page = cfo.get(links(cfo.get(gate))["Rescope to a smaller option"])
        sent = form_values(page, f"{gate}/rescope") | {"reason": "Lean does it"}
        assert cfo.post(f"{gate}/rescope", data=sent).status_code == 303
        session.expire_all()
        page = client_for(cast.viewer).get("/value")
        found = amounts(page)
        assert found["Rescoped"] < 0
        assert found["Approved first"] + found["Rescoped"] == found["Now"]
        cause = table(page, "Rescoped, EUR").rows[0]["Cause"]
        assert links(page)[cause] == gate

    def test_is_shown_per_cycle(
        self, client_for: ClientFor, session: Session, cast: Cast,
        commitments: dict[str, Commitment],
    ) -> None:  # fmt: skip
        cycle_id = session.scalars(select(Commitment.cycle_id).limit(1)).one()
        client = client_for(cast.viewer)
        assert amounts(client.get(f"/value?cycle={cycle_id}"))["Now"] > 0
        assert client.get("/value?cycle=999").status_code == 404

    def test_says_where_it_begins_while_nothing_is_approved(
        self, client_for: ClientFor, cast: Cast
    ) -> None:
        assert "The bridge begins with the first plan" in text(
            client_for(cast.viewer).get("/value")
        )

    def test_is_shut_to_whom_money_is_hidden_from(
        self, client_for: ClientFor, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            hide_costs(session, cast.viewer, actor=cast.admin, now=now)
        assert client_for(cast.viewer).get("/value").status_code == 403
