# `make demo` shows Noroshi, `make test` proves it; each prepares what it needs. Everything made here lies in
# .venv/, build/ and var/.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= $(shell tools/find-python)
BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
CATALOGUES := $(wildcard src/noroshi/*/locale/*/LC_MESSAGES/*.po)
SPARK := $(if $(shell command -v java),.venv/.spark)
PYTEST := $(BIN)/python -m pytest -n 2 --dist=worksteal

# Containers often ask for no bytecode. Here some hundred processes start, and each would compile all of it again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test test-sqlite test-postgresql setup setup-dev system lint bench soak messages lock reference clean

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.+)/make \1\t\2/p' Makefile | expand -t 18

demo: setup ## a sample sector and its first fire, on this machine (ARGS="--once" ends after the timeline)
	@$(BIN)/noroshi demo $(ARGS)

test: system $(SPARK) ## everything: lint, types, order of imports, tests on SQLite and on PostgreSQL
	@$(MAKE) --no-print-directory --keep-going -j2 lint tests  # lint keeps one core busy, seldom two

.PHONY: tests
tests: setup-dev
	@$(MAKE) --no-print-directory --keep-going -j1 test-sqlite test-postgresql

test-sqlite: setup-dev
	@echo "== tests on SQLite"
	@$(PYTEST) $(ARGS)

test-postgresql: setup-dev
	@if $(BIN)/python tools/postgres.py found; then \
	  echo "== tests on PostgreSQL (slow ones, pages, browser walks and what asks no database: on SQLite alone)"; \
	  $(BIN)/python tools/postgres.py run $(PYTEST) -m "database and not e2e and not slow and not pages" $(ARGS); \
	else echo "== skipped: tests on PostgreSQL. To run them: apt install postgresql"; fi

setup: .venv/.runtime build/.catalogues ## .venv with what the product needs

setup-dev: .venv/.dev build/.catalogues ## .venv with what its developers need

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Noroshi needs Python 3.11 or newer with venv: apt install python3-venv"; exit 1; }
	@echo "== .venv: $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv

.venv/.runtime: .venv/bin/python requirements/runtime.lock requirements/build.lock pyproject.toml
	@echo "== packages, each checked against its hash (about half a minute)"
	@$(PIP) install --require-hashes -r requirements/runtime.lock -r requirements/build.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.runtime requirements/dev.lock
	@echo "== packages of the developers (about a minute)"
	@$(PIP) install --require-hashes -r requirements/dev.lock
	@touch $@

.venv/.spark: .venv/.dev requirements/spark.lock
	@echo "== PySpark, since Java is here (half a gigabyte: about a minute)"
	@$(PIP) install --no-build-isolation --require-hashes -r requirements/spark.lock
	@touch $@

build/.catalogues: .venv/.runtime $(CATALOGUES)
	@echo "== $$($(BIN)/python tools/messages.py compile)"
	@mkdir -p build && touch $@

system: setup-dev ## programs that some tests drive: installed when root, named when not
	@tools/system-programs

lint: setup-dev ## format, lint, types, order of imports, migrations, Japanese catalogues, reference pages
	@echo "== lint"
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>&1 | tail -n 4
	@NOROSHI_DATA_DIR=build/lint $(BIN)/noroshi manage makemigrations --check --dry-run
	@$(BIN)/python tools/messages.py check
	@$(BIN)/python tools/reference.py check

messages: setup-dev ## bring the Japanese catalogues in line with the source, and compile them
	@$(BIN)/python tools/messages.py update
	@$(BIN)/python tools/messages.py compile

reference: setup-dev ## write docs/reference from the code
	@$(BIN)/python tools/reference.py write

bench: setup-dev ## the benchmarks, each beside a peer
	@for script in $(filter-out %/soak.py,$(wildcard tests/bench/[a-z]*.py)); do \
	  echo "== $$script"; $(BIN)/python "$$script"; \
	done
	@echo "== tests/bench/advisories/load.py"; $(BIN)/python tests/bench/advisories/load.py

soak: setup-dev ## an hour of everything at once (MINUTES=5 for less)
	@$(BIN)/python tests/bench/soak.py --minutes $(or $(MINUTES),60)

LOCK := uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header
lock: ## pin every dependency with its hash; no registry address is written (needs uv)
	@$(LOCK) pyproject.toml --group dev -o requirements/dev.lock
	@$(LOCK) pyproject.toml --extra knowledge -c requirements/dev.lock -o requirements/runtime.lock
	@$(LOCK) requirements/build.in -c requirements/dev.lock -o requirements/build.lock
	@$(LOCK) requirements/spark.in -c requirements/dev.lock -o requirements/spark.lock

clean: ## remove what was made here, but not var/: that is data
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find src -name '*.mo' -delete
