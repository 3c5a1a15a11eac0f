"""Commands that keep a copy of everything and bring it back."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli.archiving import Contents, check_backup, restore_backup, take_backup
from app.cli.errors import said_plainly
from app.db.schema import needed_revision
from app.errors import InvalidError, UnavailableError
from app.extensions import db
from app.web.clock import now

_FOLDER_OR_FILE = click.Path(path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("backup")
@click.argument("path", metavar="FOLDER|FILE.zip", type=_FOLDER_OR_FILE)
@click.option("--without-logs", is_flag=True, help="Leave out the logs of interactions.")
@with_appcontext
@said_plainly
def backup(path: Path, without_logs: bool) -> None:
    """Write everything while people work, into FILE.zip or into FOLDER, named by the moment.

    A folder that is not there is made, for this account only, where there is one to make it in.
    """
    path = _file_at(path, now())
    logs = None if without_logs else Path(current_app.config["INTERACTIONS_FOLDER"])
    contents = take_backup(db.engine, logs, path, now=now())
    click.echo(f"{path}: {_words(contents)}")
    _tell_faults(contents)


@click.command("restore")
@click.argument("path", metavar="FILE", type=_FILE)
@click.option("--check", "only_check", is_flag=True, help="Read the whole file, restore nothing.")
@click.option("--accept-faults", is_flag=True, help="Restore an audit trail that does not hold.")
@with_appcontext
@said_plainly
def restore(path: Path, only_check: bool, accept_faults: bool) -> None:
    """Bring a backup into an empty database, SQLite or PostgreSQL, all or nothing."""
    if only_check:
        contents = check_backup(path)
        click.echo(f"{path} is whole: {_words(contents)}")
        _tell_faults(contents)
        return
    logs = Path(current_app.config["INTERACTIONS_FOLDER"])
    contents = restore_backup(db.session, path, logs, accept_faults=accept_faults, now=now())
    click.echo(f"Restored {_words(contents)}")
    if contents.revision != needed_revision():
        click.echo("Now run “flask --app wsgi migrate”: this code needs a newer schema.")


def _file_at(path: Path, moment: datetime) -> Path:
    """The file to write: the path itself where it ends in .zip, else one in the folder it names.

    Raises InvalidError for a path nothing can be written at, UnavailableError for a folder that
    could not be made.
    """
    is_folder = path.is_dir() or path.suffix.lower() != ".zip"
    if not path.is_dir() and not path.parent.is_dir():
        what = "make the folder {} in" if is_folder else "write {} in"
        raise InvalidError(f"There is no folder {path.parent} to {what.format(path.name)}.")
    if not is_folder:
        return path
    if path.exists() and not path.is_dir():
        raise InvalidError(f"{path} is a file, not a folder. A backup’s own name ends in .zip.")
    try:
        path.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise UnavailableError(f"The folder {path} could not be made: {error}.") from error
    return path / f"waymark-{moment:%Y%m%d-%H%M%S}.zip"


def _words(contents: Contents) -> str:
    files = f"{contents.log_files} files of logs"
    return (
        f"{contents.rows} rows of {contents.tables} tables and {files}, taken at "
        f"{contents.taken_at}, schema {contents.revision}. Audit head {contents.audit_head or '-'}"
    )


def _tell_faults(contents: Contents) -> None:
    if not contents.faults:
        return
    for fault in contents.faults[:20]:
        click.echo(fault, err=True)
    click.echo(f"{len(contents.faults)} faults in the audit trail that was backed up.", err=True)
    sys.exit(1)
