# `make` alone prints the verbs. Everything runs with the Node of this workspace, so a host with Node 20 is enough.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := $(CURDIR)/node_modules/.bin
export PATH := $(BIN):$(PATH)
EBB := node packages/cli/bin/ebb.js
# As packages/cli/src/compile-cache.ts, for what tests start by themselves.
export NODE_COMPILE_CACHE ?= $(CURDIR)/node_modules/.cache/node
# Holds the checksum of the lock file that was installed last.
STAMP := node_modules/.ebb-install
# Events that one generate_* run makes.
COUNT ?= 5000
# Of `make soak`.
RATE ?= 10000
MINUTES ?= 10

.PHONY: help install doctor preflight compose compose-down credentials up-streaming up-batch up-dashboards down-streaming \
	down-batch down-dashboards up down status logs migrate psql clickhouse demo test check test-long test-compose screenshots bench soak format \
	dbt-venv dbt dbt-docs lineage airflow-venv airflow superset-venv superset lake-venv lake notebook-venv notebook anchor-venv \
	all purchase_agg purchase_events website_agg website_events \
	generate_streaming_purchases generate_web_events generate_all

help: ## print the verbs
	@echo 'Ebb. First: make doctor, then make demo.'
	@awk -F ':.*## ' '/^[a-z_-]+:.*## / { printf "  make %-30s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## install the dependencies (only when the lock file changed)
	@if [ "$$(cat $(STAMP) 2>/dev/null)" != "$$(cksum < package-lock.json)" ]; then \
	  command -v npm >/dev/null || { echo 'Node.js 20 or newer with npm is needed: https://nodejs.org/en/download'; exit 1; }; \
	  node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' \
	    || { echo "Node.js 20 or newer is needed, this is $$(node --version): https://nodejs.org/en/download"; exit 1; }; \
	  echo 'Installing dependencies (about 1.1 GB on disk, half of it ClickHouse; a few minutes the first time)'; \
	  npm ci --loglevel=error && cksum < package-lock.json > $(STAMP); \
	fi

dbt-venv: ## install dbt into .venv/dbt (only when its lock file changed)
	@sh dbt/make-venv.sh dbt dbt/requirements.txt

doctor: install ## say what this machine lacks, and how to get it
	@$(EBB) doctor

up: install ## start the stack and wait until it answers
	@$(EBB) up

down: install ## stop every process of the stack; data stays
	@$(EBB) down

status: install ## state, address, processor time and memory of every part
	@$(EBB) status

logs: install ## the last lines of every log
	@$(EBB) logs

migrate: install ## bring database and topics of the running stack up to date
	@$(EBB) migrate

psql: install ## a SQL shell on the stack's database
	@$(EBB) psql

clickhouse: install ## a SQL prompt on the stack's ClickHouse
	@$(EBB) clickhouse

airflow-venv: ## install Airflow into .venv/airflow (only when its lock file changed)
	@sh dbt/make-venv.sh airflow airflow/requirements.txt

airflow: install dbt-venv airflow-venv lake-venv ## start the stack with Airflow and a page for its mails
	@$(EBB) up --with airflow

superset-venv: ## install Superset into .venv/superset (only when its lock file changed)
	@sh dbt/make-venv.sh superset superset/requirements.txt

superset: install superset-venv ## start the stack with Superset and its dashboards
	@$(EBB) up --with superset

lake-venv: ## install pyiceberg into .venv/lake (only when its lock file changed)
	@sh dbt/make-venv.sh lake services/segmentation-worker/lake/requirements.txt

lake: up lake-venv ## publish profiles and clusters of customers as Iceberg tables
	@$(EBB) lake publish

notebook-venv: ## install Jupyter's kernel, pandas and matplotlib into .venv/notebook (only when their lock file changed)
	@sh dbt/make-venv.sh notebook notebooks/requirements.txt

notebook: up lake-venv notebook-venv ## the notebook on customers with its figures, as a page; models that are missing are run first
	@$(EBB) models run rfm_segments --source retail_files --unless-published
	@$(EBB) models run behaviour_clusters --source shop --unless-published
	@$(EBB) models run clv --source retail --unless-published
	@$(EBB) models run churn_scores --source retail --params '{"horizon_days": 120}' --unless-published
	@$(EBB) lake publish
	@$(EBB) notebook

dbt: up dbt-venv ## build and test all models, publish them; a failure keeps the old publication
	@$(EBB) build

dbt-docs: up dbt-venv ## dbt's documentation of the models, as one page
	@$(EBB) docs

lineage: install dbt-venv ## from the topics and files to the dashboards, as JSON
	@$(EBB) lineage --json

demo: install dbt-venv ## real and simulated events, live KPIs checked against SQL; until Ctrl-C (DEMO_EXIT=1: ends by itself)
	@$(EBB) demo

check: install ## linter, formatter, type checker
	@echo 'lint'; oxlint --type-aware --deny-warnings
	@echo 'format'; prettier --check --log-level warn .
	@echo 'types'; tsc --noEmit && tsc --noEmit -p services/dashboard/web

test: check dbt-venv airflow-venv lake-venv ## everything that must be green: check, then all tests on real servers
# Brokers and their like live for a minute: the second compiler of Java would cost more than it gives.
	@JDK_JAVA_OPTIONS=-XX:TieredStopAtLevel=1 vitest run $(VITEST_FLAGS) --project unit --project pg --project kafka --project ch --project pages --project e2e

test-long: install dbt-venv airflow-venv superset-venv lake-venv notebook-venv ## what takes longer than make test allows
	@vitest run --project long

screenshots: install dbt-venv airflow-venv superset-venv lake-venv ## make the pictures of the READMEs anew, from replayed and simulated data
	@UPDATE_SCREENSHOTS=1 vitest run --project pages
	@UPDATE_SCREENSHOTS=1 vitest run --project long packages/cli/src/airflow/airflow-browser.long.test.ts packages/cli/src/superset

preflight: install ## whether this machine can run the containers: Docker, memory, ports
	@$(EBB) compose check

compose: install ## check this machine, then docker compose up, and wait until all is healthy
	@$(EBB) compose up

compose-down: install ## stop and remove the containers; data stays
	@$(EBB) compose down

up-streaming: install ## containers of the live path alone: collector to ClickHouse, the ledger, simulated traffic
	@$(EBB) compose up streaming

up-batch: install ## containers of the batch layers alone: files, models, Airflow, and what they need
	@$(EBB) compose up batch

up-dashboards: install ## containers of the dashboards alone: Ebb's own, Superset, and what they need
	@$(EBB) compose up dashboards

down-streaming: install ## stop these; servers that another group uses stay up
	@$(EBB) compose down streaming

down-batch: install ## stop these, likewise
	@$(EBB) compose down batch

down-dashboards: install ## stop these, likewise
	@$(EBB) compose down dashboards

credentials: install ## pages and logins of what runs, in containers and on this machine
	@$(EBB) credentials

test-compose: install ## bring docker-compose.yml up, check it, take it down
	@node --disable-warning=TimeoutNegativeWarning packages/cli/src/compose-test/main.ts

anchor-venv: ## install scikit-learn, which benchmarks compare with, into .venv/anchor (only when its lock file changed)
	@sh dbt/make-venv.sh anchor packages/kmeans/bench/requirements.txt

bench: install anchor-venv ## measure, and print the table of the README
	@$(EBB) bench

soak: install ## the whole platform at RATE events/s for MINUTES: delays, processor, memory, backlogs
	@$(EBB) soak --rate $(RATE) --minutes $(MINUTES)

format: install ## format every file
	@prettier --write --log-level warn .

all: up generate_all website_events purchase_events website_agg purchase_agg ## start, make events, show them and the KPIs

website_events: up ## newest web events and the topic's progress
	@$(EBB) show website_events

purchase_events: up ## newest purchase events and the topic's progress
	@$(EBB) show purchase_events

website_agg: up ## live web KPIs
	@$(EBB) show website_agg

purchase_agg: up ## live order KPIs
	@$(EBB) show purchase_agg

generate_web_events: up ## make COUNT web events
	@$(EBB) simulate web --count $(COUNT) --rate 1000

generate_streaming_purchases: up ## make COUNT purchase events
	@$(EBB) simulate purchases --count $(COUNT) --rate 1000

generate_all: up ## make COUNT events of shop visits and the orders that follow
	@$(EBB) simulate shop --count $(COUNT) --rate 1000
