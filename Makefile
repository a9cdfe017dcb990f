# Everything a developer does. The first target you ask for makes the virtual environment by itself.

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo run test test-long check format migrate

help:
	@echo "make demo     live through a simulated institution and read its digest (ARGS='--clients 300')"
	@echo "make run      serve the chats that the environment configures"
	@echo "make test     all tests"
	@echo "make test-long  the same with ten times as many random conversations"
	@echo "make check    style, types and the law of who may import whom"
	@echo "make format   put the code in shape"
	@echo "make migrate  bring the database to the newest schema"
	@echo "make setup    only make $(VENV)"

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "Python 3.11 or newer is needed, this is %d.%d: set PYTHON=" % v[:2])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev,postgres]'
	@touch $@

setup: $(STAMP)

demo: $(STAMP)
	$(BIN)/python bot.py demo $(ARGS)

run: $(STAMP)
	$(BIN)/python bot.py run $(ARGS)

test: $(STAMP)
	$(BIN)/python -m pytest -n logical --maxprocesses 8 $(ARGS)

test-long: export SPM_WALKS = 5000
test-long: test

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

migrate: $(STAMP)
	$(BIN)/python bot.py migrate $(ARGS)
