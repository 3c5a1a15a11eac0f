"""Compile the exact, hashed requirements from the two .in files.

The compiler sees no configuration of the machine it runs on, so that no other package index than
the public one and no path of this machine can end up in the result.
"""

from __future__ import annotations

import os
import subprocess
import sys

OPTIONS = (
    "--quiet",
    "--generate-hashes",
    "--allow-unsafe",
    "--strip-extras",
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
)


def main() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    clean |= {"PIP_CONFIG_FILE": os.devnull, "CUSTOM_COMPILE_COMMAND": "make lock"}
    if certificates := os.environ.get("PIP_CERT"):
        clean["PIP_CERT"] = certificates
    for name in ("requirements", "requirements-dev"):
        command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, *sys.argv[1:]]
        subprocess.run([*command, f"--output-file={name}.txt", f"{name}.in"], env=clean, check=True)


if __name__ == "__main__":
    main()
