"""The address of a warehouse: its file is not made, its driver is named, its secrets are not."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from app.interactions.engine import apart
from app.interactions.engine.addresses import without_secrets
from app.interactions.engine.refusals import FileRefusedError
from app.interactions.engine.requests import CountRequest
from tests.unit.interactions.logs import NOW, mapping


def _count(address: str) -> int:
    own = mapping(
        when={"column": "at"}, channel={"fixed": "letter"},
        **dict.fromkeys(("id", "customer", "reason", "expected", "outcome", "met", "cost",
                         "minutes", "score", "lost", "escalated")),
    )  # fmt: skip
    asked = CountRequest(address=address, table="contacts", mapping=own, now=NOW)
    return apart.count(asked).rows


@pytest.mark.parametrize("kind", ["duckdb", "sqlite"])
def test_a_slip_in_a_file_s_name_makes_no_file(tmp_path: Path, kind: str) -> None:
    with pytest.raises(FileRefusedError, match=r"There is no file .*logg\.db"):
        _count(f"{kind}://{tmp_path}/logg.db")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileRefusedError, match="names no file"):
        _count(f"{kind}://")


def test_a_file_is_counted_and_not_changed(tmp_path: Path) -> None:
    file = tmp_path / "log.db"
    with duckdb.connect(str(file)) as made:
        made.execute("CREATE TABLE contacts AS SELECT timestamp '2026-05-04 10:00' AS at")
    before = file.read_bytes()
    assert _count(f"duckdb://{file}") == 1
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("trino://host/log", r"pip install 'ibis-framework\[trino\]'"),
        ("snowflake://host/log", r"pip install 'ibis-framework\[snowflake\]'"),
        ("tape://host/log", "no kind of warehouse called “tape”"),
    ],
)
def test_a_kind_that_is_not_installed_names_its_package(address: str, words: str) -> None:
    with pytest.raises(FileRefusedError, match=words):
        _count(address)


def test_what_a_driver_says_holds_no_secret() -> None:
    said = without_secrets('failed for "password=geheim" at https://me:geheim@host, token: geheim')
    assert "geheim" not in said
    assert said.startswith("failed for")
