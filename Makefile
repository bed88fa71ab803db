# Two commands, each with all of its own set-up in .venv:
#   make demo    color the photographs in examples/ (small install, no PyTorch)
#   make test    install everything for development and run all checks
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo test lint clean

demo: .venv/using
	$(BIN)/photochrom colorize examples -o demo --sheet demo/sheet.png
	@echo "Results are in demo/, before and after side by side in demo/sheet.png"

test: lint
	$(BIN)/python -m pytest -n auto

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.venv/using: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) -e .
	touch $@

.venv/dev: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) -e '.[dev]'
	touch $@ .venv/using

clean:
	rm -rf .venv demo build dist
