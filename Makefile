# The manual: `make demo` shows the whole job, `make test` proves it, the rest is daily work.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEBIAN := postfix dovecot-imapd postgresql strace chromium fonts-liberation opendkim opendkim-tools spamassassin openssh-server
WORKERS ?= 2
# Journeys wait for servers and for the clock half of their time: one more than there are cores.
WAITERS ?= 3
FLOORS := comms/errors.py,comms/model/*,comms/text/*,comms/check/*,comms/plan/*,comms/render/*,comms/content/*,comms/channels/*,comms/inbox/*,comms/store/*,comms/queue/*,comms/settings/*

.PHONY: help demo test quick fuzz lint types layers fmt lossy load looks torture bench peers docs snapshots catalogues lock debian clean

help:       ## list these targets
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/: .*## /\t/' | expand -t 14

demo:       ## do the whole job on this folder's own workspace, into out/ (no server, no account)
demo: $(VENV)/run
	@$(BIN)/python scripts/demo.py

test:       ## install what tests need and prove everything (what CI runs)
test: $(VENV)/dev $(VENV)/pds debian
	@$(MAKE) --no-print-directory -j2 -O lint types layers
	$(BIN)/pytest -n $(WORKERS) --cov --cov-report= tests/unit tests/contract
	$(BIN)/coverage report --fail-under=95 --include='$(FLOORS)'
	$(BIN)/pytest -n $(WAITERS) tests/journey tests/browser tests/torture

quick:      ## lint, types, layers and the unit tests: under two minutes
quick: $(VENV)/dev lint types layers
	$(BIN)/pytest -n $(WORKERS) -q -m "not slow and not servers" tests/unit

fuzz:       ## property tests with examples that nobody has seen
fuzz: $(VENV)/dev
	$(BIN)/pytest -n $(WORKERS) -q -m hypothesis --hypothesis-profile new

lint:       ## ruff: every rule, each exception with its reason; format
lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:      ## mypy strict, on source and tests
types: $(VENV)/dev
	$(BIN)/mypy

layers:     ## import-linter: the ladder of rooms
layers: $(VENV)/dev
	$(BIN)/lint-imports --no-cache | tail -n +20

fmt:        ## put code in the house's form
fmt: $(VENV)/dev
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench:      ## speed as ratios in one run (installs node and mjml for comparison)
bench: $(VENV)/bench debian
	$(BIN)/pytest bench --benchmark-disable-gc -q -p no:randomly

lossy:      ## 500 faults of the line to each network: a post stands once, or says that nobody knows
lossy: $(VENV)/dev
	COMMS_LOSSY=500 $(BIN)/pytest -n $(WORKERS) -q tests/contract/test_lossy.py

load:       ## the public pages for a minute while an issue goes out, and 100,000 subscribers against their bounds
load: $(VENV)/dev
	$(BIN)/python -m bench.load --seconds 60 --idle-send
	$(BIN)/python -m bench.load_people

looks:      ## every edition of the example office's letters before axe (`make test` asks of every third)
looks: $(VENV)/dev debian
	COMMS_LOOKS=all $(BIN)/pytest -q tests/browser/test_letters.py

torture:    ## kill the sender hundreds of times, on SQLite and PostgreSQL; a counting sink is the judge
torture: $(VENV)/dev debian
	$(BIN)/python -m tests.torture

peers:      ## speed against Mailman 3 and django-newsletter (installs them beside the benches)
peers: $(VENV)/bench debian
	@[ -d bench/peers/.venv-mailman ] || bench/peers/mailman.sh
	@[ -d bench/peers/.venv-django ] || bench/peers/django.sh
	$(BIN)/pytest bench/test_peers.py -q -s -p no:randomly

docs:       ## write the pages that are made from the code: rules, commands, settings
docs: $(VENV)/dev
	$(BIN)/python scripts/write_docs.py
	$(BIN)/python -m tests.unit.handbook

snapshots:  ## accept what commands say now; read the diff like code
snapshots: $(VENV)/dev
	$(BIN)/pytest -q -p no:randomly --snapshot-update tests/journey

catalogues: ## collect sentences for translation and compile sv and en
catalogues: $(VENV)/dev
	$(BIN)/python scripts/catalogues.py

lock:       ## pin every dependency anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links pyproject.toml -o requirements/run.txt
	for group in test lint bench; do uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links -c requirements/run.txt pyproject.toml --group $$group -o requirements/$$group.txt; done

debian:     ## install the Debian packages that tests use, when root
	@scripts/debian.sh $(DEBIAN)

clean:      ## remove what the targets above made
	rm -rf $(VENV) tests/pds/node_modules out var .coverage* .mypy_cache .ruff_cache .pytest_cache bench/node_modules bench/peers/.venv-*

$(VENV)/run: requirements/run.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/run.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/dev: $(VENV)/run requirements/test.txt requirements/lint.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/test.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/lint.txt
	@touch $@

$(VENV)/pds: $(VENV)/dev tests/pds/package.json tests/pds/package-lock.json
	cd tests/pds && PATH="$(abspath $(BIN)):$$PATH" npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(VENV)/bench: $(VENV)/dev requirements/bench.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/bench.txt
	@touch $@
