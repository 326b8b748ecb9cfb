# Kipu. `make help` lists the targets.

PYTHON ?= python3
PORT ?= 5000
VENV := .venv
BIN := $(VENV)/bin
MLFLOW_VENV := .venv-mlflow
MLFLOW_VERSION := 3.17.2
STATIC := src/kipu/server/static/index.html
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help run ui env check lint types imports check-ui test test-unit test-compat test-browser \
        openapi docs screenshots bench clean packages

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.examples $(STATIC) ## Train the quickstart's models and show them at http://127.0.0.1:5000
	@$(BIN)/python examples/quickstart.py
	@$(BIN)/kipu server --port $(PORT)

ui: $(STATIC) ## Build the UI into the package

env: $(VENV)/.dev ## Make the environment for development in .venv

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Kipu needs Python 3.11 or later; make run PYTHON=python3.12, for example.")'
	@$(PYTHON) -m venv $(VENV) || { echo "Install python3-venv first (apt-get install python3-venv)."; exit 1; }

$(VENV)/.examples: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[examples]'
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[examples,dev]'
	@touch $@ $(VENV)/.examples

$(MLFLOW_VENV)/.ready:
	$(PYTHON) -m venv $(MLFLOW_VENV)
	$(MLFLOW_VENV)/bin/pip install --quiet --disable-pip-version-check mlflow==$(MLFLOW_VERSION)
	@touch $@

ui/node_modules/.ready: ui/package.json ui/package-lock.json
	@command -v npm >/dev/null || { echo "Building the UI needs Node 20 or later with npm."; exit 1; }
	cd ui && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(STATIC): ui/node_modules/.ready $(shell find ui/src ui/index.html ui/vite.config.ts -type f 2>/dev/null)
	cd ui && npm run --silent build
	@touch $@

packages: ## Install the Debian packages that the tests need, where this user may
	@sh tests/packages.sh

check: lint types imports check-ui ## Lint, types, import contracts, UI checks

lint: $(VENV)/.dev ## ruff: style and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/.dev ## mypy --strict
	$(BIN)/mypy

imports: $(VENV)/.dev ## import-linter: the floors of the house
	$(BIN)/lint-imports

check-ui: ui/node_modules/.ready ## Biome, TypeScript and vitest
	cd ui && npm run --silent check

test: packages check test-unit test-compat test-browser ## Everything that CI runs

test-unit: $(VENV)/.dev $(STATIC) ## Unit, contract, wire, property and crash tests
	$(PYTEST) -n 2 -m "not compat and not browser"

test-compat: $(VENV)/.dev $(MLFLOW_VENV)/.ready ## Official MLflow client and server against ours
	$(PYTEST) -m compat

test-browser: $(VENV)/.dev $(STATIC) ## The UI in a real Chromium
	$(PYTEST) -m browser

openapi: $(VENV)/.dev ## Write the OpenAPI document and the UI's types from it
	$(BIN)/python -m kipu.wire.openapi > docs/openapi.json

docs: $(VENV)/.dev ## Write the reference pages from the code
	$(BIN)/python docs/generate.py

screenshots: $(VENV)/.dev $(STATIC) ## Take the README's pictures anew
	$(BIN)/python docs/screenshots.py

bench: $(VENV)/.dev ## Measure the hot paths
	$(BIN)/python benchmarks/log_metric.py

clean: ## Remove what was built, but no runs
	rm -rf $(VENV) $(MLFLOW_VENV) ui/node_modules src/kipu/server/static dist
