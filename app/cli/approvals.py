"""Commands about frozen proposals: solve them again, and what moved since."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

import click
from flask.cli import AppGroup

from app.approvals.engine.replaying import Outcome, Replay, replay
from app.approvals.presenters.drift import DriftView, drift_document, drift_view
from app.approvals.queries import get_proposal
from app.approvals.queries.drift import load_drift
from app.cli.errors import said_plainly
from app.cli.portfolio import backends, money
from app.errors import UnavailableError
from app.extensions import db

DIFFERENT = 1

approvals = AppGroup("approvals", help="Frozen proposals: solve them again, see what moved since.")


@approvals.command("replay")
@click.argument("proposal_id", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, minor units.")
@said_plainly
def replay_command(proposal_id: int, as_json: bool) -> None:
    """Solve what was frozen of proposal PROPOSAL_ID once more, from its stored bytes alone.

    The bytes are checked against their digest and solved under the frozen time limit and gap.
    Exit code 0: the same plan · 1: another one, or the bytes do not hold · 3: no such proposal ·
    7: no plan was found in the frozen time.
    """
    proposal = get_proposal(db.session, proposal_id)
    content, stated = proposal.snapshot, proposal.digest
    db.session.close()
    found = replay(content, stated, backends=backends())
    if as_json:
        click.echo(json.dumps(_document(proposal_id, found), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(_lines(found)))
    if found.outcome is Outcome.UNSOLVED:
        raise UnavailableError(
            f"No plan was found in the {found.seconds} s the run was given. Try again on a "
            "machine that is less busy."
        )
    if found.outcome is not Outcome.SAME:
        sys.exit(DIFFERENT)


def _document(proposal_id: int, found: Replay) -> dict[str, Any]:
    return {
        **asdict(found),
        "proposal": proposal_id,
        "outcome": found.outcome.value,
        "difference": found.difference,
    }


_WORDS = {
    Outcome.SAME: "The same plan: every choice and its worth are as they were frozen.",
    Outcome.EQUAL: "Another plan of equal worth, within the gap that was frozen.",
    Outcome.OTHER: "Another plan.",
    Outcome.BROKEN: "What is stored does not hold.",
    Outcome.UNSOLVED: "No plan in time.",
}


def _lines(found: Replay) -> list[str]:
    lines = [_WORDS[found.outcome], *(f"- {fault}" for fault in found.faults)]
    if not found.currency:
        return lines
    lines.append(f"Bytes: digest {found.digest}, as the proposal states.")
    frozen = money(found.frozen_value, found.currency)
    lines.append(
        f"Frozen: {found.currency} {frozen}, {found.frozen_status}, by {found.frozen_solver}."
    )
    if found.value is not None:
        lines.append(
            f"Now:    {found.currency} {money(found.value, found.currency)}, {found.status}, by "
            f"{found.solver}; {found.choices:,} choices, recounted."
        )
    if found.outcome in (Outcome.EQUAL, Outcome.OTHER):
        lines += _differences(found)
    lines.append(f"Solved under the frozen {found.seconds} s and gap of {found.allowed_gap}.")
    return lines


def _differences(found: Replay) -> list[str]:
    return [
        f"Worth {found.currency} {money(found.difference, found.currency)} more than frozen; up to "
        f"{money(found.tolerance_minor, found.currency)} either way counts as equal.",
        *(
            f"  {one.key}: {one.frozen or 'not chosen'} → {one.now or 'not chosen'}"
            for one in found.changes
        ),
    ]


@approvals.command("drift")
@click.argument("proposal_id", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@said_plainly
def drift_command(proposal_id: int, as_json: bool) -> None:
    """Tell input by input what is not as it was frozen for proposal PROPOSAL_ID.

    Exit code 0: told, whether anything moved or not · 3: no such proposal · 6: the stored bytes
    are not those of their digest.
    """
    view = drift_view(load_drift(db.session, proposal_id), lambda _: None)
    if as_json:
        click.echo(json.dumps(drift_document(view), ensure_ascii=False, indent=1))
        return
    click.echo("\n".join(_drift_lines(view)))


def _drift_lines(view: DriftView) -> list[str]:
    return [
        view.sentence,
        f"Value then {view.value_then}, the same choices today {view.value_now}.",
        *(
            f"{line.part}  {line.subject}: {line.what}, {line.then} → {line.now}"
            for line in view.lines
        ),
    ]
