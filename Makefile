# Kipu. `make help` lists the targets.

PYTHON ?= python3
PORT ?= 5000
VENV := .venv
BIN := $(VENV)/bin
MLFLOW_VENV := .venv-mlflow
MLFLOW_VERSION := 3.17.2
ECOSYSTEM_VENV := .venv-ecosystem
FLAVORS_VENV := .venv-flavors
# A build for CPUs: a fraction of the size. Where the index has none: TORCH=torch==2.13.0
TORCH ?= torch==2.13.0+cpu
STATIC := src/kipu/server/static/index.html
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help run ui env check lint types imports check-ui test test-unit test-compat test-browser test-ecosystem test-flavors \
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

$(ECOSYSTEM_VENV)/.ready: tests/ecosystem/requirements.txt build/wheels/.ready
	$(PYTHON) -m venv $(ECOSYSTEM_VENV)
	$(ECOSYSTEM_VENV)/bin/pip install --quiet --disable-pip-version-check build/wheels/*.whl
	$(ECOSYSTEM_VENV)/bin/pip install --quiet --disable-pip-version-check '$(TORCH)' -r $<
	$(ECOSYSTEM_VENV)/bin/pip install --quiet --disable-pip-version-check --no-index --no-deps --force-reinstall build/wheels/*.whl
	@touch $@

$(FLAVORS_VENV)/.ready: tests/flavors/requirements.txt pyproject.toml
	$(PYTHON) -m venv $(FLAVORS_VENV)
	$(FLAVORS_VENV)/bin/pip install --quiet --disable-pip-version-check '$(TORCH)' -r $< -e .
	@touch $@

build/wheels/.ready: $(VENV)/.dev $(STATIC) $(shell find src shim -type f -name '*.py' -o -name '*.toml' -path '*shim*')
	@rm -rf build/wheels
	$(BIN)/python -m hatchling build -t wheel -d build/wheels
	cd shim && $(CURDIR)/$(BIN)/python -m hatchling build -t wheel -d $(CURDIR)/build/wheels
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
	$(PYTEST) -n 2 -m "not compat and not browser and not ecosystem" --ignore tests/flavors

test-compat: $(VENV)/.dev $(MLFLOW_VENV)/.ready ## Official MLflow client and server against ours
	$(PYTEST) -m compat --ignore tests/flavors

test-browser: $(VENV)/.dev $(STATIC) ## The UI in a real Chromium
	$(PYTEST) -m browser --ignore tests/flavors

test-flavors: $(FLAVORS_VENV)/.ready $(MLFLOW_VENV)/.ready ## Every flavor and autologger beside MLflow, with the ML libraries
	@sh tests/packages.sh java
	$(FLAVORS_VENV)/bin/python -m pytest -m flavors -W default tests/flavors

test-ecosystem: $(ECOSYSTEM_VENV)/.ready ## Callbacks of Optuna, Lightning and transformers, unchanged, on the shim
	$(ECOSYSTEM_VENV)/bin/python -m pytest -m ecosystem -W default tests/ecosystem

openapi: $(VENV)/.dev ## Write the OpenAPI document and the UI's types from it
	$(BIN)/python -m kipu.wire.openapi > docs/openapi.json

docs: $(VENV)/.dev ## Write the reference pages from the code
	$(BIN)/python docs/generate.py

screenshots: $(VENV)/.dev $(STATIC) ## Take the README's pictures anew
	$(BIN)/python docs/screenshots.py

bench: $(VENV)/.dev ## Measure the hot paths
	$(BIN)/python benchmarks/log_metric.py
	$(BIN)/python benchmarks/log_batch.py

clean: ## Remove what was built, but no runs
	rm -rf $(VENV) $(MLFLOW_VENV) $(ECOSYSTEM_VENV) $(FLAVORS_VENV) build ui/node_modules src/kipu/server/static dist
