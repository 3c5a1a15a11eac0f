"""A control counts only when the gate is seen not to hold."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from app.audit import queries, rules
from app.jobs.engine import JobBell
from tests.prove import results
from tests.prove.__main__ import list_areas, main
from tests.prove.gate import Gate, line
from tests.support.breaking import broken


class TestBroken:
    def test_exchanges_a_function_wherever_it_was_imported(self) -> None:
        sound = rules.event_faults
        with broken("app.audit.rules.event_faults", lambda *_, **__: []):
            assert queries.event_faults is rules.event_faults is not sound
        assert queries.event_faults is rules.event_faults is sound

    def test_exchanges_a_method_and_takes_it_back_after_a_failure(self) -> None:
        sound = JobBell.ring
        with pytest.raises(ValueError), broken("app.jobs.engine.bell.JobBell.ring", print):
            assert JobBell.ring is print
            raise ValueError
        assert JobBell.ring is sound

    @pytest.mark.parametrize("name", ["app.audit.rules.nothing", "app.jobs.engine.bell.JobBell.no"])
    def test_refuses_what_does_not_exist(self, name: str) -> None:
        with pytest.raises((AttributeError, KeyError)), broken(name, print):
            pass


class TestLine:
    @pytest.mark.parametrize(
        ("holds", "is_control", "good", "begins"),
        [
            (True, False, True, "   "),
            (False, False, False, "✗ "),
            (False, True, True, "   broken: "),
            (True, True, False, "✗ broken: "),
        ],
    )
    def test_asks_a_control_not_to_hold(
        self, holds: bool, is_control: bool, good: bool, begins: str
    ) -> None:
        said, is_good = line(Gate("rings", "0 s", holds), "command", is_control=is_control)
        assert is_good is good
        assert said.startswith(begins.replace("   ", "  ", 1))
        assert (said.find("seen") > 0) is (is_control and not holds)


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried here replaces nothing that was tried before."""
    monkeypatch.setattr(results, "FOLDER", tmp_path)


class TestMain:
    def test_sees_a_bell_that_does_not_ring(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["bells", "--control", "--short"]) == 0
        assert "broken: enqueue to claim" in capsys.readouterr().out

    def test_tells_what_came_out_last_and_what_is_not_tried(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        held, broken_down = Gate("rings | in time", "0.2 s", True), Gate("rings", "9 s", False)
        results.keep("bells", [held], is_control=False, part=1)
        assert main(["bells", "machine", "--table"]) == 1
        said = capsys.readouterr().out
        assert "| rings / in time | 0.2 s | not tried yet | `python -m tests.prove bells` |" in said
        assert "| machine | not tried yet |" in said
        results.keep("bells", [broken_down], is_control=True, part=1)
        assert main(["bells", "--table"]) == 0
        assert "| 0.2 s | seen |" in capsys.readouterr().out
        results.keep("bells", [held], is_control=False, part=10)
        assert main(["bells", "--table"]) == 1, "a tenth proves no more than a tenth"

    def test_every_area_has_a_control(self) -> None:
        modules = [import_module(f"tests.prove.prove_{area}") for area in list_areas()]
        assert [one.__name__ for one in modules if not hasattr(one, "controls")] == []
