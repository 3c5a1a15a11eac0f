"""Bring the schema up to date, load the demo company and name its sign-ins: one process for all.

Starting the program takes longer than any of the three when there is nothing to do.
"""

from __future__ import annotations

import sys

import click
from flask.cli import ScriptInfo

from app.factory import create_app

COMMANDS = (("migrate",), ("seed", "demo"), ("seed", "people"))


def main() -> None:
    app = create_app()
    for command in COMMANDS:
        try:
            app.cli.main(
                args=list(command),
                prog_name="flask",
                obj=ScriptInfo(create_app=lambda: app),
                standalone_mode=False,
            )
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
