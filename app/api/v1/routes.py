"""The addresses that programs ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, g, jsonify
from werkzeug.exceptions import TooManyRequests

from app.api.v1 import answers, operations, schemas
from app.api.v1.asked import asked_body, asked_query, request_key
from app.api.v1.document import openapi_document
from app.api.v1.operations import BASE, Operation
from app.approvals.models import Commitment
from app.approvals.queries.balances import find_spend, load_accounts
from app.approvals.rules.actuals import Account, Actual
from app.approvals.services.spending import book_spend
from app.calendar.queries import list_funds
from app.db.session import transaction
from app.errors import InvalidError, NotFoundError
from app.extensions import db
from app.initiatives.models import Initiative
from app.initiatives.queries import get_initiative
from app.initiatives.queries.initiatives import MILESTONES, OPTIONS
from app.initiatives.queries.registry import RegistryFilter, list_registry
from app.roadmap.queries import get_gate
from app.roadmap.queries.gates import GateFilter, list_gates
from app.roadmap.rules.measuring import Measuring
from app.roadmap.services import record_evidence_once
from app.values.money import CURRENCY_DIGITS
from app.values.quarter import Quarter
from app.web.clock import now, today
from app.web.guards import by_token, current_actor, may, public, requires
from app.web.rates import meter

bp = Blueprint("api", __name__, url_prefix=BASE)

View = TypeVar("View", bound=Callable[..., Any])
Item = TypeVar("Item")


def serves(one: Operation) -> Callable[[View], View]:
    """Bind a view to an operation: its address, method and the right it takes."""

    def bind(view: View) -> View:
        declared = by_token(requires(one.permission)(view))
        bp.add_url_rule(one.rule, one.name, declared, methods=[one.method])
        return view

    return bind


@bp.before_request
def slow_down() -> None:
    """Refuse more requests a minute than one token may send."""
    kept = g.get("token")
    if kept is None:
        return
    if not meter().lets(f"token {kept.token_hash}", current_app.config["API_PER_MINUTE"]):
        raise TooManyRequests("Too many requests in this minute.", retry_after=60)


@bp.get("/openapi.json")
@public
@by_token
def document() -> Response:
    """Give the OpenAPI document."""
    return jsonify(openapi_document())


@serves(operations.ME)
def me() -> Response:
    """Say who the token acts for."""
    person, token = current_actor(), g.token
    return _answer(
        schemas.Me(
            name=person.name,
            email=person.email,
            roles=sorted(role.value for role in person.roles),
            sees_costs=may("costs.see"),
            token=schemas.TokenFacts(
                name=token.name, scopes=token.scopes, expires_at=token.expires_at
            ),
        )
    )


@serves(operations.INITIATIVES)
def initiatives() -> Response:
    """List initiatives by key."""
    asked = asked_query(schemas.InitiativeQuery)
    wanted = RegistryFilter(
        state=asked.state,
        lens=asked.lens,
        journey=asked.journey or "",
        unit=asked.unit or "",
        text=asked.q or "",
        after=asked.cursor or "",
    )
    lines, total = list_registry(db.session, wanted, order="key", limit=asked.limit)
    more = lines[-1].key if lines and total > len(lines) else None
    items = [answers.initiative_line(one, sees_costs=may("costs.see")) for one in lines]
    return _answer(schemas.InitiativeList(items=items, next_cursor=more))


@serves(operations.INITIATIVE)
def initiative(key: str) -> Response:
    """Give one initiative."""
    found = get_initiative(db.session, key, *OPTIONS, *MILESTONES)
    return _answer(answers.initiative_facts(found, sees_costs=may("costs.see")))


@serves(operations.GATES)
def gates() -> Response:
    """List gates by due day."""
    asked = asked_query(schemas.GateQuery)
    wanted = GateFilter(
        initiative=asked.initiative,
        since=asked.due_from,
        until=asked.due_to,
        states=frozenset({asked.state} if asked.state else ()),
    )
    found = list_gates(db.session, wanted, today=today())
    begin = _position(asked.cursor, [str(one.tranche_id) for one in found])
    lines = found[begin : begin + asked.limit]
    more = str(lines[-1].tranche_id) if begin + asked.limit < len(found) else None
    items = [answers.gate_line(one, sees_costs=may("costs.see")) for one in lines]
    return _answer(schemas.GateList(items=items, next_cursor=more))


@serves(operations.ADD_EVIDENCE)
def add_evidence(id: int) -> Response:
    """Record a measurement, once per key."""
    sent, key = asked_body(schemas.EvidenceIn), request_key(current_actor().id)
    gate = get_gate(db.session, id, today=today())
    criteria = {one.id: one for one in gate.tranche.milestone.criteria}
    if sent.criterion_id not in criteria:
        raise InvalidError("This gate has no such criterion.", field="criterion_id")
    how = Measuring(
        error=sent.standard_error, since=sent.since, link=sent.link, among=sent.among,
        design=sent.design, persists=sent.persists,
    )  # fmt: skip
    with transaction(db.session) as session:
        made = record_evidence_once(
            session, gate.tranche, criteria[sent.criterion_id], value=sent.value,
            sample=sent.sample, measured_on=sent.measured_on, source=sent.source, note=sent.note,
            how=how, is_confirmed=sent.is_confirmed, once_key=key, actor=current_actor(), now=now(),
        )  # fmt: skip
        answer = answers.evidence_out(made, id)
    return _answer(answer, 201)


@serves(operations.ADD_ACTUAL)
def add_actual() -> Response:
    """Book a payment, once per key."""
    sent, key = asked_body(schemas.ActualIn), request_key(current_actor().id)
    funds = {fund.key: fund.id for fund in list_funds(db.session)}
    if sent.fund not in funds:
        raise InvalidError("There is no fund with this key.", field="fund")
    account = _account(sent)
    actual = Actual(
        commitment_id=account.commitment_id,
        fund_id=funds[sent.fund],
        quarter=Quarter.parse(sent.quarter) if sent.quarter else Quarter.containing(sent.paid_on),
        amount_minor=_minor(sent),
        spent_on=sent.paid_on,
        reference=" ".join(sent.reference.split()),
    )
    with transaction(db.session):
        transfer_id = book_spend(
            db.session, actual, is_part=sent.is_part, request_key=key, actor=current_actor(),
            now=now(),
        )  # fmt: skip
    booked = find_spend(db.session, transfer_id)
    if booked is None or booked.detail is None:
        raise NotFoundError("There is no such payment.")
    return _answer(answers.actual_out(booked, booked.detail, sent.fund), 201)


def _account(sent: schemas.ActualIn) -> Account:
    """The commitment that pays; raises InvalidError where none, or more than one, is meant."""
    found = load_accounts(db.session, Commitment.initiative.has(Initiative.key == sent.initiative))
    fitting = [one for one in found if sent.cycle in (None, one.cycle)]
    if not fitting:
        raise InvalidError("No money was approved for this initiative there.", field="initiative")
    if len(fitting) > 1:
        cycles = ", ".join(one.cycle for one in fitting)
        raise InvalidError(f"It was approved in {cycles}; say in which.", field="cycle")
    if fitting[0].currency != sent.currency:
        raise InvalidError(f"Its money is in {fitting[0].currency}.", field="currency")
    return fitting[0]


def _minor(sent: schemas.ActualIn) -> int:
    scaled = sent.amount.scaleb(CURRENCY_DIGITS[sent.currency])
    if scaled != scaled.to_integral_value():
        digits = CURRENCY_DIGITS[sent.currency]
        raise InvalidError(f"{sent.currency} has {digits} digits after the point.", field="amount")
    return int(scaled)


def _position(cursor: str | None, keys: Sequence[str]) -> int:
    if cursor is None:
        return 0
    if cursor not in keys:
        raise InvalidError("This cursor leads nowhere any more; begin anew.", field="cursor")
    return keys.index(cursor) + 1


def _answer(answer: schemas.Answer, status: int = 200) -> Response:
    return Response(answer.model_dump_json(), status, mimetype="application/json")
