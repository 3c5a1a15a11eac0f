"""Find out what the names of a payment mean."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.models import Commitment
from app.approvals.queries.balances import load_accounts
from app.approvals.rules.actuals import Account, Actual, Payment
from app.calendar.models import Fund
from app.errors import InvalidError
from app.initiatives.models import Initiative
from app.values.money import CURRENCY_DIGITS
from app.values.quarter import Quarter


def named_actual(session: Session, asked: Payment) -> Actual:
    """The payment out of the commitment and fund it names; raises InvalidError by field."""
    fund_id = session.scalar(select(Fund.id).where(Fund.key == asked.fund))
    if fund_id is None:
        raise InvalidError("There is no fund with this key.", field="fund")
    account = _account(session, asked)
    minor = asked.minor
    if minor is None:
        digits = CURRENCY_DIGITS[asked.currency]
        message = f"{asked.currency} has {digits} digits after the point."
        raise InvalidError(message, field="amount")
    return Actual(
        commitment_id=account.commitment_id,
        fund_id=fund_id,
        quarter=asked.quarter or Quarter.containing(asked.paid_on),
        amount_minor=minor,
        spent_on=asked.paid_on,
        reference=asked.reference,
    )


def _account(session: Session, asked: Payment) -> Account:
    """The commitment that pays; raises InvalidError where none, or more than one, is meant."""
    found = load_accounts(session, Commitment.initiative.has(Initiative.key == asked.initiative))
    fitting = [one for one in found if asked.cycle in (None, one.cycle)]
    if not fitting:
        raise InvalidError("No money was approved for this initiative there.", field="initiative")
    if len(fitting) > 1:
        cycles = ", ".join(one.cycle for one in fitting)
        raise InvalidError(f"It was approved in {cycles}; say in which.", field="cycle")
    if fitting[0].currency != asked.currency:
        raise InvalidError(f"Its money is in {fitting[0].currency}.", field="currency")
    return fitting[0]
