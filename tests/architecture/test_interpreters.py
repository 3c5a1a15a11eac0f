"""The optimizer's environments on other Pythons hold all that the optimizer imports."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import packages_distributions

from ops.interpreters import PACKAGES
from tests.support.sources import ROOT

LOADED = "import sys; from app.portfolio.engine import job, milp; print(*sys.modules)"
OPTIONAL = {"idna", "setuptools"}
"""Taken where they are at hand: by jsonschema, and by every start of Python."""


def test_every_package_the_engine_loads_is_installed_there() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    owners = packages_distributions()
    loaded = {name.partition(".")[0] for name in ran.stdout.split()}
    needed = {
        owner.lower().replace("_", "-") for name in loaded & set(owners) for owner in owners[name]
    }
    assert "babel" in needed
    assert needed - OPTIONAL - PACKAGES == set()
