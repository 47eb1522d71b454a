# Spare Key, from a fresh checkout. Needs Python 3.11 or newer, make and git; everything else is fetched into .venv.

PORT ?= 8000
VENV ?= .venv
BIN = $(VENV)/bin
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { command -v $$name; break; }; done)
STRICT ?=
export STRICT
UV_COMPILE = uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-strip-extras --quiet

# Tests wait for a browser, a server or a disk now and then: one worker more than there are cores.
WORKERS ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$((cores < 4 ? cores + 1 : 4)))
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist load --maxschedchunk 4

.PHONY: help run test quick slow test-costs walk chaos examples coverage lint bench screens vendor bundles pins free-port venv installed-run installed-dev chromium

help: ## What can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

run: export SPAREKEY_MODE = development
run: export PORT := $(PORT)
run: export PUBLIC_URL = http://localhost:$(PORT)
run: export PYTHONUNBUFFERED = 1
run: free-port installed-run ## Start Spare Key with a demo organisation on http://localhost:8000 (PORT=8001: elsewhere)
	@mkdir -p instance && chmod 700 instance
	@$(BIN)/flask --app webapp upgrade-db
	@$(BIN)/flask --app webapp demo > instance/welcome.txt
	@PATH="$(abspath $(BIN)):$$PATH"; $(BIN)/python -c "$$WELCOME" & exec $(BIN)/honcho start web worker

test: installed-dev chromium lint ## Lint, types and every test that can run here; the last line says which could not
	@COSTS=$${COSTS:-1} $(PYTEST)

quick: installed-dev ## What needs no browser and takes no time, for while you work
	@COSTS=$${COSTS:-1} TESTS=quick $(PYTEST)

slow: installed-dev chromium ## All others
	@COSTS=$${COSTS:-1} TESTS=slow $(PYTEST)

test-costs: installed-dev chromium ## What tests cost, by kind, for tests/README.md; renews tests/durations.txt
	@COSTS=write $(PYTEST) -q

coverage: installed-dev chromium ## Which lines of webapp no test runs (slower)
	@$(PYTEST) --cov --cov-report=term:skip-covered

walk: installed-dev ## The random walk, along ways that nobody has walked yet
	@WALK_SEED=random $(PYTEST) -q tests/walks/test_random_walk.py

chaos: installed-dev chromium ## Kill web, worker and PostgreSQL for five minutes while people work (CHAOS_SEED=number: as before)
	@CHAOS_SECONDS=300 CHAOS_SEED=$${CHAOS_SEED:-$$(od -An -N3 -tu4 /dev/urandom | tr -d ' ')} $(BIN)/python -m pytest -q -s tests/chaos

examples: installed-dev chromium ## Everything that holds for any input, with examples that nobody has tried yet
	@EXAMPLES=random $(PYTEST) -q -m hypothesis

# What was checked before is not checked again, in another checkout neither: both go by what a file says.
lint: export MYPY_CACHE_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/sparekey/mypy
lint: export RUFF_CACHE_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/sparekey/ruff
lint: installed-dev ## Style, types, layers, templates; of scripts, too, where npm is
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/djlint --lint --quiet templates
	@if command -v npm >/dev/null; then node requirements/scripts/check.mjs; \
	else echo "Scripts were not read: that needs Node.js and npm, https://nodejs.org"; test -z "$(STRICT)"; fi

bench: installed-dev ## Measure what must stay fast
	@$(BIN)/python -m pytest -q -s -p no:cacheprovider tests/bench

screens: installed-dev chromium ## Keep pictures of every screen in instance/screens
	@SCREENS=instance/screens $(PYTEST) -q tests/browser
	@echo "The pictures are in instance/screens."

vendor: ## Rebuild static/vendor from its pins (needs Node.js and npm)
	@command -v npm >/dev/null || { echo "This needs Node.js and npm: https://nodejs.org"; exit 1; }
	@node static/vendor/build.mjs

bundles: ## Rebuild static/dist, after any change in static/js or static/css (needs Node.js and npm)
	@command -v npm >/dev/null || { echo "This needs Node.js and npm: https://nodejs.org"; exit 1; }
	@node static/vendor/bundle.mjs

pins: ## Resolve requirements/*.in anew (needs uv)
	@command -v uv >/dev/null || { echo "This needs uv: https://docs.astral.sh/uv"; exit 1; }
	@$(UV_COMPILE) requirements/run.in -o requirements/run.txt
	@$(UV_COMPILE) requirements/dev.in -o requirements/dev.txt

venv:
	@test -n "$(PYTHON)" && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Spare Key needs Python 3.11 or newer. Install it from your system or from https://www.python.org/downloads,"; \
		echo "or say where it is: make PYTHON=/path/to/python3"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
		"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
			echo "This Python comes without its venv module. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }; \
		echo "Making $(VENV) …"; "$(PYTHON)" -m venv --clear $(VENV); }

installed-run: venv
	@cmp -s requirements/run.txt $(VENV)/run.txt || { echo "Installing what Spare Key needs …"; \
		$(call INSTALL,requirements/run.txt) && cp requirements/run.txt $(VENV); }

installed-dev: venv
	@cmp -s requirements/dev.txt $(VENV)/dev.txt || { echo "Installing what Spare Key and its tests need …"; \
		$(call INSTALL,requirements/dev.txt) && cp requirements/run.txt requirements/dev.txt $(VENV); }

INSTALL = $(BIN)/python -m pip install --quiet --retries 10 --timeout 60 --disable-pip-version-check --require-hashes -r $(1)

chromium: installed-dev
	@$(BIN)/python -m tests.support.pages.chromium || $(BIN)/playwright install chromium || true

free-port: venv
	@"$(PYTHON)" -c "$$PORT_IS_FREE" "$(PORT)"

define PORT_IS_FREE
import socket, sys
port = int(sys.argv[1]) if sys.argv[1].isdecimal() else 0
if not 1024 <= port <= 65535:
    sys.exit("PORT is a number from 1024 to 65535, such as make run PORT=8001")
with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        sys.exit(f"Port {port} is taken, perhaps by another Spare Key. Use the next one: make run PORT={port + 1}")
endef
export PORT_IS_FREE

define WELCOME
import os, pathlib, time, urllib.error, urllib.request
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
server = os.getppid()
while os.getppid() == server:
    try:
        direct.open(os.environ["PUBLIC_URL"], timeout=5)
    except urllib.error.HTTPError:
        pass
    except OSError:
        time.sleep(0.2)
        continue
    print("\n" + pathlib.Path("instance/welcome.txt").read_text(), flush=True)
    break
endef
export WELCOME
