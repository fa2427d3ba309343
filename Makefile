# Sourcier. `make help` lists the targets. The environment is .venv; nothing else is touched but, for the tests and as
# root, the Debian packages chromium and tesseract-ocr.

SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= $(shell for p in python3.11 python3.14 python3.13 python3.12 python3; do command -v $$p && break; done)
# Where pip should look for the CPU build of torch, e.g. https://download.pytorch.org/whl/cpu (README, "Installing").
TORCH_INDEX ?=
SOURCIER_PORT ?= 8000
SOURCIER_BUNDLES_DIR ?= bundles
export SOURCIER_PORT SOURCIER_BUNDLES_DIR

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# How many files of tests run at once: TEST_JOBS=0 for one after the other in one process.
TEST_JOBS ?= 2
AT_ONCE := -n $(TEST_JOBS) --dist loadfile
Q ?= Quand l'état des lieux de l'IA en santé a-t-il été publié, et par qui ?

.PHONY: help run test check ingest reindex serve ask corpus eval bench bench-publishing bench-kills bench-questions bench-rivals bench-ingest bench-growth bench-postgres bench-load docs clean install install-test system lint types contracts preflight port lock audit hostile install-locked

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

run: port install ## Install, index the starter corpus, serve on http://127.0.0.1:8000
	@$(BIN)/python -m ingest build || [ $$? -eq 4 ]
	@$(BIN)/python -m service serve

test: install-test system ## Everything the tests need, then every test
	@$(MAKE) --no-print-directory lint types contracts
	@$(BIN)/python -m pytest $(AT_ONCE)

check: install-test ## Format, lint, types, import rules, unit, property and contract tests: under two minutes
	@$(MAKE) --no-print-directory lint types contracts
	@$(BIN)/python -m pytest -q $(AT_ONCE) -m 'not slow' tests/unit tests/properties tests/contracts

ingest: install ## Index the catalogue into a new bundle and activate it
	@$(BIN)/python -m ingest build || [ $$? -eq 4 ]

reindex: ingest ## The same: a running service takes the new bundle at once, without a break

serve: install ## Serve the active bundle
	@$(BIN)/python -m service serve

ask: install ## Ask one question: make ask Q="..."
	@$(BIN)/python -m service ask "$${Q:-$(Q)}"

corpus: install ## Fetch the official documents of the catalogue, where there is internet
	@$(BIN)/python -m ingest fetch || [ $$? -eq 4 ] || echo "make corpus: some official documents could not be fetched; nothing else was changed"

eval: install ## Judge the questions file, then retrieval, sentences, silence and speed; DOCUMENT=1 renews docs/quality.md
	@$(BIN)/python -m service eval
	@$(BIN)/python -m tests.quality.run --check $(if $(DOCUMENT),--document)

bench: bench-questions bench-rivals bench-ingest bench-growth bench-load bench-publishing bench-kills ## Measure: questions, other libraries, ingest, growth, what a change costs to publish, 200 builders killed

bench-publishing: install-test ## How long a change takes to publish: 1, 10, 100 of 500 documents; one more in 100,000 passages
	@$(BIN)/python -m tests.speed.publishing --out reports/publishing.json
	@$(BIN)/python -m tests.speed.publishing --passages 100000 --out reports/publishing-100000.json

bench-questions: install-test ## How fast questions are answered, beside a plain LangChain service; DOCUMENT=1 renews docs/speed.md
	@$(BIN)/python -m tests.speed.questions $(if $(DOCUMENT),--document)

bench-rivals: install-test ## Beside LangChain, LlamaIndex, txtai and Haystack, each in an environment of its own (5 GB in build/rivals); DOCUMENT=1 renews docs/speed.md
	@TORCH_INDEX="$(TORCH_INDEX)" $(BIN)/python -m tests.speed.rivals $(if $(DOCUMENT),--document)

bench-ingest: install-test ## How fast documents become a bundle, by stage: the starter corpus, a PDF of 144 pages; DOCUMENT=1 renews docs/speed.md
	@$(BIN)/python -m tests.speed.ingest $(if $(DOCUMENT),--document)

bench-growth: install-test ## From 1,000 to 100,000 passages, MOST=1 for 1,000,000, KEEP=folder to keep the bundles; DOCUMENT=1 renews docs/speed.md
	@$(BIN)/python -m tests.speed.growth $(if $(MOST),--most) $(if $(KEEP),--keep $(KEEP)) $(if $(DOCUMENT),--document)

bench-load: install-test ## Twice and ten times the questions that it can answer, MINUTES=10 each (or SECONDS=30); DOCUMENT=1 renews docs/speed.md
	@$(BIN)/python -m tests.speed.load --seconds $(or $(SECONDS),$(shell echo $$(( $(or $(MINUTES),10) * 60 )))) $(if $(DOCUMENT),--document)

bench-postgres: install-test ## Answers from PostgreSQL beside those from the folder: the same, how fast, how large (docs/postgresql.md)
	@$(BIN)/python -m tests.speed.postgres

bench-kills: install-test ## 200 builders killed at random moments: no bundle is lost
	@SOURCIER_KILLS=200 SOURCIER_KILLS_REPORT=reports/kills.json $(BIN)/python -m pytest -q -s --timeout 3600 tests/journeys/test_crash_safety.py -k any_moment

hostile: install-test ## Harm the documents and the requests for longer: 1,500 examples a law, 3,000 requests from the API's description
	@SOURCIER_FUZZ=$${SOURCIER_FUZZ:-1500} $(BIN)/python -m pytest -q --timeout 3600 tests/properties/test_hostile_documents.py
	@SOURCIER_API_CASES=$${SOURCIER_API_CASES:-3000} $(BIN)/python -m pytest -q -s --timeout 3600 tests/contracts/test_described_api.py

lock: install ## Write requirements.lock anew: every package that running needs, with its hash
	@$(BIN)/python release/lock.py

audit: preflight ## Ask what is known against the locked packages, where the source of advisories can be reached
	@[ -x build/audit/bin/pip-audit ] || { $(PYTHON) -m venv build/audit && build/audit/bin/pip install --quiet --disable-pip-version-check pip-audit==2.10.1 2> >(grep -v 'is ignored: it is neither' >&2); }
	@build/audit/bin/python release/audit.py build/audit/bin/pip-audit

install-locked: $(VENV)/.made ## Install exactly what requirements.lock names, every file checked by its hash
	@$(PIP) $(if $(TORCH_INDEX),--index-url "$(TORCH_INDEX)") "$$(grep '^torch==' requirements.lock)"
	@$(PIP) --require-hashes --no-deps -r <(grep -v '^torch==' requirements.lock) 2> >(grep -v 'is ignored: it is neither' >&2)
	@$(PIP) --no-deps -e .
	@touch $(VENV)/.installed

lint:
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types:
	@$(BIN)/mypy

contracts:
	@$(BIN)/lint-imports --no-cache | tail -n 12

install: $(VENV)/.installed

install-test: $(VENV)/.installed-test

$(VENV)/.made: | preflight
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: pyproject.toml | $(VENV)/.made
	@echo "Installing what running needs (about a minute)"
	@[ -z "$(TORCH_INDEX)" ] || $(PIP) --index-url "$(TORCH_INDEX)" torch==2.13.0
	@$(PIP) -e . 2> >(grep -v 'is ignored: it is neither' >&2)
	@touch $@

$(VENV)/.installed-test: pyproject.toml | $(VENV)/.installed
	@echo "Installing what testing needs"
	@$(PIP) -e '.[test]' 2> >(grep -v 'is ignored: it is neither' >&2)
	@touch $@

preflight:
	@[ -n "$(PYTHON)" ] || { echo "make: no python3 found. Install Python 3.11 or later."; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is $$($(PYTHON) --version 2>&1); Python 3.11 or later is needed. Set one: make PYTHON=/path/to/python3.11 run"; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "make: $(PYTHON) has no venv module. On Debian: apt-get install python3-venv"; exit 2; }

port: preflight
	@$(PYTHON) -c 'import socket, sys; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", int(sys.argv[1])))' "$(SOURCIER_PORT)" 2>/dev/null || { echo "make: port $(SOURCIER_PORT) is taken. Use another one: SOURCIER_PORT=8001 make run"; exit 2; }

system:
	@for pair in chromium:chromium tesseract:"tesseract-ocr tesseract-ocr-fra"; do \
	  command -v $${pair%%:*} >/dev/null && continue; \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing $${pair#*:} for the tests"; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $${pair#*:}; } >/dev/null 2>&1 \
	      || echo "make: $${pair#*:} could not be installed: the tests that need it will be skipped"; \
	  else \
	    echo "make: $${pair%%:*} is not here and cannot be installed: the tests that need it will be skipped"; \
	  fi; \
	done

clean: ## Remove what was built, not the environment
	@rm -rf bundles build reports .pytest_cache .mypy_cache .ruff_cache *.egg-info
