# One word a chore; `make demo` and `make test` from a fresh clone are the whole set-up.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test quick check docs coverage bench matrix mutate clean

demo: $(VENV)/installed
	$(BIN)/thumblab demo

test: $(VENV)/developed
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist worksteal

# The parts on which the others stand, and the rules of the house: under a minute on two cores.
quick: $(VENV)/developed
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist worksteal \
		tests/core tests/kernels tests/layers tests/losses tests/optim tests/config tests/storage \
		tests/analysis tests/verdict tests/test_house.py tests/test_vocabulary.py

coverage: $(VENV)/developed
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist worksteal \
		--cov thumblab --cov-branch --cov-report term:skip-covered --cov-report html

check: $(VENV)/developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell
	$(BIN)/lint-imports

docs: $(VENV)/documented
	$(BIN)/python -m sphinx -W --keep-going -n -q -E -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

bench: $(VENV)/developed
	$(BIN)/thumblab bench

matrix: $(VENV)/developed
	$(BIN)/python scripts/matrix

mutate: $(VENV)/developed
	$(BIN)/python scripts/mutate

clean:
	rm -rf $(VENV) runs htmlcov .coverage docs/_build

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints-dev.txt --editable .
	touch $@

$(VENV)/developed: pyproject.toml constraints-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints-dev.txt --editable '.[dev,torch]'
	touch $(VENV)/installed $@

$(VENV)/documented: pyproject.toml constraints-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints-dev.txt --editable '.[docs]'
	touch $(VENV)/installed $@
