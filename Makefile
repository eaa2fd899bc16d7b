# Every verb, one line each. Options are variables: make dev ISOLATED=1, make test ARGS="-k stock".
PYTHON ?= python3
ARGS ?=
install = $(PYTHON) scripts/bootstrap.py
run = .venv/bin/python -m dhakacart

.DEFAULT_GOAL := help
.PHONY: help install dev urls logs down reset shell manage seed test test-containers test-cluster check fix bench reload-times images render parity doctor trust lock

##@ Run the shop
dev: ; @$(install) && $(run) dev ## bring everything up; ENGINE=, ISOLATED=1 (free ports), DETACH=1 (return when ready)
urls: ; @$(install) && $(run) urls ## the table of addresses and logins again; JSON=1
logs: ; @$(install) && $(run) logs ## what the processes print; SERVICE=web, FOLLOW=1
down: ; @$(install) && $(run) down ## stop everything that runs here, keep the data
reset: ; @$(install) && $(run) reset ## remove databases, secrets and logs, after asking; YES=1

##@ Look inside
shell: ; @$(install) && $(run) shell ## Django's shell in the running shop; DB=1 for SQL
manage: ; @$(install) && $(run) manage $(ARGS) ## Django's manage.py: ARGS="makemigrations"
seed: ; @$(install) && $(run) seed $(ARGS) ## fill in the demonstration data, if they are not there

##@ Work on the code
test: ; @$(install) && $(run) test $(ARGS) ## every suite on real servers; ARGS="-k stock" goes to pytest
test-containers: ; @$(install) && $(run) test-containers $(ARGS) ## the suites that need a Docker engine; ARGS= goes to pytest
test-cluster: ; @$(install) && $(run) test-cluster $(ARGS) ## the suites that need a Kubernetes cluster; FULL=1 adds ten restarts and power cuts
check: ; @$(install) && $(run) check ## linters, types, contracts, generated files; edits nothing; ONLY=mypy
fix: ; @$(install) && $(run) fix ## put right what a program can put right
bench: ; @$(install) && $(run) bench ## ratios of two arms, measured in turns; ONLY=, ROUNDS=
reload-times: ; @$(install) && $(run) reload-times ## seconds from a save until it shows, against a rebuild; TARGET=embedded,tilt ROUNDS=5
lock: ; @$(install) && $(run) lock ## write requirements*.txt anew; UPGRADE=1

##@ Kubernetes
images: ; @$(install) && $(run) images ## build every image once; PUSH=registry pushes, and writes digests; OVERLAY=staging
render: ; @$(install) && $(run) render ## what an overlay is for kubectl, checked; OVERLAY=local, OUTPUT=file
parity: ; @$(install) && $(run) parity ## does Compose run the same as Kubernetes? OVERLAY=local, JSON=1; LIVE=1: what runs

##@ This machine
doctor: ; @PYTHONPATH=scripts $(or $(wildcard .venv/bin/python),$(PYTHON)) -m dhakacart.operations.doctor ## what it lacks, why that matters, the exact fix; JSON=1
trust: ; @$(install) && $(run) trust ## install the local authority, so that browsers do not warn; needs root
install: ; @$(install) ## only the virtual environment and the packages
help: ; @awk '/^##@/ {print "\n" substr($$0, 5)} /^[a-z-]+: ;/ {split($$0, verb, ":"); sub(/.* ## /, ""); printf "  make %-15s %s\n", verb[1], $$0}' $(MAKEFILE_LIST) ## this list
