"""The money against its model, long: what people do in hundreds of drawn orders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from hypothesis import Phase
from hypothesis.stateful import run_state_machine_as_test as run_machine

from tests.integration.roadmap.test_machine import STEPS, careless, chosen, prepared
from tests.prove.gate import Gate, Size
from tests.support.databases import SqliteDatabases
from tests.support.money_model import MoneyModel

EXAMPLES = 400
FEW = 60


def gates(size: Size) -> Iterator[Gate]:
    yield _gate(size.of(EXAMPLES), *Phase)


def controls(size: Size) -> Iterator[Gate]:
    """A guard is there on one side only: by the model anybody decides."""
    with patch.object(MoneyModel, *careless):
        yield _gate(FEW, Phase.generate)


def _gate(examples: int, *phases: Phase) -> Gate:
    said = "the same verdicts and balances"
    with TemporaryDirectory(prefix="waymark-prove-") as name:
        machine = prepared(SqliteDatabases(Path(name)), Path(name))
        try:
            run_machine(machine, settings=chosen(examples, *phases))
        except AssertionError as error:
            said = f"they differ: {str(error).splitlines()[0] if str(error) else 'verdict'}"
    return Gate(
        f"{examples} × {STEPS} acts, the money as its model has it", said,
        said.startswith("the same"),
    )  # fmt: skip
