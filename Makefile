# Everything a reader, a teacher or a maintainer does, as one command each. `make` lists them.
# On Windows, see the plain commands in README.md.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/.ready
TORCH = $(shell $(BIN)/python -c 'import torch' 2>/dev/null && echo yes)
WITHOUT = $(if $(TORCH),,book/07-pytorch.ipynb)
SOLVED = book/solutions/*.ipynb book/exercises/*.ipynb # names found when a command runs
NOTEBOOKS = $(filter-out $(WITHOUT),$(wildcard book/*.ipynb book/appendix/*.ipynb)) $(SOLVED)
CONVERT = $(BIN)/jupyter nbconvert --log-level WARN --to notebook --inplace
EXECUTE = GRU_LIB_STATIC=1 OPENBLAS_NUM_THREADS=1 $(CONVERT) --execute \
	--ExecutePreprocessor.record_timing=False --ExecutePreprocessor.store_widget_state=False
COALESCE = $(CONVERT) --coalesce-streams

.PHONY: help book test lab refresh exercises bench mutants clean

help: ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

$(READY): requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; none was found."; exit 1; }
	@rm -rf .venv
	@if command -v uv >/dev/null; then \
		uv venv --quiet --python $(PYTHON) .venv && \
		uv pip install --quiet --python $(BIN)/python -r requirements.txt; \
	else \
		$(PYTHON) -m venv .venv || \
			{ echo "On Debian and Ubuntu: apt install python3-venv"; exit 1; }; \
		$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt; \
	fi
	@touch $@

book: $(READY) ## build the book and print the address of its first page
	@rm -rf _build
	@$(BIN)/jupyter-book build . --all -W --keep-going --quiet
	@echo "The book: file://$(CURDIR)/_build/html/index.html"

test: book ## lint, run the unit tests, re-execute every notebook, check the built book
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/pytest

lab: $(READY) ## open the notebooks in JupyterLab
	@$(BIN)/jupyter lab book

refresh: $(READY) ## execute every notebook anew, and write the pages and diagrams made by scripts
	@test -z "$(WITHOUT)" || echo "PyTorch is not installed: $(WITHOUT) stays as it is"
	@$(EXECUTE) $(NOTEBOOKS)
	@$(COALESCE) $(NOTEBOOKS)
	@$(BIN)/python tests/equations.py
	@$(BIN)/python book/figures/draw.py

exercises: $(READY) ## make the exercises from the solutions, and execute both
	@$(BIN)/python -c 'import nbgrader' 2>/dev/null || \
		{ echo "This needs nbgrader: $(BIN)/python -m pip install -r book/requirements-nbgrader.txt"; exit 1; }
	@$(BIN)/python book/solutions/clear.py
	@$(EXECUTE) $(SOLVED)
	@$(COALESCE) $(SOLVED)

bench: $(READY) ## time gru_lib against PyTorch (pip install -r book/requirements-torch.txt first)
	@$(BIN)/python benchmarks/bench.py

mutants: $(READY) ## change the library line by line and see whether the tests notice
	@$(BIN)/python tests/mutants.py

clean: ## remove the built book, the environment and all caches
	rm -rf _build .venv .pytest_cache .ruff_cache .hypothesis mutants
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
