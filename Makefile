# demo and check are all a visitor needs; both install what is missing and are quick the second time.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
INTEROP := tests/interop
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

APT := $(if $(filter 0,$(shell id -u)),,sudo) env DEBIAN_FRONTEND=noninteractive apt-get --quiet
# $(call need,command that tells whether it is there,Debian packages that bring it)
need = @{ $(1); } >/dev/null 2>&1 || { $(APT) update && $(APT) install --yes --no-install-recommends $(2); }

# Where the energy is decided, every branch is tested; elsewhere nearly every one.
WHOLLY_COVERED := profiles/*,hardware/guard.py,hardware/pilot.py,chargepoint/core/*
COVERED_PERCENT := 90

.PHONY: help demo check bench soak venv dev format lint types layers test coverage lock docs clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' Makefile

demo: .venv/runtime ## a simulated house, car and station; ARGS="--once --ocpp 1.6"
	@$(BIN)/chargepoint demo $(ARGS)

check: lint types layers test coverage ## everything that must hold before a commit

bench: dev ## measure the agent against a minimal client
	@$(BIN)/python -m bench $(ARGS)

soak: dev ## the long runs
	$(BIN)/pytest -m soak --numprocesses auto $(ARGS)
	HYPOTHESIS_PROFILE=explore $(BIN)/pytest --numprocesses auto tests/profiles tests/hardware tests/core tests/fuzz $(ARGS)

lint: dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: dev
	$(BIN)/mypy

layers: dev
	$(BIN)/lint-imports

test: dev $(INTEROP)/node_modules/.package-lock.json
	$(call need,command -v chromium,chromium)
	$(call need,command -v mosquitto || test -x /usr/sbin/mosquitto,mosquitto)
	$(BIN)/pytest --numprocesses auto --dist loadfile --cov --cov-report= $(ARGS)

coverage: test
	@$(BIN)/coverage report --skip-covered --fail-under=$(COVERED_PERCENT)
	@$(BIN)/coverage report --skip-covered --include='$(WHOLLY_COVERED)' --fail-under=100

format: dev ## let ruff write the code as it wants to read it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

venv dev: .venv/dev ## the development environment in .venv

.venv/bin/python:
	$(call need,$(PYTHON) -c 'import ensurepip',python3-venv)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/runtime: requirements.lock requirements-build.lock pyproject.toml | .venv/bin/python
	@echo "installing into .venv"
	@$(PIP) install --require-hashes -r requirements.lock -r requirements-build.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: requirements-dev.lock .venv/runtime
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(INTEROP)/node_modules/.package-lock.json: $(INTEROP)/package-lock.json
	$(call need,command -v npm,nodejs npm)
	npm ci --prefix $(INTEROP) --no-audit --no-fund
	@touch $@

COMPILE := build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--fork-strategy fewest --no-emit-index-url --custom-compile-command 'make lock'

lock: ## resolve all dependencies anew; commit what changes
	@test -x build/lock/bin/uv || { $(PYTHON) -m venv build/lock && build/lock/bin/pip install --quiet uv; }
	$(COMPILE) pyproject.toml --output-file requirements.lock --upgrade
	echo 'hatchling editables' | tr ' ' '\n' \
		| $(COMPILE) - --output-file requirements-build.lock --upgrade --constraint requirements.lock
	echo 'hatchling editables' | tr ' ' '\n' \
		| $(COMPILE) pyproject.toml - --extra dev --output-file requirements-dev.lock --upgrade \
			--constraint requirements.lock --constraint requirements-build.lock

docs: dev ## docs/conformance.md from the tests, the example file from the settings
	@$(BIN)/pytest --collect-only --quiet --quiet --conformance=docs/conformance.md
	@$(BIN)/python tests/states.py > docs/states.md
	@$(BIN)/python -m chargepoint.settings.example > chargepoint.example.toml

clean: ## forget everything that was made here
	rm -rf .venv build dist $(INTEROP)/node_modules .coverage .*_cache
