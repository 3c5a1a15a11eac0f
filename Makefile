# One line per thing to do; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup run worker check test interpreters bench prove screens migrate seed lock clean setup-dev

PORT ?= 8000
export PORT
# Every process started here would compile all modules anew where the surroundings ask for that.
export PYTHONDONTWRITEBYTECODE :=
# The first Python that is new enough; `make PYTHON=/path/to/python3.12 run` chooses another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
FLASK := $(BIN)/flask --app wsgi
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes

help: ## show what can be done here
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup: .venv/.installed ## install what Waymark needs into .venv, nothing else

run: setup ## start Waymark with the demo company on http://127.0.0.1:$PORT (default 8000)
	@exec $(BIN)/python -m ops.run

worker: setup ## run one more worker for background jobs
	@exec $(FLASK) worker

check: setup-dev ## style, types and the borders between packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check ## everything: check, then all tests on SQLite and PostgreSQL and in a browser
	$(BIN)/pytest -n 3 --dist worksteal

interpreters: setup-dev ## the optimizer's own tests on every other Python at hand, or on ONLY=3.13
	$(BIN)/python -m ops.interpreters $(ONLY)

bench: setup-dev ## print the figures: engine, pages, import
	$(BIN)/python -m tests.bench

prove: setup-dev .venvs/spark/.installed ## try kills, stops, queues and hundreds of runs, and print what held
	$(BIN)/python -m tests.prove

screens: setup-dev ## draw the pictures of all main pages in docs/screens anew
	$(BIN)/python -m ops.screens

migrate: setup ## bring the database to the newest schema
	$(FLASK) migrate

seed: setup ## load the demo company; again changes nothing
	$(FLASK) seed demo

lock: setup-dev ## compile requirements*.txt from requirements*.in
	$(BIN)/python -m ops.lock

clean: ## remove what was made here, except the data in instance/
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find app migrations ops seeds tests -name __pycache__ -type d -prune -exec rm -rf {} +

setup-dev: .venv/.installed-dev

# Apart from .venv, so that nothing else has to carry it: only `make prove` counts logs with Spark.
.venvs/spark/.installed: requirements-prove.txt | .venv/.installed
	@echo "Installing Spark, 450 MB, to prove that it counts as DuckDB does (once) …"
	@rm -rf .venvs/spark
	@$(PIP) --no-deps --target .venvs/spark -r requirements-prove.txt
	@touch $@

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Waymark needs Python 3.11 or newer; none was found." >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Install Python's venv module (Debian: apt install python3-venv)." >&2; exit 1; }

.venv/.installed: requirements.txt | .venv/bin/python
	@echo "Installing what Waymark needs (once) …"
	@$(PIP) -r requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	@echo "Installing what the tests need (once) …"
	@$(PIP) -r requirements-dev.txt
	@touch $@
