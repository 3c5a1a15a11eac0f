"""What the database itself refuses, whatever route a change comes by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.approvals.models import Commitment, Proposal, ProposalItem
from app.audit.services import record
from app.db.session import transaction
from app.errors import ConflictError
from app.portfolio.models import Run
from app.roadmap.rules import HurdleAction
from tests.factories.accounts import Cast, grant_finance
from tests.factories.approvals import make_commitments, make_proposal, make_world
from tests.factories.initiatives import make_company, make_complete
from tests.factories.roadmap import decide, measure, tranches_of


@dataclass(frozen=True)
class Money:
    """Ids of an approved proposal, a commitment and its tranches; the first one is released."""

    proposal_id: int
    commitment_id: int
    cycle_id: int
    tranches: list[int]
    amounts: list[int]


@pytest.fixture
def money(session: Session, cast: Cast, now: datetime) -> Money:
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        commitment = make_commitments(session, cast, now, world)["CX-101"]
    tranches = tranches_of(session, commitment.id)
    with transaction(session):
        measure(session, tranches[0], 17, actor=cast.manager, now=now)
        decide(session, tranches[0], HurdleAction.RELEASE, actor=cast.cfo, now=now)
    proposal_id = session.scalars(select(Proposal.id)).one()
    return Money(
        proposal_id,
        commitment.id,
        commitment.cycle_id,
        [tranche.id for tranche in tranches],
        [tranche.amount_minor for tranche in tranches],
    )


@pytest.fixture
def waiting(session: Session, cast: Cast, now: datetime) -> Proposal:
    with transaction(session):
        world = make_world(session, cast, now)
    with transaction(session):
        return make_proposal(session, cast, now, world)


def refused(session: Session, sentence: str, sql: str, **values: Any) -> None:
    with pytest.raises(IntegrityError) as caught, transaction(session):
        session.execute(text(sql), values)
    assert sentence in str(caught.value.orig)


def insert(table: str, values: Mapping[str, Any]) -> str:
    names = ", ".join(values)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join(':' + name for name in values)})"


class TestHistory:
    def test_is_never_rewritten_or_removed(self, session: Session, money: Money) -> None:
        for table, column in (
            ("decisions", "reason"),
            ("ledger_transfers", "reason"),
            ("hurdle_decisions", "reason"),
            ("evidence", "note"),
        ):
            refused(session, "", f"UPDATE {table} SET {column} = 'other'")
            refused(session, "", f"DELETE FROM {table}")

    def test_of_spend_hands_and_dates_stays(self, session: Session, money: Money) -> None:
        refused(session, "spend", "UPDATE commitment_spend SET amount_minor = amount_minor + 1")
        refused(session, "hand", "DELETE FROM proposal_hands")

    def test_of_proposals_commitments_and_tranches_is_never_deleted(
        self, session: Session, money: Money
    ) -> None:
        for table in ("proposal_items", "proposals", "tranches", "commitments"):
            refused(session, "never deleted", f"DELETE FROM {table}")

    def test_keeps_the_criteria_money_hangs_on(self, session: Session, money: Money) -> None:
        refused(session, "locked", "UPDATE criteria SET threshold = 0")
        refused(session, "locked", "UPDATE milestones SET tranche_share = 0")


class TestSnapshot:
    def test_is_frozen(self, session: Session, waiting: Proposal) -> None:
        for change in ("digest = 'x'", "snapshot = NULL", "currency = 'USD'", "note = 'y'"):
            refused(session, "frozen", f"UPDATE proposals SET {change}")

    def test_leaves_waiting_only_with_a_decision(self, session: Session, waiting: Proposal) -> None:
        refused(session, "by a decision", "UPDATE proposals SET state = 'approved'")
        refused(session, "by a decision", "UPDATE proposals SET state = 'returned'")

    def test_never_waits_again(self, session: Session, money: Money) -> None:
        refused(session, "moves once", "UPDATE proposals SET state = 'submitted'")

    def test_keeps_its_items_and_their_figures(self, session: Session, waiting: Proposal) -> None:
        refused(session, "only be struck", "UPDATE proposal_items SET spend_minor = 1")

    def test_waits_alone_in_its_cycle(self, session: Session, waiting: Proposal) -> None:
        with pytest.raises(ConflictError), transaction(session):
            session.execute(
                text(
                    "INSERT INTO proposals (cycle_id, run_id, round, state, note, snapshot, digest,"
                    " currency, submitted_by_id, submitted_at, version) SELECT cycle_id, run_id, 9,"
                    " state, note, snapshot, digest, currency, submitted_by_id, submitted_at, 1"
                    " FROM proposals"
                )
            )


class TestFourHands:
    def decision(self, proposal: Proposal, person_id: int) -> dict[str, Any]:
        return {
            "proposal_id": proposal.id, "kind": "approve", "reason": "", "digest": proposal.digest,
            "decided_by_id": person_id, "decided_at": 0,
        }  # fmt: skip

    def test_keep_submitter_and_owner_from_deciding(
        self, session: Session, cast: Cast, waiting: Proposal
    ) -> None:
        for person in (cast.lead, cast.owner):
            grant_finance(session, person.id)
            values = self.decision(waiting, person.id)
            refused(session, "had a hand", insert("decisions", values), **values)

    def test_keep_who_changed_the_scenario_from_deciding(
        self, session: Session, cast: Cast, waiting: Proposal
    ) -> None:
        with transaction(session):
            session.execute(text("UPDATE scenarios SET changed_by_id = :id"), {"id": cast.cfo.id})
        values = self.decision(waiting, cast.cfo.id)
        refused(session, "had a hand", insert("decisions", values), **values)

    @pytest.mark.parametrize("subject", ["initiative", "scenario"])
    def test_keep_who_changed_what_is_in_it_since_from_deciding(
        self, session: Session, cast: Cast, now: datetime, waiting: Proposal, subject: str
    ) -> None:
        initiative_id = session.scalars(
            select(ProposalItem.initiative_id).where(ProposalItem.proposal_id == waiting.id)
        ).first()
        scenario_id = session.get_one(Run, waiting.run_id).scenario_id
        id_ = {"initiative": initiative_id, "scenario": scenario_id}[subject]
        with transaction(session):
            record(
                session, actor=cast.cfo, action=f"{subject}.edited", subject=f"{subject}:{id_}",
                after={}, now=now,
            )  # fmt: skip
        values = self.decision(waiting, cast.cfo.id)
        refused(session, "nor who changed what is in it", insert("decisions", values), **values)

    def test_let_who_certified_it_decide(
        self, session: Session, cast: Cast, now: datetime, waiting: Proposal
    ) -> None:
        ids = session.scalars(
            select(ProposalItem.initiative_id).where(ProposalItem.proposal_id == waiting.id)
        ).all()
        with transaction(session):
            for id_ in ids:
                record(
                    session, actor=cast.cfo, action="initiative.certified",
                    subject=f"initiative:{id_}", after={}, now=now,
                )  # fmt: skip
            values = self.decision(waiting, cast.cfo.id)
            session.execute(text(insert("decisions", values)), values)

    def test_keep_who_owns_proposed_or_changed_it_from_certifying(
        self, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            one = make_complete(session, cast, make_company(session, cast))
        with transaction(session):
            record(
                session, actor=cast.cfo2, action="initiative.option_changed",
                subject=f"initiative:{one.id}", after={}, now=now,
            )  # fmt: skip
        sql = "UPDATE initiatives SET certified_by_id = :by, certified_at = 0 WHERE id = :id"
        for person in {one.owner_id, one.created_by_id, cast.cfo2.id}:
            refused(session, "does not certify its money", sql, by=person, id=one.id)
        with transaction(session):
            session.execute(text(sql), {"by": cast.cfo.id, "id": one.id})
        own = "UPDATE initiatives SET owner_id = :by WHERE id = :id"
        refused(session, "does not certify its money", own, by=cast.cfo.id, id=one.id)

    def test_let_a_decision_stand_only_on_what_waits(
        self, session: Session, cast: Cast, waiting: Proposal
    ) -> None:
        values = self.decision(waiting, cast.cfo.id) | {"digest": "0" * 64}
        refused(session, "as it waits", insert("decisions", values), **values)

    def test_keep_who_measured_moved_or_owns_from_deciding_a_hurdle(
        self, session: Session, cast: Cast, now: datetime, money: Money
    ) -> None:
        with transaction(session):
            session.execute(
                text(
                    "INSERT INTO evidence (tranche_id, criterion_id, value, sample, measured_on,"
                    " source, note, recorded_by_id, recorded_at) SELECT t.id, c.id, 99000000, 500,"
                    " '2027-02-15', 'CRM', '', :by, 0 FROM tranches t"
                    " JOIN criteria c ON c.milestone_id = t.milestone_id WHERE t.id = :tranche"
                ),
                {"by": cast.cfo2.id, "tranche": money.tranches[1]},
            )
            session.execute(
                text(
                    "INSERT INTO date_moves (tranche_id, from_on, to_on, reason, moved_by_id,"
                    " moved_at) VALUES (:tranche, '2027-03-31', '2027-04-30', 'Vendor', :by, 0)"
                ),
                {"by": cast.manager.id, "tranche": money.tranches[1]},
            )
        grant_finance(session, cast.manager.id)
        grant_finance(session, cast.owner.id)
        for person in (cast.cfo2, cast.manager, cast.owner):
            values = hurdle_decision(money.tranches[1], person.id)
            refused(session, "measured a hurdle", insert("hurdle_decisions", values), **values)


def hurdle_decision(tranche_id: int, person_id: int, action: str = "release") -> dict[str, Any]:
    return {
        "tranche_id": tranche_id, "action": action, "recommended": "release", "grounds": "",
        "reason": "", "decided_by_id": person_id, "decided_at": 0,
    }  # fmt: skip


class TestRoles:
    """Whoever decides about money may do so by the database's own rows."""

    def decision(self, proposal: Proposal, person_id: int, **changes: Any) -> dict[str, Any]:
        return TestFourHands().decision(proposal, person_id) | changes

    def test_keep_everybody_but_finance_from_deciding_a_proposal(
        self, session: Session, cast: Cast, waiting: Proposal
    ) -> None:
        grant_finance(session, cast.viewer.id, is_in_force=False)  # waits for a second admin
        for person in (cast.stranger, cast.viewer, cast.admin):
            values = self.decision(waiting, person.id)
            refused(session, "Only Finance decides", insert("decisions", values), **values)

    @pytest.mark.parametrize("change", ["is_active = false", "must_change_password = true"])
    def test_keep_who_acts_as_nobody_from_deciding(
        self, session: Session, cast: Cast, waiting: Proposal, change: str
    ) -> None:
        with transaction(session):
            session.execute(text(f"UPDATE people SET {change} WHERE id = :id"), {"id": cast.cfo.id})
        values = self.decision(waiting, cast.cfo.id)
        refused(session, "Only Finance decides", insert("decisions", values), **values)

    def test_take_only_kinds_of_decisions_there_are(
        self, session: Session, cast: Cast, waiting: Proposal
    ) -> None:
        for kind in ("approve-without", "bogus", ""):
            values = self.decision(waiting, cast.cfo.id, kind=kind)
            refused(session, "A decision approves", insert("decisions", values), **values)

    def test_keep_everybody_but_finance_from_signing(
        self, session: Session, cast: Cast, waiting: Proposal
    ) -> None:
        values = self.signature(waiting, cast.stranger.id)
        refused(session, "Only Finance signs", insert("approval_signatures", values), **values)

    def test_count_a_first_signature_only_of_who_is_in_finance_now(
        self, session: Session, cast: Cast, waiting: Proposal
    ) -> None:
        values = self.signature(waiting, cast.cfo2.id)
        with transaction(session):
            session.execute(text(insert("approval_signatures", values)), values)
            session.execute(
                text("DELETE FROM role_grants WHERE person_id = :id"), {"id": cast.cfo2.id}
            )
        first = session.execute(text("SELECT id FROM approval_signatures")).scalar_one()
        made = self.decision(
            waiting, cast.cfo.id, first_signature_id=first, terms_digest=values["terms_digest"]
        )
        refused(session, "in Finance now", insert("decisions", made), **made)
        grant_finance(session, cast.cfo2.id)
        with transaction(session):
            session.execute(text(insert("decisions", made)), made)

    def test_keep_everybody_but_finance_from_deciding_a_hurdle(
        self, session: Session, cast: Cast, money: Money
    ) -> None:
        values = hurdle_decision(money.tranches[1], cast.stranger.id, "stop")
        refused(session, "Only Finance decides", insert("hurdle_decisions", values), **values)

    def signature(self, proposal: Proposal, person_id: int) -> dict[str, Any]:
        return {
            "proposal_id": proposal.id, "person_id": person_id, "digest": proposal.digest,
            "granted_minor": sum(one.spend_minor for one in proposal.items), "terms": b"{}",
            "terms_digest": "0" * 64, "reason": "", "signed_at": 0,
        }  # fmt: skip


class TestHurdles:
    def test_are_decided_in_order(self, session: Session, cast: Cast, money: Money) -> None:
        values = hurdle_decision(money.tranches[2], cast.cfo.id, "stop")
        refused(session, "decided first", insert("hurdle_decisions", values), **values)

    def test_release_nothing_unmeasured(self, session: Session, cast: Cast, money: Money) -> None:
        values = hurdle_decision(money.tranches[1], cast.cfo.id)
        refused(session, "without a recorded", insert("hurdle_decisions", values), **values)

    def test_are_decided_once(self, session: Session, cast: Cast, money: Money) -> None:
        values = hurdle_decision(money.tranches[0], cast.cfo.id, "stop")
        refused(session, "is decided", insert("hurdle_decisions", values), **values)

    def test_move_their_tranche_only_by_a_decision(self, session: Session, money: Money) -> None:
        sql = "UPDATE tranches SET state = :state WHERE id = :id"
        for state in ("released", "freed", "held"):
            refused(session, "decision on its hurdle", sql, state=state, id=money.tranches[1])
        refused(session, "decision", sql, state="pending", id=money.tranches[0])

    def test_keep_amount_and_baseline(self, session: Session, money: Money) -> None:
        refused(session, "is fixed", "UPDATE tranches SET amount_minor = amount_minor + 1")
        refused(session, "is fixed", "UPDATE tranches SET baseline_due_on = '2030-01-01'")
        refused(session, "is fixed", "UPDATE commitments SET amount_minor = amount_minor + 1")

    def test_take_no_evidence_once_decided(
        self, session: Session, cast: Cast, money: Money
    ) -> None:
        refused(
            session, "comes before the decision",
            "INSERT INTO evidence (tranche_id, criterion_id, value, measured_on, source, note,"
            " recorded_by_id, recorded_at) SELECT t.id, c.id, 1, '2027-02-15', 'CRM', '', :by, 0"
            " FROM tranches t JOIN criteria c ON c.milestone_id = t.milestone_id WHERE t.id = :id",
            by=cast.manager.id, id=money.tranches[0],
        )  # fmt: skip


class TestLedger:
    def transfer(self, money: Money, kind: str, minor: int, **changes: Any) -> dict[str, Any]:
        accounts = {
            "commit": ("budget", "committed"),
            "release": ("committed", "released"),
            "free": ("committed", "budget"),
            "spend": ("released", "spent"),
        }
        debit, credit = accounts.get(kind, ("released", "committed"))
        return {
            "at": 0, "kind": kind, "debit": debit, "credit": credit, "amount_minor": minor,
            "currency": "EUR", "cycle_id": money.cycle_id, "commitment_id": money.commitment_id,
            "tranche_id": None, "reverses_id": None, "reason": "", "moved_by_id": 4,
        } | changes  # fmt: skip

    def test_commits_no_more_than_was_approved(self, session: Session, money: Money) -> None:
        values = self.transfer(money, "commit", 1)
        refused(session, "does not hold", insert("ledger_transfers", values), **values)

    def test_releases_no_more_than_a_decided_tranche_holds(
        self, session: Session, money: Money
    ) -> None:
        again = self.transfer(money, "release", 1, tranche_id=money.tranches[0])
        refused(session, "moves once", insert("ledger_transfers", again), **again)
        early = self.transfer(money, "release", money.amounts[1], tranche_id=money.tranches[1])
        refused(session, "by a decision", insert("ledger_transfers", early), **early)
        too_much = self.transfer(money, "release", 10**12, tranche_id=money.tranches[1])
        refused(session, "", insert("ledger_transfers", too_much), **too_much)

    def test_frees_nothing_without_a_stop(self, session: Session, money: Money) -> None:
        values = self.transfer(money, "free", 1, tranche_id=money.tranches[1])
        refused(session, "by a decision", insert("ledger_transfers", values), **values)

    def test_spends_no_more_than_was_released(self, session: Session, money: Money) -> None:
        values = self.transfer(money, "spend", money.amounts[0] + 1)
        refused(session, "does not hold", insert("ledger_transfers", values), **values)

    def test_keeps_to_the_accounts_of_each_kind(self, session: Session, money: Money) -> None:
        values = self.transfer(money, "commit", 1, debit="released", credit="committed")
        refused(session, "accounts_fit_kind", insert("ledger_transfers", values), **values)

    def test_reverses_only_what_was_moved(self, session: Session, money: Money) -> None:
        values = self.transfer(money, "reverse", 1, reverses_id=1)
        refused(session, "", insert("ledger_transfers", values), **values)

    def test_stays_within_its_commitment(self, session: Session, money: Money) -> None:
        values = self.transfer(money, "spend", 1, currency="USD")
        refused(session, "within its commitment", insert("ledger_transfers", values), **values)
        other = session.scalar(select(Commitment.id).where(Commitment.id != money.commitment_id))
        values = self.transfer(
            money, "release", 1, commitment_id=other, tranche_id=money.tranches[1]
        )
        refused(session, "", insert("ledger_transfers", values), **values)

    def test_takes_a_true_reversal_of_a_spend_once(self, session: Session, money: Money) -> None:
        spend_id = self.booked(session, money)
        values = self.transfer(
            money, "reverse", 100, debit="spent", credit="released", reverses_id=spend_id
        )
        other = values | {"amount_minor": 99}
        refused(session, "mirrors", insert("ledger_transfers", other), **other)
        with transaction(session):
            session.execute(text(insert("ledger_transfers", values)), values)
        refused(session, "", insert("ledger_transfers", values), **values)

    def test_takes_no_reversal_of_what_a_decision_moved(
        self, session: Session, money: Money
    ) -> None:
        released = session.execute(
            text("SELECT id, amount_minor FROM ledger_transfers WHERE kind = 'release'")
        ).one()
        values = self.transfer(
            money, "reverse", released.amount_minor, reverses_id=released.id,
            tranche_id=money.tranches[0],
        )  # fmt: skip
        refused(session, "mirrors", insert("ledger_transfers", values), **values)

    def test_lets_no_owner_book_or_reverse_spend(
        self, session: Session, cast: Cast, money: Money
    ) -> None:
        spend_id = self.booked(session, money)
        owner = {"moved_by_id": cast.owner.id}
        spend = self.transfer(money, "spend", 1, **owner)
        back = self.transfer(
            money, "reverse", 100, debit="spent", credit="released", reverses_id=spend_id, **owner
        )
        for values in (spend, back):
            refused(session, "Who owns", insert("ledger_transfers", values), **values)

    def booked(self, session: Session, money: Money) -> int:
        """The id of a spend of €1.00 without its detail."""
        values = self.transfer(money, "spend", 100)
        with transaction(session):
            session.execute(text(insert("ledger_transfers", values)), values)
        return session.execute(text("SELECT MAX(id) FROM ledger_transfers")).scalar_one()

    def detail(self, session: Session, money: Money, **changes: Any) -> dict[str, Any]:
        cell = session.execute(
            text("SELECT fund_id, quarter FROM commitment_spend WHERE commitment_id = :id"),
            {"id": money.commitment_id},
        ).first()
        assert cell is not None
        return {
            "fund_id": cell.fund_id, "quarter": cell.quarter, "spent_on": "2027-03-31",
            "reference": "R-1", "batch_id": None,
        } | changes  # fmt: skip

    def test_keeps_a_detail_to_spends_of_funds_and_quarters_of_the_commitment(
        self, session: Session, money: Money
    ) -> None:
        spend_id = self.booked(session, money)
        with transaction(session):
            session.execute(text("INSERT INTO funds (key, name) VALUES ('odd', 'Odd')"))
        odd = session.execute(text("SELECT id FROM funds WHERE key = 'odd'")).scalar_one()
        for changes in (
            {"transfer_id": 1}, {"transfer_id": spend_id, "fund_id": odd},
            {"transfer_id": spend_id, "quarter": "2026-Q4"},
        ):  # fmt: skip
            values = self.detail(session, money, **changes)
            refused(session, "counts in a fund", insert("spend_details", values), **values)
        values = self.detail(session, money, transfer_id=spend_id)
        with transaction(session):
            session.execute(text(insert("spend_details", values)), values)
        with pytest.raises(ConflictError), transaction(session):
            session.execute(text(insert("spend_details", values)), values)
        for change in ("UPDATE spend_details SET reference = 'R-2'", "DELETE FROM spend_details"):
            refused(session, "never changes", change)

    def test_keeps_the_files_it_was_booked_from(self, session: Session, money: Money) -> None:
        values = {
            "file_name": "a.csv", "digest": "0", "row_count": 1, "sum_minor": 1,
            "currency": "EUR", "booked_by_id": 4, "booked_at": 0,
        }  # fmt: skip
        with transaction(session):
            session.execute(text(insert("spend_batches", values)), values)
        for change in ("UPDATE spend_batches SET row_count = 2", "DELETE FROM spend_batches"):
            refused(session, "never changes", change)
        if session.get_bind().dialect.name == "postgresql":
            for table in ("spend_details", "spend_batches CASCADE"):
                refused(session, "never changes", f"TRUNCATE {table}")


class TestCommitments:
    def test_are_only_what_a_decision_granted(
        self, session: Session, cast: Cast, money: Money
    ) -> None:
        refused(
            session, "",
            "INSERT INTO commitments (decision_id, cycle_id, initiative_id, option_id, start,"
            " ends_on, state, amount_minor, value_minor, currency, version) SELECT decision_id,"
            " cycle_id, initiative_id, option_id, start, ends_on, 'active', amount_minor + 1,"
            " value_minor, currency, 1 FROM commitments WHERE id = :id",
            id=money.commitment_id,
        )  # fmt: skip
