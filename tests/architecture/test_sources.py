"""What import-linter cannot see of the house rules, checked in the source itself."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib

from tests.support.sources import DOMAINS, ROOT, Source, sources

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
SHELF = {"routes", "forms", "presenters", "exports", "services", "queries", "models", "engine"}
SHELF |= {"rules", "__init__"}
SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc"}
SOLVERS = {"pulp", "highspy"}
LOG_ENGINES = {"duckdb", "ibis", "pandas", "pyarrow"}
CLOCK = {"now", "utcnow", "today"}
TAKES_THE_CLOCK = {"rules", "engine", "services", "queries", "models", "forms", "presenters"}


class TestNames:
    def test_domain_packages_hold_only_the_shelf(self) -> None:
        odd = [
            source.name
            for source in sources()
            if source.package in DOMAINS and source.shelf not in SHELF
        ]
        assert odd == []

    def test_no_name_says_nothing(self) -> None:
        assert [s.name for s in sources() if SAY_NOTHING & set(s.path.with_suffix("").parts)] == []

    def test_every_domain_package_is_in_the_shelf_contract(self) -> None:
        settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
        shelf = next(c for c in settings["contracts"] if c["id"] == "shelf")
        present = {f"app.{s.package}" for s in sources() if s.package in DOMAINS}
        assert set(shelf["containers"]) == present
        assert not any("ignore_imports" in contract for contract in settings["contracts"])


class TestSize:
    def test_files_stay_readable(self) -> None:
        long = [
            f"{source.name} ({len(source.text.splitlines())} lines)"
            for source in (
                *sources(),
                *sources("seeds"),
                *sources("ops"),
                *sources("tests/support"),
            )
            if len(source.text.splitlines()) > LONGEST_FILE
            and not source.name.startswith("seeds/story/")  # data, not code
        ]
        assert long == []

    def test_functions_stay_readable(self) -> None:
        long = [
            f"{source.at(node)} {node.name} ({_length(node)} lines)"
            for source in (*sources(), *sources("seeds"), *sources("ops"))
            for node in source.functions()
            if _length(node) > LONGEST_FUNCTION
        ]
        assert long == []


class TestImports:
    def test_none_hides_inside_a_function(self) -> None:
        hidden = [
            source.at(inner)
            for source in sources()
            for node in source.functions()
            for inner in ast.walk(node)
            if isinstance(inner, ast.Import | ast.ImportFrom)
        ]
        assert hidden == []

    def test_type_checking_is_no_back_door(self) -> None:
        assert [s.name for s in sources() if "TYPE_CHECKING" in s.text] == []

    def test_solvers_stay_in_the_engine(self) -> None:
        strays = [
            source.at(node)
            for source in sources()
            for node, name in source.imported()
            if name.split(".")[0] in SOLVERS and not source.name.startswith("app/portfolio/engine/")
        ]
        assert strays == []

    def test_the_log_s_engine_is_loaded_by_its_own_process_only(self) -> None:
        command = "import sys, app.factory; print(*sorted(sys.modules))"
        loaded = subprocess.run(
            [sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split()
        assert {"app.factory", "app.interactions.engine.apart"} <= set(loaded)
        assert LOG_ENGINES & set(loaded) == set()

    def test_only_the_factory_knows_routes(self) -> None:
        strays = [
            source.at(node)
            for source in sources()
            for node, name in source.imported()
            if _is_routes_of_another(source, name) and source.name != "app/factory.py"
        ]
        assert strays == []


class TestTransactions:
    def test_only_the_session_module_commits(self) -> None:
        owners = [
            source.at(node)
            for source in (*sources(), *sources("seeds"))
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"commit", "rollback"}
            and source.name != "app/db/session.py"
        ]
        assert owners == []


class TestClock:
    def test_is_read_at_entry_points_only(self) -> None:
        readers = [
            source.at(node)
            for source in sources()
            if source.package in DOMAINS and source.shelf in TAKES_THE_CLOCK
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in CLOCK
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in {"datetime", "date"}
        ]
        assert readers == []


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _is_routes_of_another(source: Source, name: str) -> bool:
    parts = name.split(".")
    is_routes = len(parts) > 2 and parts[0] == "app" and parts[2] == "routes"
    return is_routes and not (source.package == parts[1] and source.shelf == "routes")
