"""Every form of the demo company, as every role, sent 48 values no person types in every field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.accounts.rules import Role
from tests.prove.gate import Gate, Size
from tests.support.breaking import broken
from tests.support.crawl import Crawler
from tests.support.demo import Demo, open_demo, seed
from tests.support.hostile import Sent, attacks, send
from tests.support.sign_in import sign_in


def gates(size: Size) -> Iterator[Gate]:
    with TemporaryDirectory(prefix="waymark-prove-") as name:
        folder = Path(name)
        file = seed(folder)
        for role in Role:
            yield _gate(role, file, folder, size.part)


def controls(size: Size) -> Iterator[Gate]:
    """Forms that pass on what nobody could store, and pages whose errors are not caught."""
    with TemporaryDirectory(prefix="waymark-prove-") as name:
        folder = Path(name)
        file = seed(folder)
        with broken("app.web.characters.is_fit", lambda _text: True):
            yield _gate(Role.ADMIN, file, folder, size.part)


def _gate(role: Role, file: Path, folder: Path, part: int) -> Gate:
    with (
        TemporaryDirectory(prefix="waymark-prove-", dir=folder) as own,
        open_demo(file, Path(own)) as demo,
    ):
        client = _signed_in(demo, role)
        known = _forms(client)
        wrong: list[str] = []
        count = 0
        for number, sent in enumerate(known):
            if number % part == 0:
                count += 1
                wrong += send(client, sent)
                if client.get("/", loose=True).status_code != 200:
                    client = _signed_in(demo, role)
    first = f", first {wrong[0]}" if wrong else ""
    return Gate(
        f"{role.word}: {len(known):,} ways to send a form wrongly, none gets through",
        f"{count:,} tried, {len(wrong)} got through{first}", not wrong and count > 50,
    )  # fmt: skip


def _signed_in(demo: Demo, role: Role) -> Any:
    client: Any = demo.app.test_client()
    sign_in(client, demo.session, demo.person(role), now=demo.app.config["FIXED_NOW"])
    return client


def _forms(client: Any) -> list[Sent]:
    """What can be sent to every kind of page that links lead to, a form of one kind once."""
    found: dict[tuple[str, str], list[Sent]] = {}
    routes = client.application.url_map.bind("localhost")
    for address in Crawler(client, per_kind=1).walk().pages.values():
        here: dict[tuple[str, str], list[Sent]] = {}
        for sent in attacks(client.get(address, loose=True), address):
            endpoint, _ = routes.match(sent.address.partition("?")[0] or address, method="POST")
            here.setdefault((str(endpoint), sent.name), []).append(sent)
        found = here | found
    return [sent for some in found.values() for sent in some]
