"""What a factory writes into an empty database is written once and then replayed.

A factory goes through the product's own services, so that its rows are true ones: hundreds of
statements and all that is computed for them. On a database that holds exactly what it held before,
the same call writes the same rows. The first call in a process is therefore taken down statement by
statement, and later ones replay the statements and hand out the objects as they were. Any write in
between, by whatever engine of this process, ends that: the factory then runs as it stands.
"""

from __future__ import annotations

import io
import pickle
import re
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, event, inspect, make_url
from sqlalchemy.orm import InstanceState, Session
from sqlalchemy.orm.attributes import set_committed_value

from app.audit.services import seal

P = ParamSpec("P")
T = TypeVar("T")

_WRITE = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|TRUNCATE|WITH|ROLLBACK)\b", re.I)
_RECORDER = "kept_recorder"
_OPEN = "kept_open"


@dataclass
class _Script:
    """The statements of one call, and what it gave back."""

    statements: list[tuple[str, Any, bool]] = field(default_factory=list)
    given: bytes = b""
    new: frozenset[Any] = frozenset()
    before: frozenset[Any] = frozenset()
    named: frozenset[Any] = frozenset()

    def fits(self, session: Session) -> bool:
        """Whether the session holds what is named, nothing that would come into it twice, and
        nothing that has been read besides, which the call might have changed."""
        there = set(session.identity_map.keys())
        read = {inspect(one).key for one in session.identity_map.values() if _loaded(one)}
        return self.named <= there and self.new.isdisjoint(there) and read <= self.before


_stages: dict[str, tuple[bytes, ...] | None] = {}
_scripts: dict[tuple[str, str, tuple[bytes, ...]], _Script] = {}


def begin_anew(url: str) -> None:
    """Say that the database at `url` is empty again."""
    _stages[make_url(url).database or ""] = ()


def _place_of(connection: Connection) -> str:
    return connection.engine.url.database or ""


@event.listens_for(Engine, "before_cursor_execute")
def _note(
    connection: Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool
) -> None:
    if not _WRITE.match(statement):
        return
    recorder = connection.info.get(_RECORDER)
    if recorder is None:
        _stages[_place_of(connection)] = None
    else:
        # Rows that one statement inserts count as many, too; they come as one set of parameters.
        several = many and isinstance(parameters, list) and isinstance(parameters[0], tuple | dict)
        recorder.append((statement, parameters, several))


@event.listens_for(Engine, "commit")
def _keep_stage(connection: Connection) -> None:
    connection.info.pop(_OPEN, None)


@event.listens_for(Engine, "rollback")
def _lose_stage(connection: Connection) -> None:
    if connection.invalidated or connection.info.pop(_OPEN, False):
        _stages[_place_of(connection)] = None


class _Pickler(pickle.Pickler):
    """Names the objects that were there before instead of packing them."""

    def __init__(self, file: io.BytesIO, session: Session, before: frozenset[Any] | None) -> None:
        super().__init__(file, protocol=5)
        self._session = session
        self._before = before
        self.named: set[Any] = set()

    def persistent_id(self, thing: Any) -> Any:
        if isinstance(thing, Session):
            return ("session",)
        is_state = isinstance(thing, InstanceState)
        state = thing if is_state else getattr(thing, "_sa_instance_state", None)
        if not isinstance(state, InstanceState) or state.key is None:
            return None
        if state.session is not self._session:
            raise _StrangerError
        if self._before is not None and state.key not in self._before:
            return None
        self.named.add(state.key)
        return (is_state, state.key)


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, session: Session) -> None:
        super().__init__(file)
        self._session = session

    def persistent_load(self, name: Any) -> Any:
        if name == ("session",):
            return self._session
        is_state, key = name
        found = self._session.identity_map[key]
        return inspect(found) if is_state else found


class _StrangerError(Exception):
    """An object that the session has let go of: what comes of it can't be told beforehand."""


def _packed(
    thing: Any, session: Session, before: frozenset[Any] | None = None
) -> tuple[bytes, frozenset[Any]] | None:
    """The thing in bytes, and what these name instead of packing it."""
    file = io.BytesIO()
    pickler = _Pickler(file, session, before)
    try:
        pickler.dump(thing)
    except _StrangerError:
        return None
    return file.getvalue(), frozenset(pickler.named)


def kept(make: Callable[P, T]) -> Callable[P, T]:
    """Let a factory, whose first argument is the session, be replayed where that gives the same."""

    @wraps(make)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        session: Any = args[0]
        seal(session)
        connection = session.connection()
        place, info = _place_of(connection), connection.info
        stage = _stages.get(place)
        name = _packed((make.__module__, make.__qualname__, args[1:], kwargs), session)
        is_changed = session.new or session.dirty or session.deleted
        if stage is None or name is None or _RECORDER in info or is_changed:
            return make(*args, **kwargs)
        after = (*stage, name[0])
        key = (connection.dialect.name, place, after)
        script = _scripts.get(key)
        if script is not None and script.fits(session):
            given: T = _replayed(session, connection, script)
        else:
            given = _recorded(session, connection, key, lambda: make(*args, **kwargs))
        _stages[place] = after
        info[_OPEN] = True
        return given

    return call


def _recorded(
    session: Session, connection: Connection, key: tuple[str, str, tuple[bytes, ...]], make: Any
) -> Any:
    before = {inspect(one).key: _loaded(one) for one in session.identity_map.values()}
    script = _Script()
    connection.info[_RECORDER] = script.statements
    try:
        given = make()
        seal(session)
        session.flush()
    finally:
        del connection.info[_RECORDER]
    there = [(inspect(one).key, one) for one in session.identity_map.values()]
    new = [one for name, one in there if name not in before]
    old = [(one, *_change(before[name], _loaded(one))) for name, one in there if name in before]
    changed = [change for change in old if change[1] or change[2]]
    script.before = frozenset(before)
    script.new = frozenset(name for name, _ in there if name not in before)
    packed = _packed((given, new, changed), session, script.before)
    if packed is not None:
        script.given, script.named = packed
        _scripts[key] = script
    return given


def _loaded(one: Any) -> dict[str, Any]:
    """What an object holds without asking the database; collections as they are now."""
    values = inspect(one).dict
    return {
        name: list(value) if isinstance(value, list) else value
        for name, value in values.items()
        if name != "_sa_instance_state"
    }


def _change(before: dict[str, Any], after: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """The attributes an object lost, and those that hold something else."""
    lost = [name for name in before if name not in after]
    other = {
        name: value
        for name, value in after.items()
        if name not in before or (before[name] is not value and before[name] != value)
    }
    return lost, other


def _replayed(session: Session, connection: Connection, script: _Script) -> Any:
    driver: Any = connection.connection.driver_connection
    is_postgres = connection.dialect.name == "postgresql"
    with driver.pipeline() if is_postgres else nullcontext():
        cursor = driver.cursor()
        for statement, parameters, many in script.statements:
            (cursor.executemany if many else cursor.execute)(statement, parameters)
    given, new, changed = _Unpickler(io.BytesIO(script.given), session).load()
    session.add_all(new)
    for one, lost, other in changed:
        if lost:
            session.expire(one, lost)
        for name, value in other.items():
            set_committed_value(one, name, value)
    return given
