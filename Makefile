# Everything a newcomer needs: `make demo`, then `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: help demo report test often check chaos bench document dashboards lock clean

help: ## What there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

$(READY): requirements.txt pyproject.toml deploy/assets.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

demo: $(READY) ## Watch a made-up county go through a real worker, on embedded parts
	$(BIN)/casepulse demo $(if $(CI),--exit,$(if $(shell test -t 0 && echo yes),,--exit))

report: $(READY) ## Release January 2021 of the made-up county, and write its formal report
	$(BIN)/casepulse scenario --county january-2021 | $(BIN)/casepulse archive reports/archive -
	$(BIN)/casepulse release make 2021-01 --kind final --known 2021-03-09 --no-tell \
		--archive reports/archive --store reports/releases
	$(BIN)/casepulse report --release 2021-01 --store reports/releases --out reports

test: $(READY) ## Every test. Real Kafka and Redis: whatever this machine has (tests/services.py)
	$(BIN)/python -m tests.parts

often: $(READY) ## The slowest fifty tests of the last run, ten times; BUSY=1: on cores kept busy
	$(BIN)/python -m tests.parts --slowest 50 --times 10 $(if $(BUSY),--busy)

.PHONY: services january unit
services january unit: $(READY) # a part of the tests alone: see tests/parts.py
	$(BIN)/python -m tests.parts $@

chaos: $(READY) ## Every bad day at full length; writes the table in docs/reliability.md
	CASEPULSE_LONG=1 CASEPULSE_REQUIRE_SERVICES=1 $(BIN)/python -m pytest -n 2 --junitxml=chaos.xml \
		tests/broker/test_workers_come_and_go.py tests/broker/test_kafka_away.py \
		tests/broker/test_redis_away.py tests/broker/test_odd_times.py tests/broker/test_load.py \
		tests/broker/test_redis_topologies.py tests/broker/test_traps.py tests/broker/test_health.py \
		tests/broker/test_security.py tests/broker/test_topics.py tests/broker/test_names.py \
		tests/broker/test_standstill.py tests/broker/test_transactions.py tests/broker/test_codecs.py \
		tests/broker/test_oversized.py tests/broker/test_three_brokers.py tests/broker/test_versions.py
	$(BIN)/python -m tests.bad_days chaos.xml

check: $(READY) ## Style, types, and who may import whom
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy examples
	$(BIN)/mypy deploy/grafana/build.py
	$(BIN)/lint-imports

bench: $(READY) ## Measure; writes bench.json
	$(BIN)/python -m tests.bench.bench --out bench.json

document: $(READY) ## Write docs/measures.md and settings.md, and January 2021's dashboard beside the published one
	$(BIN)/python -m tests.document --write

dashboards: $(READY) ## Build Grafana's dashboards from their code
	$(BIN)/python deploy/grafana/build.py

lock: ## Pin every dependency, with hashes and without an index
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--extra dev --output-file requirements.txt pyproject.toml

clean: ## Forget the environment and the caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
