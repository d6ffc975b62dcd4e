# Everything a newcomer and a maintainer needs. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
NEWSLETTER := $(BIN)/newsletter
BRIEFING := briefings/$(notdir $(lastword $(sort $(wildcard briefings/*))))
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help demo test lint fmt types imports unit bench golden locale docs lock clean system

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- set-up -----------------------------------------------------------------

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Making .venv ..."
	@$(PYTHON) -m venv .venv

.venv/.run: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --require-hashes -r requirements-build.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.run
	@echo "Installing what the tests need ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

.env: | .venv/.run
	@$(NEWSLETTER) init --secret .
	@touch $@

# --- use --------------------------------------------------------------------

demo: .venv/.run .env ## Set up, then check, build and send the sample briefing to a local outbox
	@tools/demo $(BRIEFING)

# --- checks -----------------------------------------------------------------

test: .venv/.dev system lint types imports unit ## Set up, then lint, types, import rules and all tests

lint: .venv/.dev ## Style of the code
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

fmt: .venv/.dev ## Mend the style of the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: .venv/.dev ## Types (mypy --strict)
	@$(BIN)/mypy

imports: .venv/.dev ## Who may import whom
	@PYTHONPATH=src $(BIN)/lint-imports --no-cache

# Two halves at the same time, each on a core of its own; the second one's output is shown when both have ended.
HALF := tests/browser tests/e2e

unit: .venv/.dev ## All tests, with coverage
	@rm -f .coverage .coverage.*
	@told=$$(mktemp); failed=0; \
	$(BIN)/coverage run --parallel-mode -m pytest -p no:cacheprovider $(HALF) >"$$told" 2>&1 & half=$$!; \
	trap 'kill $$half 2>/dev/null; rm -f "$$told"' INT TERM; \
	$(BIN)/coverage run --parallel-mode -m pytest $(addprefix --ignore=,$(HALF)) || failed=1; \
	wait $$half || failed=1; \
	cat "$$told"; rm -f "$$told"; exit $$failed
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report --skip-covered --sort=cover | tail -n 25

golden: .venv/.dev ## Accept what is rendered now as what is expected
	@GOLDEN_ACCEPT=1 $(BIN)/pytest tests/golden -q
	@git --no-pager diff --stat -- tests/golden

locale: .venv/.dev ## Renew the catalogues of other languages; prints what is not translated yet
	@$(BIN)/python -m tools.locale

bench: .venv/.dev ## Measure; figures are printed beside the peer's
	@for name in build renditions check send; do echo "== $$name"; $(BIN)/python -m bench.$$name; done

docs: .venv/.dev ## Renew the manual pages that are made from the code
	@$(BIN)/python -c "from pathlib import Path; from newsletter.checks import manual; manual.write(Path('docs/checks.md'))"
	@$(BIN)/python -m tests.field.features

lock: ## Renew the lock files from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url -q -o requirements.lock
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url -q -o requirements-dev.lock
	uv pip compile pyproject.toml --extra postgresql -c requirements-dev.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url -q -o requirements-postgresql.lock
	printf 'hatchling\neditables\n' | uv pip compile - -c requirements-dev.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url -q -o requirements-build.lock

system: ## Chromium, fonts and PostgreSQL for the tests, through apt where that is allowed
	@tools/system-packages

clean: ## Remove everything that can be made again (never the subscriber database)
	rm -rf .venv build public outbox .coverage htmlcov .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
