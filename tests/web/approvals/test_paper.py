"""A decision on paper: the same page printed and as a PDF, anchored in the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy.orm import Session

from app.approvals.queries import get_proposal
from app.approvals.services import approve_proposal
from app.audit.queries import find_head
from app.audit.rules import anchor
from app.db.session import transaction
from app.web.pdf import ForeignFileError, pdf_of
from tests.factories.accounts import Cast
from tests.factories.approvals import make_proposal, make_world, verdict_on
from tests.support.pages import links, text

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
