"""Compile the exact, hashed requirements from the .in files.

The compiler sees no configuration of the machine it runs on, so that no other package index than
the public one and no path of this machine can end up in the result.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import Requirement

OPTIONS = (
    "--quiet",
    "--generate-hashes",
    "--allow-unsafe",
    "--strip-extras",
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
)

OTHERS = "# For other Pythons than the one that compiled this."


def main() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    clean |= {"PIP_CONFIG_FILE": os.devnull, "CUSTOM_COMPILE_COMMAND": "make lock"}
    if certificates := os.environ.get("PIP_CERT"):
        clean["PIP_CERT"] = certificates
    for name in ("requirements", "requirements-dev", "requirements-prove"):
        command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, *sys.argv[1:]]
        subprocess.run([*command, f"--output-file={name}.txt", f"{name}.in"], env=clean, check=True)
        for requirement in _elsewhere(Path(f"{name}.in")):
            _append(command, requirement, Path(f"{name}.txt"), clean)


def _elsewhere(source: Path) -> list[Requirement]:
    """What is asked for other Pythons only; the compiler leaves it out. It must need nothing."""
    lines = [line for line in source.read_text().splitlines() if ";" in line]
    asked = [Requirement(line) for line in lines if not line.startswith("#")]
    return [one for one in asked if one.marker is not None and not one.marker.evaluate()]


def _append(
    command: list[str], requirement: Requirement, target: Path, clean: dict[str, str]
) -> None:
    """Add the hashes of a requirement for other Pythons to what is compiled."""
    with TemporaryDirectory() as folder:
        source, result = Path(folder) / "one.in", Path(folder) / "one.txt"
        exact = f"{requirement.name}{requirement.specifier}"
        source.write_text(exact + "\n")
        quiet = ["--no-header", "--no-annotate", f"--output-file={result}", str(source)]
        subprocess.run([*command, *quiet], env=clean, check=True)
        _, *hashes = result.read_text().strip().splitlines()
    entry = [OTHERS, f"{exact} ; {str(requirement.marker).replace(chr(39), chr(34))} \\", *hashes]
    with target.open("a") as out:
        out.write("\n" + "\n".join(entry) + f"\n    # via -r {target.stem}.in\n")


if __name__ == "__main__":
    main()
