"""The optimizer's own tests on every other Python at hand: ``make interpreters``.

Python 3.11 solves with PuLP 3, later ones with PuLP 4. Each gets a virtual environment under
``.venvs`` with what the optimizer needs, by the hashes of requirements*.txt, once. A Python that is
not there is named, not passed over. PuLP 4 brings no CBC: what needs it is skipped there.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WANTED = ("3.11", "3.12", "3.13", "3.14")
PACKAGES = {
    "attrs", "highspy", "hypothesis", "iniconfig", "jsonschema", "jsonschema-specifications",
    "numpy",
    "packaging", "pluggy", "pulp", "pygments", "pytest", "referencing", "rpds-py",
    "sortedcontainers", "typing-extensions",
}  # fmt: skip
UNIT = "tests/unit/portfolio/engine"
TESTS = (
    f"{UNIT}/test_solving.py::TestPreference",
    f"{UNIT}/test_solving.py::TestStatus",
    f"{UNIT}/test_solving.py::TestOptionsAndStarts",
    f"{UNIT}/test_solving.py::TestAgainstCompleteEnumeration",
    f"{UNIT}/test_failures.py::TestLies",
    f"{UNIT}/test_moves.py",
    f"{UNIT}/test_chords.py",
    f"{UNIT}/test_counting.py",
)
SOME = "not (test_finds_the_best_of_all_plans and (2 or 3 or 4 or 5 or 6 or 7 or 8 or 9))"


def main() -> int:
    """Run them one after another; 1 if one failed."""
    failed = 0
    for version in WANTED:
        if sys.version.startswith(f"{version}."):
            continue
        python = _python(version)
        if python is None:
            print(f"Python {version}: not on this machine, not run", flush=True)
            continue
        options = ["-q", "--noconftest", "-p", "no:cacheprovider", "-k", SOME]
        command = [_prepared(python, version), "-m", "pytest", *options, *TESTS]
        done = subprocess.run(command, cwd=ROOT, check=False)
        print(f"Python {version}: {'failed' if done.returncode else 'passed'}", flush=True)
        failed |= done.returncode != 0
    return int(failed)


def _python(version: str) -> str | None:
    """A working interpreter of the version, on the path or beside those of pyenv."""
    places: Sequence[Path] = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    found = [shutil.which(f"python{version}"), *map(str, places)]
    for one in filter(None, found):
        asked = subprocess.run([one, "--version"], capture_output=True, text=True, check=False)
        if f" {version}." in asked.stdout:
            return one
    return None


def _prepared(python: str, version: str) -> str:
    """The Python of an environment with what is needed, made anew when that changes."""
    needed = "\n".join(_needed())
    folder = ROOT / ".venvs" / version
    mark = folder / hashlib.sha256(needed.encode()).hexdigest()[:16]
    inside = str(folder / "bin" / "python")
    if not mark.exists():
        subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
        listed = folder / "needed.txt"
        listed.write_text(needed)
        quiet = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
        subprocess.run([inside, "-m", "pip", "install", *quiet, "-r", str(listed)], check=True)
        mark.touch()
    return inside


def _needed() -> list[str]:
    """The pinned and hashed entries of what the optimizer and its tests need."""
    found: list[str] = []
    for name in ("requirements.txt", "requirements-dev.txt"):
        wanted = False
        for line in (ROOT / name).read_text().splitlines():
            if not line.startswith((" ", "#")):
                wanted = line.split("==")[0].strip() in PACKAGES
            if wanted and line and "# via" not in line and not line.strip().startswith("#"):
                found.append(line)
    return found


if __name__ == "__main__":
    sys.exit(main())
