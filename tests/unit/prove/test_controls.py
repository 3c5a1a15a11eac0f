"""A control counts only when the gate is seen not to hold."""

from __future__ import annotations

import pytest

from app.audit import queries, rules
from app.jobs.engine import JobBell
from tests.prove.__main__ import main
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


class TestMain:
    def test_sees_a_bell_that_does_not_ring(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["bells", "--control", "--short"]) == 0
        assert "broken: enqueue to claim" in capsys.readouterr().out

    def test_says_which_area_has_no_control(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["drain", "--control"]) == 1
        assert "drain has no control" in capsys.readouterr().err
