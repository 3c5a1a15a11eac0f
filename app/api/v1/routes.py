"""The addresses that programs ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, g, jsonify

from app.api.v1 import answers, operations, schemas
from app.api.v1.asked import asked_body, asked_place, asked_query, request_key, written_place
from app.api.v1.document import openapi_document
from app.api.v1.operations import BASE, Operation
from app.api.v1.refusals import for_programs
from app.approvals.queries.balances import find_spend
from app.approvals.rules.actuals import Payment
from app.approvals.services.spending import book_payment
from app.db.session import transaction
from app.errors import InvalidError, NotFoundError
from app.extensions import db
from app.initiatives.queries import get_initiative
from app.initiatives.queries.initiatives import MILESTONES, OPTIONS
from app.initiatives.queries.registry import RegistryFilter, list_registry
from app.roadmap.queries import get_gate
from app.roadmap.queries.gates import GateFilter, list_gates_after
from app.roadmap.rules.measuring import Measuring
from app.roadmap.services import record_evidence_once
from app.values.quarter import Quarter
from app.web.clock import now, today
from app.web.guards import by_token, current_actor, may, public, requires

bp = Blueprint("api", __name__, url_prefix=BASE)

View = TypeVar("View", bound=Callable[..., Any])


def serves(one: Operation) -> Callable[[View], View]:
    """Bind a view to an operation: its address, method and the right it takes."""

    def bind(view: View) -> View:
        declared = by_token(requires(one.permission)(for_programs(view)))
        bp.add_url_rule(one.rule, one.name, declared, methods=[one.method])
        return view

    return bind


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
    lines, following = list_gates_after(
        db.session, wanted, asked_place(asked.cursor), today=today(), limit=asked.limit
    )
    items = [answers.gate_line(one, sees_costs=may("costs.see")) for one in lines]
    return _answer(schemas.GateList(items=items, next_cursor=written_place(following)))


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
    payment = Payment(
        initiative=sent.initiative, cycle=sent.cycle, fund=sent.fund, amount=sent.amount,
        currency=sent.currency, paid_on=sent.paid_on,
        quarter=Quarter.parse(sent.quarter) if sent.quarter else None,
        reference=" ".join(sent.reference.split()), is_part=sent.is_part,
    )  # fmt: skip
    with transaction(db.session):
        transfer_id = book_payment(
            db.session, payment, request_key=key, actor=current_actor(), now=now()
        )
    booked = find_spend(db.session, transfer_id)
    if booked is None or booked.detail is None:
        raise NotFoundError("There is no such payment.")
    return _answer(answers.actual_out(booked, booked.detail, payment), 201)


def _answer(answer: schemas.Answer, status: int = 200) -> Response:
    return Response(answer.model_dump_json(), status, mimetype="application/json")
