# From a fresh clone, with Python 3.11 or newer: `make run`.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# Python compiles what is used when it is first used: a third of the packages is never.
INSTALL := $(PIP) install --no-compile -c constraints.txt

# The interpreter to build .venv with, such as PYTHON=python3.12; empty takes the first that will do.
PYTHON ?=
CANDIDATES := $(or $(PYTHON),python3 python3.13 python3.12 python3.11)

.DEFAULT_GOAL := help
.PHONY: help run dev demo-databricks test drill oracle bench image-proof check audit format screenshots gallery setup clean

help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup ## Start the app on http://localhost:8050; demo data until you import your own
	@exec $(BIN)/dbspend360 serve --with-scheduler

dev: setup ## Start the app, and start it again whenever a file changes
	@DBSPEND360_RELOAD=true exec $(BIN)/dbspend360 serve

demo-databricks: $(VENV)/.dev ## Start the app on a SQL warehouse on loopback: the Databricks way, no account
	@exec $(BIN)/python tests/demo_databricks.py

test: $(VENV)/.dev ## Run every test, those in a real browser too, side by side; ARGS="-k cache" picks some
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh tests/install_browser.sh
	@echo "Running the tests"
	@$(BIN)/pytest -n auto --maxprocesses 4 --dist worksteal $(ARGS)

drill: $(VENV)/.dev ## Keep each outage of the drill up for two minutes, eight people clicking on; as root fill a disk
	@DRILL_SECONDS=120 $(BIN)/pytest tests/test_drill.py
	@if test "$$(id -u)" = 0; then $(BIN)/pytest tests/disk_drill.py; fi

oracle: $(VENV)/.dev ## Ask local Spark the same questions, as the judge of the SQL dialect; needs Java
	@echo "Installing Spark (450 MB, once)"
	@$(INSTALL) -e '.[oracle]'
	@$(BIN)/pytest -W default tests/warehouse/spark_oracle.py

bench: $(VENV)/.dev ## Measure speed, memory and sizes up to ten million records; QUICK=1 up to a million, three minutes
	@$(BIN)/python benchmarks/bench.py $(if $(QUICK),--quick) --out data/bench/latest.json $(ARGS)

image-proof: ## Build the container where no Docker engine runs, and try it; as root on Debian
	@sh tests/image_proof.sh

check: $(VENV)/.dev ## Lint, formatting, types, and which room may import which
	@echo "Checking with ruff" && $(BIN)/ruff check --quiet
	@echo "Checking the formatting" && $(BIN)/ruff format --check --quiet \
		|| { $(BIN)/ruff format --diff --quiet; echo "\`make format\` puts that right."; exit 1; }
	@echo "Checking the types" && $(BIN)/mypy --no-error-summary
	@echo "Checking the imports" && $(BIN)/lint-imports
	@echo "Checking with bandit" && $(BIN)/bandit --quiet --recursive --configfile pyproject.toml dbspend360 gunicorn.conf.py

audit: $(VENV)/.dev ## Ask the public list of vulnerabilities about the pinned packages; needs the internet
	@$(PIP) install pip-audit
	@$(BIN)/pip-audit --requirement constraints.txt --no-deps --disable-pip --progress-spinner off \
		|| { echo "Either something above has a known vulnerability, or the list did not answer."; exit 1; }

format: $(VENV)/.dev ## Format the code and fix what can be fixed without thinking
	@$(BIN)/ruff check --fix --quiet
	@$(BIN)/ruff format

screenshots: $(VENV)/.dev ## Take the pictures of the docs again, from demo data
	@$(BIN)/python docs/screenshots.py

gallery: $(VENV)/.dev ## Take a picture of every page and state, in both themes and three widths, to look at
	@$(BIN)/python docs/gallery.py data/gallery $(ARGS)

setup: $(VENV)/.app ## Make .venv with the pinned packages; done once, and again when they change
	@:

clean: ## Remove .venv and all caches; your data stays
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis dist
	@find dbspend360 tests -name __pycache__ -prune -exec rm -rf {} +
	@echo "Removed .venv and the caches."

# Empty files in .venv say what is installed, so that a second start asks pip nothing.

$(VENV)/.app: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Installing the packages (about a minute, once)"
	@$(INSTALL) -e . || { echo "The packages could not be installed; pip says why above."; exit 1; }
	@touch $@

$(VENV)/.dev: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Installing the packages and what the tests need (about a minute, once)"
	@$(INSTALL) -e '.[dev]' || { echo "The packages could not be installed; pip says why above."; exit 1; }
	@touch $(VENV)/.app $@

$(VENV)/.python:
	@for python in $(CANDIDATES); do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "DBSpend360 needs Python 3.11 or newer; tried: $(CANDIDATES)."; \
		echo "If it is somewhere else: make run PYTHON=/where/it/is/python3"; \
		exit 1; \
	fi; \
	if ! "$$found" -c 'import venv, ensurepip' 2>/dev/null; then \
		echo "$$found has no venv module. On Debian and Ubuntu: apt install python3-venv"; \
		exit 1; \
	fi; \
	echo "Making .venv with $$("$$found" --version)"; \
	"$$found" -m venv --clear $(VENV) && touch $@
