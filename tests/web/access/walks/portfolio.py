"""Scenarios with limits, pins and rules; runs, answers beside them and what they suggest."""

from __future__ import annotations

from typing import Any

from app.db.session import transaction
from app.jobs.rules import JobState
from app.portfolio.queries import get_run, get_scenario
from app.portfolio.rules import InquiryKind
from app.portfolio.services.inquiries import ask
from app.values.canonical import canonical_json, digest
from tests.factories.approvals import make_run
from tests.factories.portfolio import make_portfolio
from tests.web.access.walks.walk import Walk

PIN = {"initiative": "CX-102", "kind": "exclude", "reason": "Crowded"}


def walk(world: Walk) -> None:
    session, lead = world.session, world.cast.lead
    with transaction(session):
        portfolio = make_portfolio(session, world.cast)
        scenario = portfolio.scenario.id
        made = portfolio.candidates["CX-102"].id
    here, who = f"/scenarios/{scenario}", f"scenario:{scenario}"
    world.act(lead, "/scenarios/new", "scenario.created", page="/scenarios/new", name="Lean")
    edit = f"{here}/edit"
    world.act(lead, edit, "scenario.described", page=edit, subject=who, note="Read this")
    copy = f"{here}/copy"
    world.act(lead, copy, "scenario.created", page=copy)
    _limits(world, here, who)
    _bindings(world, here, who, made)
    _runs(world, here, scenario)


def _limits(world: Walk, here: str, who: str) -> None:
    lead = world.cast.lead
    limits = f"{here}/limits"
    kept = world.form(lead, limits, limits)
    cell = next(name for name in kept if "2027" in name)
    world.act(lead, limits, "scenario.limited", page=limits, subject=who, sent={cell: "200,000"})
    tried = world.act(lead, f"{here}/what-if", page=here, status=200, total="1,000,000")
    keep = f"{here}/what-if/keep"
    sent = {
        str(one["name"]): str(one.get("value", ""))
        for one in tried.soup.select(f'form[action="{keep}"] input[name]')
        if one.get("type") != "checkbox"
    }
    # What was tried out becomes the limits, and a run shows what they do.
    world.act(lead, keep, "scenario.limited", "run.started", sent=sent)


def _bindings(world: Walk, here: str, who: str, made: int) -> None:
    lead, pins, rules = world.cast.lead, f"{here}/pins", f"{here}/rules"
    world.act(lead, pins, "scenario.pinned", page=pins, subject=who, sent=PIN)
    world.act(lead, f"{pins}/{made}/lift", "scenario.unpinned", page=pins, subject=who)
    world.act(
        lead, f"{rules}/at_most", "scenario.ruled", page=f"{rules}?kind=at_most", subject=who,
        count="2", tag="lens=process", reason="Calm",
    )  # fmt: skip
    change = str(world.client(lead).get(rules).soup.find("a", string="Change")["href"])
    world.act(lead, change, "scenario.reruled", page=change, subject=who, count="3")
    drop = change.replace("/change", "/drop")
    world.act(lead, drop, "scenario.unruled", page=rules, subject=who)


def _runs(world: Walk, here: str, scenario: int) -> None:
    session, lead, now = world.session, world.cast.lead, world.now
    started = world.act(lead, f"{here}/runs", "run.started", page=here)
    waiting = started.location.rpartition("run=")[2].partition("&")[0].rpartition("/")[2]
    world.act(lead, f"/runs/{waiting}/stop", "run.stopped", subject=f"run:{waiting}")
    session.expire_all()
    with transaction(session):
        made = make_run(session, scenario, actor=lead, now=now)
        made.job.progress = {"value": 1}
        run = made.id
    answers, who = f"/runs/{run}/answers", f"run:{run}"
    world.act(lead, f"{answers}/explain", "inquiry.started", subject=who)
    world.act(lead, f"{answers}/explain/stop", "inquiry.stopped", subject=who)
    world.act(lead, f"{here}/ask/{run}/frontier", "inquiry.started", subject=who)
    # Pinning, and the run that shows what it does: two subjects, so two events.
    sent = {
        "initiative": "CX-105", "remedy": "fund", "run": str(run), "once": "1" * 32,
        "version": str(get_scenario(session, scenario).version),
    }  # fmt: skip
    world.act(lead, f"{here}/remedies", "scenario.pinned", "run.started", sent=sent)
    _way_out(world, here, scenario)


def _way_out(world: Walk, here: str, scenario: int) -> None:
    """Give up the pin that stands in the way, and run again."""
    session, lead, now = world.session, world.cast.lead, world.now
    session.expire_all()
    with transaction(session):
        run = make_run(session, scenario, actor=lead, now=now)
        inquiry = ask(session, get_run(session, run.id), InquiryKind.CONFLICTS, actor=lead, now=now)
        (pin,) = run.scenario.pins
        change = {"type": "drop_rule", "rule": f"pin:{pin.initiative.key}"}
        way = {"kind": "rule", "changes": [change], "money": 0, "work": 0,
               "rules": [change["rule"]], "funded": []}  # fmt: skip
        content = {
            "currency": "EUR", "is_complete": True, "kind": "conflicts", "is_infeasible": True,
            "is_minimal": True, "is_cheapest": True, "members": [], "repair": way, "ways_out": [],
        }  # fmt: skip
        inquiry.content = canonical_json(content)
        inquiry.content_digest = digest(inquiry.content)
        inquiry.job.state = JobState.DONE
    page: Any = world.client(lead).get(f"/runs/{run.id}/answers/conflicts")
    address = f"{here}/ways-out/{run.id}"
    form = page.soup.select_one(f'form[action="{address}"]')
    sent = {str(one["name"]): str(one["value"]) for one in form.select("input[type=hidden]")}
    world.act(lead, address, "scenario.unpinned", "run.started", sent=sent)
