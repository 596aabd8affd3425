# Everything a person does with this project. Each target does the set-up it needs.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev browser paper demo serve test test-quick test-sqlite test-postgres test-races \
	test-browser check format lock i18n css vendor revision bench prove screens clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: python ## Make .venv with the locked packages the service needs
	@$(PYTHON) tools/setup.py runtime

setup-dev: python ## ... and those its tests and checks need
	@$(PYTHON) tools/setup.py dev

.PHONY: python
python:
	@command -v $(PYTHON) >/dev/null || { echo "setup: Python 3.11 or newer is needed, and there is no $(PYTHON)." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "setup: Python 3.11 or newer is needed; this is $$($(PYTHON) -V 2>&1); name another with PYTHON=..." >&2; exit 1; }

browser: setup-dev ## Find or install the Chromium of the browser tests
	@$(BIN)/python -m tools.browser

paper: setup-dev ## Find or install the libraries that lay out text for PDFs
	@$(BIN)/python -m tools.paper

demo: setup ## Build a believable service, take a day's orders, plan it, and serve it on 127.0.0.1:8000
	$(BIN)/transport demo

serve: setup ## Serve what is in the database, with the background worker
	$(BIN)/transport db upgrade
	$(BIN)/transport seed
	$(BIN)/transport serve --with-worker

test: test-sqlite test-postgres test-races test-browser ## Everything: both databases, races, browser (about 15 minutes)

test-quick: paper ## SQLite without slow tests (under a minute)
	$(PYTEST) -q -n $(WORKERS) --database sqlite -m "not slow and not race and not browser"

test-sqlite: paper ## The suite on SQLite
	$(PYTEST) -q -n $(WORKERS) --dist worksteal --database sqlite -m "not race and not browser"

# The doors one by one are left to `make prove`: they speak no SQL, and the tests beside them walk through them all.
# So are the benches of the command line, which measure planning.
test-postgres: setup-dev ## The suite on PostgreSQL
	$(PYTEST) -q -n $(WORKERS) --dist worksteal --database postgres -m "not race and not browser" \
		--ignore-glob='tests/api/*/*' --ignore-glob='tests/cli/test_bench_*' --ignore=tests/simulation

test-races: setup-dev ## Several processes at once, on both databases
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target races-sqlite races-postgres

races-%:
	$(PYTEST) -q --database $* tests/races

# One by one, and the longest ones first (tests/conftest.py), so that no worker waits for the other at the end.
test-browser: browser paper ## Pages in a real browser, with axe-core
	$(PYTEST) -q -n $(WORKERS) --dist load --maxschedchunk 1 -m browser

check: setup-dev ## Lint, format, types, imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup-dev ## Let ruff put everything in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

LOCK := $(BIN)/uv pip compile --universal --generate-hashes --python-version 3.11 --no-annotate --no-header --quiet
lock: setup-dev ## Write the lock files anew (they name no index); UPGRADE=--upgrade for newer versions
	$(LOCK) $(UPGRADE) pyproject.toml requirements/build.in -o requirements/runtime.lock
	$(LOCK) $(UPGRADE) pyproject.toml --extra cluster requirements/build.in -c requirements/runtime.lock -o requirements/cluster.lock
	$(LOCK) $(UPGRADE) pyproject.toml --extra cluster --group dev requirements/build.in -c requirements/cluster.lock -o requirements/dev.lock
	$(LOCK) $(UPGRADE) --group bench -c requirements/dev.lock -o requirements/bench.lock

i18n: setup-dev ## Collect the texts into the catalogues
	$(BIN)/python -m tools.i18n

css: ## Build the stylesheets anew from scss/ (needs npm)
	@command -v npm >/dev/null || { echo "css: npm is needed to build the stylesheet, and only for that." >&2; exit 1; }
	npm ci --no-fund --no-audit
	npm run css

vendor: setup-dev ## Fetch the scripts of others that tools/vendor.json names (needs npm)
	$(BIN)/python -m tools.vendor

revision: setup-dev ## Write the next step of the database; MESSAGE="what changes"
	@$(BIN)/python -m tools.revision $(MESSAGE)

bench: setup ## How good and how fast, next to other solvers (15 minutes); BENCH=--all for every instance
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements/bench.lock
	$(BIN)/python -m bench $(BENCH)

prove: setup-dev ## Long runs; the figures go to docs/evidence/
	$(BIN)/python -m tools.prove

screens: browser ## Photograph the main pages of the demo into docs/screens/
	$(BIN)/python -m tools.screens

clean: ## Remove the environment and everything made by tools (never data/local)
	rm -rf .venv build ./*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
