"""The optimizer's own tests on every other Python at hand: ``make interpreters``.

Python 3.11 solves with PuLP 3, later ones with PuLP 4. Each gets a virtual environment under
``.venvs`` with what the optimizer needs, by the hashes of requirements*.txt, once, and all run side
by side. A Python that is not there is named, not passed over. PuLP 4 brings no CBC: what needs it
is skipped there.
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
    "attrs", "babel", "highspy", "hypothesis", "iniconfig", "jsonschema",
    "jsonschema-specifications", "numpy", "packaging", "pluggy",
    "pulp", "pygments", "pytest", "referencing", "rpds-py", "sortedcontainers", "typing-extensions",
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
SOME = "not (TestAgainstCompleteEnumeration and (2 or 3 or 4 or 5 or 6 or 7 or 8 or 9))"
"""Of each kind of random portfolio the first two groups, twelve; all groups run on our own."""


def main(wanted: Sequence[str]) -> int:
    """Run them side by side and say one after another what came of it; 1 if one failed."""
    begun = [(version, _begun(version)) for version in wanted or WANTED if not _is_own(version)]
    failed = 0
    for version, running in begun:
        if running is None:
            print(f"Python {version}: not on this machine, not run", flush=True)
            continue
        said, _ = running.communicate()
        print(said, end="")
        print(f"Python {version}: {'failed' if running.returncode else 'passed'}", flush=True)
        failed |= running.returncode != 0
    return int(failed)


def _is_own(version: str) -> bool:
    return sys.version.startswith(f"{version}.")


def _begun(version: str) -> subprocess.Popen[str] | None:
    """The tests under way on that Python, or None where it is not at hand."""
    python = _python(version)
    if python is None:
        return None
    options = ["-q", "--noconftest", "-p", "no:cacheprovider", "-k", SOME]
    command = [_prepared(python, version), "-m", "pytest", *options, *TESTS]
    return subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


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
        # Our own pip installs into it: a pip in each would take longer than all the rest.
        subprocess.run([python, "-m", "venv", "--clear", "--without-pip", str(folder)], check=True)
        listed = folder / "needed.txt"
        listed.write_text(needed)
        pip = [sys.executable, "-m", "pip", "--python", inside, "install", "--no-compile"]
        quiet = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
        subprocess.run([*pip, *quiet, "-r", str(listed)], check=True)
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
    sys.exit(main(sys.argv[1:]))
