"""A hundred people press the same button at the same moment, through gunicorn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from sqlalchemy import func, select

from app.approvals.models import Commitment, Decision, LedgerTransfer, Tranche
from app.approvals.rules import TransferKind
from app.db.session import transaction
from app.initiatives.models import Initiative
from app.roadmap.rules import HurdleAction
from tests.factories.roadmap import decide, measure, tranches_of
from tests.factories.spending import account_of, payment
from tests.prove.crowd import Act, all_at_once, counted
from tests.prove.gate import Gate, Size, databases
from tests.prove.house import House, open_house
from tests.support.databases import Databases
from tests.support.server import Answer

ROUNDS = 10
CROWD = 100
PAYMENTS = 33
"""As many payments as fit into what is released, of a hundred sent."""

Race = Callable[[House], tuple[str, bool]]
"""Runs one round; what came out, and whether that is right."""


def gates(size: Size) -> Iterator[Gate]:
    with TemporaryDirectory(prefix="waymark-prove-") as name, databases(Path(name)) as found:
        for one in found:
            yield from _on(one, Path(name), size.of(ROUNDS), RACES)


def controls(size: Size) -> Iterator[Gate]:
    """Each race with the guard taken away that decides it."""
    with TemporaryDirectory(prefix="waymark-prove-") as name, databases(Path(name)) as found:
        for race, guard in BREAKS.items():
            wanted = {"break": f"tests.prove.breakages:{guard}"}
            yield from _on(found[-1], Path(name), 1, {race: RACES[race]}, **wanted)


def _on(
    one: Databases, folder: Path, rounds: int, races: dict[str, Race], **wanted: str
) -> Iterator[Gate]:
    with open_house(one, folder, preload=True, **wanted) as house:
        for name, race in races.items():
            said = []
            for _ in range(rounds):
                house.settle(guarded=not wanted)
                said.append(race(house))
            wrong = [words for words, is_right in said if not is_right]
            last = wrong[0] if wrong else said[-1][0]
            yield Gate(
                f"{house.kind}: {CROWD} at once, {name}",
                f"{len(said) - len(wrong)} of {len(said)} rounds right; {last}",
                not wrong,
            )


def _approvals(house: House) -> tuple[str, bool]:
    """Two of Finance approve one proposal a hundred times."""
    proposal = house.submit()
    page = f"/proposals/{proposal}"
    passes = house.passes(house.cast.cfo, house.cast.cfo2)
    form = house.form(passes[0], page, f"{page}/decision") | {"decision": "approve"}
    answers = all_at_once(house.server.port, passes, [_posting(f"{page}/decision", form)] * CROWD)
    decisions, commitments = house.count(Decision.id), house.count(Commitment.id)
    items = house.count(Commitment.initiative_id.distinct())
    good = _won(answers) == 1 and decisions == 1 and commitments == items
    return f"{counted(answers)}, {decisions} decision", good and _all(answers, 303, 409)


def _releases(house: House) -> tuple[str, bool]:
    """The first hurdles of all commitments are released a hundred times."""
    tranches = house.commit()
    with house.session() as session:
        approved = session.scalar(select(func.sum(Commitment.amount_minor))) or 0
        first = list(session.scalars(select(Tranche).where(Tranche.position == 1)))
        with transaction(session):
            for one in first:
                measure(
                    session, session.get_one(Tranche, one.id), 17, actor=house.cast.manager,
                    now=house.now,
                )  # fmt: skip
    passes = house.passes(house.cast.cfo, house.cast.cfo2)
    acts = []
    for one in first:
        page = f"/gates/{one.id}"
        form = house.form(passes[0], page, f"{page}/decision") | {"action": "release"}
        acts.append(_posting(f"{page}/decision", form | {"reason": "As measured"}))
    many = [acts[number % len(acts)] for number in range(CROWD)]
    answers = all_at_once(house.server.port, passes, many)
    released, wanted = _moved(house, TransferKind.RELEASE), sum(one.amount_minor for one in first)
    good = _won(answers) == len(first) and released == wanted <= approved
    words = f"{counted(answers)}, {released / 100:,.0f} of {approved / 100:,.0f} released"
    return words, good and len(tranches) > len(first) and _all(answers, 303, 409)


def _payments(house: House) -> tuple[str, bool]:
    """A hundred payments out of released money that is enough for 33."""
    commitment, left = _released(house)
    passes = house.passes(house.cast.cfo, house.cast.cfo2)
    form = _payment_form(house, commitment, left // PAYMENTS)
    acts = [_posting("/ledger/spend", form | {"reference": f"R-{n}"}) for n in range(CROWD)]
    answers = all_at_once(house.server.port, passes, acts)
    spent = _moved(house, TransferKind.SPEND)
    good = _won(answers) == PAYMENTS and spent == left // PAYMENTS * PAYMENTS <= left
    words = f"{counted(answers)}, {spent / 100:,.2f} of {left / 100:,.2f} spent"
    return words, good and _all(answers, 303, 422)


def _same_key(house: House) -> tuple[str, bool]:
    """One payment is sent a hundred times under the same key."""
    commitment, left = _released(house)
    passes = house.passes(house.cast.cfo)
    form = _payment_form(house, commitment, left // CROWD) | {"reference": "R-1"}
    key = uuid4().hex
    answers = all_at_once(
        house.server.port, passes, [lambda b: b.post("/ledger/spend", form | {"once": key})] * CROWD
    )
    places = {(one.status, one.location) for one in answers}
    rows = house.count(LedgerTransfer.id, LedgerTransfer.kind == TransferKind.SPEND)
    words = f"{counted(answers)} to {len(places)} place, {rows} row"
    return words, len(places) == 1 and rows == 1 and _won(answers) == CROWD


def _same_version(house: House) -> tuple[str, bool]:
    """A hundred save the same version of a draft, each with another title."""
    key = house.draft()
    passes = house.passes(house.cast.lead, house.cast.owner)
    page = f"/initiatives/{key}/edit"
    form = house.form(passes[0], page, page)
    titles = [f"Title {number}" for number in range(CROWD)]
    acts: list[Act] = [lambda b, t=title: b.post(page, form | {"title": t}) for title in titles]
    answers = all_at_once(house.server.port, passes, acts)
    with house.session() as session:
        kept = session.scalars(select(Initiative.title).where(Initiative.key == key)).one()
    winners = [titles[n] for n, one in enumerate(answers) if one.status == 303]
    return f"{counted(answers)}, kept “{kept}”", winners == [kept] and _all(answers, 303, 409)


RACES: dict[str, Race] = {
    "approve one proposal: 1 decision": _approvals,
    "release the first hurdles: each once": _releases,
    f"pay out of what is enough for {PAYMENTS}": _payments,
    "send one form: 1 row, equal answers": _same_key,
    "save one version: 1 wins": _same_version,
}
BREAKS = dict(
    zip(RACES, ("no_approval_lock", "no_tranche_lock", "no_account_lock", "no_request_keys",
                "no_versions"), strict=True)
)  # fmt: skip
"""What is broken in the control of each."""


def _posting(path: str, form: dict[str, str]) -> Act:
    """Send a form under a key of its own."""
    return lambda browser: browser.post(path, form | {"once": uuid4().hex})


def _released(house: House) -> tuple[int, int]:
    """A commitment whose first hurdle released its money, and how much that is."""
    house.commit()
    with house.session() as session:
        commitment = session.scalars(select(Commitment.id).order_by(Commitment.id)).first() or 0
        first = tranches_of(session, commitment)[0]
        with transaction(session):
            measure(session, first, 17, actor=house.cast.manager, now=house.now)
            decide(session, first, HurdleAction.RELEASE, actor=house.cast.cfo, now=house.now)
        return commitment, account_of(session, commitment).left_minor


def _payment_form(house: House, commitment: int, amount: int) -> dict[str, str]:
    """A payment as typed; the amount in minor units."""
    with house.session() as session:
        account = account_of(session, commitment)
    paid = payment(account, amount, house.now)
    return {
        "commitment": str(commitment), "fund": str(paid.fund_id),
        "amount": f"{amount // 100}.{amount % 100:02}", "paid_on": paid.spent_on.isoformat(),
        "quarter": str(paid.quarter),
    }  # fmt: skip


def _moved(house: House, kind: TransferKind) -> int:
    """Minor units that moved this way."""
    with house.session() as session:
        query = select(func.sum(LedgerTransfer.amount_minor)).where(LedgerTransfer.kind == kind)
        return session.scalar(query) or 0


def _won(answers: Sequence[Answer]) -> int:
    return sum(one.status == 303 for one in answers)


def _all(answers: Sequence[Answer], *allowed: int) -> bool:
    return {one.status for one in answers} <= set(allowed)
