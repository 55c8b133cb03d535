# Every target sets itself up in .venv; nothing but the package registries is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= data

.PHONY: help demo test check lab bench clean

help:
	@echo "make demo   compress the bundled conversations for three providers; writes build/"
	@echo "make test   lint, types and every test"
	@echo "make lab    JupyterLab on the tutorials"

$(BIN)/activate:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip

$(VENV)/.installed: $(BIN)/activate pyproject.toml
	$(BIN)/pip install --quiet --editable '.[test]'
	@touch $@

demo: $(VENV)/.installed
	$(BIN)/python -m headroom_nb.demo --out build

check: $(VENV)/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: check
	$(BIN)/pytest

lab: $(VENV)/.installed
	$(BIN)/jupyter lab notebooks

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
