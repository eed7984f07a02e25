# `make demo` and `make test` set up what they need in .venv beside this file, then run.
# `make PYTHON=python3.12 test` picks the Python that .venv is made with.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --quiet --no-input --disable-pip-version-check --no-compile
UV ?= uv
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links --extra gate
# pip would compile one file after the other, and the tests of packages, too.
COMPILED := $(BIN)/python -m compileall -q -j 0 -x '/tests?/|/playwright/driver/' evalgate $(VENV)/lib
TYPES := $(BIN)/mypy --num-workers auto evalgate tests benchmarks upkeep
# The files of tests are handed out to processes whole, the slow ones first. There is one process more
# than cores, because many tests wait for servers, browsers and runners. `make WORKERS=0 test` has one.
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )))
SIDE_BY_SIDE := --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
WORKFLOWS := $(wildcard .github/workflows/*.yml evalgate/workflows/*.yml)

# Where this is set, each process compiles every test and module anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test full check lint lock clean
.DEFAULT_GOAL := help

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /  \1\t/p' Makefile

demo: $(VENV)/gate.stamp ## Gate a harmless and a damaging prompt change, without an API key
	@$(BIN)/evalgate demo

test: lint ## What continuous integration runs with every change: under 15 minutes on two cores
	@$(BIN)/pytest -m alone
	@$(BIN)/pytest $(SIDE_BY_SIDE) -m "not alone and (always or not full)"

full: lint ## All tests there are, with more examples of each law
	@$(BIN)/pytest -m alone
	@$(BIN)/pytest $(SIDE_BY_SIDE) -m "not alone" --hypothesis-profile=full

check: $(VENV)/dev.stamp ## The fast half of the tests: linters and units
	@$(BIN)/ruff check
	@$(TYPES)
	@$(BIN)/pytest $(SIDE_BY_SIDE) tests/unit

lint: $(VENV)/dev.stamp ## Format, style, types, import contracts, workflow files
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows $(WORKFLOWS)
	@$(BIN)/zizmor --quiet --offline --strict-collection --persona=auditor action.yml $(WORKFLOWS)
	@$(TYPES)

lock: ## Resolve requirements/*.lock again (needs uv; pins stay where they still fit)
	@$(COMPILE) pyproject.toml requirements/build.in --output-file requirements/gate.lock
	@$(COMPILE) --group dev --constraint requirements/gate.lock pyproject.toml requirements/build.in \
		--output-file requirements/dev.lock

clean: ## Remove the virtual environment and every cache
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist

# The locks are installed with hashes only; the project follows without resolving or isolation, so
# nothing that the locks do not name is ever fetched.
$(VENV)/gate.stamp: requirements/gate.lock pyproject.toml | $(BIN)/python
	@echo "Installing requirements/gate.lock into $(VENV)"
	@$(PIP) --require-hashes --requirement requirements/gate.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@$(COMPILED)
	@touch $@

$(VENV)/dev.stamp: requirements/dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing requirements/dev.lock into $(VENV)"
	@$(PIP) --require-hashes --requirement requirements/dev.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@$(COMPILED)
	@touch $(VENV)/gate.stamp $@

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "There is no $(PYTHON) here. Name a Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; \
		exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "evalgate needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>&1)." \
			"Name another: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; \
		exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu:" \
			"sudo apt install python3-venv" >&2; \
		exit 1; }
	@$(PYTHON) -m venv $(VENV)
