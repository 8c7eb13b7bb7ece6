# Two commands matter: `make run` and `make test`. Everything they need is installed by them, on Debian 12.
# Each stamp file lies inside what it vouches for, so removing .venv, node_modules or static/vendor is always safe.

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS   += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

export FLASK_APP := wsgi
export PATH      := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONWARNINGS ?= default::DeprecationWarning:portal

PACKAGES     := ca-certificates python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
PACKAGES_DEV := chromium libatomic1 postgresql poppler-utils qpdf libnss3-tools fonts-noto-cjk

PYTHON  := .venv/.installed
DEV     := .venv/.installed-dev
ASSETS  := static/vendor/.installed
CHECKER := node_modules/.installed-dev
FONTS   := pdf/fonts/metrics.json
WORDS   := $(patsubst %.po,%.mo,$(wildcard portal/translations/*/LC_MESSAGES/*.po))
SOURCES := portal forms pdf wsgi.py

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
need  = dpkg -s $(1) >/dev/null 2>&1 || { echo "Installing Debian packages: $(1)"; \
	$(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive \
	apt-get install -qq -y --no-install-recommends $(1) >/dev/null; }

# Tests of the pure parts: papers, rules, clocks, typesetting. They meet no database, so one run of them is enough.
NO_DATABASE := forms kit pdf setup

# A PostgreSQL of its own that is gone when the command ends, and a data folder that is gone with the shell line.
POSTGRES := pg_virtualenv -t -i '-E UTF8 --locale=C.UTF-8' -o synchronous_commit=off
scratch   = export PORTAL_INSTANCE=$$(mktemp -d); trap 'rm -rf "$$PORTAL_INSTANCE"' EXIT

##@ Use
.PHONY: help run demo setup
# Demo accounts and specimen seals belong to these two commands only; deploy/ never sets this.
run demo: export PORTAL_DEMO ?= 1
help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {printf "\n%s\n", substr($$0, 5)} \
	     /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## install what is missing, prepare the database with demo cases, serve on http://127.0.0.1:8000
	@flask prepare --demo
	@exec scripts/serve

demo: setup ## begin again with fresh demo data; the old ones are kept in instance.old/
	@if [ -d instance ]; then rm -rf instance.old && mv instance instance.old; fi
	@flask prepare --demo

setup: ## only install: Debian packages, Python packages, browser assets, letter fonts, words
	@$(call need,$(PACKAGES))
	@$(MAKE) -s -j3 --output-sync=line $(PYTHON) $(ASSETS) $(FONTS) $(WORDS)

##@ Check
.PHONY: test check lint types layers db-check fix setup-dev
ifdef T
test: setup-dev ## every check and every test on SQLite and PostgreSQL; T=tests/rules runs only those, on SQLite
	@pytest $(T)
else
test: check
	@echo "== tests on SQLite"
	@pytest -n auto -m "not browser"
	@echo "== journeys in a real browser"
	@pytest -n 2 --dist loadfile -m browser
	@echo "== tests on PostgreSQL: all that meet a database"
	@PORTAL_TEST_DATABASE=postgresql $(POSTGRES) pytest -n auto -m "not browser" $(addprefix --ignore tests/,$(NO_DATABASE))
endif

check: lint types layers db-check ## everything but the tests

lint: setup-dev ## style, templates, unused and missing dependencies
	@ruff check . && ruff format --check .
	@djlint --quiet --lint templates
	@deptry .

types: setup-dev ## mypy, strict
	@mypy

layers: setup-dev ## who may import whom
	@lint-imports --no-logo 2>&1 | tail -n 12

db-check: setup-dev ## the migrations build exactly what the models say, on SQLite and PostgreSQL
	@$(call scratch); flask db-check
	@$(call scratch); PORTAL_DATABASE_URL=postgresql:// $(POSTGRES) flask db-check 2>&1 | grep -v cluster

fix: setup-dev ## let the tools mend style and layout
	@ruff check --fix --quiet . ; ruff format --quiet .

setup-dev: setup
	@$(call need,$(PACKAGES_DEV))
	@$(MAKE) -s -j2 --output-sync=line $(DEV) $(CHECKER)

##@ Measure and look
.PHONY: bench faults letters
bench: setup-dev ## letters, pages, acts and load, as ratios; B="pages load" picks, BENCH_FULL=1 goes to a million papers
	@python -m benchmarks $(B)
	@if [ -z "$(B)" ]; then BENCH_POSTGRES=1 $(POSTGRES) python -m benchmarks pages approve; fi

faults: export PORTAL_FAULTS ?= 20
faults: setup-dev ## kill, race, fill and restart the portal, 20 times as often as the tests do (PORTAL_FAULTS=100: a night)
	@pytest tests/faults
	@PORTAL_TEST_DATABASE=postgresql $(POSTGRES) pytest tests/faults

letters: setup-dev ## draw every paper from its sample into test-artifacts/letters/, to be looked at
	@rm -rf test-artifacts/letters && python -m tests.gallery test-artifacts/letters

##@ Keep
.PHONY: lock clean
lock: $(PYTHON) ## write the hash-pinned lists from requirements*.in
	@for list in requirements-tools requirements requirements-dev; do \
	   uv pip compile -q --python-version 3.11 --generate-hashes --no-header --no-annotate $$list.in -o $$list.txt; done

clean: ## remove what was installed and built; the data in instance/ stay
	@rm -rf .venv node_modules static/vendor pdf/fonts .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis test-artifacts
	@find portal/translations -name '*.mo' -delete 2>/dev/null || true

# -- what is installed, and when it is out of date ---------------------------------------------------------------------

.venv/bin/uv: requirements-tools.txt
	@echo "Python environment"
	@python3 -m venv .venv
	@.venv/bin/python -m pip install -q --require-hashes -r requirements-tools.txt
	@touch $@

$(PYTHON): requirements.txt .venv/bin/uv
	@echo "Python packages"
	@uv pip install -q --python .venv --require-hashes -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(PYTHON)
	@echo "Python packages for the tests"
	@uv pip install -q --python .venv --require-hashes -r requirements-dev.txt
	@touch $@

# Files are picked by name: Tabler's dist/libs holds programs that are not free, and must never be served.
$(ASSETS): package-lock.json package.json $(PYTHON)
	@echo "Browser assets"
	@npm ci --silent --omit=dev
	@mkdir -p $(@D)
	@cp node_modules/@tabler/core/dist/css/tabler.min.css node_modules/@tabler/core/dist/js/tabler.min.js \
	    node_modules/htmx.org/dist/htmx.min.js $(@D)/
	@touch $@

$(CHECKER): $(ASSETS)
	@echo "Page checker"
	@npm ci --silent
	@touch $@

$(FONTS): pdf/fontbuild.py $(wildcard pdf/data/*) $(PYTHON)
	@echo "Letter fonts"
	@python -m pdf.fonts
	@touch $@

%.mo: %.po $(PYTHON)
	@pybabel -q compile -i $< -o $@
