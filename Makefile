# make run, make test, make test-all, make check, make bench, make faults; make lock after a change of dependencies.
# The environment is .venv, built from the locks in requirements/; a stamp beside it says that it is up to date.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:

.PHONY: run test test-all check bench faults lock

run: $(VENV)/runtime.ready
	@exec $(BIN)/python -m tools.run

test: $(VENV)/dev.ready
	@exec $(BIN)/python -m tools.test

test-all: $(VENV)/dev.ready
	@exec $(BIN)/python -m tools.test --all

check: $(VENV)/dev.ready
	@exec $(BIN)/python -m tools.check

bench: $(VENV)/dev.ready
	@exec $(BIN)/python -m bench

faults: $(VENV)/dev.ready
	@exec $(BIN)/python -m faults

lock: $(VENV)/dev.ready
	@$(BIN)/python -m tools.lock

$(VENV)/runtime.ready: requirements/runtime.txt
	@echo "Building the environment in $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit("Dialogues needs Python 3.11 or newer." if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) -r requirements/runtime.txt
	@touch $@

$(VENV)/dev.ready: requirements/dev.txt $(VENV)/runtime.ready
	@echo "Adding what tests and checks need …"
	@$(INSTALL) -r requirements/dev.txt
	@touch $@
