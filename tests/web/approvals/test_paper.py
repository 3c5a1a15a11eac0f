"""A decision on paper: the same page printed and as a PDF, anchored in the audit trail."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.approvals.queries import get_proposal
from app.approvals.services import approve_proposal, return_proposal, submit_proposal
from app.audit.queries import find_head
from app.audit.rules import anchor
from app.calendar.models import FundBudget
from app.db.session import transaction
from app.initiatives.models import OptionSpend
from app.portfolio.queries import get_run
from app.web.filters import moment
from app.web.pdf import ForeignFileError, pdf_of
from tests.factories.accounts import Cast
from tests.factories.approvals import World, make_proposal, make_run, make_world, verdict_on
from tests.factories.limits import limit
from tests.support.pages import links, table, text

ClientFor = Callable[..., Any]


class TestPaper:
    def test_says_decision_amounts_digest_and_head_on_the_page_and_in_the_pdf(
        self, client_for: ClientFor, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now)
        with transaction(session):
            made = make_proposal(session, cast, now, world).id
        with transaction(session):
            proposal = get_proposal(session, made)
            struck = proposal.items[0]
            verdict = verdict_on(proposal, reason="Without the dearest", struck=[struck.id])
            approve_proposal(session, proposal, verdict, actor=cast.cfo, now=now)
        session.expire_all()
        proposal = get_proposal(session, made)
        kept = sum(one.spend_minor for one in proposal.items if not one.is_struck)
        client = client_for(cast.viewer)
        page = client.get(links(client.get(f"/proposals/{made}"))["Print"])
        head = find_head(session)
        assert head is not None
        wanted = [
            "Approved without some items", cast.cfo.name, "Without the dearest",
            f"€{kept / 100:,.2f}", proposal.digest, anchor(head.number, head.hash),
            struck.initiative.key,
        ]  # fmt: skip
        answer = client.get(links(page)["As a PDF"])
        assert answer.mimetype == "application/pdf" and len(page.queries) <= 12
        reader = PdfReader(BytesIO(answer.data))
        printed = "".join(sheet.extract_text() for sheet in reader.pages)
        for words in wanted:
            assert words in text(page)
            assert "".join(words.split()) in "".join(printed.split())
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]

    def test_holds_all_that_the_page_says_of_the_decision_with_both_signers(
        self, client_for: ClientFor, session: Session, cast: Cast, now: datetime
    ) -> None:
        made = self.dear(session, cast, now)
        limit(session, cast, now, euros=1)
        later = now + timedelta(hours=3)
        for person, reason, at in (
            (cast.cfo, "The call centre is at its limit", now),
            (cast.cfo2, "As signed by Carla", later),
        ):
            with transaction(session):
                proposal = get_proposal(session, made)
                verdict = verdict_on(proposal, reason=reason, key=f"{person.id:032d}")
                approve_proposal(session, proposal, verdict, actor=person, now=at)
        session.expire_all()
        client = client_for(cast.viewer)
        page, paper = (client.get(f"/proposals/{made}{end}") for end in ("", "/paper"))
        printed = text(paper)
        for words in (
            "Round as agreed", f"Note by {cast.lead.name}",
            cast.cfo.name, "The call centre is at its limit", moment(now),
            cast.cfo2.name, "As signed by Carla", moment(later),
        ):  # fmt: skip
            assert words in text(page)
            assert words in printed
        items = table(page, "Items of the proposal").rows
        losing = [row for row in items if "Brings less than it costs" in row["Initiative"]]
        assert losing
        assert printed.count("Brings less than it costs") == len(losing)
        assert f"{len(losing)} items bring less than they cost" in printed
        assert "This plan costs €" in printed
        net = re.search(r"costs €[\d,.]+ more than it brings", text(page))
        assert net is not None and net[0] in printed
        assert "Value per EUR spent" in printed and "Carried over" in printed
        assert "The scenario was last changed by" in printed
        assert len(paper.queries) <= 12

    def test_holds_what_changed_since_the_round_before(
        self, client_for: ClientFor, session: Session, cast: Cast, now: datetime
    ) -> None:
        with transaction(session):
            world = make_world(session, cast, now)
            first = make_proposal(session, cast, now, world)
        with transaction(session):
            proposal = get_proposal(session, first.id)
            verdict = verdict_on(proposal, reason="Show me the pilot first")
            return_proposal(session, proposal, verdict, actor=cast.cfo, now=now)
        with transaction(session):
            run = get_run(
                session, make_run(session, world.scenario.id, actor=cast.lead, now=now).id
            )
            second = submit_proposal(session, run, note="", actor=cast.lead, now=now)
        session.expire_all()
        printed = text(client_for(cast.viewer).get(f"/proposals/{second.id}/paper"))
        assert "Since round 1" in printed
        assert "Show me the pilot first" in printed
        assert "The same items as before, with the same hurdles." in printed

    def dear(self, session: Session, cast: Cast, now: datetime) -> int:
        """The id of a proposal that costs more than it brings."""
        with transaction(session):
            world = make_world(session, cast, now)
        with transaction(session):
            session.execute(update(OptionSpend).values(amount_minor=OptionSpend.amount_minor * 900))
            session.execute(update(FundBudget).values(amount_minor=FundBudget.amount_minor * 3000))
            session.expire_all()
            run = make_run(session, world.scenario.id, actor=cast.lead, now=now)
            return make_proposal(session, cast, now, World(world.portfolio, run.id)).id


class TestPdf:
    @pytest.mark.parametrize("name", ["Rocket 🚀", "Family 👩‍👩‍👧", "Tür 中文", "Łódź", "Ελλάς"])
    def test_keeps_a_text_layer_whatever_a_name_holds(self, app: Flask, name: str) -> None:
        html = (
            '<!doctype html><html lang="en"><head><title>Paper</title>'
            '<link rel="stylesheet" href="/static/css/tokens.css">'
            '<link rel="stylesheet" href="/static/css/paper.css"></head>'
            f"<body><h1>{name}</h1><p>Trial of “{name}”, €1,234.00 at 12.5\u202f%</p></body></html>"
        )
        made = pdf_of(html, folder=Path(app.static_folder or ""))
        printed = " ".join(PdfReader(BytesIO(made)).pages[0].extract_text().split())
        assert f"Trial of “{name.split()[0]}" in printed
        assert "€1,234.00 at 12.5 %" in printed

    @pytest.mark.parametrize(
        "address",
        ["https://example.test/a.css", "file:///etc/passwd", "/static/../../config.py",
         "/elsewhere/a.css", "data:text/css,body{}", "//example.test/a.css"],
    )  # fmt: skip
    def test_asks_for_nothing_but_our_own_files(self, app: Flask, address: str) -> None:
        html = f'<link rel="stylesheet" href="{address}"><p>Words</p>'
        with pytest.raises(ForeignFileError):
            pdf_of(html, folder=Path(app.static_folder or ""))
