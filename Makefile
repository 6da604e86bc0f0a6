# Everything from a fresh clone: `make run` starts Banyan, `make test` and `make check` prove it.
# Needed beforehand: Python 3.11 or newer, git, make. The rest is installed into this folder.

.DEFAULT_GOAL := help
.PHONY: help run dev test check bench bench-quick bench-check clean setup web lint types walls lints web-check

VENV := .venv/bin
SETUP := .tools/setup.stamp
WEB := web/node_modules/.banyan-build
WEB_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' 2>/dev/null)
# Node as tools/node.sh finds it (on the machine, or the PyPI wheel).
NPM = PATH="$$(sh tools/node.sh):$$PATH" npm --prefix web --no-fund --no-audit --loglevel=error

help:
	@echo "make run    set up and start Banyan"
	@echo "make test   all tests (the real database, a real browser)"
	@echo "make check  lint, types, walls, sizes, house rules, docs, web (no database)"
	@echo "make dev    start Banyan, restarting when the source changes"
	@echo "make bench  measure speed at 10⁴, 10⁶ and 10⁷ records, write bench/RESULTS.md (about an hour)"
	@echo "make bench-quick  ratios to the bare database at 10⁴ records (≤ 3 minutes)"
	@echo "make clean  remove what was built or installed here (not your data)"

setup: $(SETUP)

$(SETUP): pyproject.toml uv.lock tools/setup.sh
	@sh tools/setup.sh
	@touch $@

web: $(WEB)

web/node_modules/.banyan-install: web/package-lock.json $(SETUP)
	@echo "Installing the web client's libraries ..."
	@$(NPM) ci
	@touch $@

$(WEB): web/node_modules/.banyan-install $(WEB_SOURCES)
	@echo "Building the web client ..."
	@$(NPM) run --silent build > web/node_modules/.banyan-build.log 2>&1 \
	  || { cat web/node_modules/.banyan-build.log; exit 1; }
	@touch $@

run: $(SETUP) $(WEB)
	@exec $(VENV)/banyan serve

dev: $(SETUP) $(WEB)
	@exec $(VENV)/banyan serve --reload

test: $(SETUP) $(WEB)
	@BANYAN_CHROMIUM="$$($(VENV)/python tools/chromium.py)" && export BANYAN_CHROMIUM && \
	  $(NPM) run --silent test && $(VENV)/python tools/run_tests.py $(PYTEST)

check: lint types walls lints web-check
	@echo "All checks passed."

lint: $(SETUP)
	@$(VENV)/ruff check --quiet . && $(VENV)/ruff format --check --quiet .

types: $(SETUP)
	@$(VENV)/mypy --no-error-summary

walls: $(SETUP)
	@$(VENV)/lint-imports --no-logo > .tools/walls.log 2>&1 || { cat .tools/walls.log; exit 1; }

lints: $(SETUP)
	@$(VENV)/python tools/sizes.py
	@$(VENV)/python tools/house_rules.py
	@$(VENV)/python tools/docs_check.py

web-check: web/node_modules/.banyan-install
	@$(NPM) run --silent check > web/node_modules/.banyan-check.log 2>&1 \
	  || { cat web/node_modules/.banyan-check.log; exit 1; }

bench: $(SETUP) $(WEB)
	@BANYAN_CHROMIUM="$$($(VENV)/python tools/chromium.py)" && export BANYAN_CHROMIUM && $(VENV)/python -m bench

bench-quick: $(SETUP)
	@$(VENV)/python -m bench --quick

bench-check: $(SETUP)
	@$(VENV)/python -m bench --check

clean:
	@rm -rf .venv .tools web/node_modules web/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache \
	  .hypothesis test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
