# Every target creates the virtual environment .venv if it is missing. Those that need a Pulumi CLI find,
# download or build one. Nothing is installed outside .venv and the user's cache directory.

PYTHON ?= python3
# more than cores: the tests wait for engines and emulators more than they compute
WORKERS := $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 3)))
PYTEST_ARGS ?= --numprocesses $(WORKERS) --dist worksteal
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
VERSION_FILE := pulumi_flashback/version.py
CURRENT := test $(INSTALLED) -nt pyproject.toml && test $(INSTALLED) -nt $(VERSION_FILE)

# with it, each of the many processes that the tests start would compile the package again
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo unit test soak mutants bench check lint mypy pyright generated format generate sdk check-sdk docs \
	dist plugin release-check clean

help:
	@echo "While you work: edit, make unit, make check, then make test."
	@echo
	@echo "make unit       test functions, client and command (half a minute)"
	@echo "make check      check lint, format, types and generated texts"
	@echo "make test       run all tests (several minutes); the first run builds what is missing"
	@echo "make format     format the code"
	@echo "make generate   write the generated texts"
	@echo "make sdk        write sdk/: the schema and the SDKs for other languages (needs Go)"
	@echo
	@echo "make demo       create, rotate and delete an API key in an emulator on this machine"
	@echo "make soak       run the state machine test for long"
	@echo "make mutants    find changes of the core that no test detects (an hour; MUTANTS='--number 20')"
	@echo "make bench      measure side by side: make bench BENCH='--keys 1000 --answer-times 50'"
	@echo "make check-sdk  compare sdk/ with what make sdk would write"
	@echo "make docs       build the site into site/"
	@echo "make dist       build the wheel and the source distribution, and try the wheel"
	@echo "make plugin     build the native provider as an archive that needs no Python"
	@echo "make release-check  run all checks for a release (also with the oldest Python and CLI)"
	@echo "make clean      remove what the other targets created here"
	@echo
	@echo ".ci/run         everything that must pass before a change is merged"

# what `make demo` and `make docs` need is a part of what `make test` needs, and that of all the rest
$(INSTALLED): SET := dev
$(VENV)/.demo: SET := demo
$(VENV)/.docs: SET := docs
$(VENV)/.test: SET := test
$(INSTALLED) $(VENV)/.demo $(VENV)/.docs $(VENV)/.test: pyproject.toml $(VERSION_FILE)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3"; exit 1; }
	@$(CURRENT) || echo "installing into $(VENV) (once)"
	@$(CURRENT) || $(PYTHON) -m venv $(VENV)
	@$(CURRENT) || $(BIN)/python -m pip install --quiet \
		--disable-pip-version-check --editable '.[$(SET)]'
	@touch $@

demo: $(VENV)/.demo
	@$(BIN)/python -m tools.demo

unit: $(VENV)/.test
	$(BIN)/python -m pytest $(PYTEST_ARGS) tests/unit tests/client tests/cli

test: $(VENV)/.test
	@$(BIN)/python -m tools.pulumi_cli > /dev/null || true  # without a CLI some tests are skipped
	@$(BIN)/python -m compileall -q pulumi_flashback  # programs under test run with the variable set
	$(BIN)/python -m pytest $(PYTEST_ARGS)

soak: $(VENV)/.test
	FLASHBACK_TEST_SOAK=1 $(BIN)/python -m pytest --timeout 0 tests/reliability/test_state_machine.py

# outside of all gates: it takes an hour; for less: make mutants MUTANTS=--help
mutants: $(INSTALLED)
	$(BIN)/python -m tools.mutants $(MUTANTS)

# it says how long it takes: one to two hours on two cores; for less: make bench BENCH=--help
bench: $(INSTALLED)
	$(BIN)/python -m benchmarks $(BENCH)

# the parts take a minute each on one core
check: $(INSTALLED)
	@$(MAKE) --no-print-directory -j2 lint mypy pyright generated

lint: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

mypy: $(INSTALLED)
	$(BIN)/mypy

pyright: $(INSTALLED)
	$(BIN)/pyright --pythonpath $(BIN)/python

generated: $(INSTALLED)
	$(BIN)/python -m tools.generate --check

generate: $(INSTALLED)
	$(BIN)/python -m tools.generate

sdk: $(INSTALLED)
	$(BIN)/python -m tools.sdk

check-sdk: $(INSTALLED)
	$(BIN)/python -m tools.sdk --check

docs: $(VENV)/.docs
	$(BIN)/python -m tools.site

format: $(INSTALLED)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

dist: $(INSTALLED)
	rm -rf dist
	$(BIN)/python -m build
	$(BIN)/python -m tools.check_dist

plugin: $(INSTALLED)
	$(BIN)/python -m tools.plugin

release-check: $(INSTALLED)
	$(BIN)/python -m tools.release $(RELEASE_ARGS)

clean:
	rm -rf $(VENV) dist site .mypy_cache .pytest_cache .ruff_cache .hypothesis
