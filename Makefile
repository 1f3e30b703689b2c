# Needs make and python3 (3.11 or newer) only. `make help` lists what there is.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
# Set up again when a lock, the project or the place of the checkout has changed, and only then.
KEY := $(shell (pwd; cat requirements.txt requirements-dev.txt pyproject.toml) | cksum | tr -dc '0-9')
RUNTIME := $(VENV)/.runtime-$(KEY)
DEV := $(VENV)/.dev-$(KEY)

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-all check bench client texts zbar chromium clean

help:
	@echo "make demo      set up, run a simulated working week, stay up at http://127.0.0.1:8000"
	@echo "               (ONCE=1 ends after the job, WORLD=province the full week, PORT=, DATA=)"
	@echo "make test      set up, check, and test with small sizes (at most 10 minutes)"
	@echo "make test-all  the same with full sizes, kills and the real log (at most 75 minutes)"
	@echo "make bench     measure speed and size against the raw limits (ONLY=name for one benchmark)"
	@echo "make client    generate the typed Python client and build its wheel, into build/client"
	@echo "make check     ruff, mypy, import-linter"
	@echo "make texts     read the texts of the pages into the English catalogue, and compile it"
	@echo "make setup     only make .venv with everything in it"
	@echo "make clean     remove caches and .venv; data folders stay"

setup: $(DEV)

demo: $(RUNTIME)
	@exec $(BIN)/postal demo $(if $(PORT),--port $(PORT)) $(if $(DATA),--data $(DATA)) $(if $(WORLD),--world $(WORLD)) $(if $(ONCE),--once)

test: check zbar chromium
	$(BIN)/python -m pytest -n 2 --dist worksteal -q -m "not slow"

test-all: check zbar chromium
	POSTAL_TEST_PROFILE=full $(BIN)/python -m pytest -n 2 --dist worksteal -q --ignore tests/faults --ignore tests/growth
	@# What is promised within seconds is measured on a machine that does nothing else.
	POSTAL_TEST_PROFILE=full $(BIN)/python -m pytest -q tests/faults
	POSTAL_TEST_PROFILE=full $(BIN)/python -m pytest -q tests/growth

# Printed barcodes are read by two independent decoders; one of them is a library of the system, not of Python.
ZBAR_HERE := $(BIN)/python -c 'from pyzbar import pyzbar' 2>/dev/null
ZBAR_INSTALL := env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq libzbar0
zbar: $(DEV)
	@$(ZBAR_HERE) || { \
		echo "The tests read printed barcodes with ZBar, which is not here: installing libzbar0"; \
		as=; [ "$$(id -u)" -eq 0 ] || as="sudo -n"; \
		{ $$as $(ZBAR_INSTALL) || { $$as apt-get update -qq && $$as $(ZBAR_INSTALL); }; } >/dev/null 2>&1; \
		$(ZBAR_HERE) || { \
			echo "ZBar is missing and could not be installed from here."; \
			echo "Install it and run this again: on Debian or Ubuntu 'apt install libzbar0', on Fedora 'dnf install zbar'."; \
			exit 2; }; }

# Pages are tested in a real browser: CHROMIUM=, else the one on PATH, else the system's package.
CHROMIUM_HERE := $(BIN)/python -m tests.browser.chromium >/dev/null 2>&1
CHROMIUM_INSTALL := env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium
chromium: $(DEV)
	@$(CHROMIUM_HERE) || { \
		test -z "$$CHROMIUM" || { echo "There is no program '$$CHROMIUM'. Set CHROMIUM= to a Chromium, or leave it out."; exit 2; }; \
		echo "The tests drive a real browser, Chromium, which is not here: installing chromium"; \
		as=; [ "$$(id -u)" -eq 0 ] || as="sudo -n"; \
		{ $$as $(CHROMIUM_INSTALL) || { $$as apt-get update -qq && $$as $(CHROMIUM_INSTALL); }; } >/dev/null 2>&1; \
		$(CHROMIUM_HERE) || { \
			echo "Chromium is missing and could not be installed from here."; \
			echo "Install it and run this again: on Debian 'apt install chromium', on Fedora 'dnf install chromium';"; \
			echo "or name one that is elsewhere: make $(or $(MAKECMDGOALS),test) CHROMIUM=/path/to/chrome"; \
			exit 2; }; }

bench: $(DEV)
	@exec $(BIN)/python -m tests.benchmarks $(ONLY)

# A typed client for programmers, from our OpenAPI document; asks nothing of any network.
client: $(DEV)
	@$(BIN)/python -m tests.client.making build/client

# The texts of the templates into the English catalogue, and that into the form that is read when the pages run.
CATALOGUE := postal/web/locale/en/LC_MESSAGES/postal
texts: $(DEV)
	@$(BIN)/pybabel -q extract -F pyproject.toml -k _:1,1t -k _:1,2c,2t --no-default-keywords --sort-by-file \
		--no-location --omit-header -o $(CATALOGUE).pot postal shipments manifests integrations
	@$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date \
		-i $(CATALOGUE).pot -o $(CATALOGUE).po -l en
	@rm $(CATALOGUE).pot
	@$(BIN)/pybabel -q compile -i $(CATALOGUE).po -o $(CATALOGUE).mo

check: $(DEV)
	$(BIN)/python -m ruff check --quiet .
	$(BIN)/python -m ruff format --check --quiet .
	$(BIN)/python -m mypy
	$(BIN)/python -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find postal shipments manifests integrations tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; '$(PYTHON)' is not. Try: make PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python cannot make a virtual environment here. On Debian or Ubuntu: apt install python3-venv"; exit 2; }
	@echo "Making $(VENV)"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): | $(BIN)/pip
	@echo "Installing $$(grep -c '==' requirements.txt) packages, each checked against its hash (a minute or two)"
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.runtime-* && touch $@

$(DEV): $(RUNTIME)
	@echo "Installing $$(grep -c '==' requirements-dev.txt) packages for development"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@rm -f $(VENV)/.dev-* && touch $@
