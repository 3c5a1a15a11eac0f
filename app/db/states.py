"""Keep what SQLAlchemy knows about each object in the form Python gives it first.

CPython 3.11 lays out the attributes of a class as its first thirty objects have them; an object
that gets another one later is turned into a dict. SQLAlchemy's states get some only when a session
closes. If a garbage collection begins while a state is being turned and takes the state's object,
its callback turns the state a second time: memory is freed twice and the process dies, at once or
later. It takes a page that showed many objects. Naming all attributes on the first state of all
leaves nothing to be turned. CPython 3.12 collects at safer moments and doesn't need this.
"""

from __future__ import annotations

from sqlalchemy.orm import InstanceState

_ATTRIBUTES = (
    "session_id", "key", "runid", "load_options", "load_path", "identity_token", "_instance_dict",
    "_strong_obj", "modified", "expired", "insert_order", "callables", "_deleted", "_load_pending",
    "_orphaned_outside_of_session", "_last_known_values", "_pending_mutations", "parents",
    "_empty_collections", "mapper",
)  # fmt: skip
"""All that is not in a slot, seldom used ones included."""


def reserve_state_attributes() -> None:
    """Make room for every attribute of a state; call it before any object is made."""
    first: InstanceState[object] = object.__new__(InstanceState)
    for name in _ATTRIBUTES:
        setattr(first, name, None)
