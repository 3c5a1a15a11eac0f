"""The names a problem's keys had when it was frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Entry = Mapping[str, Any]


class Names:
    """Names by key, from a run's inputs; a key nobody named stands for itself."""

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        self._inputs = inputs
        initiatives = self.listed("initiatives")
        self._titles = {one["key"]: one["title"] for one in initiatives}
        self._options = {
            (one["key"], option["key"]): option for one in initiatives for option in one["options"]
        }
        self._rules = {rule["key"]: rule for rule in self.listed("rules")}

    def listed(self, name: str) -> Sequence[Entry]:
        """One list of the inputs; empty where there is none."""
        found = self._inputs.get(name)
        return found if isinstance(found, list) else []

    @property
    def ranges(self) -> Entry:
        """How sure the inputs were; empty for a run from before that was kept."""
        found = self._inputs.get("ranges")
        return found if isinstance(found, dict) else {"pools": [], "options": []}

    def title(self, initiative: str) -> str:
        return self._titles.get(initiative, initiative)

    def option(self, initiative: str, option: str) -> str:
        known = self._options.get((initiative, option))
        return known["name"] if known else option

    def is_declared(self, initiative: str, option: str) -> bool:
        """Whether the option's benefit is only declared, so that it joins no pool."""
        known = self._options.get((initiative, option))
        return bool(known and known["is_declared"])

    def fund(self, key: str) -> str:
        return _named(self.listed("funds"), key)

    def team(self, key: str) -> str:
        return _named(self.listed("teams"), key)

    def pool(self, key: str) -> str:
        known = next((one for one in self.listed("pools") if one["key"] == key), None)
        return f"{known['journey']}, {known['lever']}" if known else key

    def rule(self, key: str) -> str:
        """The rule as a sentence."""
        return self._rules[key]["sentence"] if key in self._rules else key

    def reason(self, rule: str) -> str:
        return self._rules[rule]["reason"] if rule in self._rules else ""


def _named(entries: Sequence[Entry], key: str) -> str:
    return next((entry["name"] for entry in entries if entry["key"] == key), key)
