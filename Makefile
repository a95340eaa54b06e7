# Everything runs in .venv, which is made from requirements.txt by the first target that needs it.
# Settings: PYTHON (the Python that makes .venv), LAB_FLAGS (for JupyterLab), PORT (for serve), FILES (for notebooks and
# check-live).

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
INSTALLED := .venv/installed

# Material for MkDocs prints a notice about MkDocs 2 otherwise; requirements.txt keeps MkDocs below 2.
export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := help
.PHONY: help lab test lint site serve notebooks check-live

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

lab: $(INSTALLED) ## open the lessons in JupyterLab
	$(BIN)/jupyter lab --ServerApp.root_dir="$(CURDIR)" $(if $(filter 0,$(shell id -u)),--allow-root) \
		--LabApp.default_url=/lab/tree/notebooks/01_first_request.ipynb $(LAB_FLAGS)

test: lint ## run every test, those in the lessons included
	$(BIN)/python -m pytest

lint: $(INSTALLED) ## check the style of the code
	$(BIN)/ruff check
	$(BIN)/ruff format --check

site: $(INSTALLED) ## build the site into site/
	$(BIN)/mkdocs build --strict

serve: $(INSTALLED) ## show the site on this machine, at port 8000 or PORT
	$(BIN)/mkdocs serve --strict --dev-addr 127.0.0.1:$(PORT)

notebooks: $(INSTALLED) ## execute the lessons against the sandbox and store their outputs
	$(BIN)/python -m tools.run_notebooks $(FILES)

check-live: $(INSTALLED) ## execute the lessons against the service that API_KEY belongs to
	$(BIN)/python -m tools.check_live $(FILES)

$(INSTALLED): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or later is needed. '$(PYTHON)' is: $$($(PYTHON) --version 2>&1)." >&2; \
		echo "With another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	# JupyterLab would ask about news on its first start, and look for them on another host.
	@$(BIN)/jupyter labextension disable --level=sys_prefix @jupyterlab/apputils-extension:announcements
	@touch $@
