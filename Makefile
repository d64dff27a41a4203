# Every target sets up what it needs; `make help` lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
SPARK := .venv-spark
STAMP := $(VENV)/.installed

export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DAGSTER_DISABLE_TELEMETRY := true
export RUNTIME__DLTHUB_TELEMETRY := false
export GX_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1

.PHONY: help setup refresh docs dev lint test test-spark soak bench format clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

setup: $(STAMP) ## build .venv with everything in it

refresh: setup ## load, model, judge and publish the simulated company
	$(BIN)/funnel refresh

docs: setup ## write the glossary and the docs of all models into .funnel/docs
	test -e $(or $(FUNNEL_HOME),.funnel)/marts.duckdb || $(BIN)/funnel refresh
	$(BIN)/funnel docs

dev: setup ## open the Dagster UI on 127.0.0.1
	$(BIN)/funnel dev --port $(or $(PORT),3000)

lint: setup ## ruff and mypy over Python, sqlfluff over the models
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 2 dbt_project/models

test: lint ## lint and all tests but the soak
	$(BIN)/pytest -n 2 --dist loadgroup -m "not soak"

test-spark: $(SPARK)/.installed ## the macros on Spark; needs Java 17, downloads 450 MB once
	$(SPARK)/bin/pytest -n 0 -m "not soak" tests/engines

$(SPARK)/.installed: requirements.lock requirements-spark.lock pyproject.toml
	$(PYTHON) -m venv $(SPARK)
	$(SPARK)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(SPARK)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-spark.lock
	$(SPARK)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

soak: setup ## long random runs against the plain-Python reference, then all faults (FAULTS="--points 50")
	$(BIN)/pytest -n 2 --dist loadgroup -m soak
	$(BIN)/python -m tests.faults $(FAULTS)

bench: setup ## ratios against bare DuckDB, in one run (BENCH="build --rows 10000000")
	$(BIN)/python -m benchmarks $(BENCH)

format: setup ## rewrite Python in the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## remove everything that runs have written
	rm -rf .funnel dbt_project/target dbt_project/logs
