# Everything runs in .venv, which is made from requirements.txt by the first target that needs it. `make test` adds what
# the tests need, and makes places apart for packages that would get in the way: .venv-langchain, and node_modules where
# there is npm.
# Settings: PYTHON (the Python that makes .venv), LAB_FLAGS (for JupyterLab), PORT (for serve), FILES (for notebooks and
# check-live), FLAGS (for bench and site-report).

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
INSTALLED := .venv/installed
TESTS_INSTALLED := .venv/installed-for-tests
LANGCHAIN_INSTALLED := .venv-langchain/installed
# Packages from npm: a client of the sandbox, the checker of accessibility, and what only site-report needs.
NODE_INSTALLED := tests/clients/node/node_modules/installed
AXE_INSTALLED := tests/browser/node_modules/installed
LIGHTHOUSE_INSTALLED := tools/lighthouse/node_modules/installed
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --requirement

# Material for MkDocs prints a notice about MkDocs 2 otherwise; requirements.txt keeps MkDocs below 2.
export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := help
.PHONY: help lab test lint site serve sandbox notebooks programs site-report check-live bench

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

lab: $(INSTALLED) ## open the lessons in JupyterLab
	$(BIN)/jupyter lab --ServerApp.root_dir="$(CURDIR)" $(if $(filter 0,$(shell id -u)),--allow-root) \
		--LabApp.default_url=/lab/tree/notebooks/01_first_request.ipynb $(LAB_FLAGS)

test: lint $(TESTS_INSTALLED) $(LANGCHAIN_INSTALLED) $(NODE_INSTALLED) $(AXE_INSTALLED) ## run every test, those in the lessons included
	$(BIN)/python -m pytest

lint: $(INSTALLED) ## check the style of the code
	$(BIN)/ruff check
	$(BIN)/ruff format --check

site: $(INSTALLED) ## build the site into site/
	$(BIN)/mkdocs build --strict

serve: $(INSTALLED) ## show the site on this machine, at port 8000 or PORT
	$(BIN)/mkdocs serve --strict --dev-addr 127.0.0.1:$(PORT)

sandbox: $(INSTALLED) ## start the sandbox at http://127.0.0.1:8011/v2, FLAGS=--help for its options
	@$(BIN)/python -m helpers.sandbox $(FLAGS)

site-report: $(TESTS_INSTALLED) $(AXE_INSTALLED) $(LIGHTHOUSE_INSTALLED) ## measure the site in Chromium: sizes, accessibility, speed, links
	$(BIN)/python -m tools.site_report $(FLAGS)

notebooks: $(INSTALLED) ## execute the lessons against the sandbox and store their outputs
	$(BIN)/python -m tools.run_notebooks $(FILES)

programs: $(INSTALLED) $(LANGCHAIN_INSTALLED) ## run the snippets and examples of the site against the sandbox and store their outputs
	$(BIN)/python -m tools.run_programs $(FILES)

check-live: $(INSTALLED) ## execute the lessons against the service that API_KEY belongs to
	$(BIN)/python -m tools.check_live $(FILES)

bench: $(TESTS_INSTALLED) ## measure the sandbox's server beside a bare one
	$(BIN)/python -m tools.bench $(FLAGS)

$(INSTALLED): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or later is needed. '$(PYTHON)' is: $$($(PYTHON) --version 2>&1)." >&2; \
		echo "With another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python $(PIP_INSTALL) requirements.txt
	# JupyterLab would ask about news on its first start, and look for them on another host.
	@$(BIN)/jupyter labextension disable --level=sys_prefix @jupyterlab/apputils-extension:announcements >/dev/null 2>&1
	@touch $@

$(TESTS_INSTALLED): $(INSTALLED) tests/requirements.txt
	$(BIN)/python $(PIP_INSTALL) tests/requirements.txt
	@touch $@

# Made by the Python of .venv, which was checked.
$(LANGCHAIN_INSTALLED): tests/clients/langchain/requirements.txt | $(INSTALLED)
	$(BIN)/python -m venv .venv-langchain
	.venv-langchain/bin/python $(PIP_INSTALL) $<
	@touch $@

# Without them, the tests that need them are skipped, and say so.
$(NODE_INSTALLED) $(AXE_INSTALLED) $(LIGHTHOUSE_INSTALLED): %/node_modules/installed: %/package-lock.json %/package.json
	@if ! command -v npm >/dev/null; then echo "There is no npm, so $* stays without its packages."; \
	elif npm ci --prefix $* --no-audit --no-fund --loglevel=error; then touch $@; \
	else echo "npm could not install the packages of $*, so what needs them is left out." >&2; fi
