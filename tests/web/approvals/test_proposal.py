"""The CFO's page: what is asked, what remains, who may decide and what happens then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from app.accounts.models import RoleGrant
from app.accounts.rules import Role
from app.approvals.models import Commitment, Decision, Proposal
from app.approvals.presenters.since import on_top_of
from app.approvals.queries import get_proposal
from app.approvals.rules import ProposalState
from app.approvals.rules.frozen import frozen_of
from app.approvals.rules.remaining import strike, whole
from app.approvals.services import return_proposal, withdraw_proposal
from app.audit.models import AuditEvent
from app.calendar.models import FundBudget
from app.db.session import transaction
from app.initiatives.models import Initiative, OptionSpend
from app.portfolio.models import Scenario
from tests.factories.accounts import Cast
from tests.factories.approvals import (
    World,
    make_commitments,
    make_proposal,
    make_run,
    verdict_on,
)
from tests.support.pages import (
    buttons,
    error_on,
    form_values,
    heading,
    links,
    notice,
    table,
    text,
    value_of,
)

ClientFor = Callable[..., Any]


def decide(client: Any, address: str, decision: str, **changes: str) -> Any:
    """Press a button of the page's decision form with what the page put into it."""
    sent = form_values(client.get(address), f"{address.split('?')[0]}/decision")
    return client.post(
        f"{address.split('?')[0]}/decision", data=sent | {"decision": decision} | changes
    )


def _forge(session: Session, proposal_id: int) -> None:
    """Change what was submitted as somebody with the database's own rights could."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    stored = get_proposal(session, proposal_id).snapshot
    with transaction(session):
        session.execute(
            sql("DROP TRIGGER guard_proposals_frozen" if is_sqlite
                else "ALTER TABLE proposals DISABLE TRIGGER USER")
        )  # fmt: skip
        session.execute(
            sql("UPDATE proposals SET snapshot = :forged WHERE id = :id"),
            {"forged": stored.replace(b'"problem":"', b'"problem":"!', 1), "id": proposal_id},
        )
    session.expire_all()


class TestProposalPage:
    def test_shows_the_sum_the_value_and_every_item(
        self, client_for: ClientFor, cast: Cast, proposal_id: int
    ) -> None:
        page = client_for(cast.cfo).get(f"/proposals/{proposal_id}")
        assert page.status_code == 200
        assert heading(page).startswith("FY27 H1, round 1")
        items = table(page, "Items of the proposal")
        keys = {row["Initiative"].split()[0] for row in items.rows}
        assert keys >= {"CX-101", "CX-102", "CX-103"}
        assert "€680,000.00" in page.text and "€906,073.23" in page.text

    def test_sets_the_value_against_the_cost(
        self, client_for: ClientFor, cast: Cast, proposal_id: int
    ) -> None:
        words = text(client_for(cast.cfo).get(f"/proposals/{proposal_id}"))
        assert "more than it costs" in words or "more than it brings" in words
        assert "on its cost" in words
        assert "hurdle rate of" in words

    def test_warns_of_a_plan_and_items_that_cost_more_than_they_bring(
        self,
        session: Session,
        client_for: ClientFor,
        cast: Cast,
        now: datetime,
        world: World,
    ) -> None:
        with transaction(session):
            session.execute(update(OptionSpend).values(amount_minor=OptionSpend.amount_minor * 900))
            session.execute(update(FundBudget).values(amount_minor=FundBudget.amount_minor * 3000))
            session.expire_all()
            run = make_run(session, world.scenario.id, actor=cast.lead, now=now)
            dear = World(world.portfolio, run.id)
            proposal = make_proposal(session, cast, now, dear)
        page = client_for(cast.cfo).get(f"/proposals/{proposal.id}")
        assert "This plan costs €" in text(page)
        items = table(page, "Items of the proposal").rows
        assert any("Brings less than it costs" in row["Initiative"] for row in items)

    def test_counts_the_whole_plan_as_a_recount_would(
        self, session: Session, proposal_id: int
    ) -> None:
        frozen = frozen_of(get_proposal(session, proposal_id).snapshot)
        assert whole(frozen) == strike(frozen, ())

    def test_is_read_in_few_queries(
        self, client_for: ClientFor, cast: Cast, proposal_id: int
    ) -> None:
        page = client_for(cast.cfo).get(f"/proposals/{proposal_id}")
        assert len(page.queries) <= 12, "\n".join(page.queries)

    def test_says_what_remains_before_items_are_left_out(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int
    ) -> None:
        struck = get_proposal(session, proposal_id).items[0].id
        page = client_for(cast.cfo).get(f"/proposals/{proposal_id}?without={struck}")
        assert "What remains" in page.text
        assert "Leaving out CX-101 frees €215,000.00" in " ".join(page.text.split()).replace(
            "<b>", ""
        )
        assert "Approve without 1 item" in buttons(page)

    def test_says_in_words_why_somebody_cannot_decide(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int
    ) -> None:
        with transaction(session):
            session.execute(
                update(Initiative)
                .where(Initiative.key == "CX-102")
                .values(owner_id=cast.cfo.id, certified_by_id=cast.cfo2.id)
            )
        page = client_for(cast.cfo).get(f"/proposals/{proposal_id}")
        assert "You cannot decide: you own CX-102." in page.text
        assert not [word for word in buttons(page) if word.startswith("Approve")]

    @pytest.mark.parametrize("path", ["", "?without="])
    def test_refuses_figures_that_are_not_those_submitted(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int, path: str
    ) -> None:
        _forge(session, proposal_id)
        page = client_for(cast.cfo).get(f"/proposals/{proposal_id}{path}")
        assert page.status_code == 412
        assert "snapshot of round 1 does not match its digest" in text(page)
        assert "€" not in text(page)

    def test_refuses_to_compare_with_an_earlier_round_that_was_changed(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, world: World,
        proposal_id: int,
    ) -> None:  # fmt: skip
        with transaction(session):
            first = get_proposal(session, proposal_id)
            return_proposal(
                session, first, verdict_on(first, reason="Not yet"), actor=cast.cfo, now=now
            )
        with transaction(session):
            second = make_proposal(session, cast, now, world).id
        _forge(session, proposal_id)
        page = client_for(cast.cfo).get(f"/proposals/{second}")
        assert page.status_code == 412
        assert "snapshot of round 1 does not match its digest" in text(page)

    def test_says_what_changed_since_the_last_round(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, world: World,
        proposal_id: int,
    ) -> None:  # fmt: skip
        with transaction(session):
            first = get_proposal(session, proposal_id)
            verdict = verdict_on(first, reason="Less of everything")
            return_proposal(session, first, verdict, actor=cast.cfo, now=now)
        with transaction(session):
            second = make_proposal(session, cast, now, world).id
        page = client_for(cast.cfo).get(f"/proposals/{second}")
        assert "Since round 1" in page.text and "Less of everything" in page.text
        assert "Compared is this round against round 1, returned on" in text(page)
        assert len(page.queries) <= 15

    def test_compares_what_would_be_decided_with_the_last_round_not_withdrawn(
        self, client_for: ClientFor, cast: Cast, session: Session, now: datetime, world: World,
        proposal_id: int,
    ) -> None:  # fmt: skip
        for end in (return_proposal, None):
            with transaction(session):
                if end is None:
                    wrong = make_proposal(session, cast, now, world)
                    withdraw_proposal(session, wrong, reason="No", actor=cast.lead, now=now)
                else:
                    first = get_proposal(session, proposal_id)
                    end(session, first, verdict_on(first, reason="No"), actor=cast.cfo, now=now)
        with transaction(session):
            third = make_proposal(session, cast, now, world)
        struck = next(item for item in third.items if item.initiative.key == "CX-101")
        page = client_for(cast.cfo).get(f"/proposals/{third.id}?without={struck.id}")
        words = text(page)
        assert "Since round 1" in words
        assert "without 1 item against round 1, returned on" in words
        assert "asks \u2212€215,000.00" in words

    def test_says_what_a_round_adds_to_one_that_was_approved(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int
    ) -> None:
        first = get_proposal(session, proposal_id)
        out = next(item for item in first.items if item.initiative.key == "CX-101")
        address = f"/proposals/{proposal_id}?without={out.id}"
        assert decide(client_for(cast.cfo), address, "approve", reason="Later").status_code == 303
        frozen = frozen_of(first.snapshot)
        again = next(item for item in frozen.items if item.key == "CX-101")
        now = replace(frozen, items=(again, replace(again, key="CX-199")))
        session.expire_all()
        since = on_top_of(get_proposal(session, proposal_id), now)
        assert since.title == "On top of round 1"
        assert "its 2 items stay committed and are not asked for again" in since.compared
        assert since.spend.minor == 2 * again.spend_minor
        assert [row[0::2] for row in since.rows] == [
            ("CX-101", "Asked again; left out of round 1"), ("CX-199", "New"),
        ]  # fmt: skip

    def test_says_what_who_decides_certified_themselves(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int
    ) -> None:
        by = {
            item.certified_by.id
            for item in frozen_of(get_proposal(session, proposal_id).snapshot).items
            if item.certified_by
        }
        words = text(client_for(cast.cfo).get(f"/proposals/{proposal_id}"))
        assert ("You certified" in words) == (cast.cfo.id in by)

    def test_gives_the_frozen_bytes_to_whoever_wants_to_check_them(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int
    ) -> None:
        page = client_for(cast.viewer).get(f"/proposals/{proposal_id}/snapshot.json")
        assert page.data == get_proposal(session, proposal_id).snapshot

    def test_is_missing_for_a_number_nobody_used(self, client_for: ClientFor, cast: Cast) -> None:
        assert client_for(cast.cfo).get("/proposals/4711").status_code == 404


class TestDecide:
    def test_approves_and_commits(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int
    ) -> None:
        client = client_for(cast.cfo)
        answer = decide(client, f"/proposals/{proposal_id}", "approve")
        assert answer.status_code == 303
        page = client.get(answer.location)
        assert "Approved and committed." in (notice(page) or "")
        assert len(table(page, "Commitments").rows) == 3
        assert session.scalar(select(func.count(Commitment.id))) == 3

    def test_does_not_offer_to_approve_nothing(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int
    ) -> None:
        ids = [item.id for item in get_proposal(session, proposal_id).items]
        address = f"/proposals/{proposal_id}?" + "&".join(f"without={one}" for one in ids)
        client = client_for(cast.cfo)
        page = client.get(address)
        assert "Every item is left out; return the proposal instead." in page.text
        assert not any(label.startswith("Approve without") for label in buttons(page))
        page = decide(client, address, "approve", reason="None of it")
        assert page.status_code == 422
        assert session.scalar(select(func.count(Decision.id))) == 0

    @pytest.mark.parametrize("unknown", ["999999", "x"])
    def test_says_so_when_what_to_leave_out_is_not_in_it(
        self, client_for: ClientFor, cast: Cast, proposal_id: int, unknown: str
    ) -> None:
        page = client_for(cast.cfo).get(f"/proposals/{proposal_id}?without={unknown}")
        assert page.status_code == 422
        assert "not in this proposal" in page.text

    def test_approves_without_what_was_left_out(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int
    ) -> None:
        struck = get_proposal(session, proposal_id).items[0].id
        address = f"/proposals/{proposal_id}?without={struck}"
        answer = decide(client_for(cast.cfo), address, "approve", reason="Too early")
        assert answer.status_code == 303
        assert session.scalar(select(func.count(Commitment.id))) == 2

    @pytest.mark.parametrize("is_looked_at", [False, True])
    def test_decides_nothing_while_other_items_are_ticked_than_the_sums_leave_out(
        self,
        client_for: ClientFor,
        cast: Cast,
        session: Session,
        proposal_id: int,
        is_looked_at: bool,
    ) -> None:
        first = get_proposal(session, proposal_id).items[0].id
        address = f"/proposals/{proposal_id}" + (f"?without={first}" if is_looked_at else "")
        ticked = [] if is_looked_at else [str(first)]
        client = client_for(cast.cfo)
        page = decide(client, address, "approve", reason="Too early", out=ticked)
        assert page.status_code == 422
        assert "Nothing was decided" in page.text
        assert value_of(page, "Reason") == "Too early"
        wanted = "Approve without 1 item" if ticked else "Approve €"
        assert any(label.startswith(wanted) for label in buttons(page))
        assert session.scalar(select(func.count(Decision.id))) == 0
        sent = form_values(page, f"/proposals/{proposal_id}/decision") | {"decision": "approve"}
        answer = client.post(f"/proposals/{proposal_id}/decision", data=sent)
        assert answer.status_code == 303
        assert session.scalar(select(func.count(Commitment.id))) == 3 - len(ticked)

    def test_shows_what_remains_and_keeps_what_was_typed(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int
    ) -> None:
        first = get_proposal(session, proposal_id).items[0].id
        client, address = client_for(cast.cfo), f"/proposals/{proposal_id}"
        sent = form_values(client.get(address), f"{address}/decision")
        page = client.post(address, data=sent | {"out": str(first), "reason": "Too early"})
        assert page.status_code == 200
        assert "What remains" in page.text
        assert value_of(page, "Reason") == "Too early"

    def test_keeps_the_struck_items_and_the_words_when_it_is_refused(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int
    ) -> None:
        struck = get_proposal(session, proposal_id).items[0].id
        address = f"/proposals/{proposal_id}?without={struck}"
        page = decide(client_for(cast.cfo), address, "approve")
        assert page.status_code == 422
        assert "Say why these items are left out." in (error_on(page, "Reason") or "")
        assert "Approve without 1 item" in buttons(page)

    def test_returns_with_a_reason(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int
    ) -> None:
        client = client_for(cast.cfo)
        assert decide(client, f"/proposals/{proposal_id}", "return").status_code == 422
        answer = decide(client, f"/proposals/{proposal_id}", "return", reason="Less technology")
        assert answer.status_code == 303
        assert session.scalar(select(Proposal.state)) is ProposalState.RETURNED

    def test_tells_the_lead_why_it_came_back_and_what_to_do(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int
    ) -> None:
        decide(
            client_for(cast.cfo), f"/proposals/{proposal_id}", "return", reason="Less technology"
        )
        run_id = session.get_one(Proposal, proposal_id).run_id
        lead = client_for(cast.lead)

        home = lead.get("/")
        assert "Returned by Finance" in text(home)
        assert f"{cast.cfo.name}: Less technology" in text(home)
        assert len(home.queries) <= 12
        page = lead.get(f"/proposals/{proposal_id}")
        assert "Less technology" in text(page)
        assert "Open the scenario" in links(page)
        page = lead.get(f"/runs/{run_id}/proposal")
        assert f"Round 1 was returned by {cast.cfo.name} Less technology" in text(page)
        assert "This is the same run." in text(page)

    def test_refuses_another_version_than_the_one_looked_at(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int
    ) -> None:
        client = client_for(cast.cfo)
        answer = decide(client, f"/proposals/{proposal_id}", "approve", digest="0" * 64)
        assert answer.status_code == 412
        assert session.scalar(select(func.count(Decision.id))) == 0

    def test_decides_once_when_the_form_is_sent_twice(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int
    ) -> None:
        client, address = client_for(cast.cfo), f"/proposals/{proposal_id}"
        sent = form_values(client.get(address), f"{address}/decision") | {"decision": "approve"}
        answers = [client.post(f"{address}/decision", data=sent) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303]
        assert session.scalar(select(func.count(Decision.id))) == 1
        assert client.post(f"{address}/decision", data=sent | {"reason": "x"}).status_code == 422

    def test_tells_the_second_cfo_that_it_is_decided(
        self, client_for: ClientFor, cast: Cast, proposal_id: int
    ) -> None:
        first, second, address = (
            client_for(cast.cfo),
            client_for(cast.cfo2),
            f"/proposals/{proposal_id}",
        )
        sent = form_values(second.get(address), f"{address}/decision") | {"decision": "approve"}
        assert decide(first, address, "approve").status_code == 303
        answer = second.post(f"{address}/decision", data=sent)
        assert answer.status_code == 409 and "is approved" in answer.text

    def test_refuses_who_changed_the_scenario_even_if_they_send_the_form(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int
    ) -> None:
        client, address = client_for(cast.cfo), f"/proposals/{proposal_id}"
        sent = form_values(client.get(address), f"{address}/decision") | {"decision": "approve"}
        with transaction(session):
            session.execute(update(Scenario).values(changed_by_id=cast.cfo.id))
        answer = client.post(f"{address}/decision", data=sent)
        assert answer.status_code == 403 and "you changed the scenario" in answer.text

    def test_is_not_for_other_roles(
        self, client_for: ClientFor, cast: Cast, proposal_id: int
    ) -> None:
        for person in (cast.lead, cast.owner, cast.viewer, cast.admin):
            answer = client_for(person).post(f"/proposals/{proposal_id}/decision", data={})
            assert answer.status_code == 403


class TestSubmitting:
    def test_freezes_the_plan_from_its_result(
        self, client_for: ClientFor, cast: Cast, session: Session, world: World
    ) -> None:
        client, address = client_for(cast.lead), f"/runs/{world.run_id}/proposal"
        page = client.get(address)
        assert heading(page) == "Submit to the CFO"
        answer = client.post(address, data=form_values(page, address) | {"note": "As agreed"})
        assert answer.status_code == 303
        page = client.get(answer.location)
        assert "As agreed" in page.text and "Only Finance can do this." in page.text

    def test_lists_what_changed_since_the_run(
        self, client_for: ClientFor, cast: Cast, session: Session, world: World
    ) -> None:
        with transaction(session):
            session.execute(
                update(Initiative).where(Initiative.key == "CX-103").values(title="Other letters")
            )
        page = client_for(cast.lead).post(f"/runs/{world.run_id}/proposal", data={"note": "Hm"})
        assert page.status_code == 422
        assert "Changed: CX-103 (name or tags)." in page.text and "Hm" in page.text

    def test_a_plan_that_was_approved_is_not_submitted_again(
        self, session: Session, client_for: ClientFor, cast: Cast, now: datetime, world: World
    ) -> None:
        with transaction(session):
            make_commitments(session, cast, now, world)
        client, address = client_for(cast.lead), f"/runs/{world.run_id}/proposal"
        page = client.get(address)
        reason = "Its plan was approved in round 1; run again to plan with what is committed."
        assert buttons(page)["Submit to CFO"] is False
        assert reason in text(page)
        assert "What will be frozen" not in text(page)
        page = client.post(address, data={"note": "", "once": "0" * 32})
        assert page.status_code == 409
        assert reason in text(page)

    def test_sent_twice_gives_the_first_answer(
        self, session: Session, client_for: ClientFor, cast: Cast, world: World
    ) -> None:
        client, address = client_for(cast.lead), f"/runs/{world.run_id}/proposal"
        sent = form_values(client.get(address), address) | {"note": "As agreed"}
        answers = [client.post(address, data=sent) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303], text(answers[-1])
        assert answers[0].location == answers[1].location
        assert session.scalar(select(func.count()).select_from(Proposal)) == 1
        submitted = AuditEvent.action == "proposal.submitted"
        assert session.scalar(select(func.count()).select_from(AuditEvent).where(submitted)) == 1

    def test_sent_again_with_another_note_is_asked_about(
        self, client_for: ClientFor, cast: Cast, world: World
    ) -> None:
        client, address = client_for(cast.lead), f"/runs/{world.run_id}/proposal"
        sent = form_values(client.get(address), address) | {"note": "As agreed"}
        client.post(address, data=sent)
        page = client.post(address, data=sent | {"note": "Another thought"})
        assert page.status_code == 422
        assert "sent before with other content" in text(page)
        assert "Another thought" in text(page)
        assert links(page)["Look at round 1"]

    def test_is_not_offered_back_to_another_lead(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int, now: datetime
    ) -> None:
        with transaction(session):
            grant = RoleGrant(role=Role.CX_LEAD, is_in_force=True, granted_at=now)
            cast.stranger.grants.append(grant)
        client, address = client_for(cast.stranger), f"/proposals/{proposal_id}"
        assert "Withdraw" not in buttons(client.get(address))
        refused = client.post(f"{address}/withdrawal", data={"reason": "Mine is better"})
        assert refused.status_code == 403
        assert "Only who submitted it withdraws it" in text(refused)

    def test_is_withdrawn_by_the_lead_with_a_reason(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int
    ) -> None:
        client, address = client_for(cast.lead), f"/proposals/{proposal_id}/withdrawal"
        assert client.post(address, data={"reason": ""}).status_code == 422
        assert client.post(address, data={"reason": "Typo"}).status_code == 303
        assert session.scalar(select(Proposal.state)) is ProposalState.WITHDRAWN


class TestManyItems:
    @pytest.fixture(autouse=True)
    def one_a_page(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("app.approvals.presenters.shown.ITEMS_SHOWN", 1)

    def test_stand_on_pages_under_the_sums_of_all(
        self, client_for: ClientFor, cast: Cast, proposal_id: int
    ) -> None:
        client, address = client_for(cast.viewer), f"/proposals/{proposal_id}"
        seen = []
        for number in (1, 2, 3):
            page = client.get(f"{address}?items={number}")
            rows = table(page, "Items of the proposal").rows
            seen += [one["Initiative"].split()[0] for one in rows if "CX-" in one["Initiative"]]
            assert f"{number}–{number} of 3 items" in text(page)
            assert "3 items, all pages" in text(page)
            foot = page.soup.find("caption", string="Items of the proposal").parent.tfoot
            assert "€680,000.00" in foot.get_text()
        assert sorted(seen) == ["CX-101", "CX-102", "CX-103"]
        assert client.get(f"{address}?items=4").location.endswith("items=3")
        paper = text(client.get(f"{address}/paper"))
        assert all(key in paper for key in seen)

    def test_keeps_what_is_ticked_and_typed_from_page_to_page_and_decides_about_it(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int
    ) -> None:
        client, address = client_for(cast.cfo), f"/proposals/{proposal_id}"
        action = f"{address}/decision"
        sent = form_values(client.get(address), action)
        proposal = session.scalars(select(Proposal)).one()
        dearest = max(get_proposal(session, proposal.id).items, key=lambda one: one.spend_minor)
        typed = {"out": str(dearest.id), "reason": "Too dear", "items": "2"}
        page = client.post(address, data=sent | typed)
        assert "2–2 of 3 items" in text(page) and "2 items, all pages" in text(page)
        assert value_of(page, "Reason") == "Too dear"
        sent = form_values(page, action)
        assert sent["out"] == str(dearest.id) and sent["without"] == str(dearest.id)
        page = client.post(action, data=sent | {"decision": "approve"})
        assert page.status_code == 303, text(page)
        assert session.scalar(select(func.count(Commitment.id))) == 2

    def test_offers_a_condition_what_is_on_the_page_and_what_was_chosen(
        self, client_for: ClientFor, cast: Cast, proposal_id: int
    ) -> None:
        client, address = client_for(cast.cfo), f"/proposals/{proposal_id}"
        sent = form_values(client.get(address), f"{address}/decision")
        options = client.get(address).soup.select("#conditions-0-item_id option")
        assert [one["value"] for one in options][:1] == [""] and len(options) == 2
        chosen = options[1]["value"]
        about = {"conditions-0-text": "A contract", "conditions-0-item_id": chosen}
        page = client.post(address, data=sent | about | {"items": "3"})
        options = page.soup.select("#conditions-0-item_id option")
        assert len(options) == 3
        assert [one["value"] for one in options if one.has_attr("selected")] == [chosen]


class TestIndex:
    def test_is_empty_and_says_so_before_anything_was_submitted(
        self, client_for: ClientFor, cast: Cast
    ) -> None:
        client = client_for(cast.viewer)
        assert "No plan was submitted yet" in client.get("/proposals").text

    def test_lists_proposals(self, client_for: ClientFor, cast: Cast, proposal_id: int) -> None:
        client = client_for(cast.cfo)
        decide(client, f"/proposals/{proposal_id}", "approve")
        rows = table(client.get("/proposals"), "Proposals").rows
        assert rows[0]["State"] == "Approved" and rows[0]["Asked"] == "€680,000.00"

    def test_counts_without_the_items_struck_and_says_how_many_those_are(
        self, client_for: ClientFor, cast: Cast, session: Session, proposal_id: int
    ) -> None:
        items = get_proposal(session, proposal_id).items
        kept = sum(one.spend_minor for one in items[1:])
        client, address = client_for(cast.cfo), f"/proposals/{proposal_id}"
        decide(client, f"{address}?without={items[0].id}", "approve", reason="Too early")
        row = table(client.get("/proposals"), "Proposals").rows[0]
        assert row["Asked"] == f"€{kept // 100:,}.{kept % 100:02}"
        assert row["Items"].split() == ["2", "1", "struck"]
